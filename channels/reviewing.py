"""What is owed of a channel's approved plan: that somebody looks through it again in time.

How often, the plan itself may say or the guideline; else our routine may, which cites no clause
and makes nothing overdue. Where none of them says it, nothing is owed. The time runs from the day
the plan was approved or last found to stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from channels import facts
from channels.models import Channel, Plan, PlanVersion
from channels.scope import scope_of
from governance.calendars import Calendars
from governance.models import Municipality, Obligation
from governance.obligations import Ground
from governance.obligations import Plan as Owing
from governance.policy.in_force import policy_for, policy_of
from governance.policy.times import CalendarMonths
from governance.policy.types import Cited, Policy, Stated
from governance.roles import Role
from governance.working_time import NOT_DUE, Calendar, Due, turn_to_do

#: The duty, and the routine that says who is told and what the guideline leaves open.
PLAN_REVIEW: Final = "plan_review"


@dataclass(frozen=True)
class Asked:
    """How often a plan is looked through, what says so, and who does it.

    `binds`: the guideline or the plan itself says it, so that it falls due.
    """

    interval: CalendarMonths
    rule: Cited
    who: Role = Role.CHANNEL_OWNER
    binds: bool = True


def asked_of(channel: Channel, policy: Policy, version: PlanVersion | None) -> Asked | None:
    """What asks that the plan is looked through: the plan's own promise where it is the shorter,
    else the guideline's rule, else our routine; None where nothing does.
    """
    rule = policy.rule("plan.review", scope_of(channel))
    own = _promised(version) if version else None
    if isinstance(rule, Stated) and isinstance(rule.value, CalendarMonths):
        # whoever owes what comes round again is always named
        if own is None or own.interval.months >= rule.value.months:
            return Asked(rule.value, rule, rule.who[0])
        return Asked(own.interval, own.rule, rule.who[0])
    if own is not None:
        return own
    routine = policy.routine.get(PLAN_REVIEW)
    if routine is None or routine.recheck_months is None:
        return None
    interval = CalendarMonths(months=routine.recheck_months, basis="rolling")
    return Asked(interval, Cited(says=routine.says), binds=False)


def _promised(version: PlanVersion) -> Asked | None:
    """What the plan promises by an answer of its own."""
    form = policy_of(version.policy).form("plan")
    field = form.standing_for("review_months")
    months = _whole(facts.fact(form, version.answers, "review_months")) if field else 0
    if field is None or not months:
        return None
    return Asked(CalendarMonths(months=months, basis="rolling"), field)


def _whole(answer: object) -> int:
    return int(answer) if isinstance(answer, int | float) and answer >= 1 else 0


# --- when -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Turn:
    key: str
    due: Due
    asked: Asked


def owed_of_plans(municipality: Municipality, now: datetime) -> Iterator[Owing]:
    """Which plans of the municipality's open channels are to be looked through now.

    Two queries, whatever the number of plans.
    """
    policy = policy_for(municipality, now)
    if not _anything_asks(policy):
        return
    calendars = Calendars.of(municipality)
    plans = _in_force(Plan.objects.filter(municipality=municipality))
    versions = _versions_of(plans) if policy.form("plan").standing_for("review_months") else {}
    for plan in plans:
        calendar = calendars.at(plan.unit_id)
        turn = _turn(plan, policy, versions.get(plan.pk), calendar, now)
        if turn is not None and plan.channel is not None:
            yield _owing(plan.channel, turn)


def _anything_asks(policy: Policy) -> bool:
    routine = policy.routine.get(PLAN_REVIEW)
    return bool(
        policy.rules.get("plan.review")
        or policy.form("plan").standing_for("review_months")
        or (routine and routine.recheck_months)
    )


_MOMENTS: Final = ("submitted", "decided", "reviewed")


def _in_force(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """The plans in force of open channels, with when each was decided and last looked through."""
    return (
        plans.filter(state=Plan.State.APPROVED, channel__state=Channel.State.OPEN)
        .select_related("channel__unit", "channel__platform", "channel__municipality")
        .annotate(
            submitted=Max("versions__submitted_at"),
            decided=Max("versions__decisions__at", filter=Q(versions__decisions__phase="plan")),
            reviewed=Max("versions__reviews__at"),
        )
    )


def _versions_of(plans: Iterable[Plan]) -> dict[int, PlanVersion]:
    rows = PlanVersion.objects.filter(plan__in=plans).select_related("policy")
    newest = rows.order_by("plan_id", "-number").distinct("plan_id")
    return {row.plan_id: row for row in newest}


def _turn(
    plan: Plan,
    policy: Policy,
    version: PlanVersion | None,
    calendar: Calendar,
    now: datetime,
) -> _Turn | None:
    """The turn in which the plan is to be looked through now, or None."""
    assert plan.channel is not None  # noqa: S101 - a plan in force has its channel
    asked = asked_of(plan.channel, policy, version)
    if asked is None:
        return None
    since = calendar.day_of(_last_word(plan))
    routine = policy.routine.get(PLAN_REVIEW)
    window = routine.window_days if routine else None
    period = turn_to_do(asked.interval, now, calendar, since=since, window_days=window)
    if period is None:
        return None
    return _Turn(period.key, period.due if asked.binds else NOT_DUE, asked)


def _last_word(plan: Plan) -> datetime:
    """When the plan was approved or last found to stand. `_in_force` has annotated it."""
    moments: list[datetime | None] = [getattr(plan, name) for name in _MOMENTS]
    return max(each for each in moments if each is not None)


def _owing(channel: Channel, turn: _Turn) -> Owing:
    with translation.override(channel.municipality.locale):
        label = _("%(channel)s on %(platform)s") % {
            "channel": channel,
            "platform": channel.platform,
        }
    return Owing(
        duty=PLAN_REVIEW,
        subject=channel,
        unit=channel.unit,
        who=turn.asked.who,
        period=turn.key,
        due=turn.due,
        rule=turn.asked.rule,
        label=label,
    )


def plan_review_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """The same under the policy now in force; None where the plan need not be looked through.

    A turn that is over stays owed as it was.
    """
    plan, version = ground.once(row, _plans_of).get(row.subject_id, (None, None))
    if plan is None or plan.channel is None:
        return None
    policy = ground.in_force
    if row.is_overdue(now):
        asked = asked_of(plan.channel, policy, version)
        over = Due(row.due_on, row.due_at)
        return _owing(plan.channel, _Turn(row.period, over, asked)) if asked else None
    turn = _turn(plan, policy, version, ground.calendars.at(plan.unit_id), now)
    return _owing(plan.channel, turn) if turn and turn.key == row.period else None


def _plans_of(channels: Collection[Channel]) -> dict[int | None, tuple[Plan, PlanVersion | None]]:
    """The plan in force of each of the open ones, with its newest version; by channel."""
    plans = list(_in_force(Plan.objects.filter(channel__in=[each.pk for each in channels])))
    versions = _versions_of(plans)
    return {plan.channel_id: (plan, versions.get(plan.pk)) for plan in plans}
