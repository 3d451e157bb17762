"""A channel that was there before it could be planned: its plan is owed.

The duty is opened when the channel is brought in, with the day that the communicator chose, and is
met when a plan for that channel is approved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Channel, EditorAssignment, Plan
from channels.models.channel import ChannelQuerySet
from governance.models import Obligation
from governance.obligations import Ground, open_obligations
from governance.obligations import Plan as Owing
from governance.roles import Role

MISSING_PLAN: Final = "missing_plan"
#: A channel that was never opened, or is closed, needs none any more.
_IN_USE: Final = (Channel.State.WAITING, Channel.State.OPEN)

#: Plans that somebody writes or decides on.
UNDER_WAY: Final = (Plan.State.DRAFT, Plan.State.SUBMITTED)


def lacks_plan(channel: Channel) -> bool:
    """Whether the channel is in use and no plan for it was ever approved."""
    return channel.state in _IN_USE and not _approved().filter(channel=channel).exists()


def without_plan(channels: ChannelQuerySet) -> ChannelQuerySet:
    """Those of the channels that are in use and have no approved plan."""
    return channels.filter(~Exists(_approved().filter(channel=OuterRef("pk"))), state__in=_IN_USE)


def _without_plan(channels: Collection[Channel]) -> set[int]:
    """The keys of those of the channels."""
    there = Channel.objects.filter(pk__in=[each.pk for each in channels])
    return set(without_plan(there).values_list("pk", flat=True))


def _approved() -> QuerySet[Plan]:
    return Plan.objects.filter(state=Plan.State.APPROVED)


def owe_plans(channels: Iterable[Channel], due_on: date, *, now: datetime) -> None:
    """Open the duty to plan each of the channels, due on a day. A few queries for all of them.

    It is owed by whoever answers for the channel or, where nobody with an account does, by the
    nearest manager. Safe to repeat. Part of bringing the channels in.
    """
    channels = list(channels)
    if not channels:
        return
    ground = Ground.binding(channels[0].municipality, now)
    rows = EditorAssignment.objects.filter(channel__in=channels, user__isnull=False)
    answered_for = set(rows.values_list("channel", flat=True))
    plans = [_owing(each, due_on, ground, named=each.pk in answered_for) for each in channels]
    open_obligations(plans, now=now, ground=ground)


def _owing(channel: Channel, due_on: date, ground: Ground, *, named: bool) -> Owing:
    with translation.override(ground.municipality.locale):
        label = _("%(channel)s on %(platform)s: the plan is missing") % {
            "channel": channel,
            "platform": channel.platform,
        }
    return Owing(
        duty=MISSING_PLAN,
        subject=channel,
        unit=channel.unit,
        who=Role.RESPONSIBLE_PERSON if named else Role.NEAREST_MANAGER,
        due=ground.calendars.whole.whole_day(due_on),
        rule=ground.in_force.form("plan"),
        label=label,
    )


def missing_plan_again(row: Obligation, ground: Ground, _now: datetime) -> Owing | None:
    """The same under the policy now in force, on the day it had; None where it is not missing."""
    channel = row.subject
    if not isinstance(channel, Channel) or row.due_on is None:
        return None
    if channel.pk not in ground.once(row, _without_plan):
        return None
    return _owing(channel, row.due_on, ground, named=row.who == Role.RESPONSIBLE_PERSON)


def plan_owed(channel: Channel) -> Obligation | None:
    """The open duty to plan the channel, or None where none was given."""
    return Obligation.objects.about(channel).open().filter(duty=MISSING_PLAN).first()
