"""Looking whether a channel is as the policy's checklists want it: what visitors see, how it looks.

Each look is a dated row for each item; the latest holds. A channel that opens owes its first look
at the whole list. What must be looked at again is owed item by item: at the interval that the
guideline gives, by our routine where it gives none, and where something that the look rested on has
changed: a prescribed text, or the municipality's graphic profile. Where the policy is silent,
nothing falls due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from channels.checklists import (
    CHECKLISTS,
    Checklist,
    Standing,
    digest_of,
    latest_change,
    standings,
    standings_on,
)
from channels.models import Channel, ChannelCheck
from channels.rights import require_on
from governance.audit import digest, record
from governance.calendars import Calendars
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Municipality, Obligation, User
from governance.obligations import Ground, meet, open_obligations
from governance.obligations import Plan as Owing
from governance.obligations.registry import Opener
from governance.policy.in_force import policy_for, version_in_force
from governance.policy.times import CalendarMonths
from governance.policy.types import Cited, Policy
from governance.roles import Role
from governance.transitions import locked
from governance.working_time import NOT_DUE, Calendar, Due, Period, month_period

#: The turn in which a channel that opens owes the whole list; the others are of one item each.
FIRST: Final = "first"
#: Where visitors see it, or soon will.
IN_USE: Final = (Channel.State.WAITING, Channel.State.OPEN)
Outcome = ChannelCheck.Outcome


@dataclass(frozen=True)
class Seen:
    """How one item stands on the channel; `reason`: why it is not in place and need not be."""

    item: str
    outcome: ChannelCheck.Outcome
    reason: str = ""


@transaction.atomic
def check_channel(
    channel: Channel,
    checklist: Checklist,
    seen: Sequence[Seen],
    *,
    shown: str,
    by: User,
    now: datetime,
) -> list[ChannelCheck]:
    """Put on record how items of a list stand on the channel today.

    Meets what was owed of these items; what is missing is owed anew, so that somebody sees to it.

    `shown` is the `digest_of` the list with its texts that the person had before them. Raises
    NotAllowed without `edit_channel` on the channel, NoLongerPossible where the channel is not in
    use, AgainstPolicy where the list is another now, for an item that the policy does not ask for
    or an outcome that the list does not know, and (field `reason_ITEM`) without a reason.
    """
    channel = locked(channel)
    require_on(by, "edit_channel", channel, now=now)
    if channel.state not in IN_USE:
        state = str(channel.get_state_display())
        raise NoLongerPossible(_("The channel is %(state)s.") % {"state": state})
    found = standings(channel, checklist, now)
    if shown != digest_of(found, latest_change(channel.municipality, checklist)):
        raise AgainstPolicy(_("What is asked has changed while you looked. Read it once more."))
    if not seen:
        raise AgainstPolicy(_("Say of at least one how it stands."))
    asked = {each.item.key: each for each in found}
    checks = [_checked(channel, asked, each, by=by, now=now) for each in seen]
    _meet([each.item for each in seen], channel, checklist, by=by, now=now)
    _meet_first(channel, checklist, by=by, now=now)
    if channel.state == Channel.State.OPEN:
        open_again([channel], checklist, now)
    return checks


def _checked(
    channel: Channel, asked: dict[str, Standing], seen: Seen, *, by: User, now: datetime
) -> ChannelCheck:
    if seen.item not in asked:
        raise AgainstPolicy(_("The guideline does not ask for this on the channel."))
    standing, reason = asked[seen.item], seen.reason.strip()
    kind = standing.list.kind
    if seen.outcome not in (Outcome.IN_PLACE, Outcome.MISSING, standing.list.exception):
        raise AgainstPolicy(_("Choose one of the answers."), field=f"outcome_{seen.item}")
    excepted = seen.outcome == standing.list.exception
    if excepted and not reason:
        raise AgainstPolicy(
            _("%(item)s: write a reason.") % {"item": standing.item.label},
            clause=standing.clause,
            field=f"reason_{seen.item}",
        )
    check = ChannelCheck.objects.create(
        municipality=channel.municipality,
        channel=channel,
        kind=kind,
        item=seen.item,
        outcome=seen.outcome,
        reason=reason[:300] if excepted else "",
        text=standing.text if seen.outcome == Outcome.IN_PLACE else "",
        policy=version_in_force(channel.unit, now),
        by=by,
        at=now,
    )
    facts = {"reason": digest(reason, channel.municipality)} if excepted else {}
    record(
        f"{kind}.checked",
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


def opener_of(checklist: Checklist) -> Opener:
    """What is to be looked at again, of one list, on the open channels of a municipality."""

    def plans(municipality: Municipality, now: datetime) -> list[Owing]:
        policy = policy_for(municipality, now)
        channels = Channel.objects.filter(municipality=municipality, state=Channel.State.OPEN)
        if not _has_interval(policy, checklist):
            channels = channels.filter(checks__kind=checklist.kind).distinct()
        near = channels.select_related("unit", "platform", "municipality")
        return list(_plans(near, checklist, policy, now))

    return plans


def open_again(channels: Iterable[Channel], checklist: Checklist, now: datetime) -> None:
    """Open at once what is to be looked at again on open channels of one municipality."""
    channels = list(channels)
    if channels:
        policy = policy_for(channels[0].unit, now)
        open_obligations(_plans(channels, checklist, policy, now), now=now)


def open_first_look(channel: Channel, checklist: Checklist, now: datetime) -> None:
    """Let a channel owe its first look at a list, once and without a moment. Part of opening it.

    Nothing is owed where the policy in force asks for no item on the channel, nor where all of
    them were looked at before.
    """
    first = _first_look(channel, checklist, standings(channel, checklist, now))
    if first is not None:
        open_obligations([first], now=now)


def _first_look(channel: Channel, checklist: Checklist, found: Iterable[Standing]) -> Owing | None:
    unseen = _unseen(found)
    if not unseen:
        return None
    with translation.override(channel.municipality.locale):
        label = _("%(channel)s on %(platform)s") % {
            "channel": channel,
            "platform": channel.platform,
        }
    return Owing(
        duty=checklist.kind,
        subject=channel,
        unit=channel.unit,
        who=Role.CHANNEL_OWNER,
        period=FIRST,
        rule=_all_of([each.item for each in unseen]),
        label=label,
    )


def _unseen(found: Iterable[Standing]) -> list[Standing]:
    """The items that nobody has looked at, whatever came of it."""
    return [each for each in found if each.check is None]


def _all_of(items: Sequence[Cited]) -> Cited:
    """What several items stand on, each source once."""
    return Cited(
        clauses=tuple(dict.fromkeys(clause for each in items for clause in each.clauses)),
        requirements=tuple(dict.fromkeys(each for item in items for each in item.requirements)),
        law=tuple(dict.fromkeys(act for each in items for act in each.law)),
        says=" ".join(dict.fromkeys(each.says for each in items if each.says)),
    )


def _has_interval(policy: Policy, checklist: Checklist) -> bool:
    return _by_routine(policy, checklist) is not None or any(
        item.recheck for item in policy.checklists[checklist.kind]
    )


def _by_routine(policy: Policy, checklist: Checklist) -> CalendarMonths | None:
    """Our own interval, for the items to which the guideline gives none."""
    routine = policy.routine.get(checklist.kind)
    if routine is None or routine.recheck_months is None:
        return None
    return CalendarMonths(months=routine.recheck_months, basis="rolling")


def _plans(
    channels: Iterable[Channel], checklist: Checklist, policy: Policy, now: datetime
) -> Iterator[Owing]:
    """The same queries whatever the number of channels, which are of one municipality."""
    channels = list(channels)
    if not channels or not policy.checklists[checklist.kind]:
        return
    found = standings_on(channels, checklist, policy)
    calendars = Calendars.of(channels[0].municipality)
    for channel in channels:
        calendar = calendars.at(channel.unit_id)
        for each in found[channel.pk]:
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
    interval = item.recheck or _by_routine(policy, standing.list)
    if interval is None:
        return None
    period = _period(interval, standing, channel, policy, calendar, now)
    if now < period.opens_at or _is_looked_at(check, interval, period):
        return None
    if item.recheck:
        return _Turn(period.key, period.due, item)
    # our routine cites no clause and makes nothing overdue
    return _Turn(period.key, NOT_DUE, Cited(says=policy.routine[standing.list.kind].says))


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
    routine = policy.routine.get(standing.list.kind)
    window = routine.window_days if routine else None
    if interval.basis == "rolling":
        window = window or 1
    return month_period(interval, calendar.day_of(now), calendar, since=since, window_days=window)


def _is_looked_at(check: ChannelCheck | None, interval: CalendarMonths, period: Period) -> bool:
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
        duty=standing.list.kind,
        subject=channel,
        unit=channel.unit,
        who=Role.CHANNEL_OWNER,
        period=f"{standing.item.key}/{turn.key}",
        due=turn.due,
        rule=turn.rule,
        label=label,
    )


def _meet(
    items: Collection[str], channel: Channel, checklist: Checklist, *, by: User, now: datetime
) -> None:
    for row in Obligation.objects.about(channel).open().filter(duty=checklist.kind):
        if row.period != FIRST and _item_of(row.period) in items:
            meet(row, by=by, now=now)


def _meet_first(channel: Channel, checklist: Checklist, *, by: User, now: datetime) -> None:
    if _unseen(standings(channel, checklist, now)):
        return
    rows = Obligation.objects.about(channel).open().filter(duty=checklist.kind, period=FIRST)
    for row in rows:
        meet(row, by=by, now=now)


def _item_of(period: str) -> str:
    return period.partition("/")[0]


def look_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """The same item under the policy now in force, or None where it is not to be looked at."""
    channel, checklist = row.subject, CHECKLISTS[row.duty]
    if not isinstance(channel, Channel):
        return None
    policy = ground.in_force
    by_channel = ground.once(row, lambda channels: standings_on(channels, checklist, policy))
    items = by_channel[channel.pk]
    if row.period == FIRST:
        return _first_look(channel, checklist, items)
    found = next((each for each in items if each.item.key == _item_of(row.period)), None)
    if found is None:
        return None
    if row.is_overdue(now) and found.item.recheck:
        # a turn that is over stays owed as it was
        return _owing(found, channel, _Turn(_key_of(row), Due(row.due_on, row.due_at), found.item))
    turn = _turn(found, channel, policy, ground.calendars.at(channel.unit_id), now)
    again = _owing(found, channel, turn) if turn else None
    # of another turn the run that opens makes a row of its own
    return again if again and again.period == row.period else None


def _key_of(row: Obligation) -> str:
    return row.period.partition("/")[2]
