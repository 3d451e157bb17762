"""The sweep: what came to its next step is moved on once, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from governance import audit
from governance.models import AuditEntry, Escalation, Obligation, User
from governance.obligations import (
    advance_due,
    meet,
    open_obligations,
    replan,
    replan_everywhere,
    waive,
)
from governance.tasks import open_due
from tests.governance.duties import LADDER, LOOK, adopt_ladder, only, plan
from tests.town import NOW, Town, adopt_text, at, later

ROOT = Path(__file__).resolve().parents[2]
REMIND = at("2026-03-02", "21:00")
LATE = at("2026-03-03", "00:00")
LATER = at("2026-03-04", "00:00")


@pytest.fixture(autouse=True)
def look() -> Iterator[None]:
    with only(LOOK):
        yield


@pytest.fixture
def row(town: Town) -> Obligation:
    adopt_ladder(town.municipality)
    open_obligations([plan(town.library, NOW)], now=NOW)
    return Obligation.objects.get()


def told(row: Obligation) -> list[tuple[int, str, str]]:
    return list(row.escalations.order_by("step").values_list("step", "who", "kind"))


def sweep(now: datetime, limit: int = 500) -> int:
    total = 0
    while moved := advance_due(now=now, limit=limit):
        total += moved
    return total


def many(town: Town, days: int) -> None:
    """One obligation a day for the library, opened long before."""
    plans = [plan(town.library, later(days=n)) for n in range(days)]
    open_obligations(plans, now=NOW)


# --- time passes ---------------------------------------------------------------------------------


def test_nothing_happens_before_the_first_step(row: Obligation) -> None:
    assert sweep(at("2026-03-02", "20:59")) == 0
    assert told(row) == []


def test_each_step_is_passed_at_its_moment(row: Obligation) -> None:
    assert sweep(REMIND) == 1
    assert told(row) == [(0, "operations_manager", "remind")]
    row.refresh_from_db()
    assert (row.step, row.next_step_at) == (1, LATE)
    assert sweep(LATE) == 1
    assert sweep(LATER) == 1
    row.refresh_from_db()
    assert (row.step, row.next_step_at) == (3, None)
    assert [who for _step, who, _kind in told(row)] == [
        "operations_manager",
        "operations_manager",
        "sector_head",
    ]


def test_a_second_run_at_the_same_moment_does_nothing(row: Obligation) -> None:
    sweep(LATE)
    before = (told(row), AuditEntry.objects.count())
    assert sweep(LATE) == 0
    assert (told(row), AuditEntry.objects.count()) == before


def test_runs_that_were_missed_are_caught_up_step_by_step(row: Obligation) -> None:
    a_week_later = later(days=7)
    assert sweep(a_week_later) == 1
    assert [step for step, *_rest in told(row)] == [0, 1, 2]
    assert set(row.escalations.values_list("at", flat=True)) == {a_week_later}
    assert list(row.escalations.order_by("step").values_list("planned_at", flat=True)) == [
        REMIND,
        LATE,
        LATER,
    ]


def test_what_is_met_is_not_told_of(town: Town, row: Obligation) -> None:
    meet(row, by=town.anna, now=NOW)
    assert sweep(LATER) == 0


def test_what_is_waived_is_not_told_of(town: Town, row: Obligation) -> None:
    waive(row, by=town.anna, now=NOW, reason="Stängt")
    assert sweep(LATER) == 0


def test_what_is_met_between_two_steps_is_told_of_once(town: Town, row: Obligation) -> None:
    sweep(REMIND)
    meet(row, by=town.anna, now=REMIND)
    sweep(LATER)
    assert told(row) == [(0, "operations_manager", "remind")]


def test_each_step_leaves_one_row_in_the_log_of_its_subject(town: Town, row: Obligation) -> None:
    sweep(LATER)
    entries = AuditEntry.objects.order_by("number")
    assert [(each.act, each.facts["step"]) for each in entries] == [
        ("obligation.reminded", 0),
        ("obligation.escalated", 1),
        ("obligation.escalated", 2),
    ]
    assert {(each.subject_type, each.subject_id) for each in entries} == {
        ("governance.unit", town.library.pk)
    }
    assert {each.clause for each in entries} == {row.clause}
    assert {each.actor_name for each in entries} == {"Uppsikt"}


def test_the_limit_bounds_a_batch_and_the_loop_finishes(town: Town) -> None:
    adopt_ladder(town.municipality)
    many(town, 25)
    assert advance_due(now=later(days=60), limit=10) == 10
    assert sweep(later(days=60), limit=10) == 15
    assert Escalation.objects.count() == 75


def test_the_sweep_asks_no_calendar_and_its_queries_do_not_grow(
    town: Town, django_assert_max_num_queries: object
) -> None:
    adopt_ladder(town.municipality)
    many(town, 200)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert advance_due(now=later(days=400)) == 200


def test_where_the_log_cannot_be_written_nothing_is_moved(
    town: Town, row: Obligation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_about: object, **_facts: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record_many", full_disk)
        with pytest.raises(OSError, match="no space"):
            advance_due(now=LATE)
    row.refresh_from_db()
    assert (row.step, told(row)) == (0, [])
    assert sweep(LATE) == 1


# --- workers at once, workers killed -------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_move_each_obligation_once(town: Town) -> None:
    adopt_ladder(town.municipality)
    many(town, 120)
    moved: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            moved.append(sweep(later(days=200), limit=7))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(moved) == 120
    assert all(moved), "both had a share"
    steps = Counter(Escalation.objects.values_list("obligation", flat=True))
    assert set(steps.values()) == {3}
    assert AuditEntry.objects.count() == 360
    numbers = AuditEntry.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 361)), "and the log has no gap"


HOLD = """
import django, sys
django.setup()
from dataclasses import replace
from datetime import datetime
from django.db import transaction
from governance.obligations import advance_due
with transaction.atomic():
    print(advance_due(now=datetime.fromisoformat(sys.argv[1])), flush=True)
    sys.stdin.read()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_batch_changes_nothing(town: Town) -> None:
    adopt_ladder(town.municipality)
    many(town, 5)
    now = later(days=30)
    worker = subprocess.Popen(
        [sys.executable, "-c", HOLD, now.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "governance.settings", "DATABASE_URL": _this_database()},
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "5", "it holds five rows in its transaction"
    assert advance_due(now=now) == 0, "another worker passes over what it holds"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert not Escalation.objects.exists()
    assert not AuditEntry.objects.exists()
    assert set(Obligation.objects.values_list("step", flat=True)) == {0}
    _wait_for_release()
    assert sweep(now) == 5
    assert Escalation.objects.count() == AuditEntry.objects.count() == 15


def _this_database() -> str:
    settings = connection.settings_dict
    return f"postgres://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"


def _wait_for_release() -> None:
    """PostgreSQL notices a dead client when it next reads from it, which is at once."""
    with connection.cursor() as cursor:
        for _turn in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid'")
            if cursor.fetchone()[0] == 0:
                return
            cursor.execute("SELECT pg_sleep(0.05)")


# --- another policy ------------------------------------------------------------------------------

EARLIER = LADDER.replace('before = "3 hours"', 'before = "5 hours"')


def test_a_new_policy_moves_what_is_open_to_itself(town: Town, row: Obligation) -> None:
    old = row.policy_id
    new = adopt_ladder(town.municipality, EARLIER, number=3, in_force_from=NOW.date())
    assert replan(town.municipality, now=NOW) == 1
    row.refresh_from_db()
    assert row.policy == new
    assert row.next_step_at == at("2026-03-02", "19:00")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.facts["policy_before"], entry.policy_id) == (
        "obligation.replanned",
        old,
        new.pk,
    )
    assert replan(town.municipality, now=NOW) == 0, "and does not move it twice"


