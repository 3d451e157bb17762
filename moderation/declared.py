"""Crisis and rest: what is declared for which channels, on what ground, and whose word it takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from channels.models import Channel
from governance.models import Municipality
from governance.policy.in_force import NoPolicyInForce, policy_for, policy_of
from governance.policy.types import Policy, Routine, Stated
from governance.roles import Role
from moderation.models import DeclaredPeriod, PeriodChannel

Kind = DeclaredPeriod.Kind


@dataclass(frozen=True, slots=True)
class Declared:
    """What holds for channels at a moment: the crisis and the rest of each, by its key."""

    crises: Mapping[int, DeclaredPeriod]
    rests: Mapping[int, DeclaredPeriod]


def declared(channels: Collection[Channel], now: datetime) -> Declared:
    """What is in force for the channels, by one query whatever their number."""
    parts = PeriodChannel.objects.in_force(now).filter(
        channel__in=[channel.pk for channel in channels]
    )
    found: dict[str, dict[int, DeclaredPeriod]] = {Kind.CRISIS: {}, Kind.REST: {}}
    for part in parts.select_related("period__municipality"):
        found[part.kind][part.channel_id] = part.period
    return Declared(found[Kind.CRISIS], found[Kind.REST])


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a crisis or a rest is declared: the guideline's rule, if it has one, and ours.

    `who`: the roles whose word it takes, by the guideline or else by the routine.
    """

    rule: Stated | None
    routine: Routine | None
    who: tuple[Role, ...]

    @property
    def says(self) -> str:
        """What the guideline says of it, in our own words; empty where it is silent."""
        return self.rule.says if self.rule else ""

    @property
    def clause(self) -> str:
        return self.rule.clause if self.rule else ""


def ground_of(policy: Policy, kind: str) -> Ground | None:
    """The ground, or None where neither guideline nor routine speaks of it.

    A rest is our routine's alone, also where the guideline has a rule for the season: that rule
    says how the channels are looked after then, and not when it is then.
    """
    routine = policy.routine.get(kind)
    if kind == Kind.REST:
        return Ground(None, routine, routine.who) if routine else None
    rule = policy.rule("crisis.rule")
    if not isinstance(rule, Stated):
        return None
    return Ground(rule, routine, rule.who or (routine.who if routine else ()))


def ground_for(period: DeclaredPeriod, now: datetime) -> Ground | None:
    """The ground in force or, where the policy has become silent, that on which it was declared."""
    there = ground_in(period.municipality, period.kind, now)
    return there or ground_of(policy_of(period.policy), period.kind)


def ground_in(municipality: Municipality, kind: str, now: datetime) -> Ground | None:
    """`ground_of` the policy in force in the municipality; None also where there is none."""
    try:
        return ground_of(policy_for(municipality, now), kind)
    except NoPolicyInForce:
        return None


def without(kind: str, channels: QuerySet[Channel], now: datetime) -> QuerySet[Channel]:
    """Those of the channels for which no such period is declared, now or ahead."""
    declared_for = PeriodChannel.objects.not_over(now).filter(kind=kind)
    return channels.exclude(declared__in=declared_for)
