"""Assessing the processing of personal data: shared for a platform, supplemented on a channel.

An assessment goes stale when what it rests on changes, and on the day for which whoever made it
set its next review; each owner of a channel there then owes that it is made again. Nothing falls
due, for no guideline gives it a moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from channels.actions.basis import announced
from channels.actions.checklists import IN_USE
from channels.answers import Answers
from channels.checks import NotReady, answer_faults
from channels.models import (
    BasisChange,
    Channel,
    LocalSupplement,
    PersonalDataAssessment,
    Platform,
)
from channels.personal_data import (
    Asked,
    Supplemented,
    asked_in,
    asked_on,
    assessments,
    standing_on,
)
from channels.rights import channels_where, require_on
from channels.scope import scope_of
from governance.actions import root_of
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Municipality, Obligation, User
from governance.obligations import Ground, by_turn, meet, open_obligations
from governance.obligations import Plan as Owing
from governance.permissions import units_where
from governance.policy.in_force import policy_for, version_in_force
from governance.policy.types import Form, Policy, Scope
from governance.roles import Role
from governance.transitions import locked

PERSONAL_DATA: Final = "personal_data"


def may_assess(user: User, platform: Platform, now: datetime) -> bool:
    """Whether the person assesses for the platform: by role on a unit that has a channel there, or
    as one who answers for such a channel."""
    there = Channel.objects.filter(
        municipality=user.municipality_id, platform=platform, state__in=IN_USE
    )
    return (
        there.filter(unit__in=units_where(user, "assess_personal_data", now)).exists()
        or channels_where(user, "edit_channel", now).filter(pk__in=there.values("pk")).exists()
    )


@transaction.atomic
def assess_processing(
    municipality: Municipality,
    platform: Platform,
    processing: str,
    answers: Answers,
    *,
    instead_of: int | None,
    review_on: date | None = None,
    by: User,
    now: datetime,
) -> PersonalDataAssessment:
    """Answer the policy's questions on one processing, for all channels on the platform.

    `instead_of` is the key of the assessment of it that the person had before them, None for a
    processing that is new. Meets what was owed because that one had gone stale. From `review_on`
    it is owed once more.

    Raises NotAllowed to whom `may_assess` refuses, NoLongerPossible where somebody assessed it
    meanwhile, AgainstPolicy (field `processing`) without a name and where the policy asks for no
    assessment there, (field `review_on`) for a day that is no longer to come, NotReady with a fault
    for each question that is not answered as asked.
    """
    root = locked(root_of(municipality))
    if by.municipality_id != municipality.pk or not may_assess(by, platform, now):
        raise NotAllowed(
            _("This takes a role on a unit with a channel there, or an assignment to one.")
        )
    policy = policy_for(municipality, now)
    name = " ".join(processing.split())[:120]
    known = {
        each.row.processing.casefold(): each.row
        for each in assessments(municipality, platform, now)
    }
    last = known.get(name.casefold())
    if last is not None and last.pk != instead_of:
        raise NoLongerPossible(_("Already assessed"), by=last.by.shown_name, at=last.at)
    form = _form_asked(asked_in(policy, Scope(platform=platform.key)))
    if not name:
        raise AgainstPolicy(_("Name the processing."), clause=form.clause, field="processing")
    if review_on is not None and review_on <= municipality.today(now):
        raise AgainstPolicy(_("Choose a day to come."), field="review_on")
    if faults := assessment_faults(form, answers, municipality, now):
        raise NotReady(faults)
    row = PersonalDataAssessment.objects.create(
        municipality=municipality,
        platform=platform,
        processing=last.processing if last else name,
        answers=answers,
        transfer=platform.transfer,
        visitors_posts=platform.visitors_posts,
        policy=version_in_force(root, now),
        review_on=review_on,
        by=by,
        at=now,
    )
    if last is not None:
        _meet(f"assessment/{last.pk}", municipality, by, now)
    open_obligations(_plans(_channels(municipality, platform), policy, now), now=now)
    record(
        "personal_data.assessed",
        row,
        by=by,
        now=now,
        under=form,
        platform=platform.key,
        **({"review_on": review_on} if review_on else {}),
    )
    return row


def assessment_faults(
    form: Form, answers: Answers, municipality: Municipality, now: datetime
) -> list[AgainstPolicy]:
    """A fault for each question that is not answered as the policy asks it."""
    policy = policy_for(municipality, now)
    return [
        fault
        for field in form.fields
        for fault in answer_faults(field, answers.get(field.key), policy, municipality)
    ]


def _form_asked(asked: Asked) -> Form:
    if asked.form is None:
        clause = asked.controller.clause if asked.controller else ""
        raise AgainstPolicy(
            _("The guideline asks for no assessment here."), clause=clause, field="processing"
        )
    return asked.form


@transaction.atomic
def supplement_assessment(
    channel: Channel,
    assessment: PersonalDataAssessment,
    text: str,
    *,
    exempt: bool = False,
    reasons: str = "",
    by: User,
    now: datetime,
) -> LocalSupplement:
    """Say what differs on the channel, and whether it relies on the exemption for artistic and
    literary creation.

    Raises NotAllowed without `edit_channel`, NoLongerPossible where the channel is not in use or
    the assessment has been made again, AgainstPolicy (fields `text`, `exempt`, `reasons`) without
    words, where the policy knows no exemption, and without the reasons that it asks for.
    """
    channel = locked(channel)
    require_on(by, "edit_channel", channel, now=now)
    if channel.state not in IN_USE:
        state = str(channel.get_state_display())
        raise NoLongerPossible(_("The channel is %(state)s.") % {"state": state})
    found = _on(channel, assessment, now)
    latest = found.assessed.row
    if latest.pk != assessment.pk:
        raise NoLongerPossible(_("Already assessed"), by=latest.by.shown_name, at=latest.at)
    text, reasons = text.strip(), reasons.strip() if exempt else ""
    asked = asked_on(channel, now)
    _refuse_exemption(asked, exempt=exempt, reasons=reasons)
    if not text and not exempt:
        raise AgainstPolicy(_("Write what differs on this channel."), field="text")
    row = LocalSupplement.objects.create(
        municipality=channel.municipality,
        channel=channel,
        assessment=latest,
        text=text,
        exempt=exempt,
        reasons=reasons,
        by=by,
        at=now,
    )
    if found.supplement is not None:
        _meet(f"supplement/{found.supplement.pk}", channel.municipality, by, now)
    under = asked.exemption if exempt else asked.form
    said = digest(f"{text}\x1f{reasons}", channel.municipality)
    record(
        "personal_data.supplemented",
        channel,
        by=by,
        now=now,
        under=under,
        supplement=row.pk,
        exempt=exempt,
        said=said,
    )
    return row


def _on(channel: Channel, assessment: PersonalDataAssessment, now: datetime) -> Supplemented:
    """How the processing of an assessment stands on the channel."""
    for each in standing_on([channel], now)[channel.pk]:
        if each.assessed.row.processing == assessment.processing:
            return each
    raise NoLongerPossible(_("The channel is on another platform."))


def _refuse_exemption(asked: Asked, *, exempt: bool, reasons: str) -> None:
    if exempt and asked.exemption is None:
        raise AgainstPolicy(_("The guideline knows no such exemption."), field="exempt")
    if exempt and asked.exemption_needs_reasons and not reasons and asked.exemption:
        raise AgainstPolicy(
            _("Outside culture and leisure the exemption needs its reasons."),
            clause=asked.exemption.clause,
            field="reasons",
        )


@transaction.atomic
def announce_platform_basis(
    municipality: Municipality,
    platform: Platform,
    basis: BasisChange.Basis,
    reason: str,
    *,
    after: int | None,
    by: User,
    now: datetime,
) -> BasisChange:
    """Put on record that what the platform's assessments rest on has changed, and how.

    They are stale from now on, and each owner of an open channel there owes a new one without a
    moment. `after` is the key of the latest change that the person had before them, or None.

    Raises NotAllowed without `change_platform_basis` on the municipality, NoLongerPossible where
    somebody announced one meanwhile, AgainstPolicy (field `reason`) without a word of how.
    """
    change = announced(
        municipality,
        basis,
        reason,
        platform=platform,
        right="change_platform_basis",
        lacks=_("Write what has changed, and how."),
        after=after,
        by=by,
        now=now,
    )
    if channels := _channels(municipality, platform):
        open_obligations(_plans(channels, policy_for(municipality, now), now), now=now)
    record(
        "personal_data.basis_changed",
        change,
        by=by,
        now=now,
        platform=platform.key,
        basis=str(basis),
        reason=digest(change.reason, municipality),
    )
    return change


# --- what is owed -----------------------------------------------------------------------------


def stale_assessments(municipality: Municipality, now: datetime) -> list[Owing]:
    """What is to be assessed again on the municipality's open channels."""
    return list(_plans(_channels(municipality), policy_for(municipality, now), now))


