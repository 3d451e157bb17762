"""Confirming looks, correcting them, writing them down afterwards, and a year of them."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from channels.models import Channel
from channels.rights import assigned_channels, may_on, permitted_channel, require_on
from governance.errors import AgainstPolicy
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import typed
from moderation.actions import (
    Round,
    check_in_afterwards,
    check_in_all,
    correct_check_in,
)
from moderation.duties import TODAY
from moderation.forms import AfterwardsForm, CorrectionForm, beside
from moderation.models import CheckIn
from moderation.today import check_today
from moderation.year import year_of


@signed_in
@posted_on("today")
def confirm(request: StaffRequest) -> HttpResponse:
    """Nothing to remark: on one channel, or on all of one's own that wait."""
    now = timezone.now()
    asked = request.POST.get("channel", "")
    if asked == "all":
        outcome = check_in_all(_waiting(request), by=request.user, now=now)
    elif asked.isdecimal():
        channel = permitted_channel(int(asked), "check_in", request.user, now=now)
        outcome = check_in_all([channel], by=request.user, now=now)
    else:
        raise Http404
    if request.htmx:
        context = {
            "section": check_today(request.user, now),
            "said": _said(outcome),
            "late": outcome.already,
            "unfolded": "unfolded" in request.GET,
        }
        response = render(request, "moderation/_check_today.html", context)
        return trigger_client_event(response, "done")  # so that the page counts anew
    if outcome.done:
        messages.success(request, _said(outcome))
    for late in outcome.already:
        messages.warning(request, late.message)
    return redirect(_back(request))


@signed_in
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """A new entry in the place of one that was wrong."""
    now = timezone.now()
    entries = CheckIn.objects.filter(municipality=request.municipality)
    entry = get_object_or_404(entries.select_related("channel__unit", "by", "municipality"), pk=pk)
    require_on(request.user, "check_in", entry.channel, now=now)
    form = typed(request, CorrectionForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            correct_check_in(
                entry, by=request.user, now=now, result=given["result"], note=given["note"]
            )
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("Corrected. The first entry stays behind it."))
            return redirect("moderation:check_ins", pk=entry.channel_id)
    context = {"form": form, "entry": entry, "channel": entry.channel}
    status = 422 if form.errors else 200
    return render(request, "moderation/correct_check_in.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def afterwards(request: StaffRequest, pk: int, day: str) -> HttpResponse:
    """A look on a day that is over, which was not written down then."""
    now = timezone.now()
    channel = permitted_channel(pk, "check_in", request.user, now=now)
    try:
        looked_on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    form = typed(request, AfterwardsForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        try:
            check_in_afterwards(channel, looked_on, by=request.user, now=now, note=note)
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("Written down, and marked as written afterwards."))
            return redirect("moderation:check_ins", pk=channel.pk)
    context = {"form": form, "channel": channel, "day": looked_on}
    status = 422 if form.errors else 200
    return render(request, "moderation/check_in_afterwards.html", context, status=status)


@signed_in
@require_GET
def table(request: StaffRequest, pk: int) -> HttpResponse:
    """A year of looks as a table, for any colleague: the same that the heat map shows."""
    now = timezone.now()
    channels = Channel.objects.filter(municipality=request.municipality)
    channel = get_object_or_404(
        channels.select_related("unit__municipality", "platform", "municipality"), pk=pk
    )
    asked = request.GET.get("year", "")
    this_year = request.municipality.today(now).year
    number = (int(asked) if asked.isdecimal() and len(asked) == 4 else 0) or this_year
    context = {
        "channel": channel,
        "year": year_of(channel, number, now),
        "before": number - 1 if channel.opened_on and channel.opened_on.year < number else None,
        "after": number + 1 if number < this_year else None,
        "may_check_in": may_on(request.user, "check_in", channel, now),
    }
    return render(request, "moderation/check_ins.html", context)


def _waiting(request: StaffRequest) -> list[Channel]:
    """The person's own channels that are open: the section's "all"."""
    own = assigned_channels(request.user, "check_in", timezone.now())
    return list(
        own.filter(state=Channel.State.OPEN)
        .select_related("unit__municipality", "platform", "municipality")
        .order_by("name")
    )


def _said(outcome: Round) -> str:
    count = len(outcome.done)
    if not count:
        return ""
    words = ngettext("%(n)s channel looked at.", "%(n)s channels looked at.", count)
    return words % {"n": count}


def _back(request: StaffRequest) -> str:
    """The page within the installation that the form names, else *My work*."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe and asked.startswith("/") else TODAY
