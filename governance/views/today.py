"""Mitt arbete: what waits for the person who is signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.signed_in import StaffRequest, signed_in
from governance.today import page_for


@require_safe
@signed_in
def today(request: StaffRequest) -> HttpResponse:
    """Everything that waits, late first, with one button each to where it is met."""
    return render(request, "governance/today.html", page_for(request.user, timezone.now()))
