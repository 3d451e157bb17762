"""The days on which deadlines go wrong if they do: each a sentence, worked out by hand.

The engine runs as beat runs it: what is owed is opened, steps are passed, letters are sent. 2028
has a 29 February, a May Day on a Monday and a half-year that ends on a Friday. In the evening and
at night no letter goes, so that it comes at seven.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from archive.actions.snapshots import take_snapshot
from channels.models import Channel
from channels.rights import may_on
from governance.models import Escalation, Obligation, User
from governance.obligations import Plan, duty_of, open_obligations, waiting_for
from governance.policy.times import ClockHours
from governance.roles import Role
from governance.today import page_for
from governance.working_time import Calendar, due
from moderation.actions import check_in, declare_crisis, end_period
from tests.channels_of_town import library_page
from tests.governance.duties import LOOK, adopt_ladder, only
from tests.pictures import upload
from tests.town import Town, at, away, later
from tests.trips.clock import Clock
from tests.trips.places import place

TOLD_AT_ONCE = """
[[routine.check_in.tell]]
before = "1 hour"
who = "duty_holder"
[[routine.check_in.tell]]
after = "0 hours"
who = "operations_manager"
[[routine.check_in.tell]]
after = "0 days"
who = "sector_head"
"""


@pytest.fixture
def beat(clock: Clock) -> Iterator[Clock]:
    """Beat as it runs, with the daily look as the only duty."""
    clock.opens = True
    with only(duty_of("check_in")):
        yield clock


def looks_of(channel: Channel, first: str, last: str) -> list[Obligation]:
    """The daily looks that were owed on the channel in those days."""
    rows = Obligation.objects.filter(duty="check_in", subject_id=channel.pk)
    return list(rows.filter(due_on__range=(first, last)).order_by("due_at"))


def test_a_check_missed_on_a_friday_afternoon_before_a_public_holiday(
    db: None, beat: Clock
) -> None:
    town = place("vetlanda")
    page = library_page(town)
    beat.run(at("2028-04-28", "06:00"), at("2028-04-28", "18:00"))
    beat.run(at("2028-04-28", "23:00"), at("2028-05-02", "07:00"), hours=8)
    check_in(page, by=town.cleo, now=at("2028-05-02", "08:00"))
    beat.run(at("2028-05-02", "08:00"), at("2028-05-03", "08:00"))
    check_in(page, by=town.cleo, now=at("2028-05-03", "09:00"))
    beat.run(at("2028-05-03", "09:00"), at("2028-05-03", "18:00"))
    assert [row.due_on for row in looks_of(page, "2028-04-28", "2028-05-03")] == [
        date(2028, 4, 28),
        date(2028, 5, 2),  # neither the weekend nor May Day, a Monday
        date(2028, 5, 3),
    ]
    assert [(moment, name) for moment, name, _text in beat.letters] == [
        ("04-28 15", "Cleo"),
        ("04-28 17", "Cleo"),
        ("04-28 17", "Dag"),
        ("05-03 17", "Anna"),  # the second working day after: Tuesday is the first
    ]
    assert "fredag 28 april at 17.00" in beat.text_to("Anna", "05-03 17")


def test_a_check_missed_on_the_friday_before_a_public_holiday_where_every_day_counts(
    db: None, beat: Clock
) -> None:
    town = place("vargarda")
    page = library_page(town)
    beat.turn(at("2028-04-28", "06:00"))
    for day in ("2028-04-29", "2028-04-30", "2028-05-01", "2028-05-02", "2028-05-03"):
        beat.run(at(day, "06:00"), at(day, "09:00"))
        check_in(page, by=town.cleo, now=at(day, "09:00"))
    beat.run(at("2028-05-04", "06:00"), at("2028-05-04", "09:00"))
    assert [(moment, name) for moment, name, _text in beat.letters] == [
        ("04-29 07", "Dag"),
        # late since Saturday: the next working day is Tuesday, one after it Wednesday
        ("05-03 07", "Anna"),
    ]


def test_the_night_on_which_the_clocks_leap_an_hour_ahead(db: None, beat: Clock) -> None:
    town = place("vargarda")
    page = library_page(town)
    beat.run(at("2028-03-25", "06:00"), at("2028-03-27", "07:00"))
    saturday, sunday, monday = looks_of(page, "2028-03-25", "2028-03-27")
    assert sunday.due_at is not None
    assert monday.due_at is not None
    assert saturday.due_at == datetime(2028, 3, 25, 23, tzinfo=UTC)
    assert sunday.due_at == datetime(2028, 3, 26, 22, tzinfo=UTC), "a day of 23 hours"
    assert [(moment, name) for moment, name, _text in beat.letters] == [
        ("03-25 19", "Cleo"),
        ("03-26 07", "Dag"),
        ("03-26 19", "Cleo"),
        ("03-27 07", "Dag"),
    ]
    assert "söndag 26 mars" in beat.text_to("Cleo", "03-26 19")


def test_the_night_on_which_an_hour_comes_twice(db: None, beat: Clock) -> None:
    town = place("vargarda")
    page = library_page(town)
    beat.run(at("2028-10-28", "06:00"), at("2028-10-30", "07:00"))
    _saturday, sunday, _monday = looks_of(page, "2028-10-28", "2028-10-30")
    assert sunday.due_at == datetime(2028, 10, 29, 23, tzinfo=UTC), "a day of 25 hours"
    assert [(moment, name) for moment, name, _text in beat.letters] == [
        ("10-28 19", "Cleo"),
        ("10-29 07", "Dag"),
        ("10-29 19", "Cleo"),
        ("10-30 07", "Dag"),
    ]


@pytest.mark.parametrize(
    ("asked", "told", "said"),
    [
        # due at 13 on the day of 23 hours, and at 11 on that of 25
        (at("2028-03-25", "12:00"), ["03-26 12", "03-26 13"], "söndag 26 mars at 13.00"),
        (at("2028-10-28", "12:00"), ["10-29 10", "10-29 11"], "söndag 29 oktober at 11.00"),
        # due at half past two when it comes for the second time, and not an hour before
        (at("2028-10-28", "03:30"), ["10-29 02", "10-29 02"], "söndag 29 oktober at 2.30"),
    ],
)
def test_twenty_four_hours_over_the_night_of_a_clock_change_are_hours_that_pass(
    town: Town, clock: Clock, asked: datetime, told: list[str], said: str
) -> None:
    adopt_ladder(town.municipality, TOLD_AT_ONCE)
    with only(LOOK):
        owed = due(ClockHours(hours=24), asked, Calendar.of(town.municipality))
        plan = Plan(
            duty="check_in",
            subject=town.library,
            unit=town.library,
            who=Role.OPERATIONS_MANAGER,
            due=owed,
            path="/look/",
        )
        open_obligations([plan], now=asked)
        clock.run(asked, later(asked, hours=30))
    assert [moment for moment, name, _text in clock.letters if name == "Anna"] == told
    assert [moment for moment, name, _text in clock.letters if name == "Sten"] == told[1:]
    rows = Escalation.objects.order_by("planned_at").values_list("planned_at", flat=True)
    assert (max(rows) - min(rows)).total_seconds() == 3600
    assert max(rows) == owed.at
    (text,) = (text for _moment, name, text in clock.letters if name == "Sten")
    assert said in text


def test_the_29th_of_february_is_a_day_like_others(db: None, beat: Clock) -> None:
    town = place("varmdo")
    page = library_page(town)
    beat.run(at("2028-02-28", "06:00"), at("2028-03-02", "07:00"))
    rows = looks_of(page, "2028-02-28", "2028-03-01")
    assert [row.period for row in rows] == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert ("02-29 19", "Cleo") in [(moment, name) for moment, name, _text in beat.letters]
    assert "tisdag 29 februari" in beat.text_to("Cleo", "02-29 19")
    assert "tisdag 29 februari" in beat.text_to("Anna", "03-02 07"), "one working day after"


def test_the_last_day_of_a_half_year_is_in_it_until_midnight(db: None, clock: Clock) -> None:
    town = place("varmdo")
    page, late_page = library_page(town), library_page(town, handle="sent", slug="sent")
    clock.opens = True
    with only(duty_of("snapshot")):
        clock.run(at("2028-06-29", "09:00"), at("2028-06-30", "23:00"), hours=2)
        # within the half-year by the last minute of the municipality's own clock
        take_snapshot(page, [upload()], by=town.cleo, now=at("2028-06-30", "23:59"))
        taken_late = take_snapshot(
            late_page, [upload()], by=town.cleo, now=at("2028-07-01", "00:00")
        )
        clock.run(at("2028-07-01", "00:00"), at("2028-07-03", "09:00"), hours=7)
    rows = Obligation.objects.filter(duty="snapshot").order_by("subject_id")
    assert [(row.period, row.is_open) for row in rows] == [("2028-H1", False), ("2028-H1", True)]
    assert taken_late.period == "", "of the second half-year, and before its window"
    assert [(moment, name) for moment, name, _text in clock.letters] == [
        ("06-29 09", "Cleo"),  # beat begins that day: of the month's reminders the highest
        ("07-01 07", "Anna"),
    ]
    assert "fredag 30 juni" in clock.text_to("Anna", "07-01 07")


# --- on leave ------------------------------------------------------------------------------------

LEAVE = ("2028-03-06", "2028-03-12")


def missed_on_monday(town: Town, beat: Clock) -> Channel:
    """A Monday on which nobody looks, and the manager's step on the Wednesday after."""
    page = library_page(town)
    beat.run(at("2028-03-06", "06:00"), at("2028-03-08", "09:00"))
    return page


