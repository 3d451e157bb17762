"""The queue of findings, taking one up, and its evidence."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from channels.models import Channel
from channels.rights import channels_where
from governance.errors import AgainstPolicy, NotAllowed
from governance.files import FileRefused, attachment_response
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed
from moderation.access import items_for, permitted_evidence
from moderation.actions import look_at_evidence, take_up
from moderation.forms import FindingForm, beside
from moderation.models import Item

PER_PAGE = 25


@signed_in
@require_GET
def findings(request: StaffRequest) -> HttpResponse:
    """What is open, oldest known first; or what is closed."""
    now = timezone.now()
    closed = request.GET.get("state") == Item.State.CLOSED
    state = Item.State.CLOSED if closed else Item.State.OPEN
    found = items_for(request.user, now).filter(state=state).select_related("channel__platform")
    order = "-closed_at" if closed else "became_aware_at"
    return render(
        request,
        "moderation/findings.html",
        {
            "page": Paginator(found.order_by(order, "pk"), PER_PAGE).get_page(
                request.GET.get("page")
            ),
            "closed": closed,
            "may_take_up": channels_where(request.user, "moderate", now).exists(),
        },
    )


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """The first step of the sitting: what it is about, and a copy of it."""
    now = timezone.now()
    channels = (
        channels_where(request.user, "moderate", now)
        .filter(municipality=request.municipality, state=Channel.State.OPEN)
        .select_related("platform", "unit__municipality", "municipality")
        .order_by("name")
    )
    if not channels.exists():
        raise NotAllowed(_("This takes an assignment to a channel that is open."))
    only = channels[0].pk if len(channels[:2]) == 1 else None
    form = FindingForm(
        request.POST or None,
        request.FILES or None,
        initial={"channel": request.GET.get("channel") or only},
        channels=channels,
        policy=policy_for(request.municipality, now),
    )
    typed(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            item = take_up(
                form.cleaned_data["channel"],
                form.finding(),
                by=request.user,
                now=now,
                picture=form.cleaned_data["picture"],
            )
        except FileRefused as refused:
            form.add_error("picture", refused)
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("Taken up. Decide now whether it stays or goes."))
            return redirect("moderation:finding", pk=item.pk)
    status = 422 if form.errors else 200
    return render(request, "moderation/new_finding.html", {"form": form}, status=status)


@signed_in
@require_GET
def evidence(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A kept picture, as a download; the log is told who looked."""
    now = timezone.now()
    found = permitted_evidence(pk, request.user, now=now)
    if found.file is None or found.erased_at is not None:
        raise Http404
    look_at_evidence(found, by=request.user, now=now)
    return attachment_response(found.file)