def test_what_is_met_keeps_the_policy_it_was_caused_by(town: Town, row: Obligation) -> None:
    meet(row, by=town.anna, now=NOW)
    adopt_ladder(town.municipality, EARLIER, number=3, in_force_from=NOW.date())
    assert replan(town.municipality, now=NOW) == 0
    old = row.policy_id
    row.refresh_from_db()
    assert row.policy_id == old


def test_what_has_been_told_is_not_told_again_under_the_new_policy(
    town: Town, row: Obligation
) -> None:
    sweep(LATE)
    adopt_ladder(town.municipality, EARLIER, number=3, in_force_from=NOW.date())
    replan(town.municipality, now=later(LATE, hours=1))
    sweep(later(days=9))
    assert [(who, kind) for _step, who, kind in told(row)] == [
        ("operations_manager", "remind"),
        ("operations_manager", "tell"),
        ("sector_head", "tell"),
    ]


def test_what_the_new_policy_no_longer_asks_for_is_waived_with_the_reason(
    town: Town, row: Obligation
) -> None:
    new = adopt_ladder(town.municipality, number=3, in_force_from=NOW.date())
    with only(replace(LOOK, plan_again=lambda _row, _ground, _now: None)):
        assert replan(town.municipality, now=NOW) == 1
    row.refresh_from_db()
    assert row.waived_by == User.objects.system()
    assert row.waive_reason == str(new)
    assert AuditEntry.objects.get().act == "obligation.no_longer_asked"
    assert sweep(later(days=9)) == 0