def heard(beat: Clock, moment: str) -> list[str]:
    return [name for at_, name, _text in beat.letters if at_ == moment]


def test_the_step_of_a_person_on_leave_whose_deputy_is_on_leave_reaches_the_deputys_deputy(
    db: None, beat: Clock
) -> None:
    town = place("vargarda")
    away(town.anna, town.ola, *LEAVE)
    away(town.ola, town.ben, *LEAVE)
    missed_on_monday(town, beat)
    assert "Ben" in heard(beat, "03-08 07")
    assert {"Anna", "Ola"}.isdisjoint(name for _moment, name, _text in beat.letters)


def test_a_person_on_leave_whose_deputy_is_on_leave_is_stood_in_for_in_all_that_they_may(
    db: None, beat: Clock
) -> None:
    town = place("vargarda")
    away(town.cleo, town.ola, *LEAVE)
    away(town.ola, town.rut, *LEAVE)
    page = missed_on_monday(town, beat)
    assert heard(beat, "03-06 19") == ["Rut"], "the reminder of whoever answers for the page"
    now = at("2028-03-08")
    assert page.pk in [row.subject_id for row in waiting_for(town.rut, now)]
    assert may_on(town.rut, "check_in", page, now)
    assert not may_on(town.rut, "check_in", page, at("2028-03-13")), "Cleo is back"
    check_in(page, by=town.rut, now=now)


