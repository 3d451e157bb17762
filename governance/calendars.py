"""The calendars of a municipality's units: each has its own days beside those of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from governance.models import Municipality, OfficeHours, Unit
from governance.working_time import Calendar


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendar of the whole municipality, and those of the units (by key) that differ."""

    whole: Calendar
    own: Mapping[int, Calendar]

    @classmethod
    def of(cls, municipality: Municipality) -> Calendars:
        """Every calendar of a municipality, by at most three queries whatever its size."""
        closed = municipality.closed_days.values_list("unit_id", "day")
        return cls.made(municipality, closed, municipality.office_hours.select_related("unit"))

    @classmethod
    def made(
        cls,
        municipality: Municipality,
        closed_days: Iterable[tuple[int | None, date]],
        office_hours: Iterable[OfficeHours],
    ) -> Calendars:
        """The same from what is closed when, each with the unit's key or None for all, and from
        the hours with their units; by one query more where a unit has its own.
        """
        closed: dict[int | None, set[date]] = defaultdict(set)
        for unit, day in closed_days:
            closed[unit].add(day)
        hours = {
            None if each.unit.parent_id is None else each.unit_id: each for each in office_hours
        }
        whole = Calendar.made(municipality, closed.pop(None, ()), hours.pop(None, None))
        if not closed and not hours:
            return cls(whole, {})
        return cls(whole, dict(_below(municipality, whole, closed, hours)))

    def at(self, unit_id: int) -> Calendar:
        """The calendar of the unit with that key."""
        return self.own.get(unit_id, self.whole)


def calendar_at(unit: Unit) -> Calendar:
    """The calendar of one unit."""
    return Calendars.of(unit.municipality).at(unit.pk)


def _below(
    municipality: Municipality,
    whole: Calendar,
    closed: Mapping[int | None, set[date]],
    hours: Mapping[int | None, OfficeHours],
) -> Iterator[tuple[int, Calendar]]:
    """From the root downwards: a unit has what the one above it has, and what is its own."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for unit, parent in Unit.objects.filter(municipality=municipality).values_list(
        "pk", "parent_id"
    ):
        children[parent].append(unit)
    units = [(unit, whole) for unit in children[None]]
    while units:
        unit, calendar = units.pop()
        if unit in closed:
            calendar = replace(calendar, closed=calendar.closed | closed[unit])
        if unit in hours:
            own = hours[unit]
            calendar = calendar.with_hours(own.weekdays, own.opens, own.closes)
        if calendar is not whole:
            yield unit, calendar
        units += [(child, calendar) for child in children[unit]]
