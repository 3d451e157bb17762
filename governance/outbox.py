"""What was mailed and what waits to be: to whom, why and when, never what it said.

Apps say in `AppConfig.ready()` why their letters are written:

    outbox.add_kinds({"plan_copy": gettext_lazy("Copy of an approved plan")})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.models import Municipality, Notice
from governance.names import shown
from governance.obligations import label_of

#: Who may read it: those who keep the tool going for the municipality, and those who oversee it.
RIGHT: Final = "see_notices"

WAITING: Final = Q(sent_at__isnull=True)
#: Words and condition of each state that the list can be narrowed to.
STATES: Final[Mapping[str, tuple[str | Promise, Q]]] = {
    "waiting": (_("Waiting"), WAITING),
    "failed": (_("Not taken by the mail server"), WAITING & ~Q(error="")),
    "sent": (_("Sent"), ~WAITING),
}

_kinds: dict[str, str | Promise] = {
    "digest": _("Something is to be done or late"),
    "account_approved": _("The account here is approved"),
    "checkpoint": _("Checkpoint of the audit log"),
    "checkpoint_refused": _("The audit log is not as it was"),
}


def add_kinds(kinds: Mapping[str, str | Promise]) -> None:
    """Say why letters of these kinds are written."""
    _kinds.update(kinds)


def why(kind: str) -> str:
    """Why a letter of that kind was written; a duty that waits is named by its own words."""
    return str(_kinds[kind]) if kind in _kinds else label_of(kind)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it is shown: `to` and `address` as others may read them."""

    notice: Notice
    to: str
    address: str
    why: str
    error: str

    @property
    def state(self) -> str:
        """The kind of state that the page draws: done, late or waiting."""
        if self.notice.sent_at is not None:
            return "done"
        return "late" if self.error else "soon"


def notices_of(
    municipality: Municipality, *, words: str = "", kind: str = "", state: str = ""
) -> QuerySet[Notice]:
    """The municipality's notices, newest first; what is empty or unknown narrows nothing.

    `words` are looked for in the subject and in the names and addresses that others may read.
    """
    found = Notice.objects.filter(municipality=municipality).annotate(name=shown("recipient"))
    if words:
        readable = Q(address__icontains=words) & ~Q(recipient__name_hidden=True)
        found = found.filter(Q(subject__icontains=words) | Q(name__icontains=words) | readable)
    if kind:
        found = found.filter(kind=kind)
    if state in STATES:
        found = found.filter(STATES[state][1])
    return found.select_related("recipient").defer("text").order_by("-created_at", "-pk")


def kinds_of(municipality: Municipality) -> list[tuple[str, str]]:
    """The kinds that the municipality has had letters of, with their words, in order of these."""
    rows = Notice.objects.filter(municipality=municipality).order_by()
    kinds = rows.values_list("kind", flat=True).distinct()
    return sorted(((kind, why(kind)) for kind in kinds), key=lambda each: each[1])


def letters(notices: Iterable[Notice]) -> list[Letter]:
    """The notices as they are shown."""
    return [_letter(notice) for notice in notices]


def _letter(notice: Notice) -> Letter:
    """Of somebody whose name is not shown the title stands, and no address, in no error either."""
    person = notice.recipient
    hidden = person is not None and person.name_hidden
    return Letter(
        notice=notice,
        to=person.shown_name if person else "",
        address="" if hidden else notice.address,
        why=why(notice.kind),
        error=notice.error.replace(notice.address, "…") if hidden else notice.error,
    )
