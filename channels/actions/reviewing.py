"""Looking through a plan in force: it stands, or it is changed by a plan of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from channels.goals import RIGHT
from channels.models import Channel, PlanReview, PlanVersion
from channels.reviewing import PLAN_REVIEW, asked_of
from channels.rights import may_on
from channels.steps import plan_of
from governance.audit import digest, record
from governance.errors import NoLongerPossible, NotAllowed
from governance.late import came_first
from governance.models import User
from governance.obligations import meet_open
from governance.permissions import may
from governance.policy.in_force import policy_for, version_in_force
from governance.transitions import locked

LONGEST_NOTE: Final = 2000


def may_review(user: User, channel: Channel, now: datetime) -> bool:
    """Whoever answers for the channel, the managers of its unit and communications."""
    right = may(user, RIGHT, channel.unit, now) is not None
    return right or may_on(user, "edit_channel", channel, now)


def require_may_review(by: User, channel: Channel, *, now: datetime) -> None:
    """Return, or raise NotAllowed with what would have been needed."""
    if not may_review(by, channel, now):
        raise NotAllowed(
            _(
                "This takes an assignment as responsible person, substitute or administrator of "
                "%(channel)s, or an appointment as manager or communicator at %(unit)s."
            )
            % {"channel": channel, "unit": channel.unit}
        )


def version_to_review(channel: Channel) -> PlanVersion | None:
    """The version in force that can be looked through: that of an open channel's plan."""
    plan = plan_of(channel) if channel.state == Channel.State.OPEN else None
    return plan.current if plan else None


@transaction.atomic
def confirm_plan(
    channel: Channel,
    *,
    version: int,
    seen: int | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> PlanReview:
    """Put on record that the channel's plan was looked through and stands as it is.

    Meets what was owed of it; the time to the next look runs from now. `version` and `seen`: the
    number of the version and the key of the newest review that the person had before them.

    Raises NotAllowed, and NoLongerPossible where the channel is not open or has no approved plan,
    or where a changed plan was approved or somebody else confirmed this one in the meantime.
    """
    require_may_review(by, channel, now=now)
    channel = locked(channel)
    in_force = refuse_the_late(channel, version, seen)
    review = PlanReview.objects.create(
        municipality=channel.municipality,
        channel=channel,
        version=in_force,
        note=note.strip()[:LONGEST_NOTE],
        policy=version_in_force(channel.unit, now),
        by=by,
        at=now,
    )
    meet_open(PLAN_REVIEW, channel, by=by, now=now)
    asked = asked_of(channel, policy_for(channel.unit, now), in_force)
    record(
        "plan.confirmed",
        channel,
        by=by,
        now=now,
        under=asked.rule if asked else None,
        review=review.pk,
        version=in_force.number,
        digest=in_force.digest,
        note=digest(review.note, channel.municipality),
    )
    return review


def refuse_the_late(channel: Channel, version: int, seen: int | None) -> PlanVersion:
    """The version in force, or NoLongerPossible where it is not the one that the person read."""
    in_force = version_to_review(channel)
    if in_force is None:
        raise NoLongerPossible(_("The channel has no approved plan that is in force."))
    if in_force.number != version:
        raise NoLongerPossible(
            _("Version %(number)d of the plan is in force now. Read it once more.")
            % {"number": in_force.number}
        )
    newest = channel.plan_reviews.select_related("by").first()
    if newest is not None and newest.pk != seen:
        words = _("Already done by %(name)s on %(moment)s.")
        raise came_first(words, newest.by, newest.at, channel.municipality)
    return in_force
