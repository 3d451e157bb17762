"""Reviewing the guideline: what it says of itself and leaves open, and the word on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.errors import AgainstPolicy
from governance.guideline_form import GuidelineReviewForm
from governance.guideline_review import (
    interval_of,
    may_review,
    refuse_the_late,
    require_reviewer,
    review_guideline,
)
from governance.policy.in_force import policy_of, version_in_force
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def guideline_review(request: StaffRequest) -> HttpResponse:
    """The guideline in force as its reviewer needs it, earlier reviews, and a new one."""
    now = timezone.now()
    place = request.municipality
    form = typed(request, GuidelineReviewForm(request.POST or None))
    if request.method == "POST":
        version, seen = _number(request, "version"), _number(request, "seen")
        require_reviewer(request.user, place, now=now)
        refuse_the_late(place, version or 0, seen, now=now)
        if form.is_valid():
            try:
                review_guideline(
                    place,
                    version=version or 0,
                    seen=seen,
                    **form.cleaned_data,
                    by=request.user,
                    now=now,
                )
            except AgainstPolicy as refused:
                refuse(form, refused)
            else:
                messages.success(request, _("It is on record that the guideline was reviewed."))
                return redirect("guideline_review")
    in_force = version_in_force(place, now)
    policy = policy_of(in_force)
    context = {
        "form": form,
        "version": in_force,
        "document": policy.guideline,
        "rule": interval_of(policy),
        "may_review": may_review(request.user, place, now),
        "reviews": place.guideline_reviews.select_related("by", "policy"),
    }
    status = 422 if form.errors else 200
    return render(request, "governance/guideline_review.html", context, status=status)


def _number(request: StaffRequest, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() else None
