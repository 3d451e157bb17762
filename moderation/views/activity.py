"""A channel's latest post as somebody saw it, and the decision on one that has gone quiet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.models import Channel
from channels.rights import may_on, permitted_channel
from channels.views.channels import visible_channel
from governance.errors import AgainstPolicy
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import typed_all
from moderation.actions.activity import (
    decide_on_quiet_channel,
    note_latest_post,
    refuse_the_late,
)
from moderation.activity import asked_of, before_closing, is_quiet, known_of, rule_for
from moderation.activity_forms import ActivityForm, LatestPostForm
from moderation.forms import beside
from moderation.models import ActivityDecision, LatestPost


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def activity(request: StaffRequest, pk: int) -> HttpResponse:
    """What is known of the channel's posts, earlier decisions, and a new one."""
    now = timezone.now()
    channel = visible_channel(request.user, pk)
    form = ActivityForm(request.POST or None)
    if request.method == "POST":
        channel = permitted_channel(pk, "edit_channel", request.user, now=now)
        seen = _seen(request)
        refuse_the_late(channel, seen)
        if form.is_valid() and _decided(request, channel, form, seen):
            return redirect("moderation:activity", pk=pk)
    return _page(request, channel, form, LatestPostForm(auto_id="post-%s"))


def _seen(request: StaffRequest) -> int | None:
    given = request.POST.get("seen", "")
    return int(given) if given.isdecimal() else None


def _decided(request: StaffRequest, channel: Channel, form: ActivityForm, seen: int | None) -> bool:
    given, now = form.cleaned_data, timezone.now()
    try:
        decide_on_quiet_channel(channel, **given, seen=seen, by=request.user, now=now)
    except AgainstPolicy as refusal:
        beside(form, refusal)
        return False
    messages.success(request, _("The decision is on record."))
    return True


@signed_in
@posted_on("moderation:activity")
def latest_post(request: StaffRequest, pk: int) -> HttpResponse:
    """The day of the latest post: today by one button, another by its date."""
    now = timezone.now()
    channel = permitted_channel(pk, "check_in", request.user, now=now)
    today = channel.municipality.today(now)
    sent = {"on": today} if "today" in request.POST else request.POST
    form = LatestPostForm(sent, auto_id="post-%s")
    if form.is_valid():
        try:
            note_latest_post(channel, form.cleaned_data["on"], by=request.user, now=now)
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("The day of the latest post is on record."))
            if request.POST.get("next") == "today":
                return redirect("today")
            return redirect("moderation:activity", pk=pk)
    return _page(request, channel, ActivityForm(), form)


def _page(
    request: StaffRequest, channel: Channel, form: ActivityForm, post_form: LatestPostForm
) -> HttpResponse:
    now = timezone.now()
    policy = policy_for(channel.unit, now)
    asked, known = asked_of(channel, policy), known_of([channel], now)[channel.pk]
    context: dict[str, Any] = {
        "channel": channel,
        "form": form,
        "post_form": post_form,
        "rule": rule_for(channel, policy),
        "asked": asked,
        "known": known,
        "quiet": asked is not None and is_quiet(known, asked),
        "before_closing": before_closing(policy, channel).values(),
        "posts": LatestPost.objects.filter(channel=channel).select_related("by")[:10],
        "decisions": ActivityDecision.objects.filter(channel=channel).select_related("by"),
        "may_decide": may_on(request.user, "edit_channel", channel, now),
        "may_note": may_on(request.user, "check_in", channel, now),
    }
    typed_all(request, context)
    status = 422 if form.errors or post_form.errors else 200
    return render(request, "moderation/activity.html", context, status=status)
