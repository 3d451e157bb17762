"""What the policy asks for when a question has come in: which clocks run, and what stops them.

A question may have two: the first answer's (`reply.question`) and the full answer's
(`reply.full_answer`). Criticism and errors of fact have one, the answer's. A holding reply stops
the first answer's clock where the full answer's runs beside it, and never any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from channels.rights import assigned_channels
from channels.scope import scope_of
from channels.waiting import people_of_channels
from governance.models import Obligation, User
from governance.obligations import Duty, Ground, Plan, by_appointment, meet_open, open_obligations
from governance.policy.times import Time
from governance.policy.types import Cited, NotStated, Policy, Stated
from governance.roles import CHANNEL_ROLES, Role
from governance.working_time import Calendar, due
from moderation.models import Inquiry

Kind = Inquiry.Kind
FIRST: Final = "reply"
FULL: Final = "full_answer"
REFERRAL: Final = "media_referral"

#: The clocks that a kind may have: each duty with the rule that says whether and when.
CLOCKS: Final[dict[str, dict[str, str]]] = {
    Kind.QUESTION: {FIRST: "reply.question", FULL: "reply.full_answer"},
    Kind.CRITICISM: {FIRST: "reply.criticism"},
    Kind.CORRECTION: {FIRST: "reply.correction"},
    Kind.MEDIA: {REFERRAL: "reply.media_referral"},
}
#: Where political questions are passed on; elsewhere the guideline only says that they are none.
PASSED_ON: Final = ("political_level", "parties")


def kinds_in(policy: Policy, channel: Channel) -> list[Kind]:
    """The kinds that the guideline tells apart on the channel; a question is always one."""
    scope = scope_of(channel)
    return [
        kind
        for kind in Kind
        if kind == Kind.QUESTION
        or any(not isinstance(policy.rule(key, scope), NotStated) for key in CLOCKS[kind].values())
    ]


def clocks_of(kind: str, policy: Policy, channel: Channel) -> dict[str, Stated]:
    """The duties that the policy has for the kind, each with its rule; none where it is silent."""
    rules = {duty: policy.rule(key, scope_of(channel)) for duty, key in CLOCKS[kind].items()}
    return {duty: rule for duty, rule in rules.items() if isinstance(rule, Stated)}


def holding_refused(policy: Policy, channel: Channel) -> Cited | None:
    """The rule that expressly knows no holding reply, or None."""
    rule = policy.rule("reply.holding_reply", scope_of(channel))
    if isinstance(rule, NotStated) or (isinstance(rule, Stated) and rule.value is not False):
        return None
    return rule


def stopped_by_holding(kind: str, policy: Policy, channel: Channel) -> str | None:
    """The duty that a holding reply meets: the first answer's, where the full one stays owed."""
    clocks = clocks_of(kind, policy, channel)
    return FIRST if FIRST in clocks and FULL in clocks else None


def referral_of(kind: str, policy: Policy, channel: Channel) -> Stated | None:
    """The rule under which it is referred to somebody else; None where the policy has none."""
    if kind == Kind.MEDIA:
        return clocks_of(kind, policy, channel).get(REFERRAL)
    rule = policy.rule("political_questions", scope_of(channel))
    if kind == Kind.QUESTION and isinstance(rule, Stated) and rule.value in PASSED_ON:
        return rule
    return None


def must_be_answered(kind: str, policy: Policy, channel: Channel) -> Cited | None:
    """The rule that leaves nobody to judge whether an answer is needed; None where none does."""
    if kind == Kind.MEDIA:
        return clocks_of(kind, policy, channel).get(REFERRAL)
    rule = policy.rule("reply.all_questions", scope_of(channel))
    if kind == Kind.QUESTION and isinstance(rule, Stated) and rule.value == "obliged":
        return rule
    return None


