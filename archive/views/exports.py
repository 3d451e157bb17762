"""Asking for a diary export, watching it being made, taking it away."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from archive.actions.exports import download_export, request_export
from archive.forms import ExportForm, refuse
from archive.models import Export
from archive.records import Period, count_records
from governance.errors import AgainstPolicy
from governance.files import attachment_response
from governance.models import Unit
from governance.permissions import permitted, require_somewhere
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed

PER_PAGE = 20


@signed_in
@require_http_methods(["GET", "POST"])
def exports(request: StaffRequest) -> HttpResponse:
    """The exports made so far, and the form for a new one: first the numbers, then the package."""
    now = timezone.now()
    where = require_somewhere(request.user, "export_diary", now=now)
    units = where.filter(kind__in=(Unit.Kind.MUNICIPALITY, Unit.Kind.BOARD)).order_by("pk")
    today = request.municipality.today(now)
    form = typed(request, ExportForm(request.POST or None, units=units, today=today))
    counts = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            if "count" in request.POST:
                period = Period.of(asked["unit"], asked["starts_on"], asked["ends_on"])
                counts = count_records(period, asked["kinds"])
            else:
                export = request_export(**asked, by=request.user, now=now)
                return redirect("archive:export", pk=export.pk)
        except AgainstPolicy as refusal:
            refuse(form, refusal.field, refusal.message)
    made = Export.objects.filter(unit__in=where).select_related("unit", "requested_by", "package")
    labels = dict(Export.Kind.choices)
    return render(
        request,
        "archive/exports.html",
        {
            "form": form,
            "counts": counts and [(labels[kind], number) for kind, number in counts.items()],
            "page": Paginator(made, PER_PAGE).get_page(request.GET.get("page")),
        },
        status=422 if form.errors else 200,
    )


def _export(request: StaffRequest, pk: int) -> Export:
    exports = Export.objects.select_related("unit", "municipality", "requested_by", "package")
    return permitted(exports, pk, "export_diary", request.user, now=timezone.now())


@signed_in
@require_GET
def export(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the worker has come; the page asks again until the package is ready."""
    found = _export(request, pk)
    labels = dict(Export.Kind.choices)
    return render(
        request,
        "archive/_progress.html" if request.htmx else "archive/export.html",
        {"export": found, "kinds": [labels[kind] for kind in found.kinds]},
    )


@signed_in
@require_GET
def download(request: StaffRequest, pk: int) -> FileResponse:
    """The package; the log is told who took it."""
    package = download_export(_export(request, pk), by=request.user, now=timezone.now())
    return attachment_response(package)
