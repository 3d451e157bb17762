"""What moderation owes: the daily look, the floor beneath it, cases to close and to register, a
decision on a channel that has gone quiet and the day of its latest post."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from channels.rights import assigned_channels, channels_where
from channels.waiting import owned_by, people_of_channels
from governance.calendars import Calendars
from governance.models import Municipality, Obligation, User
from governance.obligations import Duty, Ground, Plan, by_appointment, by_turn
from governance.policy.in_force import policy_for, version_in_force
from governance.policy.types import Cited, Policy
from governance.roles import Role
from governance.working_time import Calendar, Due
from moderation.activity import (
    INACTIVITY,
    LATEST_POST,
    inactivity_owed,
    inactivity_owed_again,
    latest_post_owed,
    latest_post_owed_again,
)
from moderation.cadence import asked_of, crisis_cadence_of, floor_of
from moderation.closing import Facts, demanded
from moderation.declared import declared
from moderation.models import DeclaredPeriod, Item, PeriodChannel, Question

#: Where the daily looks are confirmed: the section on top of *My work*.
TODAY = "/today/#check-today"
#: An outage as long as this is made good; after a longer one the days begin anew.
CATCH_UP = timedelta(days=31)


def watched(municipality: Municipality) -> QuerySet[Channel]:
    """The channels that may owe a look: the open ones."""
    return Channel.objects.filter(
        municipality=municipality, state=Channel.State.OPEN
    ).select_related("unit__municipality", "municipality", "platform")


def plan_check_ins(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """Today's turns for the channels that have none yet.

    After an outage also those of the days on which none were opened, under the policy that was in
    force then: what was owed and not done stays visible, whether or not a machine was running.
    """
    calendars = Calendars.of(municipality)
    calendar = calendars.whole
    today = calendar.day_of(now)
    adopted_at = _adopted_today(municipality, now)
    for day in _days_to_open(municipality, today):
        there = Obligation.objects.filter(municipality=municipality, duty="check_in", due_on=day)
        if adopted_at and day == today:
            # what nobody has looked at yet is owed as the new version says
            there = there.filter(met_at__isnull=False)
        channels = watched(municipality).exclude(pk__in=there.values("subject_id"))
        if day < today:
            channels = channels.filter(opened_on__lte=day, created_at__lt=calendar.end(day))
        if found := list(channels):
            moment = now if day == today else calendar.start(day)
            for plan in _plan_turns(found, day, calendars, policy_for(municipality, moment)):
                if adopted_at is None or plan.due.at is None or plan.due.at > adopted_at:
                    yield plan
    yield from _asked_again(municipality, today, calendars, now)


def _asked_again(
    municipality: Municipality, today: date, calendars: Calendars, now: datetime
) -> Iterator[Plan]:
    """Today's turns that were not asked for and are again, as on a day that was closed by mistake.

    What would have fallen due meanwhile is not owed after the fact.
    """
    gone = Obligation.objects.no_longer_asked().filter(
        municipality=municipality, duty="check_in", due_on=today, due_at__gt=now
    )
    turns = set(gone.values_list("subject_id", "period"))
    if not turns:
        return
    channels = list(watched(municipality).filter(pk__in={channel for channel, _period in turns}))
    for plan in _plan_turns(channels, today, calendars, policy_for(municipality, now)):
        if (plan.subject.pk, plan.period) in turns:
            yield plan


def _adopted_today(municipality: Municipality, now: datetime) -> datetime | None:
    """When a version that holds from today took the place of another; None on other days.

    What had fallen due by then is not owed after the fact.
    """
    version = version_in_force(municipality, now)
    later = version.number > 1 and version.in_force_from == municipality.today(now)
    return version.adopted_at if later else None


def _days_to_open(municipality: Municipality, today: date) -> list[date]:
    """Today, and the days before it since the last that was opened, if that is not long ago.

    A turn that a look has opened says nothing of the others of its day.
    """
    lately = Obligation.objects.filter(
        municipality=municipality, duty="check_in", due_on__range=(today - CATCH_UP, today)
    ).exclude(met_at=F("opened_at"))
    last = lately.aggregate(last=Max("due_on"))["last"] or today
    missed = (today - last).days
    return [today - timedelta(days=back) for back in range(missed - 1, 0, -1)] + [today]


def plan_turn(duty: str, channel: Channel, day: date, period: str, now: datetime) -> Plan | None:
    """One turn of the channel's day as it is owed, always or in the crisis that it is in; None
    where the day has no such turn."""
    ground = Ground.binding(channel.municipality, now)
    if duty == "check_in":
        plans = _plan_turns([channel], day, ground.calendars, ground.in_force)
    else:
        plans = _plan_declared([channel], day, ground, now)
    return by_turn(plans).get((channel.pk, period))


def plan_check_in_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """An open turn under the policy now in force; a day that is over keeps what it was owed on."""
    channel, day = row.subject, row.due_on
    if not isinstance(channel, Channel) or day is None:
        return None
    if day < ground.calendars.whole.day_of(now):
        return _as_it_was(row, channel)
    policy, calendars = ground.in_force, ground.calendars
    plans = ground.once(
        row, lambda channels: by_turn(_plan_turns(channels, day, calendars, policy)), per=day
    )
    return plans.get((channel.pk, row.period))


def plan_crisis_checks(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """The turns that crises add today, and after an outage on the days before.

    As large as the crises that are declared.
    """
    parts = PeriodChannel.objects.in_force(now).filter(
        municipality=municipality,
        kind=DeclaredPeriod.Kind.CRISIS,
        channel__state=Channel.State.OPEN,
    )
    # whoever ends a crisis waits for this run, or this run passes over what is being ended
    held = parts.with_channels().select_for_update(of=("period",), no_key=True, skip_locked=True)
    found = list(held)
    if not found:
        return
    today = municipality.today(now)
    opened = Obligation.objects.filter(municipality=municipality, duty="crisis_check")
    last = opened.filter(due_on__range=(today - CATCH_UP, today)).aggregate(last=Max("due_on"))
    days = ((last["last"] or today) - today).days
    for back in range(days, 1):
        yield from plans_in_crises(found, municipality, today + timedelta(days=back), now)


def plans_in_crises(
    parts: Iterable[PeriodChannel], municipality: Municipality, day: date, now: datetime
) -> Iterator[Plan]:
    """The turns of a day in the crises of these channels, under the policy in force."""
    calendars, policy = Calendars.of(municipality), policy_for(municipality, now)
    for part in parts:
        yield from _plan_crisis_turns(part.channel, part.period, day, calendars, policy)


def plan_crisis_check_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """An open turn of a crisis under the policy now in force; one that is over stays as it was."""
    channel, day = row.subject, row.due_on
    if not isinstance(channel, Channel) or day is None:
        return None
    if row.is_overdue(now):
        return _as_it_was(row, channel)
    plans = ground.once(
        row, lambda channels: by_turn(_plan_declared(channels, day, ground, now)), per=day
    )
    return plans.get((channel.pk, row.period))


def _plan_declared(
    channels: Collection[Channel], day: date, ground: Ground, now: datetime
) -> Iterator[Plan]:
    """The turns of a day in the crises that the channels are in; one query."""
    crises = declared(channels, now).crises
    for channel in channels:
        if (crisis := crises.get(channel.pk)) is not None:
            yield from _plan_crisis_turns(channel, crisis, day, ground.calendars, ground.in_force)


def _plan_crisis_turns(
    channel: Channel, crisis: DeclaredPeriod, day: date, calendars: Calendars, policy: Policy
) -> Iterator[Plan]:
    added = crisis_cadence_of(channel, policy)
    if added is None:
        return
    for turn in added.turns(crisis, day, calendars.at(channel.unit_id)):
        yield Plan(
            duty="crisis_check",
            subject=channel,
            unit=channel.unit,
            who=added.who,
            period=turn.key,
            due=turn.due,
            rule=added.rule,
            path=TODAY,
            label=channel.full_name,
        )


def plan_legal_floor(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """For each channel that nobody looked at yesterday or today: when the gap is a breach."""
    calendar = Calendar.of(municipality)
    today = calendar.day_of(now)
    policy = policy_for(municipality, now)
    for channel in watched(municipality).annotate(looked_on=Max("check_ins__day")):
        floor = floor_of(channel, policy)
        since = last_looked(channel.looked_on, channel)
        if floor is None or since is None or since >= today - timedelta(days=1):
            continue
        yield Plan(
            duty="legal_floor",
            subject=channel,
            unit=channel.unit,
            who=floor.rule.who[0] if floor.rule.who else Role.RESPONSIBLE_PERSON,
            period=since.isoformat(),
            due=calendar.whole_day(since + timedelta(days=floor.days)),
            rule=floor.rule,
            path=TODAY,
            label=channel.full_name,
        )


def last_looked(looked_on: date | None, channel: Channel) -> date | None:
    """The day from which the gap is counted: the last look, or the day the channel opened.

    Of one that was there before, what went before its entry is not known and is not counted.
    """
    if looked_on is not None or channel.opened_on is None:
        return looked_on
    return max(channel.opened_on, channel.municipality.today(channel.created_at))


def plan_case(item: Item, policy: Policy) -> Plan | None:
    """That a case is to be closed, where the policy says what closing needs; else nothing is."""
    rule = policy.removal.close_requires
    if not isinstance(rule, Cited):
        return None
    return Plan(
        duty="removal_case",
        subject=item,
        unit=item.unit,
        who=Role.RESPONSIBLE_PERSON,
        rule=rule,
    )


def plan_registration(item: Item, policy: Policy, facts: Facts) -> Plan:
    """That the registrar answers; it blocks closing where the policy demands the number."""
    demand = demanded(policy, facts).get("diary_number")
    return Plan(
        duty="registration",
        subject=item,
        unit=item.unit,
        who=Role.CENTRAL_REGISTRAR,
        rule=demand,
        blocks=demand is not None,
    )


def plan_answer(question: Question) -> Plan:
    """That the editor answers what the registrar asked. No guideline speaks of it.

    What was asked stands on the finding alone: more people see what is owed than may read that.
    """
    return Plan(
        duty="registrar_question",
        subject=question.item,
        unit=question.unit,
        who=Role.RESPONSIBLE_PERSON,
        period=str(question.pk),
    )


def people_of_items(subjects: Collection[int], role: Role, now: datetime) -> dict[int, list[User]]:
    """Who holds a role on the channels of the findings."""
    channels = dict(Item.objects.filter(pk__in=subjects).values_list("pk", "channel_id"))
    people = people_of_channels(set(channels.values()), role, now)
    return {pk: people.get(channel, []) for pk, channel in channels.items()}


def _looks_of(user: User, now: datetime) -> Q:
    return Q(subject_id__in=assigned_channels(user, "check_in", now).values("pk"))


def _cases_of(user: User, now: datetime) -> Q:
    items = Item.objects.filter(channel__in=channels_where(user, "moderate", now))
    return Q(subject_id__in=items.values("pk"))


def _registrations_of(user: User, now: datetime) -> Q:
    """Those of the registrar, but for what the editor has a question about."""
    asked = Question.objects.filter(municipality=user.municipality_id, answered_at__isnull=True)
    return by_appointment(user, now) & ~Q(subject_id__in=asked.values("item"))


def _plan_turns(
    channels: Collection[Channel], day: date, calendars: Calendars, policy: Policy
) -> Iterator[Plan]:
    asked = asked_of(channels, policy, calendars.whole.start(day))
    for channel in channels:
        cadence = asked[channel.pk].cadence
        if cadence is None:
            continue
        for turn in cadence.turns(day, calendars.at(channel.unit_id)):
            yield Plan(
                duty="check_in",
                subject=channel,
                unit=channel.unit,
                who=cadence.who,
                period=turn.key,
                due=turn.due,
                rule=cadence.rule,
                path=TODAY,
                label=channel.full_name,
                since=max(turn.opens_at, channel.created_at),
            )


def _as_it_was(row: Obligation, channel: Channel) -> Plan:
    return Plan(
        duty=row.duty,
        subject=channel,
        unit=row.unit,
        who=Role(row.who),
        period=row.period,
        due=Due(row.due_on, row.due_at),
        rule=Cited(clauses=(row.clause,), says=row.says, requirements=tuple(row.requirements)),
        path=row.path,
        label=row.subject_label,
    )


DUTIES = (
    Duty(
        key="check_in",
        waivable=True,
        of_its_day=True,
        label=_("Look at the channel"),
        act=_("Look"),
        opener=plan_check_ins,
        waits_for=_looks_of,
        people=people_of_channels,
        plan_again=plan_check_in_again,
    ),
    Duty(
        key="crisis_check",
        waivable=True,
        of_its_day=True,
        label=_("Look at the channel in the crisis"),
        act=_("Look"),
        opener=plan_crisis_checks,
        waits_for=_looks_of,
        people=people_of_channels,
        plan_again=plan_crisis_check_again,
        routine="crisis",
    ),
    Duty(
        key="legal_floor",
        label=_("Look before the duty of supervision is broken"),
        act=_("Look"),
        opener=plan_legal_floor,
        waits_for=_looks_of,
        people=people_of_channels,
    ),
    Duty(
        key="removal_case",
        label=_("Close the case"),
        act=_("Go on"),
        where="moderation:finding",
        waits_for=_cases_of,
        people=people_of_items,
    ),
    Duty(
        key="registration",
        label=_("Register in the diary"),
        act=_("Register"),
        where="moderation:finding",
        waits_for=_registrations_of,
        people=people_of_items,
        routine="removal_case",
    ),
    Duty(
        key="registrar_question",
        label=_("Answer the registrar"),
        act=_("Answer"),
        where="moderation:finding",
        waits_for=_cases_of,
        people=people_of_items,
        routine="removal_case",
    ),
    Duty(
        key=INACTIVITY,
        label=_("Decide on a channel that has gone quiet"),
        act=_("Decide"),
        where="moderation:activity",
        opener=inactivity_owed,
        waits_for=owned_by,
        people=people_of_channels,
        plan_again=inactivity_owed_again,
    ),
    Duty(
        key=LATEST_POST,
        waivable=True,
        label=_("Say when the channel last had a post"),
        act=_("Say it"),
        where="moderation:activity",
        opener=latest_post_owed,
        waits_for=owned_by,
        people=people_of_channels,
        plan_again=latest_post_owed_again,
    ),
)
