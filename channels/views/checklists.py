"""The policy's checklists on a channel: what is asked, and how each item stands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.basis import announce_graphic_profile
from channels.actions.checklists import IN_USE, check_channel
from channels.checklists import (
    CHECKLISTS,
    GRAPHIC_PROFILE,
    VISITOR_INFORMATION,
    digest_of,
    latest_change,
    standings,
)
from channels.forms.checklists import ChangedProfileForm, ChecklistForm
from channels.rights import may_on
from channels.views.channels import visible_channel
from channels.visitor_information import contacts
from governance.actions import root_of
from governance.errors import AgainstPolicy
from governance.permissions import may, require
from governance.policy.in_force import version_in_force
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """Read what is asked and put on record how it stands; any colleague may read."""
    channel, asked = visible_channel(request.user, pk), CHECKLISTS[kind]
    now = timezone.now()
    found = standings(channel, asked, now)
    form = typed(request, ChecklistForm(asked, found, request.POST or None))
    if form.is_valid():
        try:
            shown = request.POST.get("shown", "")
            check_channel(channel, asked, form.seen(), shown=shown, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, str(asked.done))
            return redirect(f"{reverse('channels:channel', args=[pk])}#{asked.anchor}")
    change = latest_change(channel.municipality, asked)
    context = {
        "channel": channel,
        "list": asked,
        "lead": asked.lead % {"name": channel.name, "platform": channel.platform},
        "form": form,
        "shown": digest_of(found, change),
        "change": change,
        "contacts": contacts(channel) if asked is VISITOR_INFORMATION else "",
        "version": version_in_force(channel.unit, now),
        "may_check": channel.state in IN_USE and may_on(request.user, "edit_channel", channel, now),
        "may_announce": asked is GRAPHIC_PROFILE
        and may(request.user, "manage_organisation", root_of(channel.municipality), now),
    }
    status = 422 if form.errors else 200
    return render(request, "channels/checklist.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def changed_profile(request: StaffRequest) -> HttpResponse:
    """Announce that the municipality's graphic profile has changed."""
    municipality, now = request.municipality, timezone.now()
    require(request.user, "manage_organisation", root_of(municipality), now=now)
    last = latest_change(municipality, GRAPHIC_PROFILE)
    before = {"after": last.pk if last else None}
    form = typed(request, ChangedProfileForm(request.POST or None, initial=before))
    if form.is_valid():
        given = form.cleaned_data
        try:
            announce_graphic_profile(
                municipality, given["reason"], after=given["after"], by=request.user, now=now
            )
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The looks made before are asked for again."))
            return redirect("channels:changed_profile")
    context = {"form": form, "last": last}
    return render(
        request, "channels/changed_profile.html", context, status=422 if form.errors else 200
    )
