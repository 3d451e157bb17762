"""What the pages of the overview show, gathered by a bounded number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from channels.models import Channel
from governance.models import Municipality, Obligation, Unit
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Stated
from moderation.overview.figures import (
    Counts,
    Covered,
    DutyCounts,
    Period,
    breaches,
    by_day,
    by_duty,
    by_month,
    covered_by,
    looks,
    worst_first,
)
from moderation.overview.maps import Month, Strip, months_of, sentence, strip_of

PER_PAGE: Final = 25
FLOOR_RULE: Final = "monitoring.legal_floor"


@dataclass(frozen=True, slots=True)
class Figures:
    """A year of duties, or a part of one, of whatever the rows are about."""

    months: list[Month]
    looks: Counts
    duties: list[DutyCounts]
    covered: list[Covered]
    #: how often the floor was broken; None where the guideline has none and had none
    breaches: int | None

    @property
    def words(self) -> str:
        return sentence(self.looks)

    @property
    def shown_months(self) -> list[Month]:
        """Those of which there is something to count."""
        return [month for month in self.months if month.counts.any]

    @property
    def timed(self) -> list[DutyCounts]:
        return [each for each in self.duties if each.timed]

    @property
    def untimed(self) -> list[DutyCounts]:
        return [each for each in self.duties if not each.timed]


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit or channel among others: its looks in the year, as counts and as a strip."""

    name: str
    about: str
    url: str
    counts: Counts
    strip: Strip

    @property
    def words(self) -> str:
        return sentence(self.counts)


def figures_of(
    rows: QuerySet[Obligation],
    municipality: Municipality,
    period: Period,
    now: datetime,
    *,
    resting: Collection[date] = (),
    named: bool = False,
) -> Figures:
    """The figures, by five queries. `named`: also who looked, not only in which role."""
    today = municipality.today(now)
    months = months_of(period, by_day(looks(rows), now), today, resting)
    return Figures(
        months=months,
        looks=Counts.sum(month.counts for month in months),
        duties=by_duty(rows, now),
        covered=covered_by(rows, municipality, named=named),
        breaches=breaches(rows, now).count() or (0 if _has_floor(municipality, now) else None),
    )


def _has_floor(municipality: Municipality, now: datetime) -> bool:
    try:
        return isinstance(policy_for(municipality, now).rule(FLOOR_RULE), Stated)
    except NoPolicyInForce:
        return False


def units_in(rows: QuerySet[Obligation]) -> int:
    """At how many units looks were owed, counted no further than two."""
    return len(looks(rows).order_by().values_list("unit").distinct()[:2])


def worst_units(
    rows: QuerySet[Obligation], period: Period, page: str | None, now: datetime
) -> tuple[Any, list[Standing]]:
    """A page of the units at which looks were owed, those with most missed first."""
    found = Paginator(worst_first(looks(rows), now, "unit_id"), PER_PAGE).get_page(page)
    units = Unit.objects.select_related("parent", "municipality").in_bulk(_keys(found, "unit_id"))
    names = {
        pk: (
            unit.name,
            unit.parent.name if unit.parent else "",
            reverse("overview:unit", args=[pk]),
        )
        for pk, unit in units.items()
    }
    return found, _standings(found, looks(rows), "unit_id", names, period, now)


def worst_channels(
    rows: QuerySet[Obligation], period: Period, page: str | None, now: datetime
) -> tuple[Any, list[Standing]]:
    """A page of the channels on which looks were owed, those with most missed first."""
    about = ContentType.objects.get_for_model(Channel)
    rows = looks(rows).filter(subject_type=about)
    found = Paginator(worst_first(rows, now, "subject_id"), PER_PAGE).get_page(page)
    channels = Channel.objects.select_related("platform").in_bulk(_keys(found, "subject_id"))
    names = {
        pk: (channel.name, str(channel.platform), reverse("overview:channel", args=[pk]))
        for pk, channel in channels.items()
    }
    return found, _standings(found, rows, "subject_id", names, period, now)


def page_of(rows: QuerySet[Obligation], page: str | None) -> Any:
    """A page of a long list."""
    return Paginator(rows, PER_PAGE).get_page(page)


def first_year(municipality: Municipality, now: datetime) -> int:
    """The year of the first duty with a day, or this one where there is none."""
    rows = Obligation.objects.filter(municipality=municipality)
    first = rows.aggregate(day=Min("due_on"))["day"]
    return (first or municipality.today(now)).year


def _keys(page: Any, by: str) -> list[int]:
    return [row[by] for row in page.object_list]


def _standings(
    page: Any,
    rows: QuerySet[Obligation],
    by: str,
    names: dict[int, tuple[str, str, str]],
    period: Period,
    now: datetime,
) -> list[Standing]:
    today = timezone.localdate(now)
    months = by_month(rows, now, by, names)
    return [
        Standing(
            *names[row[by]],
            Counts.read(row),
            strip_of(period, months.get(row[by], {}), today),
        )
        for row in page.object_list
    ]
