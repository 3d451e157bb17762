"""A goal of a channel with its results, and the goals of every channel that one may oversee."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from channels.actions.goals import correct_result, record_result, refuse_the_late
from channels.following_up import first_day_that_counts, rule_of_goals
from channels.forms.goals import CorrectionForm, GoalResultForm
from channels.goals import (
    FILTERS,
    Standing,
    may_record,
    overseen,
    require_may_record,
    standings_of,
    wordings,
)
from channels.models import GoalFollowUp, GoalResult
from channels.paper import clause_of
from governance.errors import AgainstPolicy
from governance.models import Unit, User
from governance.permissions import require_somewhere
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed

PER_PAGE: Final = 50


@signed_in
@require_safe
def goals(request: StaffRequest) -> HttpResponse:
    """The goals of every channel that the person may oversee, by unit and by what they lack."""
    now = timezone.now()
    units = require_somewhere(request.user, "see_overview", now=now)
    unit, show = request.GET.get("unit", ""), request.GET.get("show", "")
    found = overseen(units, now, unit=int(unit) if unit.isdecimal() else None, show=show)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    with_goals = Unit.objects.filter(channels__goals__isnull=False, pk__in=units)
    context = {
        "page": page,
        "standings": standings_of(page.object_list, now),
        "units": with_goals.distinct().order_by("name"),
        "unit": unit,
        "show": show,
        "filters": [(key, words) for key, (words, _narrow) in FILTERS.items()],
    }
    return render(request, "channels/goals.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: StaffRequest, pk: int) -> HttpResponse:
    """A goal, what it came to, and the form for what it has come to now; any colleague may read."""
    found = _visible(request.user, pk)
    now = timezone.now()
    form = typed(
        request, GoalResultForm(request.POST or None, today=request.municipality.today(now))
    )
    if request.method == "POST":
        given = request.POST.get("seen", "")
        seen = int(given) if given.isdecimal() else None
        require_may_record(request.user, found.channel, now=now)
        refuse_the_late(found, seen)
    if form.is_valid():
        try:
            record_result(found, **form.cleaned_data, seen=seen, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _said(_standing(found)))
            return redirect("channels:goal", pk=found.pk)
    context = _context(request, found) | {"form": form}
    return render(request, "channels/goal.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: StaffRequest, pk: int, result: int) -> HttpResponse:
    """A result in the place of one that was wrong."""
    found = _visible(request.user, pk)
    now = timezone.now()
    rows = GoalResult.objects.select_related("by", "goal", "follow_up__channel__unit")
    entry = get_object_or_404(rows, pk=result, follow_up=found)
    require_may_record(request.user, found.channel, now=now)
    form = typed(request, CorrectionForm(entry, request.POST or None))
    if form.is_valid():
        try:
            correct_result(entry, **form.cleaned_data, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Corrected. The first result stays behind it."))
            return redirect("channels:goal", pk=found.pk)
    context = {"follow_up": found, "entry": entry, "form": form}
    status = 422 if form.errors else 200
    return render(request, "channels/correct_result.html", context, status=status)


def _visible(user: User, pk: int) -> GoalFollowUp:
    rows = GoalFollowUp.objects.with_words().select_related("ended_by")
    found = rows.filter(pk=pk, municipality=user.municipality_id).first()
    if found is None:
        raise Http404
    return found


def _standing(found: GoalFollowUp) -> Standing:
    return standings_of([found], timezone.now())[0]


def _said(standing: Standing) -> str:
    """That it is on record, and whether the follow-up that is owed still waits for a newer one."""
    said = _("The result is on record.")
    owed = standing.owed
    if owed is None:
        return said
    first = first_day_that_counts(owed, policy_for(standing.follow_up.unit, timezone.now()))
    waits = _("It is too old for the follow-up that waits: that takes a result as of %(day)s.")
    return f"{said} {waits % {'day': date_format(first)}}"


def _context(request: StaffRequest, found: GoalFollowUp) -> dict[str, Any]:
    now = timezone.now()
    policy = policy_for(found.unit, now)
    results = found.results.select_related("by", "goal", "corrected_by__by").all()
    newest = max((row.pk for row in results), default=None)
    return {
        "follow_up": found,
        "standing": _standing(found),
        "clause": clause_of(rule_of_goals(policy, found)) if found.goal.due_on else "",
        "routine": policy.routine.get("goals") if not found.goal.due_on else None,
        "wordings": wordings(found),
        "results": results,
        "seen": newest,
        "may_record": found.ended_at is None and may_record(request.user, found.channel, now),
    }
