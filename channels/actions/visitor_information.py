"""Looking whether visitors see on a channel what the policy wants them to see.

Each look is a dated row for each item; the latest holds. What must be looked at again is owed: at
the interval that the guideline gives, by our routine where it gives none, and where a text that
was in place has changed. Where the policy is silent, nothing falls due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Channel, VisitorCheck
from channels.rights import require_on
from channels.visitor_information import Standing, checks_of, digest_of, standings, standings_of
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Municipality, Obligation, User
from governance.obligations import Plan as Owing
from governance.obligations import meet, open_obligations
from governance.policy.in_force import policy_for, version_in_force
from governance.policy.times import CalendarMonths
from governance.policy.types import Cited, Policy
from governance.roles import Role
from governance.transitions import locked
from governance.working_time import NOT_DUE, Calendar, Due, Period, month_period

VISITOR_INFORMATION: Final = "visitor_information"
#: Where visitors see it, or soon will.
IN_USE: Final = (Channel.State.WAITING, Channel.State.OPEN)
Outcome = VisitorCheck.Outcome


@dataclass(frozen=True)
class Seen:
    """How one item stands on the channel; `reason`: why the platform does not allow it."""

    item: str
    outcome: VisitorCheck.Outcome
    reason: str = ""


@transaction.atomic
def check_visitor_information(
    channel: Channel, seen: Sequence[Seen], *, shown: str, by: User, now: datetime
) -> list[VisitorCheck]:
    """Put on record how items of the list stand on the channel today.

    Meets what was owed of these items; what is missing is owed anew, so that somebody sees to it.

    `shown` is the `digest_of` the list with its texts that the person had before them. Raises
    NotAllowed without `edit_channel` on the channel, NoLongerPossible where the channel is not in
    use, AgainstPolicy where the list is another now, for an item that the policy does not ask for,
    and (field `reason_ITEM`) without a reason.
    """
    channel = locked(channel)
    require_on(by, "edit_channel", channel, now=now)
    if channel.state not in IN_USE:
        state = str(channel.get_state_display())
        raise NoLongerPossible(_("The channel is %(state)s.") % {"state": state})
    found = standings(channel, now)
    if shown != digest_of(found):
        raise AgainstPolicy(_("A text has changed while you looked. Read it once more."))
    if not seen:
        raise AgainstPolicy(_("Say of at least one how it stands."))
    asked = {each.item.key: each for each in found}
    checks = [_checked(channel, asked, each, by=by, now=now) for each in seen]
    _meet([each.item for each in seen], channel, by=by, now=now)
    if channel.state == Channel.State.OPEN:
        open_obligations(_plans([channel], policy_for(channel.unit, now), now), now=now)
    return checks


def _checked(
    channel: Channel, asked: dict[str, Standing], seen: Seen, *, by: User, now: datetime
) -> VisitorCheck:
    if seen.item not in asked:
        raise AgainstPolicy(_("The guideline does not ask for this on the channel."))
    standing, reason = asked[seen.item], seen.reason.strip()
    impossible = seen.outcome == Outcome.IMPOSSIBLE
    if impossible and not reason:
        raise AgainstPolicy(
            _("Write why the platform does not allow it."),
            clause=standing.clause,
            field=f"reason_{seen.item}",
        )
    check = VisitorCheck.objects.create(
        municipality=channel.municipality,
        channel=channel,
        item=seen.item,
        outcome=seen.outcome,
        reason=reason[:300] if impossible else "",
        text=standing.text if seen.outcome == Outcome.IN_PLACE else "",
        policy=version_in_force(channel.unit, now),
        by=by,
        at=now,
    )
    facts = {"reason": digest(reason, channel.municipality)} if impossible else {}
    record(
        "visitor_information.checked",
        channel,
        by=by,
        now=now,
        under=standing.item,
        check=check.pk,
        item=check.item,
        outcome=check.outcome,
        **facts,
    )
    return check


# --- what is owed -----------------------------------------------------------------------------


def visitor_information_plans(municipality: Municipality, now: datetime) -> list[Owing]:
    """What is to be looked at again on the open channels of the municipality."""
    policy = policy_for(municipality, now)
    channels = Channel.objects.filter(municipality=municipality, state=Channel.State.OPEN)
    if not _has_interval(policy):
        channels = channels.filter(visitor_checks__isnull=False).distinct()
    return list(_plans(channels.select_related("unit", "platform", "municipality"), policy, now))


def _has_interval(policy: Policy) -> bool:
    return _by_routine(policy) is not None or any(
        item.recheck for item in policy.visitor_information
    )


def _by_routine(policy: Policy) -> CalendarMonths | None:
    """Our own interval, for the items to which the guideline gives none."""
    routine = policy.routine.get(VISITOR_INFORMATION)
    if routine is None or routine.recheck_months is None:
        return None
    return CalendarMonths(months=routine.recheck_months, basis="rolling")


def _plans(channels: Iterable[Channel], policy: Policy, now: datetime) -> Iterator[Owing]:
    """One query, whatever the number of channels."""
    channels = list(channels)
    checks = checks_of(channels)
    for channel in channels:
        calendar = Calendar.of(channel.municipality)
        for each in standings_of(channel, policy, checks.get(channel.pk, {})):
            turn = _turn(each, channel, policy, calendar, now)
            if turn is not None:
                yield _owing(each, channel, turn)


@dataclass(frozen=True)
class _Turn:
    """Once that an item is owed: its name, when it is due, and what it stands on."""

    key: str
    due: Due
    rule: Cited


def _turn(
    standing: Standing, channel: Channel, policy: Policy, calendar: Calendar, now: datetime
) -> _Turn | None:
    """The turn in which the item is to be looked at now, or None."""
    item, check = standing.item, standing.check
    if check is not None and standing.state in ("missing", "again"):
        # what was seen to be missing, or has changed since, is owed at once and without a moment
        return _Turn(f"{check.pk}", NOT_DUE, item)
    interval = item.recheck or _by_routine(policy)
    if interval is None:
        return None
    period = _period(interval, standing, channel, policy, calendar, now)
    if now < period.opens_at or _is_looked_at(check, interval, period):
        return None
    if item.recheck:
        return _Turn(period.key, period.due, item)
    # our routine cites no clause and makes nothing overdue
    return _Turn(period.key, NOT_DUE, Cited(says=policy.routine[VISITOR_INFORMATION].says))


def _period(
    interval: CalendarMonths,
    standing: Standing,
    channel: Channel,
    policy: Policy,
    calendar: Calendar,
    now: datetime,
) -> Period:
    """The turn of the interval; a rolling one begins with the last look, or with the channel.

    Without a window of our routine, a rolling turn opens on the day it is due.
    """
    check = standing.check
    since = calendar.day_of(check.at) if check else _first_day(channel, calendar)
    routine = policy.routine.get(VISITOR_INFORMATION)
    window = routine.window_days if routine else None
    if interval.basis == "rolling":
        window = window or 1
    return month_period(interval, calendar.day_of(now), calendar, since=since, window_days=window)


def _is_looked_at(check: VisitorCheck | None, interval: CalendarMonths, period: Period) -> bool:
    """Whether a turn of the calendar has its look; each look begins another rolling one."""
    return interval.basis == "calendar" and check is not None and check.at >= period.opens_at


def _first_day(channel: Channel, calendar: Calendar) -> date:
    return channel.opened_on or calendar.day_of(channel.created_at)


def _owing(standing: Standing, channel: Channel, turn: _Turn) -> Owing:
    with translation.override(channel.municipality.locale):
        label = _("%(channel)s on %(platform)s: %(item)s") % {
            "channel": channel,
            "platform": channel.platform,
            "item": standing.item.label,
        }
    return Owing(
        duty=VISITOR_INFORMATION,
        subject=channel,
        unit=channel.unit,
        who=Role.CHANNEL_OWNER,
        period=f"{standing.item.key}/{turn.key}",
        due=turn.due,
        rule=turn.rule,
        label=label,
    )


def _meet(items: Collection[str], channel: Channel, *, by: User, now: datetime) -> None:
    for row in Obligation.objects.about(channel).open().filter(duty=VISITOR_INFORMATION):
        if _item_of(row.period) in items:
            meet(row, by=by, now=now)


def _item_of(period: str) -> str:
    return period.partition("/")[0]


def visitor_information_plan_again(row: Obligation, now: datetime) -> Owing | None:
    """The same item under the policy now in force, or None where it is not to be looked at."""
    channel = row.subject
    if not isinstance(channel, Channel):
        return None
    policy = policy_for(channel.unit, now)
    found = next(
        (
            each
            for each in standings_of(channel, policy, checks_of([channel]).get(channel.pk, {}))
            if each.item.key == _item_of(row.period)
        ),
        None,
    )
    if found is None:
        return None
    if row.is_overdue(now) and found.item.recheck:
        # a turn that is over stays owed as it was
        return _owing(found, channel, _Turn(_key_of(row), Due(row.due_on, row.due_at), found.item))
    turn = _turn(found, channel, policy, Calendar.of(channel.municipality), now)
    return _owing(found, channel, turn) if turn else None


def _key_of(row: Obligation) -> str:
    return row.period.partition("/")[2]
