"""What is open in one's units, and the word that one of the duties need not be done."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.errors import AgainstPolicy
from governance.models import Obligation
from governance.owed import IN_TIME, LATE, RIGHT, in_list, kinds, owed_in, units_of
from governance.permissions import permitted, require_somewhere
from governance.signed_in import StaffRequest, signed_in
from governance.today import in_words
from governance.typed import refuse, typed
from governance.waive_form import WaiveForm
from governance.waiving import RIGHT as WAIVE
from governance.waiving import require_waivable, waive_duty

PER_PAGE: Final = 50


@require_safe
@signed_in
def duties(request: StaffRequest) -> HttpResponse:
    """The open duties of the units one oversees, nearest in time first."""
    now = timezone.now()
    require_somewhere(request.user, RIGHT, now=now)
    asked = {name: request.GET.get(name, "").strip() for name in ("unit", "duty", "state")}
    found = owed_in(request.user, now, **asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **asked,
        "page": page,
        "owed": in_list(page.object_list, request.user, now),
        "units": [(str(unit.pk), unit.name) for unit in units_of(request.user, now)],
        "duties": kinds(),
        "states": [(LATE, _("Late")), (IN_TIME, _("Not late"))],
        "narrowed": any(asked.values()),
    }
    return render(request, "governance/duties.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def waive(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the reason; where it is refused, show it again and why."""
    now = timezone.now()
    rows = Obligation.objects.select_related("unit", "municipality")
    row = permitted(rows, pk, WAIVE, request.user, now=now)
    require_waivable(row, by=request.user, now=now)
    form = typed(request, WaiveForm(request.POST or None))
    if form.is_valid():
        try:
            waive_duty(row, **form.cleaned_data, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("It is waived. The reason stands on it."))
            return redirect("duties")
    context = {"row": in_words(row, now), "form": form}
    status = 422 if form.errors else 200
    return render(request, "governance/waive.html", context, status=status)
