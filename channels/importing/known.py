"""What a municipality has already, read once for a whole file. Reading only, a query for each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from channels.importing.columns import meant_by, simple
from channels.models import Channel, Plan, Platform
from governance.models import Appointment, Municipality, Unit, User

_STEPS = re.compile(r"\s*>\s*|\s+/\s+")


class Units:
    """The municipality's units, found by name: “Biblioteket”, or “Sektor kultur > Biblioteket”."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_key = {unit.pk: unit for unit in units}
        self.root = next(unit for unit in self.by_key.values() if unit.parent_id is None)
        self._named: Mapping[str, list[Unit]] = defaultdict(list)
        for unit in self.by_key.values():
            self._named[simple(unit.name)].append(unit)

    def find(self, text: str) -> list[Unit]:
        """Every unit that the text can mean: none, one, or several of the same name."""
        if found := self._named.get(simple(text)):
            return found
        *above, name = (simple(step) for step in _STEPS.split(text))
        return [
            unit
            for unit in self._named.get(name, [])
            if above and set(above) <= {simple(each.name) for each in self._above(unit)}
        ]

    def above(self, unit: Unit) -> str:
        """The name of the unit right above."""
        return self.by_key[unit.parent_id].name if unit.parent_id in self.by_key else ""

    @staticmethod
    def can_be_name(text: str) -> bool:
        """Whether a new unit can be called so: a name and no way through the organisation."""
        return len(text) <= 120 and len(_STEPS.split(text)) == 1

    def _above(self, unit: Unit) -> Iterable[Unit]:
        while unit.parent_id in self.by_key:
            unit = self.by_key[unit.parent_id]
            yield unit


class Platforms:
    """The media, found by what people call them."""

    def __init__(self, platforms: Iterable[Platform]) -> None:
        self.all = list(platforms)
        self._named = {
            simple(name): each
            for each in self.all
            for name in (*each.former_names, each.key, each.name, str(each))
        }
        self._by_key = {each.key: each for each in self.all}

    def find(self, text: str) -> list[Platform]:
        """Every medium whose name stands in the text; a name of one letter only by itself."""
        plain = simple(text)
        whole = self._named.get(plain) or self._by_key.get(meant_by("platform", text))
        if whole is not None:
            return [whole]
        named = {
            each.pk: each
            for name, each in self._named.items()
            if len(name) > 1 and f" {name} " in f" {plain} "
        }
        return list(named.values())


@dataclass(frozen=True)
class Known:
    """What a file is held against. `taken` are e-mails of people who are not of here."""

    municipality: Municipality
    today: date
    units: Units
    people: Mapping[str, User]
    taken: frozenset[str]


@dataclass(frozen=True)
class KnownPeople(Known):
    """Also the appointments that hold today or later: person, role and unit by their keys."""

    held: frozenset[tuple[int, str, int]]


@dataclass(frozen=True)
class KnownChannels(Known):
    """Also the media, the channels in whatever state, and the plans that wait, by address."""

    platforms: Platforms
    channels: tuple[Channel, ...]
    asked_for: Mapping[str, Plan]


def known(municipality: Municipality, emails: Collection[str], now: datetime) -> Known:
    """The units, and who has one of the e-mails (in small letters)."""
    today = municipality.today(now)
    still = Q(closed_on__isnull=True) | Q(closed_on__gt=today)
    units = Units(Unit.objects.filter(Q(parent__isnull=True) | still, municipality=municipality))
    users = list(User.objects.filter(email__in=emails)) if emails else []
    return Known(
        municipality,
        today,
        units,
        people={each.email: each for each in users if each.municipality_id == municipality.pk},
        taken=frozenset(e.email for e in users if e.municipality_id != municipality.pk),
    )


def known_people(municipality: Municipality, emails: Collection[str], now: datetime) -> KnownPeople:
    """`known`, and what those people are appointed to."""
    basis = known(municipality, emails, now)
    rows = Appointment.objects.filter(user__in=[each.pk for each in basis.people.values()])
    running = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=basis.today))
    return KnownPeople(
        **vars(basis), held=frozenset(running.values_list("user_id", "role", "unit_id"))
    )


def known_channels(
    municipality: Municipality, emails: Collection[str], now: datetime
) -> KnownChannels:
    """`known`, the media, and every channel and submitted plan of the municipality."""
    plans = Plan.objects.filter(municipality=municipality, state=Plan.State.SUBMITTED)
    return KnownChannels(
        **vars(known(municipality, emails, now)),
        platforms=Platforms(Platform.objects.filter(active=True)),
        channels=tuple(
            Channel.objects.filter(municipality=municipality).select_related("unit", "platform")
        ),
        asked_for={plan.url: plan for plan in plans.exclude(url="")},
    )
