"""Documents on supervision: asking for one, those made before, taking one away."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.errors import AgainstPolicy
from governance.files import attachment_response
from governance.permissions import permitted, require_somewhere
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed
from moderation.actions.reports import download_report, request_report
from moderation.models import SupervisionReport
from moderation.overview.forms import ReportForm
from moderation.overview.reach import RIGHT

PER_PAGE: Final = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: StaffRequest) -> HttpResponse:
    """The form for a new document, and those made on the units that the person oversees."""
    now = timezone.now()
    units = require_somewhere(request.user, RIGHT, now=now)
    today = request.municipality.today(now)
    form = typed(request, ReportForm(request.POST or None, units=units, today=today))
    if request.method == "POST" and form.is_valid():
        try:
            request_report(**form.cleaned_data, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The document is being made, and will stand in the list."))
            return redirect("overview:reports")
    made = SupervisionReport.objects.filter(unit__in=units.values("pk"))
    made = made.select_related("unit", "requested_by", "file")
    page = Paginator(made, PER_PAGE).get_page(request.GET.get("page"))
    waiting = any(row.state == SupervisionReport.State.WAITING for row in page)
    context = {"form": form, "page": page, "waiting": waiting}
    status = 422 if form.errors else 200
    return render(request, "overview/reports.html", context, status=status)


@signed_in
@require_safe
def download(request: StaffRequest, pk: int) -> FileResponse:
    """The document; the log is told who took it."""
    rows = SupervisionReport.objects.select_related("unit", "municipality", "file")
    now = timezone.now()
    found = permitted(rows, pk, RIGHT, request.user, now=now)
    return attachment_response(download_report(found, by=request.user, now=now))
