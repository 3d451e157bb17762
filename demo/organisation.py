"""A municipality of the demo: its units, its people and what they are appointed to."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from demo.names import people
from governance import audit
from governance.actions import add_unit, root_of
from governance.founding import Officer, found_municipality
from governance.models import Appointment, Municipality, Unit, User
from governance.policy.adoption import adopt_policy
from governance.roles import Role

FACTS = Path(__file__).resolve().parent / "facts"
POLICIES = Path(__file__).resolve().parent.parent / "governance" / "policies"
SLUGS = ("vargarda", "volda", "vetlanda", "varmdo", "tyreso")
PASSWORD = "en-liten-demo-2026"  # noqa: S105 - printed at every start; invented people only
SETTLED = date(2024, 1, 1)
#: Nobody answers there. The Swedish numbers, the municipalities' own too, are those that Post- och
#: telestyrelsen keeps free for books and films. Norway keeps none, but no number begins with 00.
MOBILES = {
    "SE": [f"070-174 06 {number:02}" for number in range(5, 100)],
    "NO": [f"00 00 00 {number:02}" for number in range(2, 100)],
}


@dataclass(frozen=True)
class Account:
    """A channel that the facts ask for: its unit, platform and name."""

    unit: Unit
    platform: str
    name: str

    @property
    def key(self) -> str:
        """How `quiet` and `storied` of the facts name it."""
        return f"{self.unit.name} {self.platform}"


@dataclass
class Place:
    """One municipality of the demo while it is being built."""

    municipality: Municipality
    facts: dict[str, Any]
    root: Unit
    accounts: list[Account] = field(default_factory=list)
    central: dict[Role, User] = field(default_factory=dict)
    editors: dict[int, list[User]] = field(default_factory=dict)
    hired: int = 0

    @property
    def officer(self) -> User:
        """Whoever runs the register and approves accounts."""
        return self.central[Role.INFORMATION_OFFICER]


#: Titles of the central roles, in the municipality's language.
_CENTRAL: dict[Role, dict[str, str]] = {
    Role.INFORMATION_OFFICER: {"sv": "informatör", "nn": "informasjonskonsulent"},
    Role.HEAD_OF_COMMUNICATIONS: {"sv": "kommunikationschef", "nn": "kommunikasjonssjef"},
    Role.CENTRAL_REGISTRAR: {"sv": "central registrator", "nn": "arkivleiar"},
    Role.ARCHIVIST: {"sv": "arkivarie", "nn": "arkivar"},
    Role.DATA_PROTECTION_OFFICER: {"sv": "dataskyddsombud", "nn": "personvernombod"},
    Role.AUDITOR: {"sv": "kommunrevisor", "nn": "kommunerevisor"},
    Role.CHIEF_EXECUTIVE: {"sv": "kommundirektör", "nn": "kommunedirektør"},
}
_MANAGER_TITLE = {
    "unit": {"sv": "enhetschef", "nn": "einingsleiar"},
    "department": {"sv": "avdelningschef", "nn": "avdelingsleiar"},
    "sector": {"sv": "sektorschef", "nn": "kommunalsjef"},
}
_EDITOR_TITLES = {
    "library": {"sv": "bibliotekarie", "nn": "bibliotekar"},
    "school": {"sv": "lärare", "nn": "lærar"},
    "preschool": {"sv": "förskollärare", "nn": "barnehagelærar"},
    "care": {"sv": "undersköterska", "nn": "helsefagarbeidar"},
    "culture": {"sv": "fritidsledare", "nn": "fritidsleiar"},
    "museum": {"sv": "intendent", "nn": "formidlar"},
    "rescue": {"sv": "brandingenjör", "nn": "brannmeister"},
}
#: The municipality's own letterbox, its registrar's and its communications unit's.
_BOXES = {
    "sv": ("kommun", "registrator", "kommunikation"),
    "nn": ("postmottak", "arkiv", "kommunikasjon"),
}
_OTHER_TITLE = {"sv": "handläggare", "nn": "rådgjevar"}
_REGISTRAR_TITLE = {"sv": "registrator", "nn": "arkivmedarbeidar"}
_COMMUNICATOR_TITLE = {"sv": "förvaltningskommunikatör", "nn": "kommunikasjonsrådgjevar"}


def facts_of(slug: str) -> dict[str, Any]:
    """What is known of the municipality: name, units, accounts, and which have a history."""
    return tomllib.loads((FACTS / f"{slug}.toml").read_text())


def build(slug: str, number: int, now: datetime) -> Place:
    """The municipality with its policy, units and people as the facts say, all there at `now`."""
    facts = facts_of(slug)
    names = people(facts["locale"], seed=number * 997)
    municipality = _found(slug, facts, next(names), now)
    place = Place(municipality, facts, root_of(municipality))
    _central_people(place, names, now)
    content = (POLICIES / f"{slug}.toml").read_text()
    adopt_policy(
        municipality,
        content,
        decision="Demo § 1",
        adopted_on=SETTLED,
        in_force_from=SETTLED,
        by=User.objects.system(),
        now=now,
    )
    _units(place, now)
    _unit_people(place, names, now)
    return place


def ascii_of(text: str) -> str:
    """The text in small letters that an address can carry."""
    plain = text.lower().replace("ø", "o").replace("æ", "a").replace("ı", "i")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "", plain)


def _found(slug: str, facts: dict[str, Any], officer: str, now: datetime) -> Municipality:
    title = _CENTRAL[Role.INFORMATION_OFFICER][facts["locale"]]
    own, registrar, communications = (f"{box}@{slug}.example" for box in _BOXES[facts["locale"]])
    return found_municipality(
        Officer(officer, _address(slug, officer), title),
        by=User.objects.system(),
        now=now,
        slug=slug,
        name=facts["name"],
        country=facts["country"],
        locale=facts["locale"],
        email=own,
        phone=facts["phone"],
        website=f"https://www.{slug}.example/",
        registrar_email=registrar,
        communications_email=communications,
        accent=facts["accent"],
    )


def _central_people(place: Place, names: Iterator[str], now: datetime) -> None:
    """The central offices, held by whoever the information officer found there."""
    place.central[Role.INFORMATION_OFFICER] = place.municipality.people.get()
    for role, titles in _CENTRAL.items():
        if role not in place.central:
            title = titles[place.municipality.locale]
            place.central[role] = _new(place, next(names), title, now)
    others = [(person, place.root, [role]) for role, person in place.central.items()]
    _write(place, others[1:], now)


def _address(slug: str, name: str) -> str:
    first, _space, last = name.partition(" ")
    return f"{ascii_of(first)}.{ascii_of(last)}@{slug}.example"


def _units(place: Place, now: datetime) -> None:
    above: list[Unit] = []
    for line in place.facts["units"].strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name, kind, activity, accounts = (part.strip() for part in line.split("|"))
        parent = above[depth - 1] if depth else place.root
        unit = add_unit(parent, name=name, kind=kind, activity=activity, by=place.officer, now=now)
        above[depth:] = [unit]
        for each in filter(None, accounts.split(",")):
            platform, _equals, own_name = (part.strip() for part in each.partition("="))
            place.accounts.append(Account(unit, platform, own_name or name))


def _unit_people(place: Place, names: Iterator[str], now: datetime) -> None:
    """A manager for every unit that is no board, the administrations' people, and the editors.

    All at once, as a municipality's people come from its staff register on the first day.
    """
    norwegian = place.municipality.country == "NO"
    locale = place.municipality.locale
    hired: list[tuple[User, Unit, list[Role]]] = []
    units = Unit.objects.filter(municipality=place.municipality).select_related("parent")
    for unit in units.exclude(kind__in=("municipality", "board")):
        manager = _new(place, next(names), _MANAGER_TITLE[unit.kind][locale], now)
        hired.append((manager, unit, _manager_roles(unit, norwegian=norwegian)))
        if unit.parent is not None and unit.parent.kind == Unit.Kind.BOARD:
            registrar = _new(place, next(names), _REGISTRAR_TITLE[locale], now)
            hired.append((registrar, unit, [Role.UNIT_REGISTRAR]))
            communicator = _new(place, next(names), _COMMUNICATOR_TITLE[locale], now)
            hired.append((communicator, unit, [Role.UNIT_COMMUNICATOR]))
    hired += _editors(place, names, now)
    _write(place, hired, now)


def _manager_roles(unit: Unit, *, norwegian: bool) -> list[Role]:
    nearest = Role.DEPARTMENT_MANAGER if norwegian else Role.OPERATIONS_MANAGER
    if unit.kind == Unit.Kind.SECTOR:
        return [Role.SECTOR_HEAD, Role.HEAD_OF_ADMINISTRATION, nearest]
    return [nearest]


def _editors(
    place: Place, names: Iterator[str], now: datetime
) -> Iterator[tuple[User, Unit, list[Role]]]:
    """As many as the facts say, spread over the units that have accounts."""
    units = list(dict.fromkeys(account.unit for account in place.accounts))
    for number in range(place.facts["editors"]):
        unit = units[number % len(units)]
        titles = _EDITOR_TITLES.get(unit.activity, _OTHER_TITLE)
        editor = _new(place, next(names), titles[place.municipality.locale], now)
        place.editors.setdefault(unit.pk, []).append(editor)
        yield editor, unit, [Role.EMPLOYEE]


def _new(place: Place, name: str, title: str, now: datetime) -> User:
    phones = MOBILES[place.municipality.country]
    place.hired += 1
    person = User(
        email=_address(place.municipality.slug, name),
        name=name,
        title=title,
        phone=phones[place.hired % len(phones)],
        municipality=place.municipality,
        is_active=True,
        requested_at=now,
        approved_at=now,
        approved_by=place.officer,
    )
    person.set_unusable_password()
    return person


@transaction.atomic
def _write(place: Place, hired: list[tuple[User, Unit, list[Role]]], now: datetime) -> None:
    bulk_create_with_history([person for person, _unit, _roles in hired], User, default_date=now)
    appointments = Appointment.objects.bulk_create(
        Appointment(
            municipality=place.municipality,
            user=person,
            role=role,
            unit=unit,
            starts_on=SETTLED,
            decided_by=place.officer,
            created_at=now,
        )
        for person, unit, roles in hired
        for role in roles
    )
    lines = [audit.line("person.added", person, now=now) for person, _unit, _roles in hired]
    lines += [
        audit.line("person.appointed", each, now=now, user=each.user_id, role=each.role)
        for each in appointments
    ]
    audit.record_many(lines, by=place.officer, now=now)
