"""The verbs of the calendar: closed days and office hours, of the municipality or of a unit.

What is open follows at the next run of `replan_everywhere`, which finds the change by its mark.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from governance.actions import root_of
from governance.audit import record
from governance.errors import AgainstPolicy
from governance.models import ClosedDay, Municipality, OfficeHours, Unit, User
from governance.permissions import require
from governance.transitions import locked


@transaction.atomic
def close_day(
    municipality: Municipality,
    day: date,
    *,
    name: str,
    unit: Unit | None = None,
    by: User,
    now: datetime,
) -> ClosedDay:
    """Enter a day on which the municipality, or the unit with those below it, is closed.

    Raises NotAllowed without `manage_organisation` there, AgainstPolicy for a day entered already.
    """
    require(by, "manage_organisation", unit or root_of(municipality), now=now)
    closed, is_new = ClosedDay.objects.get_or_create(
        municipality=municipality, unit=unit, day=day, defaults={"name": name}
    )
    if not is_new:
        raise AgainstPolicy(_("The day is entered already."), field="day")
    _mark(municipality, now)
    record("calendar.day_closed", closed, by=by, now=now, day=day, unit=unit and unit.pk)
    return closed


@transaction.atomic
def open_day(closed: ClosedDay, *, by: User, now: datetime) -> None:
    """Take back that a day is closed. Raises NotAllowed."""
    closed = locked(closed)
    municipality, unit, day = closed.municipality, closed.unit, closed.day
    require(by, "manage_organisation", unit or root_of(municipality), now=now)
    closed.delete()
    _mark(municipality, now)
    record("calendar.day_opened", municipality, by=by, now=now, day=day, unit=unit and unit.pk)


@transaction.atomic
def set_office_hours(
    unit: Unit, weekdays: Collection[int], opens: time, closes: time, *, by: User, now: datetime
) -> OfficeHours:
    """Say on which days of the week (ISO, Monday is 1) and between which hours the unit works.

    Raises NotAllowed without `manage_organisation` there, AgainstPolicy where no day is named or
    the unit closes before it opens.
    """
    require(by, "manage_organisation", unit, now=now)
    if not weekdays:
        raise AgainstPolicy(_("Choose at least one day of the week."), field="weekdays")
    require_hours(opens, closes)
    hours, _is_new = OfficeHours.objects.update_or_create(
        unit=unit,
        defaults={
            "municipality": unit.municipality,
            "weekdays": sorted(weekdays),
            "opens": opens,
            "closes": closes,
        },
    )
    _mark(unit.municipality, now)
    record(
        "calendar.hours_set",
        hours,
        by=by,
        now=now,
        weekdays=hours.weekdays,
        opens=f"{opens:%H:%M}",
        closes=f"{closes:%H:%M}",
    )
    return hours


def require_hours(opens: time, closes: time) -> None:
    """Raise AgainstPolicy where the unit would close before it opens."""
    if opens >= closes:
        raise AgainstPolicy(_("It must close after it opens."), field="closes")


@transaction.atomic
def forget_office_hours(hours: OfficeHours, *, by: User, now: datetime) -> None:
    """The unit works as the one above it from now on. Raises NotAllowed."""
    hours = locked(hours)
    unit = hours.unit
    require(by, "manage_organisation", unit, now=now)
    hours.delete()
    _mark(unit.municipality, now)
    record("calendar.hours_forgotten", unit, by=by, now=now)


def _mark(municipality: Municipality, now: datetime) -> None:
    """What is open does not follow the calendar any more."""
    Municipality.objects.filter(pk=municipality.pk).update(calendar_changed_at=now)
