"""What is owed of a channel's goals: a result by the day that the plan gives.

Where the plan gives a goal no day, our routine may say how often it is followed up; that cites no
clause and makes nothing overdue. Where neither says, nothing is owed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Channel, GoalFollowUp
from channels.scope import scope_of
from governance.calendars import Calendars
from governance.models import Municipality, Obligation
from governance.obligations import Ground
from governance.obligations import Plan as Owing
from governance.policy.in_force import policy_for
from governance.policy.times import CalendarMonths
from governance.policy.types import Cited, Policy, Routine, Stated
from governance.roles import Role
from governance.working_time import NOT_DUE, Calendar, Due, month_period

#: The duty, and the routine that says who is told and what the guideline leaves open.
GOALS: Final = "goals"
_DAY: Final = timedelta(days=1)


def owed_of_goals(municipality: Municipality, now: datetime) -> Iterator[Owing]:
    """What is to be followed up now of the goals of the municipality's open channels.

    One query, as large as what is to be followed up.
    """
    policy = policy_for(municipality, now)
    calendars = Calendars.of(municipality)
    rows = GoalFollowUp.objects.running().with_words().with_latest()
    open_ones = rows.filter(municipality=municipality, channel__state=Channel.State.OPEN)
    for follow_up in _to_follow_up(open_ones, policy, calendars.whole.day_of(now)):
        turn = _turn(follow_up, policy, calendars.at(follow_up.channel.unit_id), now)
        if turn is not None:
            yield _owing(follow_up, policy, turn)


def _to_follow_up(
    rows: QuerySet[GoalFollowUp], policy: Policy, today: date
) -> QuerySet[GoalFollowUp]:
    """Those whose day is near or past without a result for it, and those that routine asks for."""
    ahead = timedelta(days=_window(policy) - 1)
    first = ExpressionWrapper(F("goal__due_on") - ahead, output_field=DateField())
    rows = rows.annotate(first=first)
    near = Q(goal__due_on__lte=today + ahead) & (Q(latest=None) | Q(latest__lt=F("first")))
    routine = _interval(policy)
    if routine is None:
        return rows.filter(near)
    # a month has 28 days at least; the calendar has the last word
    again = Q(goal__due_on=None, last__lte=today + ahead - timedelta(days=28 * routine.months))
    return rows.annotate(last=Coalesce("latest", "since")).filter(near | again)


@dataclass(frozen=True)
class _Turn:
    """Once that a goal is followed up: its name, when it is due, and what it stands on."""

    key: str
    due: Due
    rule: Cited


def _turn(
    follow_up: GoalFollowUp, policy: Policy, calendar: Calendar, now: datetime
) -> _Turn | None:
    """The turn in which the goal (`with_latest`) is to be followed up now, or None."""
    day = follow_up.goal.due_on
    if day is not None:
        return _Turn(day.isoformat(), calendar.whole_day(day), rule_of_goals(policy, follow_up))
    interval = _interval(policy)
    if interval is None:
        return None
    since = follow_up.latest or follow_up.since  # type: ignore[attr-defined]
    today, window = calendar.day_of(now), _window(policy)
    period = month_period(interval, today, calendar, since=since, window_days=window)
    if now < period.opens_at:
        return None
    return _Turn(period.key, NOT_DUE, Cited(says=policy.routine[GOALS].says))


def rule_of_goals(policy: Policy, follow_up: GoalFollowUp) -> Cited:
    """What a goal with a day stands on: the rule on goals or, without one, the plan's question."""
    rule = policy.rule("plan.measurable_goals", scope_of(follow_up.channel))
    if isinstance(rule, Stated):
        return rule
    return policy.form("plan").standing_for("goals") or Cited()


def _routine(policy: Policy) -> Routine | None:
    return policy.routine.get(GOALS)


def _interval(policy: Policy) -> CalendarMonths | None:
    """Our own interval, for the goals to which the plan gives no day."""
    routine = _routine(policy)
    if routine is None or routine.recheck_months is None:
        return None
    return CalendarMonths(months=routine.recheck_months, basis="rolling")


def _window(policy: Policy) -> int:
    """So many days, the last one included, in which a goal is followed up; without a routine it is
    done on its day or later."""
    routine = _routine(policy)
    return (routine.window_days if routine else None) or 1


def _owing(follow_up: GoalFollowUp, policy: Policy, turn: _Turn) -> Owing:
    rule = policy.rule("plan.measurable_goals", scope_of(follow_up.channel))
    named = rule.who if isinstance(rule, Stated) else ()
    return Owing(
        duty=GOALS,
        subject=follow_up,
        unit=follow_up.channel.unit,
        who=named[0] if named else Role.CHANNEL_OWNER,
        period=turn.key,
        due=turn.due,
        rule=turn.rule,
        label=label_of(follow_up),
    )


def label_of(follow_up: GoalFollowUp) -> str:
    """What a list of duties calls it, in the municipality's language."""
    with translation.override(follow_up.municipality.locale):
        return _("%(channel)s on %(platform)s: %(item)s") % {
            "channel": follow_up.channel,
            "platform": follow_up.channel.platform,
            "item": follow_up.goal.text,
        }


def first_day_that_counts(row: Obligation, policy: Policy) -> date:
    """From which day on a result meets the obligation: one that is older says nothing new."""
    if row.due_on is not None:
        return row.due_on - (_window(policy) - 1) * _DAY
    return date.fromisoformat(row.period) + _DAY


def goal_owed_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """The same follow-up under the policy now in force; None where it is not asked for any more."""
    found = ground.once(row, _running).get(row.subject_id)
    if found is None:
        return None
    policy = ground.in_force
    turn = _turn(found, policy, ground.calendars.at(found.channel.unit_id), now)
    return _owing(found, policy, turn) if turn and turn.key == row.period else None


def _running(goals: Collection[GoalFollowUp]) -> dict[int, GoalFollowUp]:
    """Those of the goals that a plan in force still names, by their keys."""
    rows = GoalFollowUp.objects.running().with_words().with_latest()
    return rows.in_bulk([each.pk for each in goals])
