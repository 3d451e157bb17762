"""The published rules for visitors, and publishing a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.actions import root_of
from governance.errors import AgainstPolicy
from governance.permissions import may
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed
from moderation.actions import publish_house_rules
from moderation.cases import published_rules
from moderation.forms import HouseRulesForm, beside
from moderation.grounds import category_of


@signed_in
@require_http_methods(["GET", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """The version that holds, for every colleague; the form for the communications unit."""
    now = timezone.now()
    place = request.municipality
    today = place.today(now)
    policy = policy_for(place, now)
    root = root_of(place)
    current = published_rules(place, today)
    initial = {"text": current.text, "categories": current.categories} if current else {}
    form = typed(
        request,
        HouseRulesForm(request.POST or None, initial=initial, policy=policy, today=today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            publish_house_rules(root, **form.cleaned_data, by=request.user, now=now)
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("The new version holds from its day on."))
            return redirect("moderation:house_rules")
    named = [category_of(policy, code) for code in current.categories] if current else []
    context = {
        "form": form,
        "current": current,
        "named": [category.label for category in named if category],
        "may_publish": may(request.user, "edit_register", root, now) is not None,
    }
    status = 422 if form.errors else 200
    return render(request, "moderation/rules.html", context, status=status)
