"""The visitor information of a channel: its texts to copy, and how each item stands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.visitor_information import IN_USE, check_visitor_information
from channels.forms.visitor_information import VisitorInformationForm
from channels.rights import may_on
from channels.views.channels import visible_channel
from channels.visitor_information import contacts, digest_of, standings
from governance.errors import AgainstPolicy
from governance.policy.in_force import version_in_force
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def visitor_information(request: StaffRequest, pk: int) -> HttpResponse:
    """Read the texts and put on record how they stand; any colleague may read."""
    channel = visible_channel(request.user, pk)
    now = timezone.now()
    found = standings(channel, now)
    form = typed(request, VisitorInformationForm(found, request.POST or None))
    if form.is_valid():
        try:
            check_visitor_information(
                channel, form.seen(), shown=request.POST.get("shown", ""), by=request.user, now=now
            )
        except AgainstPolicy as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, _("It is on record how the visitor information stands."))
            return redirect(f"{reverse('channels:channel', args=[pk])}#visitors")
    context = {
        "channel": channel,
        "form": form,
        "shown": digest_of(found),
        "contacts": contacts(channel),
        "version": version_in_force(channel.unit, now),
        "may_check": channel.state in IN_USE and may_on(request.user, "edit_channel", channel, now),
    }
    status = 422 if form.errors else 200
    return render(request, "channels/visitor_information.html", context, status=status)
