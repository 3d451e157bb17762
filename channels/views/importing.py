"""Bring in what is there from a file: upload, columns, what was found, carry out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.importing import (
    RIGHT_FOR,
    begin_import,
    carry_out,
    choose_columns,
    dry_run,
    end_import,
    replace_file,
    require_importer,
)
from channels.forms.importing import CarryOutForm, ColumnsForm, FileForm, UploadForm
from channels.importing.columns import COLUMNS, missing
from channels.importing.reading import Table
from channels.models import Import
from governance.errors import AgainstPolicy
from governance.models import Unit
from governance.permissions import permitted
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import refuse, typed, typed_all

PER_PAGE: Final = 20
#: So many faults, and so many names, are shown at once.
MOST: Final = 300


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: StaffRequest) -> HttpResponse:
    """Choose a file; below, those brought in or begun before."""
    now = timezone.now()
    require_importer(request.user, now=now)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = typed(request, UploadForm(*sent))
    if form.is_valid():
        try:
            begun = begin_import(
                request.municipality,
                form.cleaned_data["kind"],
                form.content(),
                name=form.cleaned_data["file"].name,
                by=request.user,
                now=now,
            )
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            return redirect("channels:import", begun.pk)
    earlier = Import.objects.visible_to(request.user).select_related("begun_by")
    page = Paginator(earlier, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "channels/imports.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sitting(request: StaffRequest, pk: int) -> HttpResponse:
    """The file's columns and what is in it; sent, another choice of columns."""
    now = timezone.now()
    begun = _permitted(request, pk, now)
    if request.method != "POST":
        return _page(request, begun, now)
    form = typed(request, _columns_form(begun, request.POST))
    if form.is_valid():
        try:
            choose_columns(
                begun,
                form.mapped(),
                units_below=form.units_below(),
                by=request.user,
                now=now,
            )
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            return redirect("channels:import", pk)
    return _page(request, begun, now, columns=form)


@signed_in
@posted_on("channels:import")
def replace(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the mended file in the place of the one before."""
    now = timezone.now()
    begun = _permitted(request, pk, now)
    form = typed(request, FileForm(request.POST, request.FILES))
    if form.is_valid():
        name = form.cleaned_data["file"].name
        try:
            replace_file(begun, form.content(), name=name, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            return redirect("channels:import", pk)
    return _page(request, begun, now, mended=form)


@signed_in
@posted_on("channels:import")
def carry(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring in all that is new."""
    now = timezone.now()
    begun = _permitted(request, pk, now)
    form = typed(request, CarryOutForm(request.POST, kind=begun.kind))
    if form.is_valid():
        try:
            carry_out(begun, due_on=form.due(), by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("All of it is brought in."))
            return redirect("channels:import", pk)
    return _page(request, begun, now, carrying=form)


@signed_in
@posted_on("channels:import")
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the file aside."""
    now = timezone.now()
    end_import(_permitted(request, pk, now), by=request.user, now=now)
    messages.success(request, _("The file is put aside. Nothing was brought in."))
    return redirect("channels:imports")


def _permitted(request: StaffRequest, pk: int, now: datetime) -> Import:
    """The import: 404 to strangers, 403 to colleagues who do not keep the register."""
    rows = Import.objects.select_related("municipality", "begun_by", "over_by", "units_below")
    kind = rows.visible_to(request.user).filter(pk=pk).values_list("kind", flat=True).first()
    right = RIGHT_FOR.get(kind or "", "edit_register")
    return permitted(rows, pk, right, request.user, now=now)


def _page(
    request: StaffRequest, begun: Import, now: datetime, **forms_sent: forms.Form
) -> HttpResponse:
    """Where the import stands; `forms_sent` come back with what is wrong with them."""
    if begun.state != Import.State.BEGUN:
        return render(request, "channels/import_over.html", {"begun": begun})
    table = begun.as_table()
    lacking = missing(begun.kind, begun.mapped)
    checked = None if lacking else dry_run(begun, now)
    context: dict[str, Any] = {
        "begun": begun,
        "lines": len(table.lines),
        "lacking": [each.label for each in lacking],
        "checked": checked,
        "samples": _samples(begun, table),
        "most": MOST,
        "columns": _columns_form(begun),
        "mended": FileForm(),
        "carrying": CarryOutForm(kind=begun.kind),
    } | forms_sent
    typed_all(request, context)
    status = max(_status(form) for form in forms_sent.values()) if forms_sent else 200
    return render(request, "channels/import.html", context, status=status)


def _columns_form(begun: Import, data: Any = None) -> ColumnsForm:
    units = Unit.objects.filter(municipality=begun.municipality, closed_on__isnull=True)
    headers = begun.as_table().headers if begun.table else ()
    return ColumnsForm(data, begun=begun, headers=headers, units=units)


def _samples(begun: Import, table: Table) -> list[tuple[Any, str, str]]:
    """Each column that was found: its name, the file's header, and the first text below it."""
    found = []
    for column in COLUMNS[begun.kind]:
        if column.key in begun.mapped:
            place = begun.mapped[column.key]
            texts = (line.cells[place] for line in table.lines)
            first = next((text for text in texts if text), "")
            found.append((column.label, table.headers[place], first))
    return found


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200
