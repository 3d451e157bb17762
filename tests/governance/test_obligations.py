"""Opening, meeting and waiving what is owed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import AuditEntry, Obligation, PolicyVersion, User
from governance.obligations import (
    Duty,
    Ground,
    Owed,
    blocking_open,
    meet,
    meet_open,
    open_due,
    open_obligations,
    register,
    waiting_for,
    waive,
)
from governance.obligations.opening import planned
from governance.obligations.registry import duty_of
from governance.obligations.writing import BATCH, write_new
from governance.roles import Role
from governance.working_time import NOT_DUE
from tests.governance.duties import LOOK, adopt_ladder, only, plan
from tests.town import NOW, POLICIES, Town, adopt_text, appoint, at, later

TODAY = "2026-03-02"


@pytest.fixture(autouse=True)
def look() -> Iterator[None]:
    with only(LOOK):
        yield


@pytest.fixture
def ladder(town: Town) -> PolicyVersion:
    return adopt_ladder(town.municipality)


def opened(town: Town, **other: object) -> Obligation:
    open_obligations([plan(town.library, NOW, **other)], now=NOW)
    return Obligation.objects.get()


# --- opening -------------------------------------------------------------------------------------


def test_an_obligation_carries_its_clause_its_policy_and_its_ladder(
    town: Town, ladder: PolicyVersion
) -> None:
    row = opened(town)
    assert row.policy == ladder
    assert row.clause
    assert row.says
    assert row.strength == "must"
    assert "VGD-21" in row.requirements
    assert (str(row.due_on), row.due_at) == (TODAY, at("2026-03-03", "00:00"))
    assert [(step["at"], step["who"], step["kind"]) for step in row.steps] == [
        ("2026-03-02T20:00:00+00:00", "operations_manager", "remind"),
        ("2026-03-02T23:00:00+00:00", "operations_manager", "tell"),
        ("2026-03-03T23:00:00+00:00", "sector_head", "tell"),
    ]
    assert row.next_step_at == at("2026-03-02", "21:00")
    assert row.problem == ""


def test_opening_again_changes_nothing(town: Town, ladder: PolicyVersion) -> None:
    assert open_obligations([plan(town.library, NOW)], now=NOW) == 1
    kept = Obligation.objects.values_list("steps", "opened_at", "policy")
    before = kept.get()
    assert open_obligations([plan(town.library, NOW)], now=later(hours=1)) == 0
    assert kept.get() == before


def test_what_is_met_is_not_opened_again(town: Town, ladder: PolicyVersion) -> None:
    meet(opened(town), by=town.anna, now=NOW)
    open_obligations([plan(town.library, NOW)], now=later(hours=1))
    assert Obligation.objects.open().count() == 0


def test_the_same_planned_twice_in_one_batch_is_one_obligation(
    town: Town, ladder: PolicyVersion
) -> None:
    open_obligations([plan(town.library, NOW), plan(town.library, NOW)], now=NOW)
    assert Obligation.objects.count() == 1


def test_the_database_refuses_a_second_row_for_a_period(town: Town, ladder: PolicyVersion) -> None:
    row = opened(town)
    row.pk = None
    with pytest.raises(IntegrityError, match="obligation_once_a_period"), transaction.atomic():
        row.save(force_insert=True)


def test_every_value_is_written_as_it_was_planned(town: Town, ladder: PolicyVersion) -> None:
    """Quotes, backslashes, line breaks and letters from right to left among them."""
    words = 'Ung i "Å\\ä"\nö 🎈 שלום %s {} \'{"a": null}\''
    asked = plan(town.library, NOW, label=words, period="1")
    row = planned(asked, Ground.of(town.municipality, NOW), now=NOW)
    through_the_orm = planned(
        plan(town.library, NOW, label=words, period="2"), Ground.of(town.municipality, NOW), now=NOW
    )
    write_new([row])
    through_the_orm.save(force_insert=True)
    ours, its = Obligation.objects.order_by("period")
    assert ours.subject_label == words
    assert ours.requirements
    assert ours.steps
    alike = [field.attname for field in Obligation._meta.concrete_fields]
    alike = [name for name in alike if name not in ("id", "period")]
    assert [getattr(ours, name) for name in alike] == [getattr(its, name) for name in alike]


@pytest.mark.django_db(transaction=True)
def test_more_than_one_statement_holds_are_opened_together_or_not_at_all(
    town: Town, ladder: PolicyVersion
) -> None:
    ground = Ground.of(town.municipality, NOW)
    asked = [plan(town.library, NOW, period=str(number)) for number in range(2 * BATCH + 1)]
    rows = [planned(each, ground, now=NOW) for each in asked]
    rows[-1].waived_at = NOW  # without who and why, which the database refuses
    with pytest.raises(IntegrityError, match="waived_by_somebody"):
        write_new(rows)
    assert Obligation.objects.count() == 0
    write_new(rows[:-1])
    assert Obligation.objects.count() == 2 * BATCH


def test_beat_opens_one_for_each_unit_of_each_municipality(
    town: Town, ladder: PolicyVersion
) -> None:
    assert open_due(NOW) == 3
    assert open_due(later(minutes=5)) == 0
    assert open_due(later(days=1)) == 3
    assert set(Obligation.objects.values_list("unit__name", flat=True)) == {
        "Ekby bibliotek",
        "Ekbackens skola",
        "Grannby bibliotek",
    }


def test_nothing_opens_where_no_policy_is_in_force(town: Town) -> None:
    PolicyVersion.objects.all().delete()
    assert open_due(NOW) == 0
    assert not Obligation.objects.exists()


def test_nothing_opens_where_the_policy_is_silent(town: Town) -> None:
    volda = (POLICIES / "volda.toml").read_text()
    adopt_text(town.municipality, volda, number=2, in_force_from=date(2020, 1, 2))
    assert open_due(NOW) == 1
    assert Obligation.objects.get().municipality == town.neighbour


def test_one_duty_that_fails_keeps_no_other_from_being_opened(
    town: Town, ladder: PolicyVersion, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_about: object) -> list[object]:
        raise ZeroDivisionError

    with only(Duty(key="broken", label="Broken", opener=broken), LOOK):  # type: ignore[arg-type]
        assert open_due(NOW) == 3
    assert "broken could not be opened in ekby" in caplog.text


def test_an_obligation_whose_ladder_cannot_be_computed_is_opened_without_one(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    adopt_ladder(
        town.municipality,
        '[[routine.check_in.tell]]\nafter = "9999999 working days"\nwho = "sector_head"',
    )
    assert open_due(NOW) == 3
    row = Obligation.objects.get(unit=town.library)
    assert row.steps == []
    assert row.next_step_at is None
    assert row.problem.startswith("OverflowError")
    assert row.due_at is not None
    assert Obligation.objects.filter(problem="").count() == 1, "the neighbour's is untouched"
    assert "no reminder could be planned" in caplog.text


def test_a_reminder_whose_moment_has_passed_is_left_out_but_telling_is_not(
    town: Town, ladder: PolicyVersion
) -> None:
    late = at(TODAY, "22:30")
    open_obligations([plan(town.library, late)], now=late)
    assert [step["kind"] for step in Obligation.objects.get().steps] == ["tell", "tell"]


def test_a_duty_without_a_moment_is_never_overdue_and_has_no_ladder(
    town: Town, ladder: PolicyVersion
) -> None:
    row = opened(town, due=NOT_DUE)
    assert (row.due_at, row.steps) == (None, [])
    assert not row.is_overdue(later(days=4000))


def test_a_duty_without_a_moment_is_reminded_of_after_the_days_the_routine_gives(
    town: Town,
) -> None:
    adopt_ladder(
        town.municipality,
        'give_days = 3\n[[routine.check_in.tell]]\nafter = "3 working days"\nwho = "duty_holder"',
    )
    row = opened(town, due=NOT_DUE)
    assert row.due_at is None
    assert row.next_step_at == at("2026-03-05", "09:00")
    assert [step["kind"] for step in row.steps] == ["remind"]


def test_overdue_is_a_question_of_the_moment(town: Town, ladder: PolicyVersion) -> None:
    row = opened(town)
    assert not Obligation.objects.overdue(at(TODAY, "23:59")).exists()
    assert Obligation.objects.overdue(at("2026-03-03", "00:01")).get() == row


def test_a_key_is_registered_once() -> None:
    with pytest.raises(ValueError, match="already a duty called check_in"):
        register(Duty(key="check_in", label="Another"))
    register(LOOK)  # the same again is no harm
    assert duty_of("check_in") is LOOK


# --- meeting and waiving -------------------------------------------------------------------------


def test_meeting_says_who_and_when(town: Town, ladder: PolicyVersion) -> None:
    opened(town)
    row = meet(Owed("check_in", town.library, TODAY), by=town.anna, now=NOW)
    assert row is not None
    assert (row.met_by, row.met_at) == (town.anna, NOW)


def test_meeting_what_was_never_owed_is_no_fault(town: Town) -> None:
    assert meet(Owed("check_in", town.library, TODAY), by=town.anna, now=NOW) is None


def test_the_second_to_meet_is_told_who_came_first(town: Town, ladder: PolicyVersion) -> None:
    row = opened(town)
    meet(row, by=town.anna, now=NOW)
    with pytest.raises(NoLongerPossible) as refusal:
        meet(row, by=town.ben, now=later(minutes=1))
    assert (refusal.value.by, refusal.value.at) == ("Anna Ek", NOW)
    assert "9.00" in refusal.value.message
    row.refresh_from_db()
    assert row.met_by == town.anna


def test_a_name_that_is_not_shown_is_not_shown_to_the_second_either(
    town: Town, ladder: PolicyVersion
) -> None:
    User.objects.filter(pk=town.anna.pk).update(name_hidden=True)
    row = opened(town)
    meet(row, by=town.anna, now=NOW)
    with pytest.raises(NoLongerPossible) as refusal:
        meet(row, by=town.ben, now=NOW)
    assert "Anna" not in refusal.value.message + refusal.value.by


def test_whatever_is_open_about_a_subject_is_met_together(
    town: Town, ladder: PolicyVersion
) -> None:
    for days in (0, 1):
        open_obligations([plan(town.library, later(days=days))], now=later(days=days))
    open_obligations([plan(town.school, NOW)], now=NOW)
    assert meet_open("check_in", town.library, by=town.anna, now=later(days=1)) == 2
    assert Obligation.objects.open().get().subject == town.school


def test_waiving_needs_a_reason_and_leaves_one_row_in_the_log(
    town: Town, ladder: PolicyVersion
) -> None:
    row = opened(town)
    with pytest.raises(AgainstPolicy):
        waive(row, by=town.anna, now=NOW, reason="  ")
    waive(row, by=town.anna, now=NOW, reason="Biblioteket var stängt för ombyggnad")
    row.refresh_from_db()
    assert (row.waived_by, row.is_open) == (town.anna, False)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.subject_type, entry.subject_id, entry.clause) == (
        "obligation.waived",
        "governance.unit",
        town.library.pk,
        row.clause,
    )
    assert "ombyggnad" not in str(entry.facts)


def test_what_is_met_cannot_be_waived(town: Town, ladder: PolicyVersion) -> None:
    row = opened(town)
    meet(row, by=town.anna, now=NOW)
    with pytest.raises(NoLongerPossible):
        waive(row, by=town.ben, now=NOW, reason="Onödig")
    assert not AuditEntry.objects.exists()


def test_a_subject_is_blocked_by_what_must_be_met_before_it_closes(
    town: Town, ladder: PolicyVersion
) -> None:
    row = opened(town, blocks=True)
    open_obligations([plan(town.library, later(days=1))], now=NOW)
    assert blocking_open(town.library).get() == row
    assert not blocking_open(town.school).exists()
    meet(row, by=town.anna, now=NOW)
    assert not blocking_open(town.library).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_meet_at_once_one_is_told_of_the_other(town: Town) -> None:
    adopt_ladder(town.municipality)
    row = opened(town)
    answers: list[str] = []
    start = threading.Barrier(2)

    def act(who: User) -> None:
        start.wait()
        try:
            meet(row, by=who, now=NOW)
            answers.append("met")
        except NoLongerPossible:
            answers.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[who]) for who in (town.anna, town.ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["met", "told"]


# --- what waits for whom -------------------------------------------------------------------------


def waits(user: User, now: datetime = NOW) -> list[str]:
    return [row.unit.name for row in waiting_for(user, now)]


def test_what_a_role_owes_waits_for_whoever_holds_it_nearest(
    town: Town, ladder: PolicyVersion
) -> None:
    opened(town, who=Role.NEAREST_MANAGER)
    assert waits(town.anna) == ["Ekby bibliotek"]
    assert waits(town.sten) == [], "the head of sector is not the nearest"
    assert waits(town.cleo) == []
    assert waits(town.otto) == [], "the neighbour's director has no business here"


def test_absence_moves_what_waits_to_the_deputy(town: Town, ladder: PolicyVersion) -> None:
    opened(town)
    town.anna.absences.create(
        deputy=town.dag,
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        entered_by=town.anna,
        entered_at=NOW,
    )
    assert waits(town.anna) == []
    assert waits(town.dag) == ["Ekby bibliotek"]
    assert waits(town.anna, later(days=1)) == ["Ekby bibliotek"]


def test_what_waits_comes_in_order_of_time_with_the_undated_last(
    town: Town, ladder: PolicyVersion
) -> None:
    appoint(town.anna, Role.OPERATIONS_MANAGER, town.school)
    open_obligations(
        [
            plan(town.school, NOW, due=NOT_DUE, period="some day"),
            plan(town.school, later(days=1)),
            plan(town.library, NOW),
        ],
        now=NOW,
    )
    assert [str(row.due_on) for row in waiting_for(town.anna, NOW)] == [
        "2026-03-02",
        "2026-03-03",
        "None",
    ]


def test_the_list_costs_the_same_whatever_its_length(town: Town, ladder: PolicyVersion) -> None:
    opened(town)
    few = queries_of(town.anna)
    open_obligations([plan(town.library, NOW + timedelta(days=n)) for n in range(1, 40)], now=NOW)
    assert len(waits(town.anna)) == 40
    assert queries_of(town.anna) == few <= 9


def queries_of(user: User) -> int:
    with CaptureQueriesContext(connection) as queries:
        waits(user)
    return len(queries)
