"""Mitt arbete: what waits for the person who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.outbox import RIGHT
from governance.permissions import rights_of
from governance.signed_in import StaffRequest, signed_in
from governance.signing_in import home_of
from governance.today import lead_for, page_for


@require_safe
@signed_in
def today(request: StaffRequest) -> HttpResponse:
    """Everything that waits, late first, with one button each to where it is met."""
    now = timezone.now()
    page = page_for(request.user, now, number=request.GET.get("page"))
    page["sees_letters"] = RIGHT in rights_of(request.user, now)
    return render(request, "governance/today.html", page)


@require_safe
@signed_in
def counts(request: StaffRequest) -> HttpResponse:
    """How much waits by now, for the page that is open: its sentence and the menu's numbers."""
    context = {"lead": lead_for(request.user, timezone.now())}
    return render(request, "governance/_counts.html", context)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first address of the installation leads to what waits."""
    return redirect(home_of(request.user))
