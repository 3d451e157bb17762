"""How few and how many administrators a channel may have, after its plan was approved.

One too many is refused. Ending an assignment never is: who leaves must lose their access. What is
then missing is owed instead, by whoever appoints.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.models import Channel, EditorAssignment
from channels.scope import scope_of
from governance.errors import AgainstPolicy
from governance.models import Obligation, User
from governance.models.people import in_force_between
from governance.obligations import Ground, meet_open, open_obligations
from governance.obligations import Plan as Owing
from governance.policy.in_force import policy_for
from governance.policy.types import Policy, Stated
from governance.roles import Role

ADMINISTRATORS: Final = "administrators"


def refuse_one_too_many(
    channel: Channel, *, starts_on: date, ends_on: date | None, now: datetime
) -> None:
    """Raise AgainstPolicy where the channel has as many administrators as it may in those days.

    For the verb that assigns people, under a lock of the channel.
    """
    rule = policy_for(channel.unit, now).rule("admins.maximum", scope_of(channel))
    if not isinstance(rule, Stated) or not isinstance(rule.value, int):
        return
    held = EditorAssignment.objects.filter(
        in_force_between(starts_on, ends_on),
        channel=channel,
        role=Role.ADMINISTRATOR,
        revoked_at__isnull=True,
    )
    if held.count() >= rule.value:
        raise AgainstPolicy(
            ngettext(
                "A channel has at most one administrator. End an assignment first.",
                "A channel has at most %(n)d administrators. End an assignment first.",
                rule.value,
            )
            % {"n": rule.value},
            clause=rule.clause,
            field="role",
        )


def settle_administrators(channel: Channel, *, by: User, now: datetime) -> None:
    """Open the duty where the channel has too few administrators today; meet it where it has not.

    For the verbs that assign people and end their assignments.
    """
    owed = _owed(channel, policy_for(channel.unit, now), now)
    if owed is None:
        meet_open(ADMINISTRATORS, channel, by=by, now=now)
    elif channel.state == Channel.State.OPEN and not _open(channel):
        open_obligations([owed], now=now)


def administrators_plan_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """What is missing under the policy now in force, or None where it is enough for that one."""
    channel = row.subject
    if not isinstance(channel, Channel):
        return None
    return _owed(channel, ground.in_force, now, row.period)


def _owed(channel: Channel, policy: Policy, now: datetime, period: str = "") -> Owing | None:
    rule = policy.rule("admins.minimum", scope_of(channel))
    if not isinstance(rule, Stated) or not isinstance(rule.value, int):
        return None
    held = EditorAssignment.objects.filter(channel=channel, role=Role.ADMINISTRATOR)
    if held.in_force(channel.municipality.today(now)).count() >= rule.value:
        return None
    return Owing(
        duty=ADMINISTRATORS,
        subject=channel,
        unit=channel.unit,
        who=rule.who[0] if rule.who else Role.NEAREST_MANAGER,
        # each time that too many have ended is a duty of its own
        period=period or str(held.filter(revoked_at__isnull=False).count()),
        rule=rule,
        label=_label(channel),
    )


def _open(channel: Channel) -> bool:
    return Obligation.objects.about(channel).open().filter(duty=ADMINISTRATORS).exists()


def _label(channel: Channel) -> str:
    with translation.override(channel.municipality.locale):
        return _("%(channel)s: an administrator is missing") % {"channel": channel}
