"""Looking through a channel's plan: it stands, or it is changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.planning import plan_under_way
from channels.actions.reviewing import (
    confirm_plan,
    may_review,
    refuse_the_late,
    require_may_review,
    version_to_review,
)
from channels.forms.reviewing import ReviewForm
from channels.paper import clause_of
from channels.promises import plan_rows
from channels.reviewing import asked_of
from channels.views.channels import visible_channel
from governance.permissions import may
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """The plan's promises beside practice, earlier reviews, and the word that it stands."""
    channel = visible_channel(request.user, pk)
    now = timezone.now()
    form = typed(request, ReviewForm(request.POST or None))
    if request.method == "POST":
        version, seen = _number(request, "version"), _number(request, "seen")
        require_may_review(request.user, channel, now=now)
        refuse_the_late(channel, version or 0, seen)
        if form.is_valid():
            note = form.cleaned_data["note"]
            confirm_plan(
                channel, version=version or 0, seen=seen, note=note, by=request.user, now=now
            )
            messages.success(request, _("It is on record that the plan stands."))
            return redirect("channels:channel", pk=channel.pk)
    in_force = version_to_review(channel)
    asked = asked_of(channel, policy_for(channel.unit, now), in_force)
    context = {
        "channel": channel,
        "form": form,
        "version": in_force,
        "asked": asked,
        "clause": clause_of(asked.rule) if asked else "",
        "promises": plan_rows(channel, now),
        "reviews": channel.plan_reviews.select_related("by", "version"),
        "begun": plan_under_way(channel),
        "may_write": may(request.user, "write_plan", channel.unit, now) is not None,
        "may_review": may_review(request.user, channel, now),
    }
    status = 422 if form.errors else 200
    return render(request, "channels/review.html", context, status=status)


def _number(request: StaffRequest, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() else None
