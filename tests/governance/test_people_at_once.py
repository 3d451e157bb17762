"""Two people enter or take the same address at the same moment: one has it, one is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from governance.actions import add_person, change_person
from governance.errors import AgainstPolicy
from governance.models import AuditEntry, User
from tests.town import NOW, Town, build

ADDRESS = "ny.person@ekby.example"


def meanwhile(second: Callable[[], object]) -> tuple[threading.Thread, list[Exception]]:
    """The second, on a connection of its own, begun before the first has committed."""
    refused: list[Exception] = []

    def run() -> None:
        try:
            second()
        except AgainstPolicy as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    until_somebody_waits()
    return thread, refused


def until_somebody_waits() -> None:
    """Until another connection waits for a row of ours."""
    for _each in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction looks once
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def enter(town: Town, name: str) -> User:
    return add_person(town.municipality, email=ADDRESS, name=name, by=town.ben, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_address_at_once_the_second_is_refused() -> None:
    town = build()
    with transaction.atomic():
        enter(town, "Först")
        thread, refused = meanwhile(lambda: enter(town, "Sedan"))
    thread.join()
    (refusal,) = refused
    assert isinstance(refusal, AgainstPolicy)
    assert refusal.field == "email"
    assert User.objects.get(email=ADDRESS).name == "Först"
    assert AuditEntry.objects.filter(act="person.added").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_same_address_at_once_the_second_is_refused() -> None:
    town = build()
    with transaction.atomic():
        change_person(town.cleo, email=ADDRESS, by=town.ben, now=NOW)
        thread, refused = meanwhile(
            lambda: change_person(town.dag, email=ADDRESS, by=town.ben, now=NOW)
        )
    thread.join()
    assert len(refused) == 1
    assert User.objects.get(email=ADDRESS) == town.cleo
