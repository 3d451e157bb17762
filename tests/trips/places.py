"""Ekby under each of the five files."""

from __future__ import annotations

from governance.models import Municipality
from governance.roles import Role
from tests.town import Town, appoint, build, person

FIVE = ("vargarda", "volda", "tyreso", "vetlanda", "varmdo")


def place(policy: str) -> Town:
    """Ekby under the file, with everybody whom one of the routines names."""
    town = build(policy)
    if policy == "volda":
        Municipality.objects.update(country="NO", locale="nn", time_zone="Europe/Oslo")
        town.municipality.refresh_from_db()
    for role, name, where in (
        (Role.DEPARTMENT_MANAGER, "Disa Dal", town.culture),
        (Role.HEAD_OF_ADMINISTRATION, "Frans Fors", town.board),
        (Role.UNIT_COMMUNICATOR, "Ulla Udd", town.culture),
        (Role.HEAD_OF_COMMUNICATIONS, "Hanna Hed", town.root),
        (Role.UNIT_REGISTRAR, "Rolf Rud", town.culture),
    ):
        appoint(person(town.municipality, name, str(role.label)), role, where)
    return town
