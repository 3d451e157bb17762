"""Where a plan stands: the steps its policy names, which are taken, and whom the next waits for.

Reading only. A plan that is under way follows the policy in force at the moment; what was decided
keeps the version it was decided under.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from channels.models import Channel, Decision, EditorAssignment, Plan, PlanVersion
from governance.errors import NotAllowed
from governance.models import Appointment, Unit, User
from governance.permissions import STANDS_FOR, Grant, actors_without, holds, reason_for
from governance.policy.in_force import policy_for
from governance.policy.types import Phase, Policy, Step
from governance.roles import Role

#: Roles held on a channel by assignment, not on a unit by appointment.
ON_CHANNEL = frozenset(
    {
        Role.CHANNEL_OWNER,
        Role.RESPONSIBLE_PERSON,
        Role.SUBSTITUTE,
        Role.ADMINISTRATOR,
        Role.EDITOR,
    }
)


@dataclass(frozen=True)
class Standing:
    """One step and how it stands: passed by a decision, waiting now, or still to come."""

    step: Step
    decision: Decision | None
    waits: bool


def plan_of(channel: Channel) -> Plan | None:
    """The approved plan in force for the channel; None for one that was there before."""
    return channel.plans.filter(state=Plan.State.APPROVED).first()


def phase_of(plan: Plan) -> Phase | None:
    """Which of the policy's two phases the plan is in; None while it is drafted and when over."""
    if plan.state == Plan.State.SUBMITTED:
        return "plan"
    if plan.channel is not None and plan.state == Plan.State.APPROVED:
        waits = plan.settles or plan.channel.state == Channel.State.WAITING
        return "account" if waits else None
    return None


def standing(plan: Plan, policy: Policy) -> list[Standing]:
    """Every step of the policy in order, with what was decided on the plan's current version."""
    version = plan.current
    passed = passed_steps(version) if version else {}
    waiting = _first_waiting(policy, phase_of(plan), passed)
    return [Standing(each, passed.get(each.key), each is waiting) for each in policy.steps]


def step_waiting(plan: Plan, now: datetime) -> Step | None:
    """The first step of the plan's phase that no decision has passed, or None."""
    version = plan.current
    return step_waiting_on(version, policy_for(plan.unit, now)) if version else None


def step_waiting_on(version: PlanVersion, policy: Policy) -> Step | None:
    """`step_waiting` for who has the plan's current version and the policy at hand."""
    return _first_waiting(policy, phase_of(version.plan), passed_steps(version))


def account_steps_waiting(channels: Iterable[Channel], policy: Policy) -> dict[int, Step]:
    """The step that each account waits for, by its channel's key. Two queries for all."""
    newest = PlanVersion.objects.filter(
        Q(plan__settles=True) | Q(plan__channel__state=Channel.State.WAITING),
        plan__channel__in=[each.pk for each in channels],
        plan__state=Plan.State.APPROVED,
    ).order_by("plan__channel_id", "-plan_id", "-number")
    versions = (
        newest.distinct("plan__channel_id").select_related("plan").prefetch_related("decisions")
    )
    found = {}
    for version in versions:
        passed = {
            each.step: each for each in version.decisions.all() if each.outcome in Decision.PASSED
        }
        step = _first_waiting(policy, "account", passed)
        if step is not None and version.plan.channel_id is not None:
            found[version.plan.channel_id] = step
    return found


def passed_steps(version: PlanVersion) -> dict[str, Decision]:
    """The decisions that let the version go on, by the key of their step."""
    rows = version.decisions.filter(outcome__in=Decision.PASSED).select_related("actor")
    return {row.step: row for row in rows}


def _first_waiting(policy: Policy, phase: Phase | None, passed: dict[str, Decision]) -> Step | None:
    if phase is None:
        return None
    return next((each for each in policy.steps_in(phase) if each.key not in passed), None)


def whose_own(plans: Collection[int]) -> dict[int, frozenset[int]]:
    """Who (keys of people) does not decide on each of the plans (keys): its author, and whoever has
    submitted a version of it. One query.
    """
    rows = Plan.objects.filter(pk__in=plans)
    found: dict[int, set[int]] = defaultdict(set)
    for plan, *people in rows.values_list("pk", "author_id", "versions__submitted_by"):
        found[plan].update(person for person in people if person is not None)
    return {plan: frozenset(people) for plan, people in found.items()}


