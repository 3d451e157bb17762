"""A time rule and a calendar give a moment.

`governance.policy.times` says what guidelines ask for ("within 24 hours", "every half-year");
this module says when that is, for a municipality with its zone, its country's holidays, its own
closed days and its office hours. Everything here is pure: a `Calendar` is read once and passed in.

Words used throughout:

- A *day* is a local day of the municipality: 23 or 25 hours long twice a year.
- A *working day* is Monday to Friday, or a day of the week that the unit's office hours name, no
  public holiday, no eve on which offices are closed, and no day entered as closed.
- A *due moment* (`Due.at`) is the first moment at which the duty is late. A duty owed on a day is
  late when the day is over, so its `at` is the midnight that ends its `on`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import holidays

from governance.policy.times import (
    AsSoonAsPossible,
    CalendarDays,
    CalendarMonths,
    ClockHours,
    DayBasis,
    SameAsOtherCorrespondence,
    SameDay,
    Time,
    TimesPerDay,
    Weekends,
    WorkingDays,
)

if TYPE_CHECKING:
    from governance.models import Municipality, OfficeHours
    from governance.policy.types import Tell

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

#: The office hours that a check "in office hours" is held against where nobody has entered any. No
#: guideline gives the clock times, so a duty is late when the office closes on the day, whichever
#: hour it was asked for.
OFFICE_OPENS, OFFICE_CLOSES = time(8), time(17)
#: Monday to Friday (ISO 8601).
WEEKDAYS = frozenset(range(1, 6))


class Due(NamedTuple):
    """The day on which something is owed and the moment from which it is late (UTC).

    Both are None for a duty without a moment ("as soon as possible"): nothing falls due.
    """

    on: date | None
    at: datetime | None


NOT_DUE = Due(None, None)


class Period(NamedTuple):
    """One turn of a cadence: its name, the moment from which it can be met, and when it is due."""

    key: str
    opens_at: datetime
    due: Due


_CATEGORIES = {"SE": ("public", "de_facto"), "NO": ("public",)}


@lru_cache(maxsize=512)
def red_days(country: str, year: int) -> frozenset[date]:
    """The days of a year on which offices of the country are closed, Sundays apart.

    Sweden: public holidays and the eves that count as such (Midsummer, Christmas, New Year).
    Norway: public holidays and the half days of the municipal wage agreement (24 and
    31 December, the Wednesday before Easter): an office that closes at noon is no working day
    that a deadline may be counted by. Raises KeyError for another country.

    A set for each year, since the library's own objects grow while they are asked, which two
    threads of a worker must not do at once.
    """
    closed = frozenset(
        holidays.country_holidays(
            country, years=year, expand=False, categories=_CATEGORIES[country]
        )
    )
    if country == "NO":
        # Maundy Thursday is the only holiday on a Thursday in March or April
        maundy_thursday = next(day for day in closed if day.month in {3, 4} and day.weekday() == 3)
        closed |= {maundy_thursday - DAY, date(year, 12, 24), date(year, 12, 31)}
    return closed


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days a municipality or a unit of it works, and when its days begin.

    `weekdays` are numbered from Monday, 1. `other_correspondence` is the municipality's own limit
    in working days for letters, which some guidelines refer to; None while it has set none.
    """

    country: str
    zone: ZoneInfo
    closed: frozenset[date] = frozenset()
    other_correspondence: int | None = None
    weekdays: frozenset[int] = WEEKDAYS
    opens: time = OFFICE_OPENS
    closes: time = OFFICE_CLOSES

    @classmethod
    def of(cls, municipality: Municipality) -> Calendar:
        """The calendar of the municipality as a whole, by two queries.

        `governance.calendars` has those of its units.
        """
        closed = municipality.closed_days.filter(unit=None).values_list("day", flat=True)
        hours = municipality.office_hours.filter(unit__parent=None).first()
        return cls.made(municipality, closed, hours)

    @classmethod
    def made(
        cls, municipality: Municipality, closed: Iterable[date], hours: OfficeHours | None
    ) -> Calendar:
        """One of the municipality's from its closed days and, where it has its own, its hours."""
        found = cls(
            country=municipality.country,
            zone=municipality.zone,
            closed=frozenset(closed),
            other_correspondence=municipality.general_reply_days,
        )
        return found.with_hours(hours.weekdays, hours.opens, hours.closes) if hours else found

    def with_hours(self, weekdays: Iterable[int], opens: time, closes: time) -> Calendar:
        """The same with other days of the week and other hours."""
        return replace(self, weekdays=frozenset(weekdays), opens=opens, closes=closes)

    def is_working(self, day: date) -> bool:
        return (
            day.isoweekday() in self.weekdays
            and day not in self.closed
            and day not in red_days(self.country, day.year)
        )

    def working_from(self, day: date) -> date:
        """The first working day on or after `day`."""
        while not self.is_working(day):
            day += DAY
        return day

    def working_until(self, day: date) -> date:
        """The last working day on or before `day`."""
        while not self.is_working(day):
            day -= DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it where `count` is negative.

        With 0: `day` itself, which need not be a working day.
        """
        step = DAY if count > 0 else -DAY
        for _turn in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def day_of(self, moment: datetime) -> date:
        """The local day of an aware moment."""
        return moment.astimezone(self.zone).date()

    def last_day_before(self, moment: datetime) -> date:
        """The local day of the last instant before `moment`: midnight belongs to the day it ends.

        That is the day to name to people when something is due by `moment`.
        """
        return self.day_of(moment.astimezone(UTC) - INSTANT)

    def at(self, day: date, clock: time) -> datetime:
        """The moment (UTC) when the local clocks show `clock` on `day`.

        An hour that comes twice is its first coming; a time that the clocks leap over is the
        moment as long after the leap as it would have been without one.
        """
        return datetime.combine(day, clock.replace(fold=0), self.zone).astimezone(UTC)

    def start(self, day: date) -> datetime:
        """The moment at which a local day begins."""
        return self.at(day, time.min)

    def end(self, day: date) -> datetime:
        """The moment at which a local day is over."""
        return self.start(day + DAY)

    def whole_day(self, day: date) -> Due:
        """Owed on `day`, late when it is over."""
        return Due(day, self.end(day))

    def moment(self, at: datetime) -> Due:
        """Owed by a moment of the clock."""
        return Due(self.last_day_before(at), at.astimezone(UTC))


def due(rule: Time, start: datetime, calendar: Calendar) -> Due:
    """When what began at `start` (aware) must be done by under `rule`.

    A cadence (`TimesPerDay`) asked this way is due on the first day of its basis; `day_periods`
    and `month_period` give its turns. Returns `NOT_DUE` where the rule names no moment.
    """
    day = calendar.day_of(start)
    match rule:
        case AsSoonAsPossible():
            return NOT_DUE
        case SameAsOtherCorrespondence():
            if calendar.other_correspondence is None:
                return NOT_DUE
            return calendar.whole_day(_working_day(day, calendar.other_correspondence, calendar))
        case SameDay():
            return calendar.whole_day(_moved(day, rule.weekends, calendar))
        case ClockHours(hours=hours):
            return calendar.moment(_after_hours(start, hours, rule.weekends, calendar))
        case WorkingDays(days=days):
            return calendar.whole_day(_working_day(day, days, calendar))
        case CalendarDays(days=days):
            if rule.weekends == "skip":
                return calendar.whole_day(_working_day(day, days, calendar))
            return calendar.whole_day(_moved(day + days * DAY, rule.weekends, calendar))
        case TimesPerDay():
            while not owed_on(rule, day, calendar):
                day += DAY
            return day_periods(rule, day, calendar)[0].due
        case CalendarMonths():
            return month_period(rule, day, calendar, since=day).due
        case _:
            raise TypeError(f"{type(rule).__name__} is no time that a moment can be found for.")


def owed_on(
    rule: TimesPerDay,
    day: date,
    calendar: Calendar,
    *,
    office_hours_only: bool = False,
) -> bool:
    """Whether a daily duty is owed on `day`.

    `office_hours_only` is what the plan says of when the channel is watched; it decides where the
    policy leaves the basis to the plan (requirements A.9 #36).
    """
    basis: DayBasis = rule.day_basis
    if basis == "from_plan":
        basis = "working_days" if office_hours_only else "every_day"
    if basis == "working_days" or rule.weekends != "count":
        return calendar.is_working(day)
    return True


def day_periods(rule: TimesPerDay, day: date, calendar: Calendar) -> tuple[Period, ...]:
    """The turns of a daily duty on a day on which it is owed, in order.

    Once a day is due when the day, or the office's day, is over. Several times a day divide it
    into equal parts by the clock, each due at its end.
    """
    opens, closes = (
        (calendar.opens, calendar.closes) if rule.window == "office_hours" else (time.min, None)
    )
    starts = [_part_of_day(day, opens, closes, n, rule.times, calendar) for n in range(rule.times)]
    # many parts of the hour that the clocks leap over would end after those that follow it
    bounds = list(accumulate(starts, max))
    ends = [*bounds[1:], calendar.end(day) if closes is None else calendar.at(day, closes)]
    name = day.isoformat()
    return tuple(
        Period(
            name if rule.times == 1 else f"{name}/{number}",
            # what is seen before the office opens is seen today
            calendar.start(day) if number == 1 else begins,
            Due(day, ends_at),
        )
        for number, (begins, ends_at) in enumerate(zip(bounds, ends, strict=True), start=1)
    )


def month_period(
    rule: CalendarMonths,
    day: date,
    calendar: Calendar,
    *,
    since: date,
    window_days: int | None = None,
) -> Period:
    """The turn of a duty owed every so many months that `day` falls in.

    `calendar` basis: half-years, years and so on counted from January, whatever `since` is, due
    on their last day; `rolling`: so many months since `since`, the day it was last done (the
    31st, or 29 February, becomes the last day of a shorter month). `window_days`: it can be met
    only so many days before the due day, that day included; None: from the beginning.
    """
    if rule.basis == "rolling":
        first, last = since, _add_months(since, rule.months)
        key = first.isoformat()
    else:
        first, last = _calendar_bounds(rule.months, day)
        key = _calendar_key(rule.months, first, last)
    last = _moved(last, rule.weekends, calendar)
    opens = first if window_days is None else max(first, last - (window_days - 1) * DAY)
    return Period(key, calendar.start(opens), calendar.whole_day(last))


def turn_to_do(
    rule: CalendarMonths,
    now: datetime,
    calendar: Calendar,
    *,
    since: date,
    window_days: int | None = None,
) -> Period | None:
    """The turn in which what was last done on `since` is to be done again by now, or None.

    None until the turn can be met, and for a turn of the calendar in which it has been done. A
    rolling one without a window opens on the day it is due.
    """
    rolling = rule.basis == "rolling"
    today = calendar.day_of(now)
    window = window_days or (1 if rolling else None)
    turn = month_period(rule, today, calendar, since=since, window_days=window)
    whole = month_period(rule, today, calendar, since=since)
    done = not rolling and calendar.start(since) >= whole.opens_at
    return None if done or now < turn.opens_at else turn


def tell_at(tell: Tell, when: Due, calendar: Calendar) -> datetime:
    """The moment (UTC) of one step of a ladder, so much before or after what is due.

    Hours are hours that pass. Days go by the clock: two days after Friday 15.00 is Sunday 15.00;
    a moment of *working days* that falls on another day moves on to the beginning of the next
    working day (back to the beginning of the last one for `before`).

    Where a whole day is due, days before are counted from that day and begin with the day:
    `0 working days` before is that morning, `1 working day` before the morning of the working day
    before. Days after are counted from the midnight at which it became late.

    Raises ValueError where nothing is due.
    """
    if when.on is None or when.at is None:
        raise ValueError("A reminder needs a due day to be counted from.")
    sign = 1 if tell.side == "after" else -1
    if tell.unit == "hours":
        return when.at + sign * timedelta(hours=tell.count)
    if tell.side == "before" and when.at == calendar.end(when.on):
        day, clock = when.on, time.min
    else:
        local = when.at.astimezone(calendar.zone)
        day, clock = local.date(), local.time()
        if tell.count == 0 and (tell.unit == "days" or calendar.is_working(day)):
            return when.at  # also where the hour comes twice and this is its second coming
    if tell.unit == "days":
        return calendar.at(day + sign * tell.count * DAY, clock)
    if not calendar.is_working(day):
        back = tell.side == "before"
        day, clock = calendar.working_until(day) if back else calendar.working_from(day), time.min
    return calendar.at(calendar.add_working_days(day, sign * tell.count), clock)


def _working_day(day: date, count: int, calendar: Calendar) -> date:
    """`count` working days after `day`; with 0, `day` or the first working day after it."""
    return calendar.add_working_days(day, count) if count else calendar.working_from(day)


def _moved(day: date, weekends: Weekends, calendar: Calendar) -> date:
    return day if weekends == "count" else calendar.working_from(day)


def _after_hours(start: datetime, hours: int, weekends: Weekends, calendar: Calendar) -> datetime:
    """`hours` after `start`: all hours count, or only those of working days."""
    left = timedelta(hours=hours)
    moment = start.astimezone(UTC)
    if weekends == "skip":
        return _skipping(moment, left, calendar)
    moment += left
    day = calendar.last_day_before(moment)
    if weekends == "count" or calendar.is_working(day):
        return moment
    days_on = (calendar.working_from(day) - day).days
    local = moment.astimezone(calendar.zone)
    return calendar.at(local.date() + days_on * DAY, local.time())


def _skipping(moment: datetime, left: timedelta, calendar: Calendar) -> datetime:
    """The moment when `left` has passed of a clock that stands still on days not worked."""
    while True:
        day = calendar.day_of(moment)
        if calendar.is_working(day):
            end = calendar.end(day)
            if moment + left <= end:
                return moment + left
            left -= end - moment
        moment = calendar.end(day)


def _part_of_day(
    day: date, opens: time, closes: time | None, number: int, parts: int, calendar: Calendar
) -> datetime:
    """When part `number` of `parts` equal parts of the day begins, by the clock on the wall."""
    first = datetime.combine(day, opens)
    last = datetime.combine(day, closes) if closes else first + DAY
    wall = first + (last - first) * number / parts
    return calendar.at(wall.date(), wall.time())


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def _calendar_bounds(months: int, day: date) -> tuple[date, date]:
    """First and last day of the turn of `months` months, counted from January of year 0."""
    index = (day.year * 12 + day.month - 1) // months * months
    year, month = divmod(index, 12)
    first = date(year, month + 1, 1)
    return first, _add_months(first, months) - DAY


def _calendar_key(months: int, first: date, last: date) -> str:
    match months:
        case 1:
            return f"{first:%Y-%m}"
        case 3:
            return f"{first.year}-Q{first.month // 3 + 1}"
        case 6:
            return f"{first.year}-H{first.month // 6 + 1}"
        case 12:
            return f"{first.year}"
        case _:
            return f"{first:%Y-%m}/{last:%Y-%m}"