def test_what_is_asked_for_again_is_opened_again_and_told_no_more_of_what_was_told(
    town: Town, row: Obligation
) -> None:
    sweep(LATE)
    adopt_ladder(town.municipality, number=3, in_force_from=NOW.date())
    with only(replace(LOOK, plan_again=lambda _row, _ground, _now: None)):
        replan(town.municipality, now=LATE)
    asked = plan(town.library, NOW)
    assert open_obligations([asked], now=later(LATE, hours=1)) == 1
    assert open_obligations([asked], now=later(LATE, hours=1)) == 0
    row.refresh_from_db()
    assert (row.is_open, row.waived_by, row.opened_at) == (True, None, later(LATE, hours=1))
    assert AuditEntry.objects.order_by("-pk").first().act == "obligation.replanned"  # type: ignore[union-attr]
    sweep(later(days=9))
    assert [(who, kind) for _step, who, kind in told(row)] == [
        ("operations_manager", "remind"),
        ("operations_manager", "tell"),
        ("sector_head", "tell"),
    ]


@pytest.mark.parametrize("ended", ["met", "waived"])
def test_what_somebody_met_or_waived_is_not_opened_again(
    town: Town, row: Obligation, ended: str
) -> None:
    if ended == "met":
        meet(row, by=town.anna, now=NOW)
    else:
        waive(row, by=town.anna, now=NOW, reason="Det behövs inte")
    assert open_obligations([plan(town.library, NOW)], now=NOW) == 0
    row.refresh_from_db()
    assert not row.is_open


def test_the_run_that_opens_first_moves_what_a_new_version_left_behind(
    town: Town, row: Obligation
) -> None:
    new = adopt_ladder(town.municipality, EARLIER, number=3, in_force_from=NOW.date())
    open_due(at=NOW.isoformat())
    row.refresh_from_db()
    assert (row.policy, row.next_step_at) == (new, at("2026-03-02", "19:00"))
    (entry,) = AuditEntry.objects.filter(act="obligation.replanned")
    assert (entry.subject_id, entry.policy_id) == (row.subject_id, new.pk)
    open_due(at=later(hours=1).isoformat())
    assert AuditEntry.objects.filter(act="obligation.replanned").count() == 1


def test_a_municipality_whose_duties_cannot_be_moved_does_not_keep_the_others(
    town: Town, row: Obligation
) -> None:
    other = plan(town.neighbour_unit, NOW)
    open_obligations([other], now=NOW)
    new = adopt_ladder(town.neighbour, number=2, in_force_from=NOW.date())
    adopt_text(town.municipality, "not a policy", number=3, in_force_from=NOW.date())
    assert replan_everywhere(NOW) == 1
    assert Obligation.objects.get(unit=town.neighbour_unit).policy == new