def open_clocks(inquiry: Inquiry, ground: Ground, now: datetime) -> list[Plan]:
    """Open what is owed of an inquiry that was made in this transaction; returns the plans."""
    received = inquiry.posted_at or inquiry.became_aware_at  # nobody has corrected them yet
    calendar = ground.calendars.at(inquiry.unit.pk)
    plans = list(plans_for(inquiry, received, ground.in_force, calendar))
    open_obligations(plans, now=now, ground=ground, new=True)
    return plans


def stop_clocks(inquiry: Inquiry, *, by: User, now: datetime) -> None:
    """Meet all that is open of what is owed of the inquiry."""
    for duty in CLOCKS[inquiry.kind]:
        meet_open(duty, inquiry, by=by, now=now)


def plans_for(
    inquiry: Inquiry, received: datetime, policy: Policy, calendar: Calendar
) -> Iterator[Plan]:
    """What is owed of the inquiry, counted from when it was received."""
    for duty, rule in clocks_of(inquiry.kind, policy, inquiry.channel).items():
        assert isinstance(rule.value, Time)  # noqa: S101 - the vocabulary says so
        yield Plan(
            duty=duty,
            subject=inquiry,
            unit=inquiry.unit,
            who=rule.who[0] if rule.who else Role.RESPONSIBLE_PERSON,
            due=due(rule.value, received, calendar),
            rule=rule,
            label=_label(inquiry, received),
        )


def _label(inquiry: Inquiry, received: datetime) -> str:
    """Where it was asked and when, in the municipality's language; not what somebody wrote."""
    with translation.override(inquiry.municipality.locale):
        moment = date_format(
            received.astimezone(inquiry.municipality.zone), "MONTH_DAY_TIME_FORMAT"
        )
    return f"{inquiry.channel.full_name}, {moment}"


def plan_again(row: Obligation, ground: Ground, _now: datetime) -> Plan | None:
    """The same clock under the policy now in force and by the moments that hold now."""
    inquiry = row.subject
    if not isinstance(inquiry, Inquiry):
        return None
    calendar = ground.calendars.at(inquiry.unit.pk)
    plans = plans_for(inquiry, inquiry.received_at, ground.in_force, calendar)
    return next((plan for plan in plans if plan.duty == row.duty), None)


def people_of_inquiries(
    subjects: Collection[int], role: Role, now: datetime
) -> Mapping[int, list[User]]:
    """Who holds a role on the channels where they were asked."""
    rows = Inquiry.objects.filter(pk__in=subjects)
    channel_of = dict(rows.values_list("pk", "channel_id"))
    people = people_of_channels(set(channel_of.values()), role, now)
    return {pk: people[channel] for pk, channel in channel_of.items() if channel in people}


def _answers_of(user: User, now: datetime) -> Q:
    """What is asked on channels that are the person's, and what waits for their role on a unit."""
    mine = Inquiry.objects.open().filter(channel__in=assigned_channels(user, "moderate", now))
    on_channels = Q(who__in=CHANNEL_ROLES, subject_id__in=mine.values("pk"))
    return on_channels | by_appointment(user, now)


#: What is read of an inquiry when its clocks are planned again.
SUBJECTS = Inquiry.objects.select_related(
    "channel__unit__municipality", "channel__platform", "municipality"
).prefetch_related("corrections")

DUTIES = (
    Duty(
        key=FIRST,
        label=_("Answer what was asked"),
        act=_("Answer"),
        where="moderation:inquiry",
        waits_for=_answers_of,
        people=people_of_inquiries,
        plan_again=plan_again,
    ),
    Duty(
        key=FULL,
        label=_("Give the full answer"),
        act=_("Answer"),
        where="moderation:inquiry",
        waits_for=_answers_of,
        people=people_of_inquiries,
        plan_again=plan_again,
        routine=FIRST,
    ),
    Duty(
        key=REFERRAL,
        label=_("Refer the media to whoever represents the municipality"),
        act=_("Refer"),
        where="moderation:inquiry",
        waits_for=_answers_of,
        people=people_of_inquiries,
        plan_again=plan_again,
    ),
)
