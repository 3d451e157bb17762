"""How often a channel is looked at: the stricter of the policy's rule and the plan's own.

A declared crisis adds looks of its own to these; a declared rest makes them fewer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Final

from channels.answers import times_a_day
from channels.models import Channel, Plan, PlanVersion
from channels.scope import scope_of
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.times import CalendarDays, TimesPerDay
from governance.policy.types import Cited, Policy, Stated
from governance.roles import Role
from governance.working_time import Calendar, Period, day_periods, owed_on
from moderation.declared import declared
from moderation.models import DeclaredPeriod

#: The duties that a look at a channel meets, the breach of the floor apart.
LOOKS: Final = ("check_in", "crisis_check")


@dataclass(frozen=True, slots=True)
class Thinned:
    """In a rest: one look in every so many days, counted from its first day."""

    since: date
    days: int

    def last_of(self, day: date) -> date:
        """The last day of the part of the rest that `day` falls in."""
        return day + timedelta(days=self.days - 1 - (day - self.since).days % self.days)


@dataclass(frozen=True, slots=True)
class Cadence:
    """What is owed on a channel: the rule, and the time it asks for with the plan's schedule."""

    rule: Cited
    time: TimesPerDay
    who: Role
    office_hours_only: bool
    thinned: Thinned | None = None

    def turns(self, day: date, calendar: Calendar) -> tuple[Period, ...]:
        """The turns owed on a day, none where the day is not one of the basis."""
        return day_periods(self.time, day, calendar) if self._is_owed(day, calendar) else ()

    def _is_owed(self, day: date, calendar: Calendar) -> bool:
        if self.thinned is None:
            return self._is_of_basis(day, calendar)
        last = self.thinned.last_of(day)
        while last > day and not self._is_of_basis(last, calendar):
            last -= timedelta(days=1)
        return last == day and self._is_of_basis(day, calendar)

    def _is_of_basis(self, day: date, calendar: Calendar) -> bool:
        return owed_on(self.time, day, calendar, office_hours_only=self.office_hours_only)


@dataclass(frozen=True, slots=True)
class CrisisCadence:
    """What a crisis adds: a rule that the guideline has for crises, or else our routine."""

    rule: Cited
    time: TimesPerDay
    who: Role

    def turns(self, crisis: DeclaredPeriod, day: date, calendar: Calendar) -> tuple[Period, ...]:
        """The turns of a day that end while the crisis lasts, called after it."""
        if not owed_on(self.time, day, calendar):
            return ()
        return tuple(
            turn._replace(key=f"{crisis.pk}/{turn.key}")
            for turn in day_periods(self.time, day, calendar)
            if turn.due.at is not None
            and crisis.starts_at < turn.due.at
            and not (crisis.ends_at is not None and crisis.ends_at < turn.due.at)
        )


@dataclass(frozen=True, slots=True)
class Floor:
    """The longest gap between looks before the duty of supervision itself is broken."""

    rule: Stated
    days: int


def cadence_of(
    channel: Channel,
    policy: Policy,
    planned: Fraction | None,
    rest: DeclaredPeriod | None = None,
) -> Cadence | None:
    """What is owed on the channel, or None where the policy states no daily check.

    `planned` is how often a day the plan says that the channel is looked at; `rest` the declared
    rest that the channel has. What the guideline itself says of the season comes before our
    routine for it.
    """
    scope = scope_of(channel)
    rule = policy.rule("monitoring.interval", replace(scope, period="season") if rest else scope)
    if not isinstance(rule, Stated) or not isinstance(rule.value, TimesPerDay):
        return None
    who = rule.who[0] if rule.who else Role.RESPONSIBLE_PERSON
    found = Cadence(rule, rule.value, who, channel.office_hours_only)
    if rest is not None:
        return _rested(found, rule, policy, rest)
    if planned is not None and planned > rule.value.times:
        return replace(found, time=replace(rule.value, times=ceil(planned)))
    return found


def _rested(found: Cadence, rule: Stated, policy: Policy, rest: DeclaredPeriod) -> Cadence:
    routine = policy.routine.get("rest")
    if rule.scope.period is not None or routine is None or routine.every_days is None:
        return found
    first = rest.starts_at.astimezone(rest.municipality.zone).date()
    return replace(
        found,
        rule=Cited(says=routine.says),
        time=replace(found.time, times=1),
        thinned=Thinned(first, routine.every_days),
    )


def crisis_cadence_of(channel: Channel, policy: Policy) -> CrisisCadence | None:
    """What a crisis adds on the channel; None where neither guideline nor routine says how often.

    A rule for crises has `scope = { period = "crisis" }`.
    """
    rule = policy.rule("monitoring.interval", replace(scope_of(channel), period="crisis"))
    stated = rule if isinstance(rule, Stated) else None
    who = stated.who[0] if stated and stated.who else Role.RESPONSIBLE_PERSON
    if stated and stated.scope.period and isinstance(stated.value, TimesPerDay):
        return CrisisCadence(stated, stated.value, who)
    routine = policy.routine.get("crisis")
    if routine is None or not routine.times_per_day:
        return None
    return CrisisCadence(Cited(says=routine.says), TimesPerDay(times=routine.times_per_day), who)


def floor_of(channel: Channel, policy: Policy) -> Floor | None:
    """The floor beneath the daily check, or None where the policy states none."""
    rule = policy.rule("monitoring.legal_floor", scope_of(channel))
    if isinstance(rule, Stated) and isinstance(rule.value, CalendarDays):
        return Floor(rule, rule.value.days)
    return None


def planned_times(channels: Collection[Channel], policy: Policy) -> Mapping[int, Fraction]:
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


@dataclass(frozen=True, slots=True)
class Asked:
    """All that asks for looks at one channel: what always does, and the crisis it is in."""

    cadence: Cadence | None = None
    crisis: DeclaredPeriod | None = None
    added: CrisisCadence | None = None

    def running(self, day: date, calendar: Calendar, now: datetime) -> list[tuple[str, Period]]:
        """The turns that a look now confirms, each with its duty; the crisis comes first."""
        in_crisis = (
            self.added.turns(self.crisis, day, calendar) if self.added and self.crisis else ()
        )
        always = self.cadence.turns(day, calendar) if self.cadence else ()
        begun = [
            (duty, [turn for turn in turns if turn.opens_at <= now])
            for duty, turns in (("crisis_check", in_crisis), ("check_in", always))
        ]
        return [(duty, turns[-1]) for duty, turns in begun if turns]

    def rule(self, duty: str) -> Cited:
        """On what a look for that duty stands."""
        asking = self.added if duty == "crisis_check" else self.cadence
        return asking.rule if asking else Cited()


def asked_of(channels: Collection[Channel], policy: Policy, now: datetime) -> dict[int, Asked]:
    """What asks for looks at each of the channels at `now`, by its key; a query or two for all."""
    planned, holds = planned_times(channels, policy), declared(channels, now)
    found = {}
    for channel in channels:
        crisis, rest = holds.crises.get(channel.pk), holds.rests.get(channel.pk)
        found[channel.pk] = Asked(
            cadence_of(channel, policy, planned.get(channel.pk), rest),
            crisis,
            crisis_cadence_of(channel, policy) if crisis else None,
        )
    return found


def running_turns(
    channel: Channel, day: date, calendar: Calendar, now: datetime
) -> list[tuple[str, Period]]:
    """`Asked.running` of one channel under the policy in force at `now`; none without a policy."""
    try:
        policy = policy_for(channel.unit, now)
    except NoPolicyInForce:
        return []
    return asked_of([channel], policy, now)[channel.pk].running(day, calendar, now)
