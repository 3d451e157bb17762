"""Where the name of a person may stand, for rows and lists that hold names of their own.

The rule is `User.shown_name`: a name that is not shown stands before the person, and in the admin's
list of people before those who keep it; everywhere else the title stands in its place. The log and
what was signed keep the name as it was; what is read out of them passes through here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from governance.models import AuditEntry, User, name_not_shown

#: What apps do with what they have made already when a name is no longer shown.
_forgetters: list[Callable[[User, datetime], None]] = []


def when_hidden(forget: Callable[[User, datetime], None]) -> None:
    """Have `forget` called, in the transaction, when a person's name ceases to be shown.

    For what was made while it was shown and others still read; once, when the app is ready.
    """
    if forget not in _forgetters:
        _forgetters.append(forget)


def forget_name(person: User, *, now: datetime) -> None:
    """Let every app forget what it has made with the person's name."""
    for forget in _forgetters:
        forget(person, now)


def as_kept(person: User | None, kept: str) -> str:
    """The name that a row has kept, or what others may read where it is no longer shown."""
    return person.shown_name if person is not None and person.name_hidden else kept


def shown(path: str, kept: str = "") -> Case:
    """The shown name as an expression, for lists that sort and search by it.

    `path` is the lookup from the row to the person, `kept` the row's own column of the name, if it
    has one.
    """
    hidden = When(**{f"{path}__name_hidden": True}, then=_title(f"{path}__"))
    return Case(hidden, default=F(kept or f"{path}__name"))


def with_names(entries: QuerySet[AuditEntry]) -> QuerySet[Any]:
    """Entries of the audit log with `who` acted and whom or what it `concerns`, as shown now."""
    return entries.annotate(
        who=Coalesce(_hidden("actor_id"), F("actor_name")),
        concerns=Case(
            When(
                subject_type="governance.user",
                then=Coalesce(_hidden("subject_id"), F("subject_label")),
            ),
            default=F("subject_label"),
        ),
    )


def _hidden(reference: str) -> Subquery:
    """What stands for the person of the key, if theirs is a name that is not shown."""
    people = User.objects.filter(pk=OuterRef(reference), name_hidden=True)
    return Subquery(people.annotate(stands=_title("")).values("stands")[:1])


def _title(prefix: str) -> Combinable:
    return Coalesce(NullIf(F(f"{prefix}title"), Value("")), Value(name_not_shown()))
