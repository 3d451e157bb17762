"""How often a channel is looked at: the stricter of the policy's rule and the plan's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from math import ceil

from channels.answers import times_a_day
from channels.models import Channel, Plan, PlanVersion
from channels.scope import scope_of
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.times import CalendarDays, TimesPerDay
from governance.policy.types import Policy, Stated
from governance.working_time import Calendar, Period, day_periods, owed_on


@dataclass(frozen=True, slots=True)
class Cadence:
    """What is owed on a channel: the rule, and the time it asks for with the plan's schedule."""

    rule: Stated
    time: TimesPerDay
    office_hours_only: bool

    def turns(self, day: date, calendar: Calendar) -> tuple[Period, ...]:
        """The turns owed on a day, none where the day is not one of the basis."""
        if not owed_on(self.time, day, calendar, office_hours_only=self.office_hours_only):
            return ()
        return day_periods(self.time, day, calendar)


@dataclass(frozen=True, slots=True)
class Floor:
    """The longest gap between looks before the duty of supervision itself is broken."""

    rule: Stated
    days: int


def cadence_of(channel: Channel, policy: Policy, planned: Fraction | None) -> Cadence | None:
    """What is owed on the channel, or None where the policy states no daily check.

    `planned` is how often a day the plan says that the channel is looked at.
    """
    rule = policy.rule("monitoring.interval", scope_of(channel))
    if not isinstance(rule, Stated) or not isinstance(rule.value, TimesPerDay):
        return None
    time = rule.value
    if planned is not None and planned > time.times:
        time = replace(time, times=ceil(planned))
    return Cadence(rule, time, channel.office_hours_only)


def floor_of(channel: Channel, policy: Policy) -> Floor | None:
    """The floor beneath the daily check, or None where the policy states none."""
    rule = policy.rule("monitoring.legal_floor", scope_of(channel))
    if isinstance(rule, Stated) and isinstance(rule.value, CalendarDays):
        return Floor(rule, rule.value.days)
    return None


def planned_times(channels: Iterable[Channel], policy: Policy) -> Mapping[int, Fraction]:
    """How often a day each channel's approved plan says it is looked at, by one query."""
    field = policy.form("plan").standing_for("check_interval")
    if field is None:
        return {}
    versions = (
        PlanVersion.objects.filter(plan__channel__in=channels, plan__state=Plan.State.APPROVED)
        .order_by("plan__channel_id", "-submitted_at")
        .distinct("plan__channel_id")
        .select_related("plan")
    )
    found = {}
    for version in versions:
        answer = version.answers.get(field.key)
        if answer and answer["times"] and answer["per"] and version.plan.channel_id:
            found[version.plan.channel_id] = times_a_day(answer)
    return found


def turns_of(channel: Channel, day: date, calendar: Calendar, now: datetime) -> tuple[Period, ...]:
    """The turns owed on one channel on a day, under the policy in force at `now`."""
    try:
        policy = policy_for(channel.unit, now)
    except NoPolicyInForce:
        return ()
    cadence = cadence_of(channel, policy, planned_times([channel], policy).get(channel.pk))
    return cadence.turns(day, calendar) if cadence else ()