def actors_of(step: Step, plan: Plan, now: datetime) -> list[User]:
    """Who can take the step now: nearest holders of its roles, deputies for the absent.

    Those whose own the plan is are left out where nobody decides on their own.
    """
    if step.actor.applicant:
        return [plan.author]
    without = whose_own([plan.pk])[plan.pk] if step.kind == "approve" else frozenset()
    found: list[User] = []
    for role in step.actor.roles:
        if role in ON_CHANNEL:
            found += [row.user for row in _assigned(role, plan, now) if row.user is not None]
        else:
            wanted = (role, plan.unit_id, without)
            group = step.actor.group_key
            found += actors_without([wanted], plan.municipality_id, now, group=group)[wanted]
    return list(dict.fromkeys(found))


def grant_for(step: Step, plan: Plan, by: User, now: datetime) -> Grant:
    """By what right the person takes the step. Raises NotAllowed with who could."""
    if step.actor.applicant:
        if by.pk == plan.author_id:
            return Grant(Role.EMPLOYEE, plan.unit_id)
        raise NotAllowed(
            _("This is for %(name)s, who wrote the plan.") % {"name": plan.author.shown_name}
        )
    if grant := holds(by, step.actor.roles, plan.unit, now, group=step.actor.group_key):
        return grant
    for role in step.actor.roles:
        if role in ON_CHANNEL and any(row.user_id == by.pk for row in _assigned(role, plan, now)):
            return Grant(role, plan.unit_id)
    if step.actor.group:
        raise NotAllowed(
            _("%(group)s decides. One of its members records the decision here.")
            % {"group": step.actor.group.name}
        )
    raise NotAllowed(reason_for(step.actor.roles, plan.unit))


def taken_by(step: Step) -> str:
    """Whose step it is, in words: the author's, a group's, or that of the holders of a role."""
    if step.actor.applicant:
        return _("the author")
    if step.actor.group:
        return step.actor.group.name
    return " / ".join(str(Role(role).label) for role in step.actor.roles)


def _assigned(role: str, plan: Plan, now: datetime) -> list[EditorAssignment]:
    if plan.channel is None:
        return []
    return holders_on_channel(plan.channel, role, now)


def holders_on_channel(channel: Channel, role: str, now: datetime) -> list[EditorAssignment]:
    """Who holds the role on the channel now.

    Its owner is whoever answers for it or, where nobody is named so, its first administrator
    (Vårgårda's guideline calls the administrator the owner of the account).
    """
    rows = (
        EditorAssignment.objects.filter(channel=channel)
        .in_force(channel.municipality.today(now))
        .select_related("user")
        .order_by("pk")
    )
    if role != Role.CHANNEL_OWNER:
        return list(rows.filter(role=role))
    return list(rows.filter(role=Role.RESPONSIBLE_PERSON)) or list(
        rows.filter(role=Role.ADMINISTRATOR)[:1]
    )


def appointed(roles: tuple[Role, ...], unit: Unit, now: datetime) -> set[int]:
    """The keys of those who hold one of the roles nearest the unit themselves, away or not."""
    wanted = {held for role in roles for held in STANDS_FOR.get(role, frozenset({role}))}
    line = {key: distance for distance, key in enumerate(unit.line())}
    rows = (
        Appointment.objects.in_force(unit.municipality.today(now))
        .filter(role__in=wanted, unit__in=line)
        .values_list("user_id", "unit_id")
    )
    held = [(line[unit_id], user_id) for user_id, unit_id in rows]
    nearest = min((distance for distance, _user in held), default=None)
    return {user_id for distance, user_id in held if distance == nearest}


def needless(step: Step, plan: Plan, policy: Policy, now: datetime) -> Step | None:
    """The other step that makes this one needless because the same person takes both, or None.

    Only where the person *is* both by appointment: a deputy of both for a week is two offices
    (requirements A.9 #2).
    """
    if not step.not_applicable_if_same_person_as:
        return None
    other = policy.step(step.not_applicable_if_same_person_as)
    mine = appointed(step.actor.roles, plan.unit, now)
    return other if mine and mine == appointed(other.actor.roles, plan.unit, now) else None
