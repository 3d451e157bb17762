"""The archive's first page, and the registrar's tray."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from archive.actions.tray import Answer, give_back, need_not, register
from archive.forms import TrayForm, refuse
from archive.models import Export, Snapshot
from archive.tray import RIGHT, Record, detail_of, key_of, lines, record_of, waiting
from governance.errors import AgainstPolicy
from governance.permissions import require_somewhere
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed
from moderation.models import Item

PER_PAGE = 25
LATEST = 5

ACTS: Final[Mapping[str, tuple[Callable[..., None], Any]]] = {
    "register": (register, gettext_lazy("Registered. Whoever handed it over can see the number.")),
    "need_not": (need_not, gettext_lazy("Written down: it need not be registered.")),
    "return": (give_back, gettext_lazy("Returned. The question waits for the editor.")),
}


@signed_in
@require_GET
def landing(request: StaffRequest) -> HttpResponse:
    """What waits, the latest packages and the latest snapshots."""
    now = timezone.now()
    units = require_somewhere(request.user, RIGHT, now=now)
    found = waiting(request.user, now)
    oldest = found.first()
    snapshots = Snapshot.objects.filter(channel__unit__in=units)
    exports = Export.objects.filter(unit__in=units)
    return render(
        request,
        "archive/landing.html",
        {
            "count": found.count(),
            "oldest": oldest[2] if oldest else None,
            "snapshots": snapshots.select_related("channel__platform")[:LATEST],
            "exports": exports.select_related("unit", "requested_by")[:LATEST],
        },
    )


@signed_in
@require_http_methods(["GET", "POST"])
def tray(request: StaffRequest) -> HttpResponse:
    """What waits on the left, the record that `item` names beside it; three answers to it."""
    now = timezone.now()
    require_somewhere(request.user, RIGHT, now=now)
    if request.method == "POST":
        return _answer(request, now)
    key = request.GET.get("item", "")
    return _page(request, record_of(key, request.user, now) if key else None, now)


@signed_in
@require_GET
def finding(request: StaffRequest, pk: int) -> HttpResponse:
    """The tray with the finding beside it: where its registration waits."""
    item = record_of(f"finding-{pk}", request.user, timezone.now())
    return redirect(f"{reverse('archive:tray')}?item={key_of(item)}")


def _answer(request: StaffRequest, now: datetime) -> HttpResponse:
    record = record_of(request.POST.get("item", ""), request.user, now)
    verb, said = ACTS.get(request.POST.get("act", ""), (None, ""))
    if verb is None or (verb is need_not and isinstance(record, Snapshot)):
        raise Http404
    form = typed(request, TrayForm(request.POST, record=record))
    if form.is_valid():
        try:
            verb(record, Answer(**form.cleaned_data), by=request.user, now=now)
        except AgainstPolicy as refusal:
            refuse(form, refusal.field, refusal.message, refusal.clause)
        else:
            messages.success(request, said)
            return redirect("archive:tray")
    return _page(request, record, now, form)


def _page(
    request: StaffRequest, record: Record | None, now: datetime, form: TrayForm | None = None
) -> HttpResponse:
    page = Paginator(waiting(request.user, now), PER_PAGE).get_page(request.GET.get("page"))
    listed = lines(list(page))
    if record is None and listed:
        record = record_of(listed[0].key, request.user, now)
    context: dict[str, Any] = {"page": page, "lines": listed}
    if record is not None:
        context |= {
            "record": record,
            "detail": detail_of(record, request.user, now),
            "form": form or typed(request, TrayForm(record=record)),
            "questions": _questions(record),
        }
    status = 422 if form is not None else 200
    return render(request, "archive/tray.html", context, status=status)


def _questions(record: Record) -> list[Any]:
    if not isinstance(record, Item):
        return []
    return list(record.questions.select_related("asked_by", "answered_by"))
