"""Thirty years of deadlines, each worked out again by walking through time (slow_clock.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from governance.policy.times import (
    CalendarDays,
    CalendarMonths,
    ClockHours,
    SameAsOtherCorrespondence,
    SameDay,
    TimesPerDay,
    Weekends,
    WorkingDays,
)
from governance.policy.types import Tell
from governance.roles import Role
from governance.working_time import Calendar, Due, day_periods, due, month_period, owed_on, tell_at
from tests.governance.slow_clock import (
    DAY,
    EPOCH,
    HOUR,
    ZONES,
    SlowClock,
    easter,
    minute_of,
    summer,
)

FIRST, LAST = date(2010, 1, 1), date(2039, 12, 31)
YEARS = range(FIRST.year, LAST.year + 1)
WEEKENDS: tuple[Weekends, ...] = ("count", "next_working_day", "skip")


def turning_days(year: int) -> list[date]:
    """Where counting goes wrong if it does: leaps of the clock, holidays, ends of months."""
    changes = [(EPOCH + timedelta(minutes=minute)).date() for minute in summer(year)]
    ends = [(1, 31), (2, 28), (3, 1), (6, 30), (7, 1), (8, 31), (10, 31), (12, 31)]
    fixed = [date(year, month, day) for month, day in ends]
    around = [easter(year), date(year, 12, 25), date(year, 6, 20), *changes]
    near = [day + timedelta(days=days) for day in around for days in (-2, -1, 0, 1)]
    leap = [date(year, 2, 29)] if year % 4 == 0 else []
    return [*fixed, *near, *leap]


DAYS = st.one_of(
    st.dates(FIRST, LAST), st.sampled_from([day for year in YEARS for day in turning_days(year)])
)


@dataclass
class Place:
    """One municipality, as the product and as the slow clock see it."""

    calendar: Calendar
    slow: SlowClock

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone


@st.composite
def places(draw: st.DrawFn, day: date) -> Place:
    """Either country, any of the zones, with closed days of its own in the weeks after `day`.

    Some have a week and office hours of their own.
    """
    country = draw(st.sampled_from(["SE", "NO"]))
    zone = draw(st.sampled_from(sorted(ZONES)))
    closed = frozenset(
        day + timedelta(days=days) for days in draw(st.lists(st.integers(-20, 60), max_size=6))
    )
    letters = draw(st.one_of(st.none(), st.integers(0, 30)))
    calendar = Calendar(country, ZoneInfo(zone), closed, letters)
    slow = SlowClock(country, zone, closed, letters)
    if draw(st.booleans()):
        week = draw(st.sampled_from(["mtwtfs-", "-twtfss", "m-w-f--", "-----ss", "mtwtfss"]))
        opens, closes = sorted(draw(st.sets(st.integers(0, 23), min_size=2, max_size=2)))
        worked = [number for number, letter in enumerate(week, start=1) if letter != "-"]
        calendar = calendar.with_hours(worked, time(opens), time(closes))
        slow = replace(slow, week=week, office=(opens * HOUR, closes * HOUR))
    return Place(calendar, slow)


IN_SWEDEN = Place(Calendar("SE", ZoneInfo("Europe/Stockholm")), SlowClock("SE", "Europe/Stockholm"))


@st.composite
def places_in_time(draw: st.DrawFn) -> tuple[Place, date]:
    day = draw(DAYS)
    return draw(places(day)), day


@st.composite
def beginnings(draw: st.DrawFn) -> tuple[Place, datetime]:
    """A municipality and a moment, to the minute, at which something begins there."""
    place, day = draw(places_in_time())
    clock = time(draw(st.integers(0, 23)), draw(st.integers(0, 59)), fold=draw(st.integers(0, 1)))
    return place, datetime.combine(day, clock, place.zone).astimezone(UTC)


def same(found: Due, expected: tuple[date, int] | None) -> bool:
    if expected is None:
        return found == (None, None)
    assert found.at is not None
    assert found.at.second == found.at.microsecond == 0
    return (found.on, minute_of(found.at)) == expected


# --- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["SE", "NO"])
def test_every_day_of_thirty_years_is_worked_or_not_as_the_laws_say(country: str) -> None:
    calendar = Calendar(country, ZoneInfo("Europe/Oslo"))
    slow = SlowClock(country, "Europe/Oslo")
    days = [FIRST + timedelta(days=days) for days in range((LAST - FIRST).days + 1)]
    wrong = [day for day in days if calendar.is_working(day) != slow.works(day)]
    assert wrong == []


@given(places_in_time())
@settings(max_examples=120, deadline=None)
def test_every_day_begins_and_ends_where_the_clock_on_the_wall_says(
    drawn: tuple[Place, date],
) -> None:
    place, day = drawn
    assert minute_of(place.calendar.start(day)) == place.slow.begins(day)
    assert minute_of(place.calendar.end(day)) == place.slow.ends(day)


@given(places_in_time(), st.integers(0, 24 * 60 - 1))
@settings(max_examples=150, deadline=None)
def test_a_time_of_the_clock_is_its_first_coming_or_as_long_after_the_leap(
    drawn: tuple[Place, date], clock: int
) -> None:
    place, day = drawn
    found = place.calendar.at(day, time(clock // 60, clock % 60))
    assert minute_of(found) == place.slow.at(day, clock)


# --- deadlines -----------------------------------------------------------------------------------


@given(beginnings(), st.integers(1, 120), st.sampled_from(WEEKENDS))
@settings(max_examples=150, deadline=None)
def test_clock_hours(drawn: tuple[Place, datetime], hours: int, weekends: Weekends) -> None:
    place, start = drawn
    found = due(ClockHours(hours=hours, weekends=weekends), start, place.calendar)
    assert same(found, place.slow.hours(minute_of(start), hours, weekends))


@given(beginnings(), st.integers(0, 60))
@settings(max_examples=120, deadline=None)
def test_working_days(drawn: tuple[Place, datetime], days: int) -> None:
    place, start = drawn
    found = due(WorkingDays(days=days), start, place.calendar)
    assert same(found, place.slow.working_days(minute_of(start), days))


@given(beginnings(), st.integers(0, 60), st.sampled_from(WEEKENDS))
@settings(max_examples=120, deadline=None)
def test_days(drawn: tuple[Place, datetime], days: int, weekends: Weekends) -> None:
    place, start = drawn
    found = due(CalendarDays(days=days, weekends=weekends), start, place.calendar)
    assert same(found, place.slow.days(minute_of(start), days, weekends))


@given(beginnings(), st.sampled_from(WEEKENDS))
@settings(max_examples=120, deadline=None)
def test_the_same_day(drawn: tuple[Place, datetime], weekends: Weekends) -> None:
    place, start = drawn
    found = due(SameDay(weekends=weekends), start, place.calendar)
    assert same(found, place.slow.same_day(minute_of(start), weekends))


@given(beginnings())
@settings(max_examples=80, deadline=None)
def test_the_same_as_other_correspondence(drawn: tuple[Place, datetime]) -> None:
    place, start = drawn
    found = due(SameAsOtherCorrespondence(), start, place.calendar)
    assert same(found, place.slow.correspondence(minute_of(start)))


# --- cadences ------------------------------------------------------------------------------------


@given(places_in_time(), st.integers(1, 96), st.sampled_from([None, "office_hours"]))
@example((IN_SWEDEN, date(2026, 3, 29)), 48, None)  # two parts in the hour that is leapt over
@settings(max_examples=150, deadline=None)
def test_times_a_day_with_either_window(
    drawn: tuple[Place, date], times: int, window: str | None
) -> None:
    place, day = drawn
    rule = TimesPerDay(times=times, window=window)  # type: ignore[arg-type]
    periods = day_periods(rule, day, place.calendar)
    expected = place.slow.ends_of_parts(day, times, window is not None)
    found = [place_in_minutes(each.due.at) for each in periods]
    assert found == pytest.approx(expected, rel=0, abs=1 / 60_000)
    opened = [place_in_minutes(each.opens_at) for each in periods]
    assert opened == pytest.approx([place.slow.begins(day), *expected[:-1]], rel=0, abs=1 / 60_000)
    assert {each.due.on for each in periods} == {day}


def place_in_minutes(moment: datetime | None) -> float:
    assert moment is not None
    return minute_of(moment) + moment.second / 60 + moment.microsecond / 60_000_000


@given(
    places_in_time(),
    st.sampled_from(["every_day", "working_days", "from_plan"]),
    st.sampled_from(WEEKENDS),
    st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_the_days_on_which_a_check_is_owed(
    drawn: tuple[Place, date], basis: str, weekends: Weekends, office_hours_only: bool
) -> None:
    place, day = drawn
    rule = TimesPerDay(times=1, day_basis=basis, weekends=weekends)  # type: ignore[arg-type]
    # requirements A.9 #36: office hours only in the plan means working days, else every day
    worked_only = (
        basis == "working_days"
        or weekends != "count"
        or (basis == "from_plan" and office_hours_only)
    )
    found = owed_on(rule, day, place.calendar, office_hours_only=office_hours_only)
    assert found == (not worked_only or place.slow.works(day))


@given(places_in_time(), st.sampled_from([1, 2, 3, 4, 6, 12]), st.sampled_from(WEEKENDS))
@settings(max_examples=150, deadline=None)
def test_months_by_the_calendar(drawn: tuple[Place, date], months: int, weekends: Weekends) -> None:
    place, day = drawn
    rule = CalendarMonths(months=months, weekends=weekends)
    found = month_period(rule, day, place.calendar, since=date(2000, 1, 1))
    last = place.slow.part_of_year_ends(months, day)
    assert same(found.due, place.slow.whole(place.slow.moved(last, weekends)))


@given(places_in_time(), st.integers(1, 48), st.sampled_from(WEEKENDS), st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_months_since_the_last(
    drawn: tuple[Place, date], months: int, weekends: Weekends, window: int
) -> None:
    place, day = drawn
    rule = CalendarMonths(months=months, basis="rolling", weekends=weekends)
    found = month_period(rule, day, place.calendar, since=day, window_days=window)
    last = place.slow.moved(place.slow.months_after(day, months), weekends)
    assert same(found.due, place.slow.whole(last))
    opens = last
    for _turn in range(window - 1):
        opens = max(day, opens - DAY)
    assert minute_of(found.opens_at) == place.slow.begins(opens)


# --- reminders -----------------------------------------------------------------------------------


@given(
    beginnings(),
    st.booleans(),
    st.sampled_from(["before", "after"]),
    st.integers(0, 20),
    st.sampled_from(["hours", "days", "working days"]),
)
@settings(max_examples=250, deadline=None)
def test_a_step_of_the_ladder(
    drawn: tuple[Place, datetime], whole_day: bool, side: str, number: int, unit: str
) -> None:
    place, moment = drawn
    day = place.calendar.day_of(moment)
    when = place.calendar.whole_day(day) if whole_day else place.calendar.moment(moment)
    assert when.on is not None
    assert when.at is not None
    step = Tell(side=side, count=number, unit=unit, who=Role.NEAREST_MANAGER)  # type: ignore[arg-type]
    found = minute_of(tell_at(step, when, place.calendar))
    assert found == place.slow.told(when.on, minute_of(when.at), side, number, unit)


#: Due at half past two when it comes for the second time, on the night that has the hour twice.
SECOND_COMING = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("unit", ["hours", "days"])
def test_what_is_told_at_once_is_told_at_the_second_coming_of_the_hour_if_it_was_due_then(
    unit: str,
) -> None:
    calendar = Calendar("SE", ZoneInfo("Europe/Stockholm"))
    step = Tell(side="after", count=0, unit=unit, who=Role.NEAREST_MANAGER)  # type: ignore[arg-type]
    assert tell_at(step, calendar.moment(SECOND_COMING), calendar) == SECOND_COMING


def test_a_time_of_the_clock_is_its_first_coming_however_it_was_come_by() -> None:
    calendar = Calendar("SE", ZoneInfo("Europe/Stockholm"))
    second = SECOND_COMING.astimezone(calendar.zone).time()
    assert second.fold == 1
    assert calendar.at(date(2026, 10, 25), second) == SECOND_COMING - timedelta(hours=1)
