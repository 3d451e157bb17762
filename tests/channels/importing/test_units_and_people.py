"""Units and people from files: what is above what, who holds which role where."""

from __future__ import annotations

import pytest

from channels.actions.importing import begin_import, carry_out, dry_run
from channels.importing.checking import Checked
from channels.models import Import
from governance.models import Appointment, AuditEntry, Notice, Unit, User
from governance.roles import Role
from tests.channels.importing.files import csv_of
from tests.town import NOW, Town

UNITS = ("Enhet", "Typ", "Tillhör")
PEOPLE = ("Namn", "E-post", "Titel", "Enhet", "Roll")
EVA = ("Eva Ny", "Eva.Ny@ekby.example", "rektor", "Ekbackens skola", "Enhetschef")


def begin(town: Town, kind: str, *rows: tuple[str, ...]) -> Import:
    headers = UNITS if kind == "units" else PEOPLE
    content = csv_of([headers, *rows])
    return begin_import(town.municipality, kind, content, name="f.csv", by=town.ben, now=NOW)


def found(town: Town, kind: str, *rows: tuple[str, ...]) -> Checked:
    return dry_run(begin(town, kind, *rows), NOW)


def bring_in(town: Town, kind: str, *rows: tuple[str, ...]) -> Import:
    return carry_out(begin(town, kind, *rows), by=town.ben, now=NOW)


def test_units_come_in_whatever_the_order_of_their_lines(town: Town) -> None:
    rows = [
        ("Ängens förskola", "enhet", "Barn och unga"),
        ("Barn och unga", "Förvaltning", "Bildningsnämnden"),
        ("Ekby kommun", "kommun", ""),
        ("Sektor kultur", "sektor", "Bildningsnämnden"),
        ("Vård och omsorg", "sektor", ""),
    ]
    done = bring_in(town, "units", *rows)
    assert (done.made, done.left) == (3, 2)
    nursery = Unit.objects.get(name="Ängens förskola")
    assert nursery.parent is not None
    assert (nursery.parent.name, nursery.parent.parent) == ("Barn och unga", town.board)
    assert nursery.parent.kind == Unit.Kind.SECTOR
    assert Unit.objects.get(name="Vård och omsorg").parent == town.root
    assert AuditEntry.objects.filter(act="unit.added").count() == 3
    assert len(found(town, "units", *rows).there) == 5


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([("A", "", "Finns inte")], 2, "neither here nor in the file"),
        ([("A", "", "B"), ("B", "", "A")], 2, "lies under itself"),
        ([("A", "", ""), ("A", "", "")], 3, "same unit stands on line 2"),
        ([("A", "planet", "")], 2, "Write one of these"),
        ([("A", "kommun", "")], 2, "only one municipality"),
        ([("", "enhet", "")], 2, "is empty and is needed"),
        ([("A", "", "B"), ("B", "", ""), ("B", "", "Sektor kultur")], 2, "Several units"),
    ],
)
def test_a_unit_that_cannot_be_is_told_with_its_line(
    town: Town, rows: list[tuple[str, str, str]], line: int, words: str
) -> None:
    faults = found(town, "units", *rows).faults
    assert [words in fault.message for fault in faults if fault.line == line] == [True]


def test_people_wait_to_be_approved_hold_their_role_and_nobody_is_told(town: Town) -> None:
    registrar = ("Rolf Ek", "rolf@ekby.example", "", "", "Registrator")
    both = ("Eva Ny", "eva.ny@ekby.example", "", "Ekby bibliotek", "")
    done = bring_in(town, "people", EVA, both, registrar)
    assert done.made == 5
    eva = User.objects.get(email="eva.ny@ekby.example")
    assert (eva.name, eva.title, eva.municipality) == ("Eva Ny", "rektor", town.municipality)
    assert eva.is_waiting
    assert not eva.is_active
    assert not eva.has_usable_password()
    held = set(Appointment.objects.filter(user=eva).values_list("role", "unit", "decided_by"))
    assert held == {
        (Role.UNIT_MANAGER, town.school.pk, town.ben.pk),
        (Role.EMPLOYEE, town.library.pk, town.ben.pk),
    }
    rolf = Appointment.objects.get(user__email="rolf@ekby.example")
    assert (rolf.role, rolf.unit) == (Role.CENTRAL_REGISTRAR, town.root)
    assert not Notice.objects.exists()
    again = found(town, "people", EVA, both, registrar)
    assert (again.new, len(again.there)) == ([], 3)


def test_somebody_who_is_here_gets_the_role_and_no_second_account(town: Town) -> None:
    people = User.objects.count()
    row = ("Cleo Sjö", town.cleo.email.upper(), "", "Ekbackens skola", "chef")
    assert bring_in(town, "people", row).made == 1
    assert User.objects.count() == people
    assert Appointment.objects.filter(
        user=town.cleo, unit=town.school, role=Role.NEAREST_MANAGER
    ).exists()


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([("Eva", "eva", "", "", "")], 2, "no e-mail address"),
        ([("Eva", "", "", "", "")], 2, "is empty and is needed"),
        ([EVA, EVA], 3, "The same stands on line 2"),
        ([EVA, ("Åsa", "eva.ny@ekby.example", "", "", "")], 3, "with another name"),
        ([("Eva", "e@ekby.example", "", "Ekby bibliotek", "trollkarl")], 2, "role of this name"),
        ([("Eva", "e@ekby.example", "", "", "Enhetschef")], 2, "at which unit"),
        ([("Eva", "e@ekby.example", "", "Okänd", "")], 2, "no unit of this name"),
    ],
)
def test_a_person_that_cannot_be_is_told_with_the_line(
    town: Town, rows: list[tuple[str, ...]], line: int, words: str
) -> None:
    faults = found(town, "people", *rows).faults
    assert [fault.line for fault in faults if words in fault.message] == [line]


def test_an_address_of_somebody_elsewhere_cannot_be_used_and_no_more_is_said(town: Town) -> None:
    (fault,) = found(town, "people", ("Otto", town.otto.email, "", "", "")).faults
    assert fault.message == "This address cannot be used."
