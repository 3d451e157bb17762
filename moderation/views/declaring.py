"""Crises and rests: what is declared, declaring one, ending one before its time."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from channels.models import Channel
from governance.errors import AgainstPolicy
from governance.permissions import units_of_roles
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed
from moderation.actions import declare_crisis, declare_rest, end_period
from moderation.actions.declaring import declarable, may_end, require_declarable
from moderation.declared import ground_for, without
from moderation.declaring_forms import CrisisForm, DeclareForm, EndForm, RestForm
from moderation.models import DeclaredPeriod

Kind = DeclaredPeriod.Kind
FORMS: Final[dict[str, type[DeclareForm]]] = {Kind.CRISIS: CrisisForm, Kind.REST: RestForm}
TITLES: Final = {
    Kind.CRISIS: gettext_lazy("Declare a crisis"),
    Kind.REST: gettext_lazy("Declare a rest"),
}
#: Lists are cut here; what is older is read on the channel's page.
LONGEST: Final = 100


def _of(request: StaffRequest) -> QuerySet[DeclaredPeriod]:
    periods = DeclaredPeriod.objects.filter(municipality=request.municipality)
    return periods.select_related("declared_by", "ended_by", "municipality")


@signed_in
@require_GET
def periods(request: StaffRequest) -> HttpResponse:
    """What is declared now, what is to come, and what is over; any colleague may read it."""
    now = timezone.now()
    found = list(_of(request).annotate(channels=Count("parts"))[:LONGEST])
    ahead = [each for each in found if each.starts_at > now and not each.is_over(now)]
    context = {
        "groups": [
            (_("In force"), [each for each in found if each.holds(now)]),
            (_("To come"), sorted(ahead, key=lambda each: each.starts_at)),
            (_("Over"), [each for each in found if each.is_over(now)]),
        ],
        "any": bool(found),
        "declarable": [kind for kind in Kind.values if declarable(request.user, kind, now)],
    }
    return render(request, "moderation/periods.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: StaffRequest, kind: str) -> HttpResponse:
    """Declare a crisis or a rest for channels of the units on which it takes one's word."""
    now = timezone.now()
    ground = require_declarable(request.user, kind, now)
    units = units_of_roles(request.user, ground.who, now)
    open_ones = Channel.objects.filter(unit__in=units, state=Channel.State.OPEN)
    channels = open_ones.select_related("platform", "municipality", "unit").order_by("name", "pk")
    # who must choose every channel need not tick each: a page on which all are, to take back some
    free = list(without(kind, channels, now))
    asked = free if "all" in request.GET else request.GET.getlist("channel")
    form = typed(request, FORMS[kind](channels, request.POST or None, initial={"channels": asked}))
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["channels"])
        try:
            verb = declare_crisis if kind == Kind.CRISIS else declare_rest
            period = verb(chosen, **form.given(), by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            count = len(chosen)
            words = ngettext("Declared for %(n)s channel.", "Declared for %(n)s channels.", count)
            messages.success(request, words % {"n": count})
            return redirect("moderation:period", pk=period.pk)
    context = {
        "form": form,
        "kind": kind,
        "ground": ground,
        "title": TITLES[Kind(kind)],
        "free": len(free),
    }
    status = 422 if form.errors else 200
    return render(request, "moderation/declare.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def period(request: StaffRequest, pk: int) -> HttpResponse:
    """One declared period: who, why, from when until when, for which channels; and its end."""
    now = timezone.now()
    found = get_object_or_404(_of(request).select_related("policy"), pk=pk)
    form = typed(request, EndForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        try:
            end_period(found, reason=form.cleaned_data["reason"], by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Ended. All is owed as before."))
            return redirect("moderation:period", pk=pk)
    context: dict[str, Any] = {
        "period": found,
        "form": form,
        "ground": ground_for(found, now),
        "holds": found.holds(now),
        "is_over": found.is_over(now),
        "channels": Channel.objects.filter(declared__period=found)
        .select_related("platform")
        .order_by("name", "pk"),
        "may_end": not found.is_over(now) and may_end(request.user, found, now),
    }
    status = 422 if form.errors else 200
    return render(request, "moderation/period.html", context, status=status)
