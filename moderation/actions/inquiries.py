"""Questions that came in: entering one, answering it, and what else may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.models import Channel
from channels.rights import require_on
from governance.audit import Clause, digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.late import came_first
from governance.models import Obligation, User
from governance.obligations import Ground, meet_open, plan_anew, waive_all
from governance.policy.in_force import policy_for
from governance.transitions import locked
from moderation.actions.guards import require_order
from moderation.models import Inquiry, Item, TimeCorrection
from moderation.replies import (
    holding_refused,
    kinds_in,
    must_be_answered,
    open_clocks,
    referral_of,
    stop_clocks,
    stopped_by_holding,
)

Outcome = Inquiry.Outcome
LONGEST_ABOUT: Final = 120
LONGEST_REASON: Final = 300
LONGEST_NAME: Final = 200

_CAME_FIRST: Final[dict[str, Promise]] = {
    Outcome.ANSWERED: gettext_lazy("Already answered by %(name)s on %(moment)s."),
    Outcome.REFERRED: gettext_lazy("Already referred by %(name)s on %(moment)s."),
    Outcome.UNANSWERED: gettext_lazy(
        "%(name)s already said on %(moment)s that it needs no answer."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came in. Moments are aware; `became_aware_at` None means now.

    `about` is a few words, and no name: nobody asks who wrote it.
    """

    about: str
    kind: str = Inquiry.Kind.QUESTION
    url: str = ""
    posted_at: datetime | None = None
    became_aware_at: datetime | None = None
    finding: Item | None = None


@transaction.atomic
def enter_inquiry(channel: Channel, received: Received, *, by: User, now: datetime) -> Inquiry:
    """Write down that something was asked on the channel, and open what the policy owes for it.

    The time to answer is counted from when it was posted, or else became known; what is entered
    after its time is late from the beginning.

    Raises NotAllowed; NoLongerPossible for a channel that is not open; AgainstPolicy for a moment
    that cannot be, without words, or for a kind of which the guideline does not speak.
    """
    require_on(by, "moderate", channel, now=now)
    if channel.state != Channel.State.OPEN:
        raise NoLongerPossible(_("%(channel)s is not open.") % {"channel": channel})
    ground = Ground.binding(channel.municipality, now)
    if ground.policy is None or received.kind not in kinds_in(ground.policy, channel):
        raise AgainstPolicy(_("The guideline does not speak of this kind."), field="kind")
    if received.finding is not None and received.finding.channel_id != channel.pk:
        raise AgainstPolicy(_("The finding is on another channel."), field="channel")
    aware = received.became_aware_at or now
    require_order(received.posted_at, aware, now)
    inquiry = Inquiry.objects.create(
        municipality=channel.municipality,
        channel=channel,
        item=received.finding,
        kind=received.kind,
        about=_said(received.about, "about", _("Write what it is about."), LONGEST_ABOUT),
        url=received.url,
        posted_at=received.posted_at,
        became_aware_at=aware,
        entered_by=by,
        entered_at=now,
    )
    plans = open_clocks(inquiry, ground, now)
    record(
        "inquiry.entered",
        inquiry,
        by=by,
        now=now,
        under=plans[0].rule if plans else None,
        channel=channel.pk,
        kind=inquiry.kind,
        posted=inquiry.posted_at,
        became_aware=aware,
        about=digest(inquiry.about, channel.municipality),
    )
    return inquiry


@transaction.atomic
def give_holding_reply(inquiry: Inquiry, *, by: User, now: datetime) -> Inquiry:
    """Write down that the asker was told that the answer will come.

    It stops the first answer's clock where the full answer's runs beside it, and no other.

    Raises NotAllowed, NoLongerPossible where it was closed or one was given before, and
    AgainstPolicy where the guideline expressly knows none.
    """
    held = _held_open(inquiry, by, now)
    policy = policy_for(held.unit, now)
    refused = holding_refused(policy, held.channel)
    if refused is not None:
        raise AgainstPolicy(refused.says, clause=refused.clause)
    if held.held_at is not None:
        words = _("A holding reply was already given by %(name)s on %(moment)s.")
        raise came_first(words, held.held_by, held.held_at, held.municipality)
    held.held_at, held.held_by = now, by
    held.save(update_fields=["held_at", "held_by"])
    stopped = stopped_by_holding(held.kind, policy, held.channel)
    under = _first_open(held)
    if stopped is not None:
        meet_open(stopped, held, by=by, now=now)
    record("inquiry.held", held, by=by, now=now, under=under, stopped=stopped or "")
    return held


@transaction.atomic
def answer_inquiry(inquiry: Inquiry, *, by: User, now: datetime) -> Inquiry:
    """Write down that it has its full answer; nothing more is owed of it.

    What is written down after the time for it stands as late. Raises NotAllowed, and
    NoLongerPossible where somebody closed it before.
    """
    held = _held_open(inquiry, by, now)
    under = _first_open(held)
    stop_clocks(held, by=by, now=now)
    return _close(held, Outcome.ANSWERED, under, by=by, now=now)


