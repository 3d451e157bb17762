"""Moments from rules and calendars, held against a slow reference that walks through time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.models import ClosedDay
from governance.policy.times import (
    AsSoonAsPossible,
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
from governance.working_time import (
    NOT_DUE,
    Calendar,
    Due,
    day_periods,
    due,
    month_period,
    owed_on,
    tell_at,
)
from tests.town import Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OSLO = ZoneInfo("Europe/Oslo")
SWEDEN = Calendar("SE", STOCKHOLM)
NORWAY = Calendar("NO", OSLO)
QUARTER = timedelta(minutes=15)


def moment(text: str) -> datetime:
    """`2026-03-02 09:00` on a Swedish clock."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def by_clock(when: datetime | None) -> str:
    assert when is not None
    return f"{when.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"


def tell(side: str, count: int, unit: str) -> Tell:
    return Tell(side=side, count=count, unit=unit, who=Role.NEAREST_MANAGER)  # type: ignore[arg-type]


# --- which days are worked -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("SE", "2026-01-06", False),  # Epiphany
        ("SE", "2026-04-02", True),  # Maundy Thursday is a day like others in Sweden
        ("SE", "2026-06-19", False),  # Midsummer eve
        ("SE", "2025-12-24", False),
        ("SE", "2025-12-31", False),
        ("SE", "2026-05-17", False),  # a Sunday
        ("SE", "2027-05-17", True),  # Norway's day, a Monday
        ("NO", "2027-05-17", False),
        ("NO", "2026-04-01", False),  # the half day before Maundy Thursday
        ("NO", "2026-04-02", False),
        ("NO", "2025-12-24", False),
        ("NO", "2025-12-31", False),
        ("NO", "2025-06-06", True),  # Sweden's day, a Friday
        ("SE", "2025-06-06", False),
        ("NO", "2026-01-06", True),
        ("SE", "2024-02-29", True),
    ],
)
def test_a_country_works_on_its_own_days(country: str, day: str, works: bool) -> None:
    calendar = SWEDEN if country == "SE" else NORWAY
    assert calendar.is_working(date.fromisoformat(day)) is works


