"""Which channels have gone quiet, and of which nobody knows: what is owed of both.

The program does not see posts. It knows the day of the latest one as somebody last said it, and
what is not known is not called quiet: then all that is asked for is that day. The guideline says
what holds for a quiet channel; after how many days it is one, our routine does, by platform and
kind of account. So nothing falls due. Days of a declared rest are not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from django.db.models import OuterRef, Q, QuerySet, Subquery

from channels.models import Channel
from channels.scope import scope_of
from governance.calendars import Calendars
from governance.models import Municipality, Obligation
from governance.obligations import Ground, Plan, by_turn
from governance.policy.in_force import policy_for
from governance.policy.times import CalendarMonths
from governance.policy.types import Cited, Policy, Stated
from governance.roles import Role
from governance.working_time import turn_to_do
from moderation.models import ActivityDecision, DeclaredPeriod, LatestPost, PeriodChannel

INACTIVITY: Final = "inactivity"
LATEST_POST: Final = "latest_post"
RULE: Final = "closing.inactivity"
#: No month is shorter: what was said within so many days for each month is not asked for.
_SHORTEST_MONTH: Final = timedelta(days=28)

Said = TypeVar("Said", LatestPost, ActivityDecision)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the guideline says of a quiet channel, and after how many days ours is one."""

    rule: Stated
    days: int

    @property
    def who(self) -> Role:
        return next(iter(self.rule.who), Role.CHANNEL_OWNER)


def rule_for(channel: Channel, policy: Policy) -> Stated | None:
    """What the guideline says of a channel like this that is not kept up."""
    rule = policy.rule(RULE, scope_of(channel))
    return rule if isinstance(rule, Stated) else None


def asked_of(channel: Channel, policy: Policy) -> Asked | None:
    """When the channel would be quiet; None where guideline or routine say nothing of it."""
    rule, routine = rule_for(channel, policy), policy.routine.get(INACTIVITY)
    days = routine.inactive_days(scope_of(channel)) if routine else None
    return Asked(rule, days) if rule and days else None


