"""Ekby: the one small town in which the tests happen.

Anna is the manager responsible for operations at the library, Sten the head of its sector, Ben the
information officer, Rut the central registrar. Cleo writes plans and edits, Dag is a second
administrator, Ola is a colleague at the school without any role at the library. Otto holds every
role there is, in the neighbouring Grannby, and has no business here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from governance.models import Absence, Appointment, Municipality, PolicyVersion, Unit, User
from governance.roles import NAMED_BY_POLICIES, Role

STOCKHOLM = ZoneInfo("Europe/Stockholm")
#: A Monday morning with nothing special about it.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=STOCKHOLM)
LONG_AGO = date(2020, 1, 1)
PASSWORD = "åtta-blå-hästar-simmar"
TESTS = Path(__file__).resolve().parent
POLICIES = TESTS.parent / "governance" / "policies"
#: A file that is not shipped: what holds for it holds for any municipality.
POLICIES_OF_THE_TESTS = TESTS / "policies"


def at(day: str, clock: str = "09:00", zone: ZoneInfo = STOCKHOLM) -> datetime:
    """An aware moment from `2026-03-02` and `09:00` as read on a clock in the zone."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


def later(moment: datetime = NOW, **span: float) -> datetime:
    """So much real time after the moment, whatever the clocks do in between."""
    return (moment.astimezone(UTC) + timedelta(**span)).astimezone(moment.tzinfo)


@dataclass
class Town:
    municipality: Municipality
    root: Unit
    board: Unit
    culture: Unit
    library: Unit
    school: Unit
    anna: User
    sten: User
    ben: User
    rut: User
    cleo: User
    dag: User
    ola: User
    neighbour: Municipality
    neighbour_unit: Unit
    otto: User


def municipality(slug: str, name: str, **fields: object) -> tuple[Municipality, Unit]:
    """A municipality with its root unit."""
    values: dict[str, object] = {
        "country": "SE",
        "locale": "sv",
        "time_zone": "Europe/Stockholm",
        "email": f"kommun@{slug}.example",
        "phone": "0100-10 00",
        "website": f"https://www.{slug}.example/",
        "registrar_email": f"registrator@{slug}.example",
        "communications_email": f"kommunikation@{slug}.example",
    }
    place = Municipality.objects.create(slug=slug, name=name, **(values | fields))
    root = Unit.objects.create(municipality=place, name=name, kind=Unit.Kind.MUNICIPALITY)
    return place, root


def unit(parent: Unit, name: str, kind: Unit.Kind, activity: str = "general") -> Unit:
    """A unit below another."""
    return Unit.objects.create(
        municipality=parent.municipality, parent=parent, name=name, kind=kind, activity=activity
    )


def person(place: Municipality, name: str, title: str, **fields: object) -> User:
    """Somebody of the municipality who may sign in with PASSWORD."""
    address = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    return User.objects.create_user(
        f"{address}@{place.slug}.example",
        PASSWORD,
        name=name,
        title=title,
        municipality=place,
        is_active=True,
        **fields,
    )


def appoint(
    user: User,
    role: Role,
    where: Unit,
    *,
    starts_on: date = LONG_AGO,
    ends_on: date | None = None,
    group: str = "",
) -> Appointment:
    """The person in the role on the unit, without asking anybody."""
    appointment = _appointment(user, role, where, starts_on=starts_on, ends_on=ends_on)
    appointment.group = group
    appointment.save()
    return appointment


def _appointment(
    user: User, role: Role, where: Unit, *, starts_on: date = LONG_AGO, ends_on: date | None = None
) -> Appointment:
    return Appointment(
        municipality=where.municipality,
        user=user,
        role=role,
        unit=where,
        starts_on=starts_on,
        ends_on=ends_on,
        decided_by=user,
        created_at=NOW,
    )


def away(
    someone: User, deputy: User | None, start: str = "2026-03-01", end: str = "2026-03-08"
) -> Absence:
    """The person is away around NOW, from the first day to the last, with a deputy or without."""
    return Absence.objects.create(
        user=someone,
        deputy=deputy,
        starts_on=date.fromisoformat(start),
        ends_on=date.fromisoformat(end),
        entered_by=someone,
        entered_at=NOW,
    )


def adopt(place: Municipality, policy: str = "vargarda", *, number: int = 1) -> PolicyVersion:
    """One of the policy files, in force in the municipality since long ago."""
    return adopt_text(place, file_of(policy).read_text(), number=number)


def file_of(policy: str) -> Path:
    """The policy file of that name."""
    shipped = POLICIES / f"{policy}.toml"
    return shipped if shipped.exists() else POLICIES_OF_THE_TESTS / f"{policy}.toml"


def adopt_text(
    place: Municipality, content: str, *, number: int = 1, in_force_from: date = LONG_AGO
) -> PolicyVersion:
    """A policy given as text, in force from a day."""
    return PolicyVersion.objects.create(
        municipality=place,
        number=number,
        title="Riktlinjer",
        content=content,
        digest=sha256(content.encode()).hexdigest(),
        decision="KF § 1",
        adopted_on=in_force_from,
        in_force_from=in_force_from,
        adopted_by=User.objects.system(),
        adopted_at=NOW,
    )


def build(policy: str = "vargarda") -> Town:
    """Ekby and Grannby, both under one of the policy files."""
    ekby, root = municipality("ekby", "Ekby kommun")
    board = unit(root, "Bildningsnämnden", Unit.Kind.BOARD)
    culture = unit(board, "Sektor kultur", Unit.Kind.SECTOR, "culture")
    library = unit(culture, "Ekby bibliotek", Unit.Kind.UNIT, "library")
    school = unit(board, "Ekbackens skola", Unit.Kind.UNIT, "school")
    grannby, grannby_root = municipality("grannby", "Grannby kommun", accent="#734488")
    grannby_unit = unit(grannby_root, "Grannby bibliotek", Unit.Kind.UNIT, "library")

    town = Town(
        municipality=ekby,
        root=root,
        board=board,
        culture=culture,
        library=library,
        school=school,
        anna=person(ekby, "Anna Ek", "enhetschef"),
        sten=person(ekby, "Sten Alm", "sektorschef"),
        ben=person(ekby, "Ben Lind", "informatör"),
        rut=person(ekby, "Rut Asp", "registrator"),
        cleo=person(ekby, "Cleo Sjö", "bibliotekarie"),
        dag=person(ekby, "Dag Åberg", "bibliotekarie"),
        ola=person(ekby, "Ola Rönn", "lärare"),
        neighbour=grannby,
        neighbour_unit=grannby_unit,
        otto=person(grannby, "Otto Granne", "kommundirektör"),
    )
    held = [
        (town.anna, Role.OPERATIONS_MANAGER, library),
        (town.sten, Role.SECTOR_HEAD, culture),
        (town.ben, Role.INFORMATION_OFFICER, root),
        (town.rut, Role.CENTRAL_REGISTRAR, root),
        (town.cleo, Role.EMPLOYEE, library),
        (town.dag, Role.EMPLOYEE, library),
        (town.ola, Role.EMPLOYEE, school),
        *((town.otto, role, grannby_root) for role in NAMED_BY_POLICIES),
    ]
    # in one statement, since nearly every test begins here
    Appointment.objects.bulk_create(_appointment(*each) for each in held)
    for place in (ekby, grannby):
        adopt(place, policy)
    return town