def _channels(municipality: Municipality, platform: Platform | None = None) -> list[Channel]:
    """The open channels of the municipality, or those on one platform."""
    rows = Channel.objects.filter(municipality=municipality, state=Channel.State.OPEN)
    if platform is not None:
        rows = rows.filter(platform=platform)
    return list(rows.select_related("unit__municipality", "platform", "municipality"))


def _plans(channels: Collection[Channel], policy: Policy, now: datetime) -> Iterator[Owing]:
    """The same queries whatever the number of channels, which are of one municipality."""
    found = standing_on(channels, now)
    for channel in channels:
        asked = asked_in(policy, scope_of(channel))
        if asked.form is not None:
            stale = (each for each in found[channel.pk] if each.state == "stale")
            yield from (_owing(channel, each, asked) for each in stale)


def _owing(channel: Channel, stale: Supplemented, asked: Asked) -> Owing:
    return Owing(
        duty=PERSONAL_DATA,
        subject=channel,
        unit=channel.unit,
        who=Role.CHANNEL_OWNER,
        period=_turn(stale),
        rule=asked.rule,
        label=f"{channel}: {stale.assessed.row.processing}",
    )


def _turn(stale: Supplemented) -> str:
    """What is owed again, by its key: the shared assessment first, then the channel's own."""
    if stale.supplement is not None and not stale.assessed.why_stale:
        return f"supplement/{stale.supplement.pk}"
    return f"assessment/{stale.assessed.row.pk}"


def assess_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """The same under the policy now in force, or None where nothing is stale any more."""
    policy = ground.in_force
    plans = ground.once(row, lambda channels: by_turn(_plans(channels, policy, now)))
    return plans.get((row.subject_id, row.period))


def _meet(turn: str, municipality: Municipality, by: User, now: datetime) -> None:
    owed = Obligation.objects.open().filter(
        municipality=municipality, duty=PERSONAL_DATA, period=turn
    )
    for row in owed:
        meet(row, by=by, now=now)
