"""The letters that the program has written for the municipality."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.outbox import RIGHT, STATES, kinds_of, letters, notices_of
from governance.permissions import require_somewhere
from governance.signed_in import StaffRequest, signed_in

PER_PAGE: Final = 50


@require_safe
@signed_in
def notices(request: StaffRequest) -> HttpResponse:
    """What was sent, to whom, why and when, and what waits with its error."""
    require_somewhere(request.user, RIGHT, now=timezone.now())
    asked = {name: request.GET.get(name, "").strip() for name in ("words", "kind", "state")}
    found = notices_of(request.municipality, **asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **asked,
        "page": page,
        "letters": letters(page.object_list),
        "kinds": kinds_of(request.municipality),
        "states": [(key, words) for key, (words, _rows) in STATES.items()],
        "narrowed": any(asked.values()),
    }
    return render(request, "governance/notices.html", context)
