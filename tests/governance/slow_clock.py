"""Deadlines worked out on the fingers: what working_time.py is held against.

Written from the table in docs/deadlines.md, requirements A.3 and A.9, and the laws named below. It
shares nothing with the product: holidays come from a computus of its own, clock changes from the
EU's rule, and time is walked through minute by minute or day by day. Slow, and meant to be.

A moment is a count of minutes since 1970 in UTC, so that nothing here can mistake a zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
HOUR = 60
#: Near enough to find the year of a moment by: its clocks do not change about New Year.
MINUTES_OF_A_YEAR = 365.2425 * 24 * HOUR
EPOCH = datetime.combine(date(1970, 1, 1), time.min)

#: Minutes that winter time is before UTC, and whether the clocks follow the EU's summer time.
ZONES = {
    "Europe/Stockholm": (HOUR, True),
    "Europe/Oslo": (HOUR, True),
    "Europe/Helsinki": (2 * HOUR, True),
    "Atlantic/Reykjavik": (0, False),
    "Atlantic/Faroe": (0, True),
}


# --- which days are worked -----------------------------------------------------------------------


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Easter Sunday, by the tables of Gauss as Meeus gives them (Astronomical Algorithms, 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * n) // 433
    month = (h + n - 7 * m + 90) // 25
    return date(year, month, (h + n - 7 * m + 33 * month + 19) % 32)


def swedish(year: int) -> set[date]:
    """Lag (1989:253) om allmänna helgdagar, and the eves named in docs/deadlines.md."""
    sunday = easter(year)
    midsummer = next(
        date(year, 6, day) for day in range(20, 27) if date(year, 6, day).weekday() == 5
    )
    return {
        *(date(year, month, day) for month, day in [(1, 1), (1, 6), (5, 1), (6, 6)]),
        *(date(year, 12, day) for day in (24, 25, 26, 31)),
        *(sunday + timedelta(days=days) for days in (-2, 0, 1, 39, 49)),
        midsummer - DAY,
        midsummer,
        next(day for day in _from(date(year, 10, 31)) if day.weekday() == 5),  # All Saints' Day
    }


def _from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += DAY


def norwegian(year: int) -> set[date]:
    """Lov 1947-04-26-1 and 1995-02-24-12, and the half days of the municipal wage agreement."""
    sunday = easter(year)
    return {
        *(date(year, month, day) for month, day in [(1, 1), (5, 1), (5, 17)]),
        *(date(year, 12, day) for day in (24, 25, 26, 31)),
        *(sunday + timedelta(days=days) for days in (-4, -3, -2, 0, 1, 39, 49, 50)),
    }


_RED = {"SE": lru_cache(maxsize=64)(swedish), "NO": lru_cache(maxsize=64)(norwegian)}


@lru_cache(maxsize=64)
def summer(year: int) -> tuple[int, int]:
    """When summer time begins and ends: 01.00 UTC on the last Sundays of March and October."""
    begins, ends = (
        next(
            date(year, month, day)
            for day in range(31, 24, -1)
            if date(year, month, day).weekday() == 6
        )
        for month in (3, 10)
    )
    return tuple(  # type: ignore[return-value]
        _minutes(datetime.combine(day, time(1))) for day in (begins, ends)
    )


def _minutes(wall: datetime) -> int:
    return int((wall - EPOCH) / timedelta(minutes=1))


def minute_of(moment: datetime) -> int:
    """An aware moment as a count of minutes."""
    return _minutes(moment.astimezone(UTC).replace(tzinfo=None))


def wall_minute(zone: str, minute: int) -> int:
    """What the clock on the wall shows, as a count of minutes like the moment itself."""
    winter, changes = ZONES[zone]
    begins, ends = summer(1970 + int(minute / MINUTES_OF_A_YEAR))
    return minute + winter + (HOUR if changes and begins <= minute < ends else 0)


@lru_cache(maxsize=2000)
def shown_on(zone: str, day: date) -> dict[int, int]:
    """Minutes past midnight as the clocks show them on that day, and when each first is."""
    midnight = _minutes(datetime.combine(day, time.min))
    found: dict[int, int] = {}
    for minute in range(midnight - 4 * HOUR, midnight + 28 * HOUR):
        past = wall_minute(zone, minute) - midnight
        if 0 <= past < 24 * HOUR:
            found.setdefault(past, minute)
    return found


# --- one municipality's clock --------------------------------------------------------------------


@dataclass
class SlowClock:
    """The calendar and the clock on the wall of one municipality."""

    country: str
    zone: str
    closed: frozenset[date] = frozenset()
    letters: int | None = None
    """Working days within which it answers other correspondence."""
    week: str = "mtwtf--"
    """A letter for each day of the week that is worked, from Monday."""
    office: tuple[int, int] = (8 * HOUR, 17 * HOUR)
    """Minutes past midnight at which the office opens and closes."""

    def works(self, day: date) -> bool:
        return (
            self.week[day.weekday()] != "-"
            and day not in self.closed
            and day not in _RED[self.country](day.year)
        )

    def wall(self, minute: int) -> datetime:
        """What the clock on the wall shows."""
        return EPOCH + timedelta(minutes=wall_minute(self.zone, minute))

    def day(self, minute: int) -> date:
        return self.wall(minute).date()

    def shown(self, day: date) -> dict[int, int]:
        """Minutes past midnight as the clocks show them on that day, and when each first is."""
        return shown_on(self.zone, day)

    def begins(self, day: date) -> int:
        """The first minute of the day."""
        return min(self.shown(day).values())

    def ends(self, day: date) -> int:
        return self.begins(day + DAY)

    def at(self, day: date, clock: int) -> int:
        """When so many minutes past midnight are shown; the first time of two.

        What is leapt over is as long after the leap as it would have been without: as long after
        the day's beginning, or after the hour that was lost before it.
        """
        shown = self.shown(day)
        if clock in shown:
            return shown[clock]
        before = [each for each in shown if each < clock]
        if not before:
            return self.begins(day) + clock
        return shown[max(before)] + clock - max(before)

    def on_or_after(self, day: date) -> date:
        while not self.works(day):
            day += DAY
        return day

    def working_days_after(self, day: date, number: int) -> date:
        """The last of so many worked days after `day`; with 0, the first worked day from it."""
        if number == 0:
            return self.on_or_after(day)
        seen = 0
        while seen < number:
            day += DAY
            seen += self.works(day)
        return day

    # --- the rows of the table ---------------------------------------------------------------

    def hours(self, start: int, number: int, weekends: str) -> tuple[date, int]:
        """`clock_hours`: the day that is named, and the minute from which it is late."""
        minute, left = start, number * HOUR
        counts: dict[int, bool] = {}
        while left:
            # a minute counts unless it belongs to a day that is left out
            day = wall_minute(self.zone, minute) // (24 * HOUR)
            if day not in counts:
                counts[day] = weekends != "skip" or self.works(self.day(minute))
            left -= counts[day]
            minute += 1
        last = self.day(minute - 1)
        if weekends == "next_working_day" and not self.works(last):
            wall = self.wall(minute)
            days = (self.on_or_after(last) - last).days
            return last + days * DAY, self.at(
                wall.date() + days * DAY, wall.hour * HOUR + wall.minute
            )
        return last, minute

    def whole(self, day: date) -> tuple[date, int]:
        """Owed on a day: late when it is over."""
        return day, self.ends(day)

    def moved(self, day: date, weekends: str) -> date:
        return day if weekends == "count" else self.on_or_after(day)

    def days(self, start: int, number: int, weekends: str) -> tuple[date, int]:
        """`days`: the seventh day after, counting on the fingers."""
        day, seen = self.day(start), 0
        if weekends == "skip":
            return self.whole(self.working_days_after(day, number))
        while seen < number:
            day, seen = day + DAY, seen + 1
        return self.whole(self.moved(day, weekends))

    def same_day(self, start: int, weekends: str) -> tuple[date, int]:
        return self.whole(self.moved(self.day(start), weekends))

    def working_days(self, start: int, number: int) -> tuple[date, int]:
        return self.whole(self.working_days_after(self.day(start), number))

    def correspondence(self, start: int) -> tuple[date, int] | None:
        return None if self.letters is None else self.working_days(start, self.letters)

    def ends_of_parts(self, day: date, times: int, office: bool) -> list[float]:
        """`times_per_day`: the end of each part of the day or of the office's."""
        first, last = self.office if office else (0, 24 * HOUR)
        ends: list[float] = []
        for number in range(1, times + 1):
            # whole minutes are looked up on the wall, and the rest of one is added
            clock, rest = divmod(first * times + (last - first) * number, times)
            end = self.ends(day) if clock == 24 * HOUR else self.at(day, clock) + rest / times
            # where the clocks leap, no part ends before the one before it
            ends.append(max([end, *ends[-1:]]))
        return ends

    def part_of_year_ends(self, months: int, day: date) -> date:
        """The last day of the part of a year, counted from January, that `day` falls in."""
        last = next(month for month in range(day.month, 13) if month % months == 0)
        while (day + DAY).month == day.month or day.month != last:
            day += DAY
        return day

    def months_after(self, since: date, months: int) -> date:
        """So many months on, month by month; what the last one lacks is its last day."""
        year, month = since.year, since.month
        for _turn in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        day = since.day
        while True:
            try:
                return date(year, month, day)
            except ValueError:
                day -= 1

    # --- reminders ---------------------------------------------------------------------------

    def told(self, on: date, late: int, side: str, number: int, unit: str) -> int:
        """When a step of the ladder is told, as *Reminders* in docs/deadlines.md says."""
        sign = 1 if side == "after" else -1
        if unit == "hours":
            return late + sign * number * HOUR
        if side == "before" and late == self.ends(on):
            day, clock = on, 0
        else:
            wall = self.wall(late)
            day, clock = wall.date(), wall.hour * HOUR + wall.minute
            if number == 0 and (unit == "days" or self.works(day)):
                return late
        if unit == "working days" and not self.works(day):
            clock = 0
            while not self.works(day):
                day += sign * DAY
        for _turn in range(number):
            day += sign * DAY
            while unit == "working days" and not self.works(day):
                day += sign * DAY
        return self.at(day, clock)
