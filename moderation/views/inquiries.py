"""Questions that came in: the list, entering one, its page, and the verbs it posts to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from channels.models import Channel
from channels.rights import channels_where
from governance.errors import AgainstPolicy, NotAllowed
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import typed, typed_all
from moderation import actions
from moderation.access import inquiries_for, items_for, permitted_inquiry
from moderation.forms import beside
from moderation.inquiry_forms import InquiryForm, NoAnswerForm, ReferForm, TimesForm
from moderation.inquiry_page import lines_of, page_of
from moderation.models import Inquiry, Item
from moderation.replies import must_be_answered

PER_PAGE: Final = 25


@signed_in
@require_safe
def inquiries(request: StaffRequest) -> HttpResponse:
    """What is open in order of due time, or what was closed; of one channel, if it is chosen."""
    now = timezone.now()
    closed = request.GET.get("state") == "closed"
    found = inquiries_for(request.user, now)
    chosen = request.GET.get("channel", "")
    channel = _channels(request).filter(pk=chosen).first() if chosen.isdecimal() else None
    if channel is not None:
        found = found.filter(channel=channel)
    ordered = (
        found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
        if closed
        else found.open().by_due()
    )
    page = Paginator(ordered.with_channels(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines_of(list(page.object_list), request.user, now),
        "closed": closed,
        "channel": channel,
        "may_enter": channels_where(request.user, "moderate", now).exists(),
    }
    return render(request, "moderation/inquiries.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write down that something was asked: one screen."""
    now = timezone.now()
    channels = _channels(request).filter(state=Channel.State.OPEN)
    channels = channels.filter(pk__in=channels_where(request.user, "moderate", now).values("pk"))
    if not channels:  # read once, for the choice shows them all
        raise NotAllowed(_("This takes an assignment to a channel that is open."))
    only = channels[0].pk if len(channels) == 1 else None
    finding = _finding(request, now)
    form = InquiryForm(
        request.POST or None,
        initial={"channel": request.GET.get("channel") or only} | _from(finding),
        channels=channels,
        policy=policy_for(request.municipality, now),
        finding=finding,
    )
    typed(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            inquiry = actions.enter_inquiry(
                form.cleaned_data["channel"], form.received(), by=request.user, now=now
            )
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("Entered. Say here when it has been answered."))
            return redirect("moderation:inquiry", pk=inquiry.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "finding": finding}
    return render(request, "moderation/new_inquiry.html", context, status=status)


@signed_in
@require_safe
def inquiry(request: StaffRequest, pk: int) -> HttpResponse:
    """One question: its clocks, what was done, and what can be done."""
    found, now = _inquiry(request, pk)
    return _page(request, found, now)


@signed_in
@posted_on("moderation:inquiry")
def answered(request: StaffRequest, pk: int) -> HttpResponse:
    """It has been answered on the channel: one tap, on its page or in the list."""
    found, now = _inquiry(request, pk)
    actions.answer_inquiry(found, by=request.user, now=now)
    messages.success(request, _("Answered: %(about)s") % {"about": found.about})
    if "list" in request.POST:
        return redirect("moderation:inquiries")
    return redirect("moderation:inquiry", pk=pk)


@signed_in
@posted_on("moderation:inquiry")
def holding(request: StaffRequest, pk: int) -> HttpResponse:
    """The asker was told that the answer will come."""
    found, now = _inquiry(request, pk)
    form = forms.Form(request.POST)

    def hold() -> None:
        actions.give_holding_reply(found, by=request.user, now=now)

    said = _("The holding reply is written down. The answer is still owed.")
    return _try(request, found, now, form, "holding_form", hold, said=said)


@signed_in
@posted_on("moderation:inquiry")
def refer(request: StaffRequest, pk: int) -> HttpResponse:
    """It was referred to somebody else."""
    found, now = _inquiry(request, pk)
    form = ReferForm(request.POST)

    def pass_on() -> None:
        actions.refer_inquiry(found, to=form.cleaned_data["to"], by=request.user, now=now)

    return _try(request, found, now, form, "refer_form", pass_on, said=_("Written down."))


@signed_in
@posted_on("moderation:inquiry")
def no_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """It needs no answer."""
    found, now = _inquiry(request, pk)
    obliged = must_be_answered(found.kind, policy_for(found.unit, now), found.channel)
    form = NoAnswerForm(request.POST, obliged=obliged)

    def leave() -> None:
        actions.leave_unanswered(found, **form.cleaned_data, by=request.user, now=now)

    return _try(request, found, now, form, "no_answer_form", leave, said=_("Written down."))


@signed_in
@posted_on("moderation:inquiry")
def times(request: StaffRequest, pk: int) -> HttpResponse:
    """The moments were entered wrongly."""
    found, now = _inquiry(request, pk)
    form = TimesForm(found, request.POST)

    def correct() -> None:
        actions.correct_times(found, **form.right(), by=request.user, now=now)

    said = _("Corrected. What was entered first stays behind it.")
    return _try(request, found, now, form, "times_form", correct, said=said)


def _channels(request: StaffRequest) -> QuerySet[Channel]:
    rows = Channel.objects.filter(municipality=request.municipality)
    return rows.select_related("platform", "unit__municipality", "municipality").order_by("name")


def _finding(request: StaffRequest, now: datetime) -> Item | None:
    """The finding that the page was opened from, if there is one that may be read."""
    given = request.GET.get("finding", "")
    return items_for(request.user, now).filter(pk=given).first() if given.isdecimal() else None


def _from(finding: Item | None) -> dict[str, object]:
    """What a finding says already."""
    if finding is None:
        return {}
    names = ("url", "posted_at", "became_aware_at")
    return {name: getattr(finding, name) for name in names} | {"channel": finding.channel_id}


def _inquiry(request: StaffRequest, pk: int) -> tuple[Inquiry, datetime]:
    now = timezone.now()
    return permitted_inquiry(pk, request.user, now=now), now


def _try(
    request: StaffRequest,
    found: Inquiry,
    now: datetime,
    form: forms.Form,
    name: str,
    verb: Callable[[], None],
    *,
    said: str,
) -> HttpResponse:
    """Do it and come back to the page; what is refused stands beside its field."""
    if typed(request, form).is_valid():
        try:
            verb()
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, said)
            return redirect("moderation:inquiry", pk=found.pk)
    return _page(request, found, now, bound={name: form})


def _page(
    request: StaffRequest, found: Inquiry, now: datetime, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    context = page_of(found, request.user, now) | (bound or {})
    typed_all(request, context)
    return render(request, "moderation/inquiry.html", context, status=422 if bound else 200)