@pytest.mark.parametrize("ends", ["with_nobody", "where_it_began"])
def test_where_a_person_is_on_leave_and_so_is_everybody_in_line_communications_hear_of_it(
    ends: str, db: None, beat: Clock
) -> None:
    town = place("vargarda")
    last: User | None = town.anna if ends == "where_it_began" else None
    away(town.anna, town.ola, *LEAVE)
    away(town.ola, last, *LEAVE)
    missed_on_monday(town, beat)
    unit = town.municipality.communications_email
    assert heard(beat, "03-08 07") == ["Anna", "Dag", unit]
    assert "is away and nobody who is there stands in" in beat.text_to(unit, "03-08 07")
    assert "Ola" not in beat.text_to(unit, "03-08 07")


def test_whoever_stands_in_at_the_end_of_a_line_reads_until_when_on_my_work(town: Town) -> None:
    away(town.anna, town.ola, "2028-03-06", "2028-03-12")
    away(town.ola, town.ben, "2028-03-05", "2028-03-08")
    said = page_for(town.ben, at("2028-03-07"))["stands_in"]
    assert [line.removeprefix("You stand in for ") for line in said] == [
        "Anna Ek until 8 mars.",
        "Ola Rönn until 8 mars.",
    ]


# --- a crisis ------------------------------------------------------------------------------------


def test_a_crisis_declared_and_lifted_within_an_hour(db: None, clock: Clock) -> None:
    town = place("vargarda")
    page = library_page(town)
    clock.opens = True
    with only(duty_of("check_in"), duty_of("crisis_check")):
        clock.run(at("2028-03-06", "06:00"), at("2028-03-06", "13:00"))
        before = looks_of(page, "2028-03-06", "2028-03-06")
        declared = at("2028-03-06", "13:10")
        period = declare_crisis([page], why="Brand", by=town.ben, now=declared)
        clock.turn(at("2028-03-06", "13:20"))
        end_period(period, reason="Falskt alarm", by=town.ben, now=at("2028-03-06", "13:50"))
        clock.run(at("2028-03-06", "14:00"), at("2028-03-07", "10:00"))
    after = looks_of(page, "2028-03-06", "2028-03-06")
    ladders = [[(row.due_at, row.steps, row.policy_id) for row in each] for each in (before, after)]
    assert ladders[0] == ladders[1], "what is owed anyway is untouched"
    added = Obligation.objects.filter(duty="crisis_check")
    assert [row.waived_by for row in added] == [town.ben, town.ben]
    assert not Escalation.objects.filter(obligation__duty="crisis_check").exists()
    told = ["Anna", "Ben", "Cleo", "Dag"]
    assert [(moment, name) for moment, name, _text in clock.letters] == [
        *(("03-06 13", name) for name in told),  # declared
        *(("03-06 14", name) for name in told),  # over
        # the day's own look, as on any day on which nobody looks
        ("03-06 19", "Cleo"),
        ("03-07 07", "Dag"),
    ]
    assert "A crisis is declared" in clock.text_to("Dag", "03-06 13")
    assert "The crisis is over" in clock.text_to("Dag", "03-06 14")


def test_in_a_crisis_a_missed_look_is_told_to_more_people_and_at_night_too(
    db: None, clock: Clock
) -> None:
    town = place("vargarda")
    page = library_page(town)
    clock.opens = True
    with only(duty_of("check_in"), duty_of("crisis_check")):
        clock.turn(at("2028-03-06", "06:00"))
        declare_crisis([page], why="Brand", by=town.ben, now=at("2028-03-06", "18:00"))
        clock.run(at("2028-03-06", "18:00"), at("2028-03-07", "02:00"))
        check_in(page, by=town.cleo, now=at("2028-03-07", "02:30"))
        clock.run(at("2028-03-07", "03:00"), at("2028-03-07", "08:00"))
    crisis = [(moment, name) for moment, name, text in clock.letters if "in the crisis" in text]
    assert crisis == [
        ("03-06 22", "Cleo"),  # two hours before midnight
        ("03-07 00", "Ben"),
        ("03-07 00", "Cleo"),
        ("03-07 00", "Dag"),
        ("03-07 02", "Anna"),
    ]
