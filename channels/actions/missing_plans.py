"""A channel that was there before it could be planned: its plan is owed.

The duty is opened when the channel is brought in, with the day that the communicator chose, and is
met when a plan for that channel is approved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Channel, EditorAssignment, Plan
from channels.models.channel import ChannelQuerySet
from governance.models import Municipality, Obligation
from governance.obligations import Plan as Owing
from governance.obligations import open_obligations
from governance.policy.in_force import policy_for
from governance.policy.types import Form
from governance.roles import Role
from governance.working_time import Calendar

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
    ground = _Ground.of(channels[0].municipality, now)
    rows = EditorAssignment.objects.filter(channel__in=channels, user__isnull=False)
    answered_for = set(rows.values_list("channel", flat=True))
    open_obligations(
        [_owing(each, due_on, ground, named=each.pk in answered_for) for each in channels], now=now
    )


@dataclass(frozen=True)
class _Ground:
    """What the duties of a municipality stand on, asked once."""

    calendar: Calendar
    form: Form
    locale: str

    @classmethod
    def of(cls, municipality: Municipality, now: datetime) -> _Ground:
        form = policy_for(municipality, now).form("plan")
        return cls(Calendar.of(municipality), form, municipality.locale)


def _owing(channel: Channel, due_on: date, ground: _Ground, *, named: bool) -> Owing:
    with translation.override(ground.locale):
        label = _("%(channel)s on %(platform)s: the plan is missing") % {
            "channel": channel,
            "platform": channel.platform,
        }
    return Owing(
        duty=MISSING_PLAN,
        subject=channel,
        unit=channel.unit,
        who=Role.RESPONSIBLE_PERSON if named else Role.NEAREST_MANAGER,
        due=ground.calendar.whole_day(due_on),
        rule=ground.form,
        label=label,
    )


def missing_plan_again(row: Obligation, now: datetime) -> Owing | None:
    """The same under the policy now in force, on the day it had; None where it is not missing."""
    channel = row.subject
    if not isinstance(channel, Channel) or row.due_on is None or not lacks_plan(channel):
        return None
    ground = _Ground.of(channel.municipality, now)
    return _owing(channel, row.due_on, ground, named=row.who == Role.RESPONSIBLE_PERSON)


def plan_owed(channel: Channel) -> Obligation | None:
    """The open duty to plan the channel, or None where none was given."""
    return Obligation.objects.about(channel).open().filter(duty=MISSING_PLAN).first()
