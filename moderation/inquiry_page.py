"""What the pages of questions show: gathered by a bounded number of queries. Reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.rights import channels_where, may_on
from governance import today
from governance.models import Obligation, User
from governance.obligations import label_of
from governance.policy.explain import STRENGTHS
from governance.policy.in_force import policy_for
from moderation.events import events_of
from moderation.inquiry_forms import NoAnswerForm, ReferForm, TimesForm
from moderation.models import Inquiry
from moderation.replies import (
    REFERRAL,
    clocks_of,
    holding_refused,
    must_be_answered,
    referral_of,
    stopped_by_holding,
)

#: What the log's acts are called on the page.
ACTS: Final[dict[str, str | Promise]] = {
    "inquiry.entered": gettext_lazy("Entered"),
    "inquiry.held": gettext_lazy("Holding reply given"),
    "inquiry.answered": gettext_lazy("Answered"),
    "inquiry.referred": gettext_lazy("Referred"),
    "inquiry.unanswered": gettext_lazy("Left without an answer"),
    "inquiry.times_corrected": gettext_lazy("The moments were corrected"),
    "obligation.reminded": gettext_lazy("Whoever is to do it was reminded"),
    "obligation.escalated": gettext_lazy("It was not done in time, and others were told"),
    "obligation.replanned": gettext_lazy("When it is due was counted anew"),
    "obligation.no_longer_asked": gettext_lazy("The new guideline no longer asks for it"),
}


_STRENGTHS: Final[dict[str, str | Promise]] = {str(key): words for key, words in STRENGTHS.items()}


@dataclass(frozen=True, slots=True)
class Clock:
    """One thing that is or was owed: on what it stands, and how it goes."""

    row: Obligation
    label: str
    strength: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a list, with the clock that is due first, if any runs. `to_refer`: that clock
    asks to whom it is referred."""

    inquiry: Inquiry
    clock: today.Row | None
    may_answer: bool
    to_refer: bool


def page_of(inquiry: Inquiry, user: User, now: datetime) -> dict[str, Any]:
    """The context of the page. Forms are unbound; the view puts a bound one in its place."""
    policy = policy_for(inquiry.unit, now)
    kind, channel = inquiry.kind, inquiry.channel
    obliged = must_be_answered(kind, policy, channel)
    holding_stops = stopped_by_holding(kind, policy, channel) is not None
    return {
        "inquiry": inquiry,
        "times": inquiry.times,
        "corrections": list(inquiry.corrections.select_related("by")),
        "clocks": [_clock(row, now) for row in _rows_of([inquiry])[inquiry.pk]],
        "nothing_owed": not clocks_of(kind, policy, channel),
        "events": events_of(inquiry, ACTS),
        "may_answer": inquiry.is_open and may_on(user, "moderate", channel, now),
        "may_hold": inquiry.held_at is None and holding_refused(policy, channel) is None,
        "holding_stops": holding_stops,
        "referral": referral_of(kind, policy, channel),
        "to_refer": REFERRAL in clocks_of(kind, policy, channel),
        "obliged": obliged,
        "refer_form": ReferForm(),
        "no_answer_form": NoAnswerForm(obliged=obliged),
        "times_form": TimesForm(inquiry),
    }


def lines_of(inquiries: Sequence[Inquiry], user: User, now: datetime) -> list[Line]:
    """The questions of one page of a list, in its order."""
    rows = _rows_of(inquiries)
    channels = {inquiry.channel_id for inquiry in inquiries}
    mine = set(
        channels_where(user, "moderate", now).filter(pk__in=channels).values_list("pk", flat=True)
    )
    lines = []
    for inquiry in inquiries:
        nearest = next((row for row in rows[inquiry.pk] if row.is_open), None)
        clock = today.in_words(nearest, now) if nearest else None
        may_answer = inquiry.is_open and inquiry.channel_id in mine
        to_refer = nearest is not None and nearest.duty == REFERRAL
        lines.append(Line(inquiry, clock, may_answer, to_refer))
    return lines


def _rows_of(inquiries: Sequence[Inquiry]) -> dict[int, list[Obligation]]:
    """What is or was owed of each, nearest first, in one query."""
    rows = Obligation.objects.filter(
        subject_type=ContentType.objects.get_for_model(Inquiry),
        subject_id__in=[inquiry.pk for inquiry in inquiries],
    )
    found: dict[int, list[Obligation]] = defaultdict(list)
    for row in rows.order_by(F("due_at").asc(nulls_last=True), "pk"):
        found[row.subject_id].append(row)
    return found


def _clock(row: Obligation, now: datetime) -> Clock:
    state, words = _how_it_goes(row, now)
    return Clock(row, label_of(row.duty), str(_STRENGTHS.get(row.strength, "")), state, words)


def _how_it_goes(row: Obligation, now: datetime) -> tuple[str, str]:
    """The state of the clock and its words, the moment that it was met apart."""
    if row.met_at is not None:
        late = row.due_at is not None and row.met_at >= row.due_at
        return ("noted", _("Done late")) if late else ("done", _("Done"))
    if row.waived_at is not None:
        return "none", _("Need not be done")
    said = today.in_words(row, now)
    return said.state or "waiting", said.when
