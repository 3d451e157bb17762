"""A year of the engine, hour by hour, against what guideline and routine ask for by themselves.

Every run of the checks has its first six weeks; `./dev test --faults` has the whole year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core import mail

from archive.actions.snapshots import take_snapshot
from channels.actions.custody import hand_over_login
from channels.actions.guideline import record_informed
from governance.models import Escalation, Obligation, User
from governance.roles import Role
from moderation.actions import check_in
from tests.channels_of_town import assign, open_channel
from tests.governance.slow_clock import minute_of
from tests.pictures import upload
from tests.town import at, later
from tests.trips.clock import Clock
from tests.trips.places import place
from tests.trips.year_of_varmdo import (
    CLOCK,
    YEAR,
    days_until,
    owed_until,
    told_hour_by_hour,
)

#: Beside every ninth day: clock changes, the leap day, holidays, the ends of the half-years.
UNSEEN = {(2, 29), (3, 25), (3, 26), (4, 28), (6, 30), (10, 28), (10, 29), (12, 24), (12, 25)}


def looked_on(day: date) -> bool:
    return day.toordinal() % 9 != 0 and (day.month, day.day) not in UNSEEN


def moment(day: str) -> datetime:
    return at(f"{YEAR}-{day}", "10:00")


@pytest.mark.parametrize(
    "until", [date(YEAR, 2, 13), pytest.param(date(YEAR, 12, 31), marks=pytest.mark.faults)]
)
def test_hour_by_hour_is_owed_reminded_and_told_what_guideline_and_routine_ask_for(
    until: date, db: None, mailoutbox: list[mail.EmailMessage]
) -> None:
    town = place("varmdo")
    channel = open_channel(town.library)
    assign(town.cleo, channel, Role.RESPONSIBLE_PERSON)
    assign(town.dag, channel, Role.EDITOR)
    registrar = User.objects.get(name="Rolf Rud")
    handed_over, taken = moment("01-20"), moment("12-10")
    informed = {town.cleo: moment("01-05"), town.dag: moment("02-10")}
    acts: dict[datetime, list[Callable[[datetime], object]]] = {
        moment(f"{day:%m-%d}"): [lambda now: check_in(channel, by=town.cleo, now=now)]
        for day in days_until(until)
        if looked_on(day)
    }

    def does(when: datetime, act: Callable[[datetime], object]) -> None:
        acts.setdefault(when, []).append(act)

    does(
        handed_over,
        lambda now: hand_over_login(channel, Role.UNIT_REGISTRAR, registrar, by=town.ben, now=now),
    )
    does(taken, lambda now: take_snapshot(channel, [upload()], by=town.cleo, now=now))
    for user, when in informed.items():
        does(
            when,
            lambda now, user=user: record_informed(  # type: ignore[misc]
                user, how="Samtal", on=now.date(), by=town.anna, now=now
            ),
        )

    clock = Clock(mailoutbox, opens=True)
    now = at(f"{YEAR}-01-01", "00:00")
    while now.date() <= until:
        for act in acts.get(now, ()):
            act(now)
        clock.turn(now)
        now = later(now, hours=1)

    expected = owed_until(
        until,
        looked={
            day: minute_of(moment(f"{day:%m-%d}")) for day in days_until(until) if looked_on(day)
        },
        handed_over=minute_of(handed_over),
        informed={str(user.pk): minute_of(when) for user, when in informed.items()},
        snapshot_taken=minute_of(taken),
    )
    rows = Obligation.objects.order_by("pk")
    assert sorted((*_key(row), _minute(row.met_at)) for row in rows) == sorted(
        (*each.key, each.met or 0) for each in expected
    )
    told = told_hour_by_hour(expected, until)
    passed = Escalation.objects.select_related("obligation")
    found = {
        (
            *_key(each.obligation),
            minute_of(each.planned_at),
            each.who,
            each.kind,
            minute_of(each.at),
        )
        for each in passed
    }
    assert found == told.facts
    assert [(when, name) for when, name, _text in clock.letters] == [
        (f"{CLOCK.wall(minute):%m-%d %H}", name) for minute, name in told.letters
    ]
    assert len(told.letters) > until.timetuple().tm_yday / 4, "it was no idle time"


def _minute(met_at: datetime | None) -> int:
    return minute_of(met_at) if met_at else 0


def _key(row: Obligation) -> tuple[str, str]:
    """An obligation to inform is known by whom it is about."""
    return row.duty, str(row.subject_id) if row.duty == "informing" else row.period
