"""Saying when a channel last had a post, and deciding on one that has gone quiet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from channels.models import Channel
from channels.rights import require_on
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.late import came_first
from governance.models import User
from governance.obligations import meet_open
from governance.policy.in_force import policy_for, version_in_force
from governance.policy.types import Stated
from governance.transitions import locked
from moderation.activity import INACTIVITY, LATEST_POST, before_closing, rule_for, still_quiet
from moderation.models import ActivityDecision, LatestPost

LONGEST_REASON: Final = 1000


@transaction.atomic
def note_latest_post(channel: Channel, on: date, *, by: User, now: datetime) -> LatestPost:
    """Put down on which day (in the municipality) the channel last had a post, as one sees it now.

    Meets what was asked of that; and the decision that was owed, where the channel is then quiet
    no longer. Nothing that was owed on earlier days changes. Raises NotAllowed, AgainstPolicy for
    a day that lies ahead, NoLongerPossible for a channel that is not open.
    """
    require_on(by, "check_in", channel, now=now)
    channel = _held_open(channel)
    if on > channel.municipality.today(now):
        raise AgainstPolicy(_("The day cannot lie ahead."), field="on")
    post = LatestPost.objects.create(
        municipality=channel.municipality, channel=channel, on=on, by=by, at=now
    )
    meet_open(LATEST_POST, channel, by=by, now=now)
    if not still_quiet(channel, now):
        meet_open(INACTIVITY, channel, by=by, now=now)
    rule = rule_for(channel, policy_for(channel.unit, now))
    record("channel.post_noted", channel, by=by, now=now, under=rule, on=on)
    return post


@transaction.atomic
def decide_on_quiet_channel(
    channel: Channel,
    *,
    outcome: str,
    reason: str,
    consulted: str = "",
    seen: int | None = None,
    by: User,
    now: datetime,
) -> ActivityDecision:
    """Decide that a channel goes on or is to be closed, and meet what was owed of that.

    `seen`: the key of the newest decision that the person had before them. Raises NotAllowed,
    AgainstPolicy (fields `reason`, `consulted`) for what is missing, NoLongerPossible for a channel
    that is not open or where somebody has decided meanwhile.
    """
    require_on(by, "edit_channel", channel, now=now)
    channel = _held_open(channel)
    refuse_the_late(channel, seen)
    policy = policy_for(channel.unit, now)
    rule = rule_for(channel, policy)
    if not reason.strip():
        clause = rule.clause if rule else ""
        raise AgainstPolicy(_("Write why."), clause=clause, field="reason")
    if outcome == ActivityDecision.Outcome.CLOSE:
        _require_consulted(before_closing(policy, channel).get("closing.consult"), consulted)
    latest = LatestPost.objects.filter(channel=channel).first()
    decision = ActivityDecision.objects.create(
        municipality=channel.municipality,
        channel=channel,
        outcome=outcome,
        reason=reason.strip()[:LONGEST_REASON],
        consulted=consulted.strip()[:300],
        post_on=latest.on if latest else None,
        policy=version_in_force(channel.unit, now),
        by=by,
        at=now,
    )
    meet_open(INACTIVITY, channel, by=by, now=now)
    record(
        "channel.goes_on" if outcome == ActivityDecision.Outcome.GO_ON else "channel.to_be_closed",
        channel,
        by=by,
        now=now,
        under=rule,
        decision=decision.pk,
        reason=digest(decision.reason, channel.municipality),
    )
    return decision


def refuse_the_late(channel: Channel, seen: int | None) -> None:
    """Raise NoLongerPossible where somebody has decided since the person read the page."""
    newest = ActivityDecision.objects.filter(channel=channel).select_related("by").first()
    if newest is not None and newest.pk != seen:
        words = _("Already done by %(name)s on %(moment)s.")
        raise came_first(words, newest.by, newest.at, channel.municipality)


def _require_consulted(rule: Stated | None, consulted: str) -> None:
    if rule is not None and not consulted.strip():
        raise AgainstPolicy(
            _("Write with whom it was discussed."), clause=rule.clause, field="consulted"
        )


def _held_open(channel: Channel) -> Channel:
    channel = locked(channel)
    if channel.state != Channel.State.OPEN:
        raise NoLongerPossible(_("The channel is not open."))
    return channel
