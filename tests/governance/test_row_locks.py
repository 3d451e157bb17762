"""Who holds a row keeps others from changing it, not from writing what refers to it.

A row that is held against references too holds up every commit that refers to it; and where the
log's head is taken in between, two that wait for each other are both right and one is broken off.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from governance.models import Appointment
from governance.roles import Role
from governance.transitions import locked
from tests.town import appoint, build


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_is_held_can_still_be_given_people() -> None:
    town = build()

    def give() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            appoint(town.dag, Role.OPERATIONS_MANAGER, town.library)
        finally:
            connection.close()

    with transaction.atomic():
        locked(town.library)
        thread = threading.Thread(target=give)
        thread.start()
        thread.join()
    assert Appointment.objects.filter(
        user=town.dag, role=Role.OPERATIONS_MANAGER, unit=town.library
    ).exists()


def locks_of(source: Path) -> Iterator[tuple[int, set[str | None]]]:
    """Line and named arguments of each row lock in a file."""
    for node in ast.walk(ast.parse(source.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(attr="select_for_update")):
                yield node.lineno, {each.arg for each in node.keywords}


def test_every_lock_of_the_program_lets_others_refer_to_the_row() -> None:
    ours = Path(settings.BASE_DIR)
    folders = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == ours]
    locks = {
        f"{file.relative_to(ours)}:{line}": names
        for folder in folders
        for file in folder.rglob("*.py")
        for line, names in locks_of(file)
    }
    assert len(locks) > 10
    assert [place for place, names in locks.items() if "no_key" not in names] == []
