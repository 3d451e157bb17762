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
    """A municipality and its root unit."""
    place, root = _municipality(slug, name, **fields)
    place.save()
    root.save()
    return place, root


def _municipality(slug: str, name: str, **fields: object) -> tuple[Municipality, Unit]:
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
    place = Municipality(slug=slug, name=name, **(values | fields))
    return place, Unit(municipality=place, name=name, kind=Unit.Kind.MUNICIPALITY)


def unit(parent: Unit, name: str, kind: Unit.Kind, activity: str = "general") -> Unit:
    """A unit below another."""
    below = _unit(parent, name, kind, activity)
    below.save()
    return below


def _unit(parent: Unit, name: str, kind: Unit.Kind, activity: str = "general") -> Unit:
    return Unit(
        municipality=parent.municipality, parent=parent, name=name, kind=kind, activity=activity
    )


def person(place: Municipality, name: str, title: str, **fields: object) -> User:
    """Somebody of the municipality who may sign in with PASSWORD."""
    someone = _person(place, name, title, **fields)
    someone.save()
    return someone


def _person(place: Municipality, name: str, title: str, **fields: object) -> User:
    address = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    someone = User(
        email=f"{address}@{place.slug}.example",
        name=name,
        title=title,
        municipality=place,
        is_active=True,
        **fields,
    )
    someone.set_password(PASSWORD)
    return someone


def operator() -> User:
    """Whoever operates the installation, and belongs to neither municipality."""
    someone = User(email="drift@uppsikt.example", name="Drift", is_active=True, is_operator=True)
    someone.set_password(PASSWORD)
    someone.save()
    return someone


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
    adopted = _adoption(place, content, number=number, in_force_from=in_force_from)
    adopted.save()
    return adopted


def _adoption(
    place: Municipality, content: str, *, number: int = 1, in_force_from: date = LONG_AGO
) -> PolicyVersion:
    return PolicyVersion(
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
    """Ekby and Grannby, both under one of the policy files.

    Each kind of row in one statement, since nearly every test begins here.
    """
    ekby, root = _municipality("ekby", "Ekby kommun")
    grannby, grannby_root = _municipality("grannby", "Grannby kommun", accent="#734488")
    board = _unit(root, "Bildningsnämnden", Unit.Kind.BOARD)
    culture = _unit(board, "Sektor kultur", Unit.Kind.SECTOR, "culture")
    library = _unit(culture, "Ekby bibliotek", Unit.Kind.UNIT, "library")
    school = _unit(board, "Ekbackens skola", Unit.Kind.UNIT, "school")
    grannby_unit = _unit(grannby_root, "Grannby bibliotek", Unit.Kind.UNIT, "library")
    Municipality.objects.bulk_create([ekby, grannby])
    for level in ([root, grannby_root], [board, grannby_unit], [culture, school], [library]):
        Unit.objects.bulk_create(level)

    town = Town(
        municipality=ekby,
        root=root,
        board=board,
        culture=culture,
        library=library,
        school=school,
        anna=_person(ekby, "Anna Ek", "enhetschef"),
        sten=_person(ekby, "Sten Alm", "sektorschef"),
        ben=_person(ekby, "Ben Lind", "informatör"),
        rut=_person(ekby, "Rut Asp", "registrator"),
        cleo=_person(ekby, "Cleo Sjö", "bibliotekarie"),
        dag=_person(ekby, "Dag Åberg", "bibliotekarie"),
        ola=_person(ekby, "Ola Rönn", "lärare"),
        neighbour=grannby,
        neighbour_unit=grannby_unit,
        otto=_person(grannby, "Otto Granne", "kommundirektör"),
    )
    people = [each for each in vars(town).values() if isinstance(each, User)]
    User.objects.bulk_create(people)
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
    Appointment.objects.bulk_create(_appointment(*each) for each in held)
    content = file_of(policy).read_text()
    PolicyVersion.objects.bulk_create(_adoption(place, content) for place in (ekby, grannby))
    return town
