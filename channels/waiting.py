"""What is owed while a plan or a new account waits for somebody, and who that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from channels.holders import people_on_channels
from channels.models import Channel, EditorAssignment, GoalFollowUp, Plan
from channels.steps import ON_CHANNEL, plan_of, step_waiting, step_waiting_on, whose_own
from governance.models import Municipality, Obligation, User
from governance.obligations import Ground, by_appointment
from governance.obligations import Plan as Owing
from governance.permissions import MANAGERS, actors_without, groups_of
from governance.policy.in_force import policy_for
from governance.policy.types import Step
from governance.roles import Role

APPROVAL: Final = "approval"
ACCOUNT_STEP: Final = "account_step"
RETURNED: Final = "returned_plan"


def owing(step: Step, plan: Plan) -> Owing:
    """The obligation of whoever takes the step that the plan or its new account waits for.

    A step that is the applicant's own is owed by the owner of the channel to be.
    """
    version = plan.current
    number = version.number if version else 0
    subject: Plan | Channel = plan
    duty, period = APPROVAL, f"{number}/{step.key}"
    if step.phase == "account" and plan.channel is not None:
        # a step that a revised plan needs once more is another duty than it was for the first
        again = f"{number}/" if plan.replaces_id else ""
        subject, duty, period = plan.channel, ACCOUNT_STEP, f"{again}{step.key}"
    return Owing(
        duty=duty,
        subject=subject,
        unit=plan.unit,
        who=Role.CHANNEL_OWNER if step.actor.applicant else step.actor.roles[0],
        period=period,
        rule=step,
        label=f"{plan.title}: {step.title}",
    )


def correction(plan: Plan) -> Owing:
    """That the author of a returned plan submits it again. No guideline speaks of it."""
    return Owing(
        duty=RETURNED,
        subject=plan,
        unit=plan.unit,
        who=Role.CHANNEL_OWNER,
        period=str(plan.current.number if plan.current else 0),
        label=plan.title,
    )


# --- for the engine ---------------------------------------------------------------------------


def approvals(municipality: Municipality, now: datetime) -> list[Owing]:
    """What every submitted plan of the municipality waits for. As large as what is under way."""
    plans = Plan.objects.filter(municipality=municipality, state=Plan.State.SUBMITTED)
    return _owed_now(plans.select_related("unit__municipality", "municipality", "author"), now)


def account_steps(municipality: Municipality, now: datetime) -> list[Owing]:
    """What every account of the municipality that is new, or newly planned, waits for."""
    plans = Plan.objects.filter(
        Q(settles=True) | Q(channel__state=Channel.State.WAITING),
        municipality=municipality,
        state=Plan.State.APPROVED,
    )
    return _owed_now(plans.select_related("unit__municipality", "municipality", "channel"), now)


def _owed_now(plans: Iterable[Plan], now: datetime) -> list[Owing]:
    found = []
    for plan in plans:
        step = step_waiting(plan, now)
        if step is not None:
            found.append(owing(step, plan))
    return found


def plan_again(row: Obligation, ground: Ground, _now: datetime) -> Owing | None:
    """The same obligation under the policy now in force; None where another step is waited for."""
    subject = row.subject
    if isinstance(subject, Channel):
        subject = plan_of(subject)
    plan = subject if isinstance(subject, Plan) else None
    version = plan.current if plan else None
    step = step_waiting_on(version, ground.in_force) if version else None
    if plan is None or step is None:
        return None
    again = owing(step, plan)
    return again if again.period == row.period else None


def approvals_for(user: User, now: datetime) -> Q:
    """The decisions that wait for the person. Nobody is shown a plan of their own to decide on."""
    own = Plan.objects.filter(Q(author=user) | Q(versions__submitted_by=user)).values("pk")
    by_role = by_appointment(user, now) & ~Q(subject_id__in=own)
    mine = Q(who=Role.CHANNEL_OWNER, subject_id__in=Plan.objects.filter(author=user).values("pk"))
    return by_role | mine | _instead_of_authors(user, now) | _in_groups_of(user, now)


def _in_groups_of(user: User, now: datetime) -> Q:
    """Plans that wait for a group for which the person can act."""
    if user.municipality is None or not groups_of(user, now):
        return Q(pk__in=[])
    members = _members_waited_for(user.municipality, now)
    mine = [plan for plan, people in members.items() if user in people]
    return Q(who=Role.GROUP_MEMBER, subject_id__in=mine)


def _members_waited_for(municipality: Municipality, now: datetime) -> dict[int, list[User]]:
    """Who can act for the group that a plan (its key) waits for, of all plans that wait for one."""
    return _waited_for(_waiting_in(municipality).filter(who=Role.GROUP_MEMBER), municipality, now)


def _waiting_in(municipality: Municipality) -> QuerySet[Obligation]:
    """What the submitted plans of the municipality wait for."""
    return Obligation.objects.open().filter(municipality=municipality, duty=APPROVAL)


def _waited_for(
    rows: QuerySet[Obligation], municipality: Municipality, now: datetime
) -> dict[int, list[User]]:
    """Who can take the step that each plan (its key) waits for; nobody decides on their own.

    As many queries as the policy has groups, and a few more.
    """
    steps = {step.key: step for step in policy_for(municipality, now).steps}
    listed = list(rows.values_list("subject_id", "unit_id", "period", "who"))
    own = whose_own({plan for plan, *_rest in listed})
    waiting: dict[str, dict[int, tuple[str, int, frozenset[int]]]] = defaultdict(dict)
    for plan, unit, period, who in listed:
        step = steps.get(period.partition("/")[2])
        if step is not None:
            without = own[plan] if step.kind == "approve" else frozenset()
            waiting[step.actor.group_key][plan] = (who, unit, without)
    found: dict[int, list[User]] = {}
    for group, wanted in waiting.items():
        people = actors_without(wanted.values(), municipality.pk, now, group=group)
        found |= {plan: people[triple] for plan, triple in wanted.items()}
    return found


def corrections_for(user: User, _now: datetime) -> Q:
    """The person's own plans that somebody has returned."""
    return Q(subject_id__in=Plan.objects.filter(author=user).values("pk"))


