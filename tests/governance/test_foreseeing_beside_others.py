"""Comparing while others work: neither waits for the other in a ring, and who waits is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from governance.audit import record
from governance.errors import NoLongerPossible
from governance.models import Obligation
from governance.obligations import foreseeing, meet, open_due
from governance.obligations.foreseeing import Difference, foreseen
from tests.channels_of_town import open_channel
from tests.governance.policy.files import changed
from tests.governance.test_people_at_once import until_somebody_waits
from tests.owed_of_town import look_owed
from tests.town import NOW, Town, build

THRICE = changed(
    'every = { times_per_day = 1, day_basis = "from_plan" }',
    'every = { times_per_day = 3, day_basis = "from_plan" }',
)


@pytest.fixture
def committed(transactional_db: None) -> Town:
    """A town that other connections see."""
    return build()


class Comparing(threading.Thread):
    """Ben's comparison on a connection of its own: what it found, or what it was told."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        self.found: list[Difference] = []
        self.told: Exception | None = None

    def run(self) -> None:
        place, ben = self.town.municipality, self.town.ben
        try:
            with foreseen(place, THRICE, by=ben, now=NOW, most_open=None) as found:
                self.found = list(found.differences())
        except (NoLongerPossible, OperationalError) as told:
            self.told = told
        finally:
            connection.close()


def test_whoever_meets_a_duty_and_then_writes_the_log_is_not_broken_off(committed: Town) -> None:
    met, other = (open_channel(committed.library, name) for name in ("Sagor", "Dikter"))
    look_owed(committed, other)
    row = look_owed(committed, met)
    comparing = Comparing(committed)
    with transaction.atomic():
        meet(row, by=committed.cleo, now=NOW)
        comparing.start()
        until_somebody_waits()
        record("channel.looked_at", met, by=committed.cleo, now=NOW)
    comparing.join()
    row.refresh_from_db()
    assert row.met_by == committed.cleo
    assert comparing.told is None
    looks = {each.subject_id for each in comparing.found if each.duty == "check_in"}
    assert looks == {other.pk}


def meets(town: Town) -> object:
    """Somebody is at a duty that is open."""
    return meet(Obligation.objects.get(duty="check_in"), by=town.cleo, now=NOW)


def opens(town: Town) -> object:
    """Somebody opens what the comparison would open."""
    return open_due(NOW, [town.municipality])


@pytest.mark.parametrize("works", [meets, opens])
def test_whoever_compares_too_long_after_somebody_else_is_told_to_come_again(
    committed: Town, works: Callable[[Town], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_owed(committed, open_channel(committed.library, "Sagor"))
    open_channel(committed.library, "Dikter")
    monkeypatch.setattr(foreseeing, "_PATIENCE", "100ms")
    comparing = Comparing(committed)
    with transaction.atomic():
        works(committed)
        comparing.start()
        comparing.join()
    assert isinstance(comparing.told, NoLongerPossible)
    assert "Compare again" in str(comparing.told)


@pytest.mark.parametrize(
    ("code", "told"),
    [("40P01", NoLongerPossible), ("55P03", NoLongerPossible), ("57014", OperationalError)],
)
def test_of_the_faults_of_the_database_only_those_of_others_at_work_are_told(
    town: Town, code: str, told: type[Exception]
) -> None:
    comparison = foreseen(town.municipality, THRICE, by=town.ben, now=NOW, most_open=None)
    with pytest.raises(told), comparison, connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")
