"""Whatever machine fails: the same is owed, the same is told, no letter is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.places import ROOT
from tests.faults import house
from tests.faults.fortnight import FAULTS

Facts = dict[str, Any]
Live = Callable[[str, int, int], Facts]
RUN = """
import django, sys
django.setup()
from tests.faults.fortnight import main
main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
"""
#: Hours between two rounds of the tasks, in the suite and where there is time.
SELDOM, OFTEN = 8, 1
#: Of the suite; and those of the day, which stand in the names of the tests.
SEED = 7789
SEEDS = [3 * datetime.now(tz=UTC).toordinal() + number for number in range(3)]
BROKEN = [fault for fault in FAULTS if fault != "nothing"]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """Lives through a fortnight with a fault, a seed and so many hours between rounds."""
    lived: dict[tuple[str, int, int], Facts] = {}

    def through(fault: str, seed: int, hours: int) -> Facts:
        if (fault, seed, hours) not in lived:
            house.copy_database(fault)
            run = subprocess.run(
                [sys.executable, "-c", RUN, fault, str(seed), str(hours)],
                cwd=ROOT,
                env=house.environment(fault),
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, f"{fault}, seed {seed}:\n{run.stderr[-4000:]}"
            lived[fault, seed, hours] = json.loads(run.stdout)
        return lived[fault, seed, hours]

    with house.standing():
        yield through


def assert_same(fault: str, seen: Facts, quiet: Facts, seed: int) -> None:
    """The facts are those of a fortnight in which nothing failed."""
    where = f"{fault}, seed {seed}"
    assert seen["log"] == [], where
    assert owed(seen, fault) == owed(quiet, fault), where
    assert told(seen, fault) == told(quiet, fault), where
    assert seen["untold"] == seen["unsent"] == 0, where
    assert seen["lost"] == [], where
    # a machine that dies between the mail server's yes and the mark sends that one letter again
    assert len(seen["twice"]) <= seen["kills"], where
    if fault in ("many_workers", "two_beats", "mail_down"):
        assert seen["notices"] == quiet["notices"], where


def owed(facts: Facts, fault: str) -> list[list[str]]:
    """What was owed. While no clock runs nobody is warned of a gap that a look then closes."""
    rows: list[list[str]] = facts["obligations"]
    if fault == "beat_stopped":
        return [row for row in rows if row[0] != "legal_floor" or not row[5]]
    return rows


def told(facts: Facts, fault: str) -> list[list[Any]]:
    """What was passed on, step by step, of all that was owed."""
    keys = [row[:3] for row in owed(facts, fault)]
    return [row for row in facts["escalations"] if row[:3] in keys]


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
def test_a_fortnight_with_a_fault_ends_with_the_facts_of_one_without(
    live: Live, fault: str
) -> None:
    print(f"\nseed of {fault}: {SEED}")  # noqa: T201 - to live through it again
    quiet = live("nothing", 0, SELDOM)
    assert len(quiet["obligations"]) > 50
    assert len(quiet["escalations"]) > 80
    assert_same(fault, live(fault, SEED, SELDOM), quiet, SEED)


@pytest.mark.faults
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", BROKEN)
def test_the_same_hour_by_hour_from_several_seeds(live: Live, fault: str, seed: int) -> None:
    assert_same(fault, live(fault, seed, OFTEN), live("nothing", 0, OFTEN), seed)
