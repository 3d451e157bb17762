"""What the archive owes: a snapshot of every open channel in each period of the policy."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from archive.models import Snapshot
from channels.holders import people_on_channels
from channels.models import Channel
from channels.rights import channels_where
from channels.scope import scope_of
from governance.calendars import Calendars, calendar_at
from governance.models import Municipality, Obligation, User
from governance.obligations import Duty, Ground, Plan
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.times import CalendarMonths
from governance.policy.types import ExpresslyNone, NotStated, Policy, Stated
from governance.roles import Role
from governance.working_time import Calendar, Due, Period, month_period


def snapshot_period(policy: Policy, channel: Channel, now: datetime) -> Period | None:
    """The period that `now` falls in, or None where the policy asks for no snapshots.

    Its window (`routine.snapshot.window_days`) is when a snapshot counts for it.
    """
    last = _last_taken([channel]).get(channel.pk)
    return _period(policy, channel, now, last, calendar_at(channel.unit))


def _last_taken(channels: Collection[Channel]) -> dict[int, datetime]:
    """When the last snapshot was taken of each of the channels that have one."""
    rows = Snapshot.objects.filter(channel__in=[channel.pk for channel in channels])
    return dict(rows.order_by().values_list("channel").annotate(last=Max("taken_at")))


def _period(
    policy: Policy, channel: Channel, now: datetime, last: datetime | None, calendar: Calendar
) -> Period | None:
    rule = policy.rule("snapshot.interval", scope_of(channel))
    if not isinstance(rule, Stated) or not isinstance(rule.value, CalendarMonths):
        return None
    routine = policy.routine.get("snapshot")
    return month_period(
        rule.value,
        calendar.day_of(now),
        calendar,
        since=calendar.day_of(last or channel.created_at),
        window_days=routine.window_days if routine else None,
    )


def plan_snapshots(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """A plan for each open channel whose window is open and which has no snapshot in it."""
    try:
        policy = policy_for(municipality, now)
    except NoPolicyInForce:
        return
    if isinstance(policy.rule("snapshot.interval"), NotStated | ExpresslyNone):
        return
    calendars = Calendars.of(municipality)
    channels = Channel.objects.filter(
        municipality=municipality, state=Channel.State.OPEN
    ).select_related("unit", "platform", "municipality")
    taken = _taken(municipality)
    for channel in channels:
        last, periods = taken.get(channel.pk, (None, []))
        period = _period(policy, channel, now, last, calendars.at(channel.unit_id))
        if period is None or now < period.opens_at or period.key in periods:
            continue
        owed = _plan(policy, channel, period.key, period.due)
        yield replace(owed, since=max(period.opens_at, channel.created_at))


def _taken(municipality: Municipality) -> dict[int, tuple[datetime | None, list[str]]]:
    """When each channel's last snapshot was taken, and the periods that have theirs."""
    rows = (
        Snapshot.objects.filter(municipality=municipality)
        .values_list("channel")
        .annotate(last=Max("taken_at"), periods=ArrayAgg("period", distinct=True))
    )
    return {channel: (last, periods) for channel, last, periods in rows}


def _plan(policy: Policy, channel: Channel, period: str, due: Due) -> Plan:
    rule = policy.rule("snapshot.interval", scope_of(channel))
    if isinstance(rule, NotStated):
        raise TypeError("A period comes from a rule that states one.")
    return Plan(
        duty="snapshot",
        subject=channel,
        unit=channel.unit,
        who=rule.who[0] if rule.who else Role.RESPONSIBLE_PERSON,
        period=period,
        due=due,
        rule=rule,
        label=channel.full_name,
    )


def plan_period_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """The owed snapshot under the policy now in force, or None where it asks for none.

    A period that is over stays owed as it was; an open one takes the new version's window and day.
    """
    channel = row.subject
    if not isinstance(channel, Channel):
        return None
    policy = ground.in_force
    rule = policy.rule("snapshot.interval", scope_of(channel))
    if not isinstance(rule, Stated):
        return None
    if row.is_overdue(now):
        return _plan(policy, channel, row.period, Due(row.due_on, row.due_at))
    last = ground.once(row, _last_taken).get(channel.pk)
    period = _period(policy, channel, now, last, ground.calendars.at(channel.unit_id))
    if period is None or period.key != row.period:
        return None
    return _plan(policy, channel, period.key, period.due)


def plan_again(snapshot: Snapshot) -> Plan:
    """That a snapshot which the registrar returned is followed by a better one."""
    address = reverse("archive:take_snapshot", args=[snapshot.channel_id])
    return Plan(
        duty="snapshot_again",
        subject=snapshot,
        unit=snapshot.unit,
        who=Role.RESPONSIBLE_PERSON,
        label=f"{snapshot}: {snapshot.returned_because}",
        path=f"{address}?corrects={snapshot.pk}",
    )


def waits_for(user: User, now: datetime) -> Q:
    """Snapshots of the channels that the person may take them of."""
    return Q(subject_id__in=channels_where(user, "take_snapshot", now).values("pk"))


def returned_to(user: User, now: datetime) -> Q:
    """Returned snapshots of the channels that the person may take them of."""
    channels = channels_where(user, "take_snapshot", now)
    return Q(subject_id__in=Snapshot.objects.filter(channel__in=channels).values("pk"))


def people_of_snapshots(
    subjects: Collection[int], role: Role, now: datetime
) -> dict[int, list[User]]:
    """Who holds a role on the channels of the snapshots."""
    channels = dict(Snapshot.objects.filter(pk__in=subjects).values_list("pk", "channel_id"))
    people = people_on_channels(set(channels.values()), role, now)
    return {pk: people.get(channel, []) for pk, channel in channels.items()}


SNAPSHOT = Duty(
    key="snapshot",
    waivable=True,
    label=_("Take a snapshot of the channel"),
    act=_("Take it"),
    where="archive:take_snapshot",
    opener=plan_snapshots,
    waits_for=waits_for,
    people=people_on_channels,
    plan_again=plan_period_again,
)

AGAIN = Duty(
    key="snapshot_again",
    label=_("Take the snapshot again"),
    act=_("Take it"),
    where="archive:snapshot",
    waits_for=returned_to,
    people=people_of_snapshots,
    routine="snapshot",
)
