"""With the clock moved: who hears of what on which day, under each of the five files.

The days below are worked out by hand from the rules and the routine of each file. Every mail is
one that would have been sent; in the evening and at night none is, so that it comes at seven.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from channels.actions.planning import save_draft, start_plan, submit_plan
from channels.models import Channel
from governance.models import Obligation
from governance.obligations import duty_of
from governance.roles import Role
from governance.tasks import open_due
from tests.channels_of_town import assign, open_channel
from tests.governance.duties import only
from tests.town import NOW, Town, at
from tests.trips.clock import Clock, Letter
from tests.trips.places import FIVE, place
from tests.trips.plans import answers_of

#: As whom the plans of each file name the two who look after the channel.
NAMED = {
    "vargarda": (Role.ADMINISTRATOR, Role.ADMINISTRATOR),
    "volda": (Role.RESPONSIBLE_PERSON, Role.EDITOR),
    "tyreso": (Role.RESPONSIBLE_PERSON, Role.SUBSTITUTE),
    "vetlanda": (Role.RESPONSIBLE_PERSON, Role.SUBSTITUTE),
    "varmdo": (Role.RESPONSIBLE_PERSON, Role.EDITOR),
}

LAST = "2026-07-20"


def open_page(town: Town, policy: str) -> Channel:
    """The library's page, looked after by Cleo and Dag as the file's plan would name them."""
    channel = open_channel(town.library, opened_on=date(2026, 1, 7))
    for user, role in zip((town.cleo, town.dag), NAMED[policy], strict=True):
        assign(user, channel, role)
    return channel


#: A Monday on which nobody looks. Where a whole day is owed it is over at midnight.
MISSED_DAY: dict[str, list[Letter]] = {
    "vargarda": [
        ("03-02 19", "Cleo"),
        ("03-02 19", "Dag"),
        ("03-03 07", "Cleo"),
        ("03-03 07", "Dag"),
        ("03-04 07", "Anna"),
        ("03-06 07", "Sten"),
    ],
    "volda": [],
    "tyreso": [
        ("03-02 19", "Cleo"),
        ("03-03 07", "Cleo"),
        ("03-03 07", "Dag"),
        ("03-04 07", "Anna"),
        ("03-06 07", "Frans"),
    ],
    "vetlanda": [
        ("03-02 15", "Cleo"),
        ("03-02 17", "Cleo"),
        ("03-02 17", "Dag"),
        ("03-04 17", "Anna"),
    ],
    "varmdo": [("03-02 19", "Cleo"), ("03-03 07", "Cleo"), ("03-04 07", "Anna")],
}


@pytest.mark.parametrize("policy", FIVE)
def test_a_day_on_which_nobody_looks(policy: str, db: None, clock: Clock) -> None:
    town = place(policy)
    open_page(town, policy)
    with only(duty_of("check_in")):
        open_due(at=at("2026-03-02", "06:00").isoformat())
        told = clock.run(at("2026-03-02", "07:00"), at("2026-03-06", "18:00"))
    assert told == MISSED_DAY[policy]


#: A half-year that ends on 30 June; Vetlanda's year ends on 31 December.
MISSED_SNAPSHOT: dict[str, list[Letter]] = {
    "vargarda": [
        ("05-31 09", "Cleo"),
        ("05-31 09", "Dag"),
        ("06-23 09", "Cleo"),
        ("06-23 09", "Dag"),
        ("07-01 09", "Ben"),
        ("07-15 09", "Sten"),
    ],
    "volda": [],
    "tyreso": [
        ("05-31 09", "Cleo"),
        ("06-23 09", "Cleo"),
        ("07-01 09", "Ulla"),
        ("07-15 09", "Frans"),
    ],
    "vetlanda": [
        ("12-01 09", "Anna"),
        ("12-24 09", "Anna"),
        ("01-01 09", "Ben"),
        ("01-01 09", "Hanna"),
    ],
    "varmdo": [
        ("05-31 09", "Cleo"),
        ("06-23 09", "Cleo"),
        ("07-01 09", "Anna"),
        ("07-15 09", "Sten"),
    ],
}


@pytest.mark.parametrize("policy", FIVE)
def test_a_period_without_a_snapshot(policy: str, db: None, clock: Clock) -> None:
    town = place(policy)
    open_page(town, policy)
    first, last = ("2026-11-05", "2027-01-20") if policy == "vetlanda" else ("2026-05-20", LAST)
    with only(duty_of("snapshot")):
        open_due(at=at(first).isoformat())
        told = clock.run(at(first), at(last), hours=24)
    assert told == MISSED_SNAPSHOT[policy]


#: Open since Monday 2 March, nine o'clock: five working days, and fifteen.
MISSING_LOGIN: dict[str, list[Letter]] = {
    "vargarda": [("03-09 09", "Cleo"), ("03-09 09", "Dag"), ("03-23 09", "Sten")],
    "volda": [],
    "tyreso": [("03-09 09", "Anna"), ("03-23 09", "Frans")],
    "vetlanda": [],
    "varmdo": [("03-09 09", "Dag"), ("03-23 09", "Anna")],
}


@pytest.mark.parametrize("policy", FIVE)
def test_a_login_that_is_not_handed_over(policy: str, db: None, clock: Clock) -> None:
    town = place(policy)
    open_page(town, policy)
    with only(duty_of("custody")):
        open_due(at=NOW.isoformat())
        told = clock.run(NOW, at("2026-03-27"), hours=24)
    assert told == MISSING_LOGIN[policy]
    assert not Obligation.objects.overdue(at("2026-03-27")).exists(), "no guideline gives a time"


#: Submitted on Monday 2 March, nine o'clock: at once, after three working days, after ten.
WAITING_PLAN: dict[str, list[Letter]] = {
    "vargarda": [("03-02 09", "Anna"), ("03-05 09", "Anna"), ("03-16 09", "Ben")],
    "volda": [("03-02 09", "Disa"), ("03-05 09", "Disa"), ("03-16 09", "Ben")],
    "tyreso": [
        ("03-02 09", "Anna"),
        ("03-05 09", "Anna"),
        ("03-16 09", "Ben"),
        ("03-16 09", "Hanna"),
    ],
    "vetlanda": [
        ("03-02 09", "Ben"),
        ("03-02 09", "Hanna"),
        ("03-05 09", "Ben"),
        ("03-05 09", "Hanna"),
        ("03-16 09", "Hanna"),
    ],
    "varmdo": [
        ("03-02 09", "Anna"),
        ("03-02 09", "Ben"),  # the notice to the communications unit
        ("03-02 09", "Hanna"),
        ("03-05 09", "Anna"),
        ("03-16 09", "Ben"),
        ("03-16 09", "Hanna"),
    ],
}


@pytest.mark.parametrize("policy", FIVE)
def test_a_plan_that_nobody_decides_on(policy: str, db: None, clock: Clock) -> None:
    town = place(policy)
    plan = start_plan(town.library, by=town.cleo, now=NOW)
    answers = answers_of(plan, town.cleo, town.dag)
    plan = save_draft(plan, answers=answers, revision=0, by=town.cleo, now=NOW)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    assert clock.run(NOW, at("2026-03-20"), hours=24) == WAITING_PLAN[policy]
    assert not Obligation.objects.overdue(at("2026-03-20")).exists(), "no guideline gives a time"


def test_under_voldas_file_nothing_of_a_channel_is_ever_due(db: None, clock: Clock) -> None:
    town = place("volda")
    open_page(town, "volda")
    for day in range(0, 400, 30):
        open_due(at=(NOW + timedelta(days=day)).isoformat())
    assert not Obligation.objects.exists()
    assert clock.run(NOW, NOW + timedelta(days=400), hours=240) == []
