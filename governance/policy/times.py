"""When something must be done: a sum type over every kind of time the guidelines use.

Nothing here knows a calendar. `governance.working_time` turns a time and a calendar into a moment;
a time that names no moment (`AsSoonAsPossible`, `SameAsOtherCorrespondence` while the municipality
has not set its limit) never makes anything fall due.

How they are written in a policy file, under `within` (a deadline) or `every` (a cadence):

    within = "as_soon_as_possible"
    within = "same_day"
    within = "same_as_other_correspondence"
    within = { clock_hours = 24 }
    within = { working_days = 3 }
    every  = { times_per_day = 1, day_basis = "from_plan" }
    every  = { times_per_day = 3, day_basis = "working_days", window = "office_hours" }
    every  = { days = 7 }
    every  = { months = 6, basis = "calendar" }

To each may be added `weekends` (`count`, `next_working_day`, `skip`) and `kind`
(`duty`, `target`). Unless it is given, a *must* is a duty and a *should* a target.
"""

from dataclasses import dataclass
from typing import Literal

Weekends = Literal["count", "next_working_day", "skip"]
Kind = Literal["duty", "target"]
DayBasis = Literal["every_day", "working_days", "from_plan"]
MonthBasis = Literal["calendar", "rolling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """What all times share. `weekends` covers Saturdays, Sundays, holidays and closed days.

    count: they pass like other days. next_working_day: a moment that falls on one moves to the
    next working day. skip: they are left out of the count.
    """

    weekends: Weekends = "count"
    kind: Kind = "duty"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsSoonAsPossible(Time):
    """A duty without a moment: nothing falls due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameAsOtherCorrespondence(Time):
    """The municipality's general limit, which it sets for itself; until then nothing falls due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDay(Time):
    """Before the day of arrival ends, in the municipality's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockHours(Time):
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays(Time):
    days: int
    weekends: Weekends = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDays(Time):
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesPerDay(Time):
    """`day_basis` `from_plan`: office hours only in the plan makes it working days, else every day.

    `window` `office_hours` asks for the checks within the municipality's office hours.
    """

    times: int
    day_basis: DayBasis = "every_day"
    window: Literal["office_hours"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMonths(Time):
    """`calendar`: due by the end of the half-year (6) or year (12); `rolling`: months since."""

    months: int
    basis: MonthBasis = "calendar"