def easter(year: int) -> date:
    """Easter Sunday by Gauss's rule as Butcher gave it: independent of the library we use."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    length = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * length) // 433
    month = (h + length - 7 * m + 90) // 25
    return date(year, month, (h + length - 7 * m + 33 * month + 19) % 32)


@pytest.mark.parametrize("year", range(1990, 2060))
def test_norway_is_closed_from_the_wednesday_before_easter_to_easter_monday(year: int) -> None:
    sunday = easter(year)
    days = [sunday + timedelta(days=n) for n in range(-4, 2)]
    assert not any(NORWAY.is_working(day) for day in days)
    assert NORWAY.is_working(sunday - timedelta(days=5))
    assert NORWAY.is_working(sunday + timedelta(days=2)) or (sunday.month, sunday.day) == (4, 29)


@pytest.mark.parametrize("year", range(1990, 2060))
def test_sweden_is_closed_on_midsummer_eve_and_at_easter(year: int) -> None:
    eve = next(d for d in (date(year, 6, n) for n in range(19, 26)) if d.weekday() == 4)
    sunday = easter(year)
    assert not SWEDEN.is_working(eve)
    assert not SWEDEN.is_working(sunday - timedelta(days=2))
    assert not SWEDEN.is_working(sunday + timedelta(days=1))
    assert not SWEDEN.is_working(sunday + timedelta(days=39))


@pytest.mark.django_db
def test_a_municipality_s_own_closed_day_is_no_working_day(town: Town) -> None:
    day = date(2026, 3, 3)
    ClosedDay.objects.create(municipality=town.municipality, day=day, name="Städdag")
    assert not Calendar.of(town.municipality).is_working(day)
    assert Calendar.of(town.neighbour).is_working(day)


# --- one due moment ------------------------------------------------------------------------------


def test_as_soon_as_possible_never_falls_due() -> None:
    assert due(AsSoonAsPossible(), moment("2026-03-02 09:00"), SWEDEN) == NOT_DUE


def test_the_limit_for_other_correspondence_is_the_municipality_s_own_or_none() -> None:
    asked = moment("2026-03-06 09:00")
    assert due(SameAsOtherCorrespondence(), asked, SWEDEN) == NOT_DUE
    with_limit = Calendar("SE", STOCKHOLM, other_correspondence=2)
    assert due(SameAsOtherCorrespondence(), asked, with_limit).on == date(2026, 3, 10)


def test_a_duty_of_the_day_is_late_when_the_day_is_over_where_the_municipality_is() -> None:
    late_evening = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 23.30 in Stockholm
    found = due(SameDay(), late_evening, SWEDEN)
    assert (found.on, by_clock(found.at)) == (date(2026, 3, 2), "2026-03-03 00:00")
    after_midnight = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert due(SameDay(), after_midnight, SWEDEN).on == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("weekends", "expected"),
    [
        ("count", "2026-03-07 15:00"),
        ("next_working_day", "2026-03-09 15:00"),
        ("skip", "2026-03-09 15:00"),
    ],
)
def test_a_day_and_night_from_friday_afternoon(weekends: Weekends, expected: str) -> None:
    found = due(ClockHours(hours=24, weekends=weekends), moment("2026-03-06 15:00"), SWEDEN)
    assert by_clock(found.at) == expected


def test_hours_are_hours_that_pass_when_the_clocks_change() -> None:
    spring = due(ClockHours(hours=24), moment("2026-03-28 12:00"), SWEDEN)
    autumn = due(ClockHours(hours=24), moment("2026-10-24 12:00"), SWEDEN)
    assert by_clock(spring.at) == "2026-03-29 13:00"
    assert by_clock(autumn.at) == "2026-10-25 11:00"


def test_the_day_on_which_the_clocks_change_still_ends_at_midnight() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        found = due(SameDay(), moment(f"{day} 01:00"), SWEDEN)
        assert by_clock(found.at) == f"{date.fromisoformat(day) + timedelta(days=1)} 00:00"


def test_a_clock_time_that_never_comes_and_one_that_comes_twice_give_one_moment_each() -> None:
    never = SWEDEN.at(date(2026, 3, 29), time(2, 30))
    twice = SWEDEN.at(date(2026, 10, 25), time(2, 30))
    assert by_clock(never) == "2026-03-29 03:30"
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "its first coming"


def test_hours_that_end_at_midnight_belong_to_the_day_that_ends() -> None:
    found = due(ClockHours(hours=24), moment("2026-03-02 00:00"), SWEDEN)
    assert (found.on, by_clock(found.at)) == (date(2026, 3, 2), "2026-03-03 00:00")


def test_working_days_leave_out_christmas() -> None:
    found = due(WorkingDays(days=2), moment("2025-12-23 10:00"), SWEDEN)
    assert found.on == date(2025, 12, 30), "24-26 December and the weekend are not worked"


def test_no_working_days_from_a_saturday_is_monday() -> None:
    assert due(WorkingDays(days=0), moment("2026-03-07 10:00"), SWEDEN).on == date(2026, 3, 9)


# --- held against a walk through time ------------------------------------------------------------

DAYS = st.dates(date(2001, 1, 1), date(2049, 12, 31))
CLOSED = st.frozensets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=12)
NEAR = st.dates(date(2024, 1, 1), date(2026, 12, 31))
CLOCKS = st.builds(lambda n: time(n // 4, n % 4 * 15), st.integers(0, 95))
COUNTRIES = st.sampled_from([("SE", STOCKHOLM), ("NO", OSLO)])


def walked_days(start: date, count: int, calendar: Calendar) -> date:
    """Counts on its fingers."""
    seen, day = 0, start
    while seen < count or (count == 0 and not calendar.is_working(day)):
        day += timedelta(days=1)
        seen += calendar.is_working(day) and count > 0
    return day


@given(DAYS, CLOCKS, st.integers(0, 40), COUNTRIES)
@settings(max_examples=300, deadline=None)
def test_working_days_agree_with_counting_on_fingers(
    day: date, clock: time, count: int, country: tuple[str, ZoneInfo]
) -> None:
    calendar = Calendar(*country)
    found = due(WorkingDays(days=count), calendar.at(day, clock), calendar)
    expected = walked_days(day, count, calendar)
    assert found.on == expected
    assert found.at is not None
    assert found.at.astimezone(calendar.zone).replace(tzinfo=None) == datetime.combine(
        expected + timedelta(days=1), time.min
    )


@given(NEAR, CLOCKS, st.integers(1, 100), CLOSED, COUNTRIES)
@settings(max_examples=150, deadline=None)
def test_hours_of_working_days_agree_with_a_watch_that_is_stopped(
    day: date, clock: time, hours: int, closed: frozenset[date], country: tuple[str, ZoneInfo]
) -> None:
    calendar = Calendar(*country, closed=closed)
    now = calendar.at(day, clock)
    found = due(ClockHours(hours=hours, weekends="skip"), now, calendar)
    left = hours * 4
    while left:
        left -= calendar.is_working(now.astimezone(calendar.zone).date())
        now += QUARTER
    assert found.at == now
    assert found.on is not None
    assert calendar.is_working(found.on)


@given(NEAR, CLOCKS, st.integers(1, 400), st.sampled_from(["count", "next_working_day"]), CLOSED)
@settings(max_examples=200, deadline=None)
def test_hours_that_all_count_keep_their_clock_when_they_move(
    day: date, clock: time, hours: int, weekends: Weekends, closed: frozenset[date]
) -> None:
    calendar = Calendar("SE", STOCKHOLM, closed)
    start = calendar.at(day, clock)
    plain = start + timedelta(hours=hours)
    found = due(ClockHours(hours=hours, weekends=weekends), start, calendar)
    assert found.at is not None
    assert found.on is not None
    last = (plain - timedelta(microseconds=1)).astimezone(STOCKHOLM).date()
    if weekends == "count" or calendar.is_working(last):
        assert (found.at, found.on) == (plain, last)
    else:
        assert calendar.is_working(found.on)
        assert found.at > plain
        between = (last + timedelta(days=n) for n in range((found.on - last).days))
        assert not any(calendar.is_working(each) for each in between)


@given(DAYS, st.integers(0, 60), st.sampled_from(["count", "next_working_day", "skip"]), COUNTRIES)
@settings(max_examples=200, deadline=None)
def test_calendar_days_agree_with_walking(
    day: date, count: int, weekends: Weekends, country: tuple[str, ZoneInfo]
) -> None:
    calendar = Calendar(*country)
    found = due(CalendarDays(days=count, weekends=weekends), calendar.start(day), calendar)
    expected = day
    if weekends == "skip":
        expected = walked_days(day, count, calendar)
    else:
        for _turn in range(count):
            expected += timedelta(days=1)
        while weekends == "next_working_day" and not calendar.is_working(expected):
            expected += timedelta(days=1)
    assert found.on == expected


# --- cadences ------------------------------------------------------------------------------------


def test_a_daily_check_from_the_plan_is_owed_on_weekends_unless_office_hours_only() -> None:
    rule, saturday = TimesPerDay(times=1, day_basis="from_plan"), date(2026, 3, 7)
    assert owed_on(rule, saturday, SWEDEN)
    assert not owed_on(rule, saturday, SWEDEN, office_hours_only=True)
    assert owed_on(rule, date(2026, 3, 9), SWEDEN, office_hours_only=True)


def test_a_check_on_working_days_is_not_owed_on_an_eve() -> None:
    rule = TimesPerDay(times=1, day_basis="working_days")
    assert not owed_on(rule, date(2026, 6, 19), SWEDEN)
    assert owed_on(rule, date(2026, 6, 19), NORWAY)


def test_one_check_a_day_is_one_period_named_by_the_day() -> None:
    (period,) = day_periods(TimesPerDay(times=1), date(2026, 3, 2), SWEDEN)
    assert period.key == "2026-03-02"
    assert by_clock(period.opens_at) == "2026-03-02 00:00"
    assert by_clock(period.due.at) == "2026-03-03 00:00"


def test_three_checks_in_office_hours_divide_the_office_s_day() -> None:
    rule = TimesPerDay(times=3, day_basis="working_days", window="office_hours")
    periods = day_periods(rule, date(2026, 3, 2), SWEDEN)
    assert [each.key for each in periods] == ["2026-03-02/1", "2026-03-02/2", "2026-03-02/3"]
    assert [by_clock(each.due.at)[11:] for each in periods] == ["11:00", "14:00", "17:00"]


@given(NEAR, st.integers(1, 24), st.sampled_from([None, "office_hours"]))
@settings(max_examples=150, deadline=None)
def test_the_turns_of_a_day_follow_each_other_without_gap(
    day: date, times: int, window: str | None
) -> None:
    rule = TimesPerDay(times=times, window=window)  # type: ignore[arg-type]
    periods = day_periods(rule, day, SWEDEN)
    assert len({each.key for each in periods}) == times
    assert periods[0].opens_at == SWEDEN.start(day)
    for earlier, later in pairwise(periods):
        assert earlier.due.at == later.opens_at
        assert earlier.opens_at <= earlier.due.at
    assert {each.due.on for each in periods} == {day}


@pytest.mark.parametrize(
    ("months", "day", "key", "last"),
    [
        (6, "2026-01-01", "2026-H1", "2026-06-30"),
        (6, "2026-06-30", "2026-H1", "2026-06-30"),
        (6, "2026-07-01", "2026-H2", "2026-12-31"),
        (12, "2024-02-29", "2024", "2024-12-31"),
        (3, "2026-05-09", "2026-Q2", "2026-06-30"),
        (1, "2024-02-01", "2024-02", "2024-02-29"),
        (2, "2026-02-01", "2026-01/2026-02", "2026-02-28"),
        (24, "2026-02-01", "2026-01/2027-12", "2027-12-31"),
    ],
)
def test_a_calendar_period_ends_on_its_last_day(months: int, day: str, key: str, last: str) -> None:
    found = month_period(
        CalendarMonths(months=months), date.fromisoformat(day), SWEDEN, since=date(2020, 5, 5)
    )
    assert found.key == key
    assert found.due.on == date.fromisoformat(last)


def test_a_snapshot_counts_for_its_half_year_only_within_the_window() -> None:
    found = month_period(
        CalendarMonths(months=6), date(2026, 3, 2), SWEDEN, since=date(2026, 1, 1), window_days=30
    )
    assert by_clock(found.opens_at) == "2026-06-01 00:00"


@pytest.mark.parametrize(
    ("since", "months", "expected"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2026-03-02", 6, "2026-09-02"),
    ],
)
def test_rolling_months_end_on_a_day_that_exists(since: str, months: int, expected: str) -> None:
    day = date.fromisoformat(since)
    found = month_period(CalendarMonths(months=months, basis="rolling"), day, SWEDEN, since=day)
    assert found.due.on == date.fromisoformat(expected)


@given(DAYS, st.integers(1, 36))
@settings(max_examples=300, deadline=None)
def test_every_day_falls_in_exactly_one_calendar_period(day: date, months: int) -> None:
    rule = CalendarMonths(months=months)
    here = month_period(rule, day, SWEDEN, since=day)
    assert here.due.on is not None
    assert SWEDEN.day_of(here.opens_at) <= day <= here.due.on
    following = month_period(rule, here.due.on + timedelta(days=1), SWEDEN, since=day)
    assert following.opens_at == here.due.at
    assert following.key != here.key


# --- ladders -------------------------------------------------------------------------------------

END_OF_MONDAY = SWEDEN.whole_day(date(2026, 3, 2))
END_OF_FRIDAY = SWEDEN.whole_day(date(2026, 3, 6))
FRIDAY_AT_THREE = SWEDEN.moment(moment("2026-03-06 15:00"))


@pytest.mark.parametrize(
    ("when", "side", "count", "unit", "expected"),
    [
        (END_OF_MONDAY, "before", 0, "working days", "2026-03-02 00:00"),
        (END_OF_MONDAY, "before", 1, "working days", "2026-02-27 00:00"),
        (END_OF_MONDAY, "before", 1, "days", "2026-03-01 00:00"),
        (END_OF_MONDAY, "before", 8, "hours", "2026-03-02 16:00"),
        (END_OF_MONDAY, "after", 0, "working days", "2026-03-03 00:00"),
        (END_OF_MONDAY, "after", 1, "working days", "2026-03-04 00:00"),
        (END_OF_FRIDAY, "after", 0, "days", "2026-03-07 00:00"),
        (END_OF_FRIDAY, "after", 0, "working days", "2026-03-09 00:00"),
        (END_OF_FRIDAY, "after", 1, "working days", "2026-03-10 00:00"),
        (FRIDAY_AT_THREE, "after", 1, "working days", "2026-03-09 15:00"),
        (FRIDAY_AT_THREE, "after", 2, "days", "2026-03-08 15:00"),
        (FRIDAY_AT_THREE, "before", 1, "working days", "2026-03-05 15:00"),
        (FRIDAY_AT_THREE, "before", 4, "hours", "2026-03-06 11:00"),
        (SWEDEN.whole_day(date(2026, 3, 8)), "before", 0, "working days", "2026-03-06 00:00"),
        (SWEDEN.whole_day(date(2026, 6, 30)), "before", 10, "working days", "2026-06-15 00:00"),
    ],
)
def test_a_step_of_the_ladder(when: Due, side: str, count: int, unit: str, expected: str) -> None:
    assert by_clock(tell_at(tell(side, count, unit), when, SWEDEN)) == expected


def test_nothing_can_be_told_of_what_is_never_due() -> None:
    with pytest.raises(ValueError, match="due day"):
        tell_at(tell("after", 1, "days"), NOT_DUE, SWEDEN)


@given(DAYS, st.integers(0, 30), st.integers(0, 30), COUNTRIES)
@settings(max_examples=200, deadline=None)
def test_a_longer_ladder_never_speaks_earlier_and_working_days_are_worked(
    day: date, first: int, second: int, country: tuple[str, ZoneInfo]
) -> None:
    calendar = Calendar(*country)
    when = calendar.whole_day(day)
    few, many = sorted((first, second))
    after = [tell_at(tell("after", n, "working days"), when, calendar) for n in (few, many)]
    before = [tell_at(tell("before", n, "working days"), when, calendar) for n in (few, many)]
    assert after[0] <= after[1]
    assert before[0] >= before[1]
    assert when.at is not None
    assert after[0] >= when.at > before[0]
    for each in (*after, *before):
        assert calendar.is_working(calendar.day_of(each))
    late_from = walked_days(calendar.day_of(when.at), 0, calendar)
    for count, told in zip((few, many), after, strict=True):
        assert calendar.day_of(told) == (
            walked_days(late_from, count, calendar) if count else late_from
        )


@given(DAYS, CLOCKS, st.integers(0, 200))
@settings(max_examples=100, deadline=None)
def test_days_go_by_the_clock_and_hours_by_the_hourglass(
    day: date, clock: time, count: int
) -> None:
    when = SWEDEN.moment(SWEDEN.at(day, clock))
    assert when.at is not None
    hours = tell_at(tell("after", count, "hours"), when, SWEDEN)
    assert hours - when.at == timedelta(hours=count)
    days = tell_at(tell("after", count, "days"), when, SWEDEN)
    assert days == SWEDEN.at(day + timedelta(days=count), when.at.astimezone(STOCKHOLM).time())
