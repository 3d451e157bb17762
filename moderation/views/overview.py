"""The overview: how duties were kept, for the municipality, a unit or a channel, year by year."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.models import Obligation
from governance.permissions import rights_of, units_below
from governance.signed_in import StaffRequest, signed_in
from moderation.overview.figures import Period, of_channel, of_channels, of_units
from moderation.overview.gaps import days_of_rest, gap_rows, gaps
from moderation.overview.maps import legend
from moderation.overview.pages import (
    figures_of,
    first_year,
    page_of,
    units_in,
    worst_channels,
    worst_units,
)
from moderation.overview.reach import (
    RIGHT,
    own_channels,
    permitted_channel,
    permitted_unit,
    units_for,
)


@signed_in
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Every unit that the person oversees, or else the channels that they look after."""
    now = timezone.now()
    units, (period, years) = units_for(request.user, now), _asked(request)
    if units.exists():
        rows = of_units(request.municipality, units, period)
    else:
        rows = of_channels(request.municipality, own_channels(request.user, now), period)
    return _several(request, rows, period, years | {"title": request.municipality.name})


@signed_in
@require_safe
def unit(request: StaffRequest, pk: int) -> HttpResponse:
    """A unit and those below it."""
    found = permitted_unit(pk, request.user, timezone.now())
    period, years = _asked(request)
    rows = of_units(request.municipality, units_below([found.pk]), period)
    return _several(request, rows, period, years | {"title": found.name, "unit": found})


@signed_in
@require_safe
def channel(request: StaffRequest, pk: int) -> HttpResponse:
    """A channel: its year, who looked, and every look that did not come in time."""
    now = timezone.now()
    found = permitted_channel(pk, request.user, now)
    period, years = _asked(request)
    rows = of_channel(found, period)
    page = page_of(gap_rows(rows, now), request.GET.get("page"))
    resting = days_of_rest(found, period)
    figures = figures_of(rows, request.municipality, period, now, resting=resting, named=True)
    context = years | {
        "channel": found,
        "figures": figures,
        "page": page,
        "gaps": gaps(page.object_list),
    }
    return render(request, "overview/channel.html", context)


def _several(
    request: StaffRequest, rows: QuerySet[Obligation], period: Period, context: dict[str, Any]
) -> HttpResponse:
    """The figures of several channels, and the units among them or, of one unit, the channels."""
    now = timezone.now()
    many = units_in(rows) > 1
    worst = worst_units if many else worst_channels
    page, standings = worst(rows, period, request.GET.get("page"), now)
    context |= {
        "figures": figures_of(rows, request.municipality, period, now),
        "listed": _("Units, most missed first") if many else _("Channels, most missed first"),
        "page": page,
        "standings": standings,
        "may_report": RIGHT in rights_of(request.user, now),
    }
    return render(request, "overview/several.html", context)


def _asked(request: StaffRequest) -> tuple[Period, dict[str, Any]]:
    """The year that is asked for, or this one where nothing is known of that; and, for the page,
    the years beside it.
    """
    now, asked = timezone.now(), request.GET.get("year", "")
    this_year = request.municipality.today(now).year
    first = first_year(request.municipality, now)
    year = int(asked) if _is_year(asked) else this_year
    if not first <= year <= this_year:
        year = this_year
    return Period.of_year(year), {
        "year": year,
        "before": year - 1 if year > first else None,
        "after": year + 1 if year < this_year else None,
        "legend": legend(),
    }


def _is_year(asked: str) -> bool:
    return asked.isascii() and asked.isdecimal() and len(asked) == 4
