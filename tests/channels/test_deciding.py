"""Approve a plan step by step, return it, reject it."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from channels.actions.deciding import approve_step, reject_plan, return_plan
from channels.actions.planning import save_draft, submit_plan, withdraw_plan
from channels.models import Channel, Decision, EditorAssignment, Plan, PlanVersion
from channels.steps import step_waiting
from channels.waiting import people_of_plans
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Appointment, AuditEntry, Notice, Obligation, User
from governance.obligations import waiting_for
from governance.roles import Role
from tests.plans_of_town import (
    BENEFIT,
    RESOURCES,
    anna_approves,
    answers,
    digest_of,
    draft,
    fresh,
    sten_approves,
    submitted,
)
from tests.town import NOW, Town, appoint, away, later

FIRST, SECOND = "operations_approval", "sector_approval"


def approve(plan: Plan, step: str, by: User, **changes: object) -> Decision:
    given: dict[str, object] = {
        "digest": digest_of(plan),
        "place": "Ekby",
        "answers": RESOURCES if step == FIRST else BENEFIT,
    }
    return approve_step(plan, step, by=by, now=NOW, **(given | changes))  # type: ignore[arg-type]


def test_two_managers_approve_in_order_and_the_channel_is_entered(town: Town) -> None:
    plan = anna_approves(submitted(town), town)
    waiting = step_waiting(plan, NOW)
    assert waiting is not None
    assert waiting.key == SECOND
    plan = sten_approves(plan, town)
    assert plan.state == Plan.State.APPROVED
    assert plan.channel is not None
    assert plan.channel.state == Channel.State.WAITING
    assert plan.channel.office_hours_only
    signatures = Decision.objects.filter(outcome="approved").order_by("at", "pk")
    assert [(each.actor_name, each.actor_title, each.place) for each in signatures] == [
        ("Anna Ek", "enhetschef", "Ekby"),
        ("Sten Alm", "sektorschef", "Ekby"),
    ]
    assert {each.digest for each in signatures} == {digest_of(plan)}


def test_an_approval_leaves_one_line_in_the_log_with_its_clause(town: Town) -> None:
    plan = submitted(town)
    before = AuditEntry.objects.count()
    approve(plan, FIRST, town.anna)
    entry = AuditEntry.objects.order_by("number").filter(municipality=town.municipality).last()
    assert AuditEntry.objects.count() == before + 1
    assert entry is not None
    assert (entry.act, entry.clause) == (
        "plan.step_approved",
        "Blankett, Aktivitetsplan för sociala medier",
    )


def test_the_named_administrators_are_assigned_and_the_writers_wait(town: Town) -> None:
    sten_approves(anna_approves(submitted(town), town), town)
    roles = EditorAssignment.objects.values_list("name", "role")
    assert sorted(roles) == [("Cleo Sjö", "administrator"), ("Dag Åberg", "administrator")]


def test_the_second_manager_does_not_go_first(town: Town) -> None:
    with pytest.raises(NoLongerPossible, match="verksamhetsansvarig"):
        approve(submitted(town), SECOND, town.sten)


@pytest.mark.parametrize("name", ["ola", "otto", "ben", "cleo", "sten"])
def test_only_whom_the_step_names_approves(town: Town, name: str) -> None:
    plan = submitted(town)
    with pytest.raises(NotAllowed):
        approve(plan, FIRST, getattr(town, name))
    assert not Decision.objects.exists()


def test_approving_twice_tells_who_did_it_first(town: Town) -> None:
    plan = submitted(town)
    approve(plan, FIRST, town.anna)
    with pytest.raises(NoLongerPossible, match="Anna Ek") as caught:
        approve(plan, FIRST, town.anna)
    assert caught.value.at == NOW
    assert Decision.objects.count() == 1


def test_what_was_changed_since_it_was_read_is_not_approved(town: Town) -> None:
    plan = submitted(town)
    read = digest_of(plan)
    return_plan(plan, FIRST, digest=read, note="Vilka böcker?", by=town.anna, now=NOW)
    plan = fresh(plan)
    plan = save_draft(
        plan, answers=answers(town, purpose="Annat"), revision=plan.revision, by=town.cleo, now=NOW
    )
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=later(hours=1))
    with pytest.raises(NoLongerPossible, match="Cleo Sjö"):
        approve(plan, FIRST, town.anna, digest=read)


def test_nobody_approves_their_own_plan(town: Town) -> None:
    appoint(town.cleo, Role.OPERATIONS_MANAGER, town.library)
    with pytest.raises(AgainstPolicy) as caught:
        approve(submitted(town), FIRST, town.cleo)
    assert caught.value.clause


def test_two_signatures_are_two_persons(town: Town) -> None:
    appoint(town.anna, Role.SECTOR_HEAD, town.culture)
    plan = submitted(town)
    approve(plan, FIRST, town.anna)
    with pytest.raises(AgainstPolicy, match="verksamhetsansvarig") as caught:
        approve(plan, SECOND, town.anna)
    assert caught.value.clause


def test_a_manager_who_is_the_sector_head_too_makes_the_first_step_needless(town: Town) -> None:
    Appointment.objects.filter(role=Role.OPERATIONS_MANAGER, user=town.anna).delete()
    appoint(town.sten, Role.OPERATIONS_MANAGER, town.culture)
    plan = submitted(town)
    passed = Decision.objects.get()
    assert (passed.step, passed.outcome) == (FIRST, Decision.Outcome.NOT_APPLICABLE)
    assert "Godkännande av sektorschef" in passed.note
    plan = sten_approves(plan, town)
    assert plan.state == Plan.State.APPROVED


def test_a_deputy_signs_and_is_shown_as_one(town: Town) -> None:
    away(town.anna, town.dag)
    decision = approve(submitted(town), FIRST, town.dag)
    assert (decision.actor, decision.instead_of) == (town.dag, town.anna)


@pytest.mark.parametrize(
    ("change", "field"), [({"place": " "}, "place"), ({"answers": {}}, "resources")]
)
def test_a_signature_needs_its_place_and_its_answers(
    town: Town, change: dict[str, object], field: str
) -> None:
    with pytest.raises(AgainstPolicy) as caught:
        approve(submitted(town), FIRST, town.anna, **change)
    assert caught.value.field == field


# --- returning and rejecting


def test_a_returned_plan_is_a_draft_with_the_managers_question(town: Town) -> None:
    plan = submitted(town)
    return_plan(plan, FIRST, digest=digest_of(plan), note="Vilka böcker?", by=town.anna, now=NOW)
    assert fresh(plan).state == Plan.State.DRAFT
    letter = Notice.objects.get(kind="plan_stopped")
    assert letter.recipient == town.cleo
    assert "Vilka böcker?" in letter.text
    assert not Obligation.objects.open().filter(duty="approval").exists()


def test_a_returned_plan_waits_for_its_author_until_it_is_submitted_again(town: Town) -> None:
    plan = submitted(town)
    return_plan(plan, FIRST, digest=digest_of(plan), note="Vilka böcker?", by=town.anna, now=NOW)
    [row] = waiting_for(town.cleo, NOW).filter(duty="returned_plan")
    assert row.path == reverse("channels:write", args=[plan.pk])
    for someone in (town.anna, town.dag, town.sten):
        assert not waiting_for(someone, NOW).filter(duty="returned_plan").exists(), someone
    again = fresh(plan)
    submit_plan(again, revision=again.revision, by=town.cleo, now=later(hours=1))
    assert not waiting_for(town.cleo, later(hours=1)).filter(duty="returned_plan").exists()


def test_a_returned_plan_that_is_withdrawn_waits_for_nobody(town: Town) -> None:
    plan = submitted(town)
    return_plan(plan, FIRST, digest=digest_of(plan), note="Vilka böcker?", by=town.anna, now=NOW)
    withdraw_plan(fresh(plan), by=town.cleo, now=later(hours=1))
    assert not Obligation.objects.open().about(plan).exists()


def test_both_sign_again_what_was_returned_by_the_second(town: Town) -> None:
    plan = anna_approves(submitted(town), town)
    return_plan(plan, SECOND, digest=digest_of(plan), note="Varför?", by=town.sten, now=NOW)
    plan = fresh(plan)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=later(hours=1))
    waiting = step_waiting(fresh(plan), NOW)
    assert waiting is not None
    assert waiting.key == FIRST


def test_a_plan_is_not_stopped_without_a_word(town: Town) -> None:
    plan = submitted(town)
    for stop in (return_plan, reject_plan):
        with pytest.raises(AgainstPolicy) as caught:
            stop(plan, FIRST, digest=digest_of(plan), note=" ", by=town.anna, now=NOW)
        assert caught.value.field == "note"


def test_a_rejected_plan_stays_rejected(town: Town) -> None:
    plan = submitted(town)
    reject_plan(plan, FIRST, digest=digest_of(plan), note="Nej.", by=town.anna, now=NOW)
    assert fresh(plan).state == Plan.State.REJECTED
    with pytest.raises(NoLongerPossible, match="Anna Ek"):
        approve(plan, FIRST, town.anna)


# --- what was decided stays


def test_the_database_refuses_to_change_what_was_decided(town: Town) -> None:
    approve(submitted(town), FIRST, town.anna)
    for change in (
        lambda: Decision.objects.update(note="annat"),
        lambda: Decision.objects.all().delete(),
        lambda: PlanVersion.objects.update(content="{}"),
    ):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            change()


# --- whom it waits for


def test_a_plan_waits_for_its_manager_and_for_nobody_else(town: Town) -> None:
    submitted(town)
    waits = {
        name: waiting_for(getattr(town, name), NOW).filter(duty="approval").count()
        for name in ("anna", "sten", "cleo", "ola", "otto", "ben")
    }
    assert waits == {"anna": 1, "sten": 0, "cleo": 0, "ola": 0, "otto": 0, "ben": 0}


def test_a_managers_own_plan_waits_for_the_next_one_above(town: Town) -> None:
    boss = town.ola
    appoint(boss, Role.OPERATIONS_MANAGER, town.board)
    appoint(town.cleo, Role.OPERATIONS_MANAGER, town.library)
    Appointment.objects.filter(user=town.anna).delete()
    submitted(town)
    assert waiting_for(boss, NOW).filter(duty="approval").count() == 1
    assert not waiting_for(town.cleo, NOW).filter(duty="approval").exists()


def test_a_plan_that_a_manager_submits_for_its_author_waits_for_the_next_one_above(
    town: Town,
) -> None:
    """Nobody decides on what they have submitted themselves, nor is asked or reminded to."""
    boss = town.ola
    appoint(boss, Role.OPERATIONS_MANAGER, town.board)
    plan = draft(town)
    submit_plan(plan, revision=plan.revision, by=town.anna, now=NOW)
    asked = {
        name: waiting_for(getattr(town, name), NOW).filter(duty="approval").exists()
        for name in ("anna", "ola")
    }
    assert asked == {"anna": False, "ola": True}
    role = Role.OPERATIONS_MANAGER
    assert people_of_plans({plan.pk}, role, NOW) == {plan.pk: [boss]}
    with pytest.raises(AgainstPolicy):
        approve(fresh(plan), FIRST, town.anna)
    assert approve(fresh(plan), FIRST, boss).actor == boss


def test_whoever_submitted_an_earlier_version_does_not_decide_on_the_next(town: Town) -> None:
    appoint(town.ola, Role.OPERATIONS_MANAGER, town.board)
    plan = draft(town)
    submit_plan(plan, revision=plan.revision, by=town.anna, now=NOW)
    plan = fresh(plan)
    return_plan(plan, FIRST, digest=digest_of(plan), note="Målen?", by=town.ola, now=NOW)
    plan = fresh(plan)
    plan = save_draft(
        plan,
        answers=answers(town, weekly_hours=6),
        revision=plan.revision,
        by=town.cleo,
        now=NOW,
    )
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    with pytest.raises(AgainstPolicy):
        approve(fresh(plan), FIRST, town.anna)