# --- what is known ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """How a channel stands today.

    `post`: the newest word on its latest post. `decision`: the newest since that was said.
    `quiet_days`: days without a post, those of declared rests left out, since the latest post or
    the decision to go on; None where no post is known. `rests`: whether it has a rest today.
    """

    post: LatestPost | None
    decision: ActivityDecision | None
    quiet_days: int | None
    rests: bool

    @property
    def is_to_be_closed(self) -> bool:
        close = ActivityDecision.Outcome.CLOSE
        return self.decision is not None and self.decision.outcome == close


def known_of(channels: Collection[Channel], now: datetime) -> dict[int, Known]:
    """How each channel (by key) stands; three queries whatever their number."""
    posts = _newest(LatestPost.objects.select_related("by"), channels)
    decisions = _newest(ActivityDecision.objects.select_related("by"), channels)
    rests = _rests(channels)
    found = {}
    for channel in channels:
        today = channel.municipality.today(now)
        post, decision = posts.get(channel.pk), decisions.get(channel.pk)
        if post and decision and _has_posted_since(decision, post):
            decision = None
        resting = rests.get(channel.pk, [])
        since = _since(channel, post, decision)
        found[channel.pk] = Known(
            post,
            decision,
            _quiet_days(since, today, resting) if since else None,
            any(first <= today <= last for first, last in resting),
        )
    return found


def _has_posted_since(decision: ActivityDecision, post: LatestPost) -> bool:
    """Whether the channel went on as was decided. A farewell changes nothing of its closing."""
    goes_on = decision.outcome == ActivityDecision.Outcome.GO_ON
    return goes_on and decision.post_on is not None and post.on > decision.post_on


def _newest(rows: QuerySet[Said], channels: Collection[Channel]) -> dict[int, Said]:
    newest = rows.filter(channel__in=[channel.pk for channel in channels])
    return {
        row.channel_id: row
        for row in newest.order_by("channel_id", "-at", "-pk").distinct("channel_id")
    }


def _rests(channels: Collection[Channel]) -> dict[int, list[tuple[date, date]]]:
    """The declared rests of each channel, as first and last day."""
    parts = (
        PeriodChannel.objects.not_taken_back()
        .filter(channel__in=[channel.pk for channel in channels], kind=DeclaredPeriod.Kind.REST)
        .select_related("period__municipality")
    )
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for part in parts:
        if part.period.last_day is not None:
            found[part.channel_id].append((part.period.first_day, part.period.last_day))
    return found


def _since(
    channel: Channel, post: LatestPost | None, decision: ActivityDecision | None
) -> date | None:
    if post is None:
        return None
    return max(post.on, channel.municipality.today(decision.at)) if decision else post.on


def _quiet_days(since: date, today: date, rests: Iterable[tuple[date, date]]) -> int:
    """The days after `since`, today included, that lie in no rest."""
    rested: set[date] = set()
    for first, last in rests:
        begins, ends = max(first, since + timedelta(days=1)), min(last, today)
        rested |= {begins + timedelta(days=n) for n in range((ends - begins).days + 1)}
    return (today - since).days - len(rested)


def is_quiet(known: Known, asked: Asked) -> bool:
    """Whether a decision is owed: past the number of days, not resting and not to be closed."""
    past = known.quiet_days is not None and known.quiet_days > asked.days
    return past and not known.rests and not known.is_to_be_closed


# --- what is owed -----------------------------------------------------------------------------


def inactivity_owed(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """The open channels of which a decision is owed and not owed yet."""
    policy = policy_for(municipality, now)
    routine = policy.routine.get(INACTIVITY)
    if routine is None:
        return
    shortest = min(threshold.days for threshold in routine.inactive)
    old = municipality.today(now) - timedelta(days=shortest)
    found = list(_open(municipality, INACTIVITY).filter(post_on__lt=old))
    known = known_of(found, now)
    for channel in found:
        asked = asked_of(channel, policy)
        if asked is not None and is_quiet(known[channel.pk], asked):
            yield _decision(channel, asked, known[channel.pk])


def _decision(channel: Channel, asked: Asked, known: Known, period: str = "") -> Plan:
    since = _since(channel, known.post, known.decision)
    return Plan(
        duty=INACTIVITY,
        subject=channel,
        unit=channel.unit,
        who=asked.who,
        period=period or (since.isoformat() if since else ""),
        rule=asked.rule,
        label=channel.full_name,
    )


def inactivity_owed_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """The same under the policy now in force; None where the channel is not quiet by it."""
    channel = row.subject
    if not isinstance(channel, Channel) or channel.state != Channel.State.OPEN:
        return None
    asked = asked_of(channel, ground.in_force)
    known = ground.once(row, lambda channels: known_of(channels, now))[channel.pk]
    if asked is None or not is_quiet(known, asked):
        return None
    return _decision(channel, asked, known, row.period)


def latest_post_owed(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """The open channels whose latest post is to be put down: so many months after somebody last
    said which it was, or after the channel opened where nobody has.
    """
    policy = policy_for(municipality, now)
    months = _months_of(policy)
    if not months:
        return
    before = now - months * _SHORTEST_MONTH
    unsaid = Q(said_at__isnull=True, opened_on__lte=municipality.today(before))
    channels = _open(municipality, LATEST_POST).filter(Q(said_at__lte=before) | unsaid)
    if found := list(channels):
        yield from _asking(found, policy, Calendars.of(municipality), now)


def latest_post_owed_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """The same by the routine now in force; None where it asks no more."""
    channel = row.subject
    if not isinstance(channel, Channel) or channel.state != Channel.State.OPEN:
        return None
    policy, calendars = ground.in_force, ground.calendars
    plans = ground.once(row, lambda channels: by_turn(_asking(channels, policy, calendars, now)))
    return plans.get((channel.pk, row.period))


def _months_of(policy: Policy) -> int | None:
    routine = policy.routine.get(LATEST_POST)
    return routine.recheck_months if routine else None


def _asking(
    channels: Collection[Channel], policy: Policy, calendars: Calendars, now: datetime
) -> Iterator[Plan]:
    months, routine = _months_of(policy), policy.routine.get(LATEST_POST)
    if not months or routine is None:
        return
    every = CalendarMonths(months=months, basis="rolling")
    known = known_of(channels, now)
    for channel in channels:
        rule, since = rule_for(channel, policy), _asked_since(channel, known[channel.pk])
        if rule is None or since is None:
            continue
        turn = turn_to_do(every, now, calendars.at(channel.unit_id), since=since)
        if turn is not None:
            yield Plan(
                duty=LATEST_POST,
                subject=channel,
                unit=channel.unit,
                who=next(iter(rule.who), Role.CHANNEL_OWNER),
                period=turn.key,
                rule=Cited(says=routine.says),
                label=channel.full_name,
            )


def _asked_since(channel: Channel, known: Known) -> date | None:
    """From when the months are counted; None where nothing is asked of the channel now."""
    if known.rests or known.is_to_be_closed:
        return None
    return channel.municipality.today(known.post.at) if known.post else channel.opened_on


def _open(municipality: Municipality, duty: str) -> QuerySet[Any]:
    """The open channels that do not owe it already, with the newest word on their latest post:
    `post_on` its day, `said_at` when it was said.
    """
    newest = LatestPost.objects.filter(channel=OuterRef("pk")).order_by("-at", "-pk")
    owing = Obligation.objects.open().filter(municipality=municipality, duty=duty)
    rows = Channel.objects.filter(municipality=municipality, state=Channel.State.OPEN)
    rows = rows.annotate(
        post_on=Subquery(newest.values("on")[:1]), said_at=Subquery(newest.values("at")[:1])
    )
    return rows.exclude(pk__in=owing.values("subject_id")).select_related(
        "unit__municipality", "municipality", "platform"
    )


def still_quiet(channel: Channel, now: datetime) -> bool:
    """Whether a decision on the channel is owed as things stand."""
    asked = asked_of(channel, policy_for(channel.unit, now))
    return asked is not None and is_quiet(known_of([channel], now)[channel.pk], asked)


def before_closing(policy: Policy, channel: Channel) -> Mapping[str, Stated]:
    """What the guideline asks for before such a channel is closed, by key."""
    keys = ("closing.consult", "closing.farewell_post", "snapshot.before_closing")
    rules = {key: policy.rule(key, scope_of(channel)) for key in keys}
    return {key: rule for key, rule in rules.items() if isinstance(rule, Stated) and rule.value}
