"""Ten days of looks at the library's page, with something of everything that can come of one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from channels.models import Channel
from governance.models import User
from governance.obligations import open_obligations
from governance.roles import Role
from moderation.actions import check_in, check_in_afterwards
from moderation.duties import plan_check_ins
from tests.channels_of_town import assign
from tests.town import Town, at, away

FIRST = date(2026, 3, 2)
#: The evening of the tenth day, with that day's look still to come.
EVENING = at("2026-03-11", "18:00")
WHY = "Dag tittade, men glömde att skriva."


def day(number: int) -> date:
    """A day of the ten, the first being 1."""
    return FIRST + timedelta(days=number - 1)


def moment(number: int, clock: str = "10:00") -> datetime:
    return at(day(number).isoformat(), clock)


def looks_owed(town: Town, number: int) -> None:
    """The looks of that day are opened in its early morning."""
    now = moment(number, "06:00")
    open_obligations(plan_check_ins(town.municipality, now), now=now)


def ten_days(town: Town, channel: Channel) -> Channel:
    """Cleo looks on five days, Dag (a substitute) on one, Ola (her deputy) on one; of the two on
    which nobody did, one is written afterwards. On the tenth nobody has looked yet.
    """
    assign(town.dag, channel, Role.SUBSTITUTE)
    away(town.cleo, town.ola, day(7).isoformat(), day(7).isoformat())
    for number in range(1, 11):
        looks_owed(town, number)
        if looker := _looker(number, town):
            check_in(channel, by=looker, now=moment(number))
    check_in_afterwards(channel, day(8), by=town.cleo, now=moment(10), note=WHY)
    return channel


def _looker(number: int, town: Town) -> User | None:
    others = {6: town.dag, 7: town.ola, 8: None, 9: None, 10: None}
    return others.get(number, town.cleo)