@transaction.atomic
def refer_inquiry(inquiry: Inquiry, *, to: str, by: User, now: datetime) -> Inquiry:
    """Write down to whom it was referred: that is its answer.

    Raises NotAllowed, NoLongerPossible where somebody closed it before, and AgainstPolicy without
    a name or where the guideline has no referral for it.
    """
    held = _held_open(inquiry, by, now)
    rule = referral_of(held.kind, policy_for(held.unit, now), held.channel)
    if rule is None:
        raise AgainstPolicy(_("The guideline does not say that this is referred."), field="to")
    held.referred_to = _said(to, "to", _("Say to whom."), LONGEST_NAME)
    stop_clocks(held, by=by, now=now)
    return _close(
        held, Outcome.REFERRED, rule, by=by, now=now, to=digest(held.referred_to, held.municipality)
    )


@transaction.atomic
def leave_unanswered(
    inquiry: Inquiry, *, ground: str, reason: str, by: User, now: datetime
) -> Inquiry:
    """Write down why it needs no answer; what is owed of it is waived for that reason.

    Raises NotAllowed, NoLongerPossible where somebody closed it before, and AgainstPolicy without
    a reason or where the guideline leaves nobody to judge whether an answer is needed.
    """
    held = _held_open(inquiry, by, now)
    if ground not in Inquiry.Ground.values:
        raise AgainstPolicy(_("Choose why it needs no answer."), field="ground")
    rule = must_be_answered(held.kind, policy_for(held.unit, now), held.channel)
    if ground == Inquiry.Ground.JUDGED and rule is not None:
        raise AgainstPolicy(rule.says, clause=rule.clause, field="ground")
    held.ground = ground
    held.reason = _said(reason, "reason", _("Say why it needs no answer."), LONGEST_REASON)
    under = _first_open(held)
    with translation.override(held.municipality.locale):
        because = f"{held.get_ground_display()}: {held.reason}"
    waive_all(Obligation.objects.about(held), by=by, now=now, reason=because)
    said = digest(held.reason, held.municipality)
    return _close(held, Outcome.UNANSWERED, under, by=by, now=now, ground=ground, reason=said)


@transaction.atomic
def correct_times(
    inquiry: Inquiry,
    *,
    posted_at: datetime | None,
    became_aware_at: datetime,
    why: str,
    by: User,
    now: datetime,
) -> TimeCorrection:
    """Say which moments are right, and count what is open anew from them; the old ones stay.

    What was met by then keeps the moment it was due.

    Raises NotAllowed, NoLongerPossible where it is closed, and AgainstPolicy without a reason, for
    a moment that cannot be and for moments that stand already.
    """
    held = _held_open(inquiry, by, now)
    require_order(posted_at, became_aware_at, now)
    stand = held.times
    if (stand.posted_at, stand.became_aware_at) == (posted_at, became_aware_at):
        raise AgainstPolicy(_("These moments stand already."), field="posted_at")
    correction = TimeCorrection.objects.create(
        municipality=held.municipality,
        inquiry=held,
        posted_at=posted_at,
        became_aware_at=became_aware_at,
        why=_said(why, "why", _("Say what was wrong."), LONGEST_REASON),
        by=by,
        at=now,
    )
    plan_anew(held, by=by, now=now)
    record(
        "inquiry.times_corrected",
        held,
        by=by,
        now=now,
        under=_first_open(held),
        posted=posted_at,
        became_aware=became_aware_at,
        posted_before=stand.posted_at,
        became_aware_before=stand.became_aware_at,
        why=digest(correction.why, held.municipality),
    )
    return correction


def _held_open(inquiry: Inquiry, by: User, now: datetime) -> Inquiry:
    """The inquiry under a lock: permitted, and open."""
    require_on(by, "moderate", inquiry.channel, now=now)
    held = locked(inquiry)
    held.channel = inquiry.channel
    if held.closed_at is not None:
        raise came_first(
            str(_CAME_FIRST[held.outcome]), held.closed_by, held.closed_at, held.municipality
        )
    return held


def _said(words: str, field: str, missing: str, longest: int) -> str:
    """What somebody wrote, bounded, or AgainstPolicy beside its field."""
    if not words.strip():
        raise AgainstPolicy(missing, field=field)
    return words.strip()[:longest]


def _first_open(inquiry: Inquiry) -> Obligation | None:
    """On what the act stands: the open clock that is due first."""
    rows = Obligation.objects.about(inquiry).open()
    return rows.order_by("due_at", "pk").first()


def _close(
    inquiry: Inquiry, outcome: str, under: Clause | None, *, by: User, now: datetime, **facts: Any
) -> Inquiry:
    # a holding reply given while this waited for the lock has a later moment, and comes first
    now = max(now, inquiry.held_at or now)
    inquiry.outcome, inquiry.closed_at, inquiry.closed_by = outcome, now, by
    inquiry.save(
        update_fields=["outcome", "closed_at", "closed_by", "referred_to", "ground", "reason"]
    )
    record(f"inquiry.{outcome}", inquiry, by=by, now=now, under=under, **facts)
    return inquiry