def _instead_of_authors(user: User, now: datetime) -> Q:
    """Plans that a manager wrote or submitted: the next one above decides on them.

    A bounded number of queries, however many such plans are under way.
    """
    if user.municipality is None:
        return Q(pk__in=[])
    plans = Plan.objects.filter(
        Q(author__appointments__role__in=MANAGERS)
        | Q(versions__submitted_by__appointments__role__in=MANAGERS),
        municipality=user.municipality,
        state=Plan.State.SUBMITTED,
    )
    rows = _waiting_in(user.municipality).filter(subject_id__in=plans.values("pk"))
    if not rows.exists():
        return Q(pk__in=[])
    people = _waited_for(rows, user.municipality, now)
    return Q(subject_id__in=[plan for plan, theirs in people.items() if user in theirs])


def owned_by(user: User, now: datetime) -> Q:
    """What is owed about channels that the person answers for, or by role on their unit."""
    return _owned_by(user, now, lambda held: held.values("channel"))


def goals_owned_by(user: User, now: datetime) -> Q:
    """The same of what is owed about the goals of channels."""
    return _owned_by(user, now, lambda held: held.values("channel__goals"))


def _owned_by(
    user: User, now: datetime, subjects: Callable[[QuerySet[EditorAssignment]], QuerySet[Any]]
) -> Q:
    if user.municipality is None:
        return Q(pk__in=[])
    mine = EditorAssignment.objects.filter(user=user).in_force(user.municipality.today(now))
    found = by_appointment(user, now)
    for role in sorted(ON_CHANNEL - {Role.CHANNEL_OWNER}):
        found |= Q(who=role, subject_id__in=subjects(mine.filter(role=role)))
    owners = mine.filter(role__in=(Role.RESPONSIBLE_PERSON, Role.ADMINISTRATOR))
    return found | Q(who=Role.CHANNEL_OWNER, subject_id__in=subjects(owners))


def people_of_channels(
    channels: Collection[int], role: Role, now: datetime
) -> Mapping[int, list[User]]:
    """Who is meant by a role on these channels; roles on units the engine finds itself."""
    return people_on_channels(channels, role, now) if role in ON_CHANNEL else {}


def people_of_goals(goals: Collection[int], role: Role, now: datetime) -> Mapping[int, list[User]]:
    """The same on the channels of these goals."""
    rows = GoalFollowUp.objects.filter(pk__in=goals)
    channel_of = dict(rows.values_list("pk", "channel_id"))
    people = people_of_channels(set(channel_of.values()), role, now)
    return {goal: people[channel] for goal, channel in channel_of.items() if channel in people}


def people_of_plans(plans: Collection[int], role: Role, now: datetime) -> Mapping[int, list[User]]:
    """The author, for a step that is the applicant's own; for another, who can take it."""
    found = Plan.objects.filter(pk__in=plans).select_related("author", "municipality")
    if role == Role.CHANNEL_OWNER:
        return {plan.pk: [plan.author] for plan in found}
    if role in ON_CHANNEL:
        return {}
    people: dict[int, list[User]] = {}
    for municipality in {plan.municipality for plan in found}:
        rows = _waiting_in(municipality).filter(who=role, subject_id__in=plans)
        people |= _waited_for(rows, municipality, now)
    return people
