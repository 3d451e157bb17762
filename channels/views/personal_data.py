"""Assessments of personal data: as they stand on a channel, made for a platform, supplemented."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from channels.actions.checklists import IN_USE
from channels.actions.personal_data import (
    announce_platform_basis,
    assess_processing,
    assessment_faults,
    may_assess,
    supplement_assessment,
)
from channels.checks import NotReady
from channels.forms.personal_data import AssessmentForm, ChangedBasisForm, SupplementForm
from channels.models import BasisChange, Channel, PersonalDataAssessment, Platform
from channels.personal_data import (
    answer_in_plan,
    asked_in,
    asked_on,
    assessments,
    latest_basis_change,
    standing_on,
)
from channels.rights import may_on, require_on
from channels.views.channels import visible_channel
from governance.actions import root_of
from governance.errors import AgainstPolicy, NotAllowed
from governance.models import Municipality
from governance.permissions import may, require
from governance.policy.in_force import policy_for
from governance.policy.types import Scope
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed


@signed_in
@require_safe
def personal_data(request: StaffRequest, pk: int) -> HttpResponse:
    """What the policy asks on the channel, and how each processing stands; any colleague reads."""
    channel, now = visible_channel(request.user, pk), timezone.now()
    policy = policy_for(channel.unit, now)
    root = root_of(channel.municipality)
    context = {
        "channel": channel,
        "asked": asked_on(channel, now),
        "in_plan": answer_in_plan(channel, policy),
        "standing": standing_on([channel], now)[channel.pk],
        "may_assess": may_assess(request.user, channel.platform, now),
        "may_supplement": channel.state in IN_USE
        and may_on(request.user, "edit_channel", channel, now),
        "may_announce": may(request.user, "change_platform_basis", root, now) is not None,
    }
    return render(request, "channels/personal_data.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: StaffRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Answer the policy's questions on a processing on a platform, new or once more."""
    municipality, now = request.municipality, timezone.now()
    platform = get_object_or_404(_platforms(municipality), key=key)
    if not may_assess(request.user, platform, now):
        raise NotAllowed(
            _("This takes a role on a unit with a channel there, or an assignment to one.")
        )
    own = PersonalDataAssessment.objects.filter(municipality=municipality, platform=platform)
    last = get_object_or_404(own, pk=pk) if pk is not None else None
    asked = asked_in(policy_for(municipality, now), Scope(platform=platform.key))
    if asked.form is None:
        return render(request, "channels/assess.html", {"platform": platform, "asked": asked})
    form = typed(
        request,
        AssessmentForm(
            asked.form,
            last,
            request.POST or None,
            # one that is to come holds for the new one too, unless it is changed
            next_review=last.review_on if last and last.is_to_be_reviewed(now) else None,
        ),
    )
    if form.is_valid():
        name = last.processing if last else form.cleaned_data["processing"]
        try:
            assess_processing(
                municipality,
                platform,
                name,
                form.answers(),
                instead_of=pk,
                review_on=form.cleaned_data["review_on"],
                by=request.user,
                now=now,
            )
        except NotReady as refused:
            form.refuse(refused.faults)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The assessment is on record."))
            return redirect("channels:assess", key)
    elif form.is_bound:
        # whoever forgot the name hears at once of what else lacks
        faults = assessment_faults(asked.form, form.answers(), municipality, now)
        form.refuse(fault for fault in faults if fault.field not in form.errors)
    context = {
        "platform": platform,
        "asked": asked,
        "form": form,
        "last": last,
        "known": [] if last else assessments(municipality, platform, now),
    }
    return render(request, "channels/assess.html", context, status=422 if form.errors else 200)


def _platforms(municipality: Municipality) -> QuerySet[Platform]:
    """The platforms on which the municipality has channels."""
    used = Channel.objects.filter(municipality=municipality, state__in=IN_USE)
    return Platform.objects.filter(pk__in=used.values("platform"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """Say what differs on the channel from the shared assessment."""
    channel, now = visible_channel(request.user, pk), timezone.now()
    require_on(request.user, "edit_channel", channel, now=now)
    rows = PersonalDataAssessment.objects.filter(municipality=channel.municipality)
    row = get_object_or_404(rows, pk=assessment, platform=channel.platform)
    asked = asked_on(channel, now)
    found = [
        each
        for each in standing_on([channel], now)[channel.pk]
        if each.assessed.row.processing == row.processing
    ]
    last = found[0].supplement if found else None
    form = typed(request, SupplementForm(asked, last, request.POST or None))
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            supplement_assessment(channel, row, **given, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("What differs on the channel is on record."))
            return redirect("channels:personal_data", pk)
    context = {"channel": channel, "asked": asked, "form": form, "found": found[0]}
    return render(request, "channels/supplement.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def changed_basis(request: StaffRequest, key: str) -> HttpResponse:
    """Announce that what a platform's assessments rest on has changed."""
    municipality, now = request.municipality, timezone.now()
    require(request.user, "change_platform_basis", root_of(municipality), now=now)
    platform = get_object_or_404(_platforms(municipality), key=key)
    last = latest_basis_change(municipality, platform)
    before = {"after": last.pk if last else None}
    form = typed(request, ChangedBasisForm(request.POST or None, initial=before))
    if form.is_valid():
        given = form.cleaned_data
        basis = BasisChange.Basis(given["basis"])
        try:
            announce_platform_basis(
                municipality,
                platform,
                basis,
                given["reason"],
                after=given["after"],
                by=request.user,
                now=now,
            )
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The assessments made before are asked for again."))
            return redirect("channels:changed_basis", key)
    context = {"platform": platform, "form": form, "last": last}
    return render(
        request, "channels/changed_basis.html", context, status=422 if form.errors else 200
    )
