"""What is open in the units that somebody oversees: the list behind *My work* of them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.models import Obligation, Unit, User
from governance.navigation import Item
from governance.obligations import duties, missed_for_good
from governance.permissions import rights_of, units_below, units_where
from governance.roles import Role
from governance.today import Row, in_words
from governance.waiving import RIGHT as WAIVE
from governance.waiving import may_be_waived

RIGHT: Final = "see_overview"
LATE: Final = "late"
IN_TIME: Final = "in_time"


@dataclass(frozen=True, slots=True)
class Owed:
    """One open duty in words; `may_waive`: whether the reader may say that it need not be done.

    `url`: where it is read about, unless that is on the *My work* of whoever owes it.
    """

    row: Row
    url: str
    key: int
    who: str
    unit: str
    may_waive: bool


def owed_in(
    user: User, now: datetime, *, unit: str = "", duty: str = "", state: str = ""
) -> QuerySet[Obligation]:
    """What is open in the units that the person oversees and can still be done, nearest in time
    first.

    `unit` is the key of one of them, with those below it; what is empty or unknown narrows nothing.
    """
    units = units_where(user, RIGHT, now)
    if unit.isdecimal() and units.filter(pk=int(unit)).exists():
        units = units_below([int(unit)])
    rows = Obligation.objects.open().filter(
        municipality=user.municipality_id, unit__in=units.values("pk")
    )
    if duty in {each.key for each in duties()}:
        rows = rows.filter(duty=duty)
    if state == LATE:
        rows = rows.overdue(now)
    elif state == IN_TIME:
        rows = rows.exclude(due_at__lt=now)
    if user.municipality is not None:
        rows = rows.exclude(missed_for_good(user.municipality.today(now)))
    return rows.select_related("unit", "municipality").order_by(
        F("due_at").asc(nulls_last=True), "pk"
    )


def in_list(rows: Iterable[Obligation], user: User, now: datetime) -> list[Owed]:
    """The rows as the list shows them; one query, whatever their number."""
    mine = set(units_where(user, WAIVE, now).values_list("pk", flat=True))
    return [
        Owed(
            row=in_words(row, now),
            url="" if row.path.startswith(reverse("today")) else row.path,
            key=row.pk,
            who=str(Role(row.who).label),
            unit=str(row.unit),
            may_waive=row.unit_id in mine and may_be_waived(row, now),
        )
        for row in rows
    ]


def kinds() -> list[tuple[str, str | Promise]]:
    """The duties to choose from, by what is to be done."""
    return sorted(((duty.key, duty.label) for duty in duties()), key=lambda each: str(each[1]))


def units_of(user: User, now: datetime) -> QuerySet[Unit]:
    """The units to choose from."""
    return units_where(user, RIGHT, now).order_by("name", "pk")


def _allowed(user: User, now: datetime) -> bool:
    return RIGHT in rights_of(user, now)


MENU_ITEM: Final = Item(
    key="duties", label=_("Duties"), url_name="duties", order=44, allowed=_allowed, icon="check"
)
