"""That somebody says, every so often, that what the register says of a channel is still true.

No guideline names an interval, so only our routine can: it cites no clause, and nothing is late.
The time runs from the day that it was last confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from channels.models import Channel
from governance.calendars import Calendars
from governance.models import Municipality, Obligation
from governance.obligations import Ground
from governance.obligations import Plan as Owing
from governance.policy.in_force import policy_for
from governance.policy.times import CalendarMonths
from governance.policy.types import Cited, Policy, Routine
from governance.roles import Role
from governance.working_time import Calendar, turn_to_do

#: The duty, and the routine that says how often, who and whom to remind.
REGISTER: Final = "register"
#: No month is shorter: what was confirmed within so many days for each month is not due.
_SHORTEST_MONTH: Final = timedelta(days=28)


def routine_of(policy: Policy) -> Routine | None:
    """Our routine for it, where it says how often."""
    routine = policy.routine.get(REGISTER)
    return routine if routine and routine.recheck_months else None


def owed_of_register(municipality: Municipality, now: datetime) -> Iterator[Owing]:
    """The open channels whose particulars are to be confirmed by now; one query."""
    routine = routine_of(policy_for(municipality, now))
    if routine is None or routine.recheck_months is None:
        return
    before = municipality.today(now) - routine.recheck_months * _SHORTEST_MONTH
    overdue = Q(last_confirmed_on__lte=before) | Q(
        last_confirmed_on__isnull=True, opened_on__lte=before
    )
    calendars = Calendars.of(municipality)
    for channel in _open().filter(overdue, municipality=municipality):
        owed = _owing(channel, routine, calendars.at(channel.unit_id), now)
        if owed is not None:
            yield owed


def register_owed_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """The same by the routine now in force; None where it need not be confirmed by it."""
    channel, routine = row.subject, routine_of(ground.in_force)
    if not isinstance(channel, Channel) or channel.state != Channel.State.OPEN or routine is None:
        return None
    owed = _owing(channel, routine, ground.calendars.at(channel.unit_id), now)
    return owed if owed and owed.period == row.period else None


def _open() -> QuerySet[Channel]:
    rows = Channel.objects.filter(state=Channel.State.OPEN)
    return rows.select_related("unit__municipality", "municipality", "platform")


def _owing(channel: Channel, routine: Routine, calendar: Calendar, now: datetime) -> Owing | None:
    months = CalendarMonths(months=routine.recheck_months or 0, basis="rolling")
    turn = turn_to_do(months, now, calendar, since=_last_word(channel))
    if turn is None:
        return None
    return Owing(
        duty=REGISTER,
        subject=channel,
        unit=channel.unit,
        who=routine.who[0] if routine.who else Role.CHANNEL_OWNER,
        period=turn.key,
        rule=Cited(says=routine.says),
    )


def _last_word(channel: Channel) -> date:
    """When it was last confirmed; of a channel of which nobody said so, when it opened."""
    day = channel.last_confirmed_on or channel.opened_on
    assert day is not None  # noqa: S101 - an open channel has its day, the database sees to it
    return day
