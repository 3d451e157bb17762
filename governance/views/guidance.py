"""The policy's advice, for everybody on the staff."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.guidance import guidance
from governance.policy.in_force import policy_of, version_in_force
from governance.signed_in import StaffRequest, signed_in


@signed_in
@require_safe
def advice(request: StaffRequest) -> HttpResponse:
    """What the policy in force advises, by subject, the same for every reader."""
    version = version_in_force(request.municipality, timezone.now())
    policy = policy_of(version)
    context = {"sections": guidance(policy), "policy": policy, "version": version}
    return render(request, "governance/guidance.html", context)
