"""Comparing a policy file with the version in force, before anybody adopts it."""

from __future__ import annotations

import io
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.comparison import (
    HEADER,
    KIND_WORDS,
    Comparison,
    cells,
    compared,
    due_words,
    require_adopter,
)
from governance.comparison_form import ComparisonForm
from governance.models import Municipality
from governance.obligations.foreseeing import MOST_OPEN
from governance.policy.faults import PolicyRefused
from governance.signed_in import StaffRequest, signed_in
from governance.spreadsheets import write_csv
from governance.typed import typed

#: So many obligations stand on the page; all of them are in the file.
LISTED: Final = 200


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: StaffRequest) -> HttpResponse:
    """What a file says otherwise than the version in force, and what would become of what is open.

    Nothing is adopted.
    """
    now = timezone.now()
    require_adopter(request.municipality, by=request.user, now=now)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = typed(request, ComparisonForm(*sent))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        place = request.municipality
        try:
            with compared(
                place, form.cleaned_data["content"], by=request.user, now=now, most_open=MOST_OPEN
            ) as found:
                if "all" in request.POST:
                    return _file(found, place)
                context |= _told(found, place)
        except PolicyRefused as refused:
            form.refuse(refused)
    status = 422 if form.errors else 200
    return render(request, "governance/comparison.html", context, status=status)


def _told(found: Comparison, municipality: Municipality) -> dict[str, Any]:
    """Everything that the page shows, read before the comparison is rolled back."""
    counts = found.foreseen.counts()
    return {
        "found": found,
        "counts": [(KIND_WORDS[each.kind], each) for each in counts],
        "total": sum(each.number for each in counts),
        "listed": LISTED,
        "differences": [
            (
                KIND_WORDS[each.kind],
                each,
                due_words(each.before, municipality),
                due_words(each.after, municipality),
            )
            for each in found.foreseen.differences(LISTED)
        ],
    }


def _file(found: Comparison, municipality: Municipality) -> HttpResponse:
    """Every obligation that would appear, move or go, as CSV."""
    content = io.BytesIO()
    rows = (cells(each, municipality) for each in found.foreseen.differences())
    write_csv(content, [str(words) for words in HEADER], rows)
    name = f"{municipality.slug}-{found.foreseen.version.adopted_on}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content.getvalue(), "text/csv; charset=utf-8", headers=headers)
