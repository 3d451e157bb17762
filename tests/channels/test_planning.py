"""Begin a plan, write on it, submit it, withdraw it."""

from typing import Any

import pytest

from channels.actions.planning import save_draft, start_plan, submit_plan, withdraw_plan
from channels.checks import NotReady
from channels.models import Plan
from governance.errors import NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Notice, Obligation
from tests.plans_of_town import (
    ADDRESS,
    anna_approves,
    answers,
    draft,
    fresh,
    somebody,
    sten_approves,
    submitted,
)
from tests.town import NOW, Town, later


def acts(plan: Plan) -> list[str]:
    rows = AuditEntry.objects.filter(subject_type="channels.plan", subject_id=plan.pk)
    return list(rows.order_by("number").values_list("act", flat=True))


def refused(plan: Plan, town: Town) -> list[tuple[str | None, str, str]]:
    """What the policy refuses: field, clause, message."""
    with pytest.raises(NotReady) as caught:
        submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    return [(each.field, each.clause, each.message) for each in caught.value.faults]


# --- beginning and writing


def test_a_plan_begins_with_the_policys_form_and_what_a_pasted_address_tells(town: Town) -> None:
    plan = start_plan(town.library, by=town.cleo, now=NOW, address="m.facebook.com/EkbyBibliotek/")
    assert plan.kind == "activity_plan"
    assert plan.answers["address"] == ADDRESS
    assert plan.answers["medium"] == "facebook"
    assert plan.answers["operation"] == {"unit": town.library.pk, "name": "Ekby bibliotek"}
    assert acts(plan) == ["plan.started"]


def test_nobody_begins_a_plan_at_somebody_elses_unit(town: Town) -> None:
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            start_plan(town.library, by=stranger, now=NOW)


def test_a_draft_is_kept_as_it_is_complete_or_not(town: Town) -> None:
    plan = start_plan(town.library, by=town.cleo, now=NOW)
    half = {"purpose": "Ber", "administrators": [somebody("", None, "")], "unknown": "x"}
    plan = save_draft(plan, answers=half, revision=plan.revision, by=town.cleo, now=NOW)
    assert fresh(plan).answers == {key: half[key] for key in ("purpose", "administrators")}


def test_who_writes_at_the_same_time_is_told_who_saved_and_nothing_is_overwritten(
    town: Town,
) -> None:
    plan = draft(town)
    mine, theirs = answers(town, purpose="Mitt"), answers(town, purpose="Ditt")
    save_draft(plan, answers=theirs, revision=plan.revision, by=town.dag, now=later(minutes=5))
    with pytest.raises(NoLongerPossible) as caught:
        save_draft(plan, answers=mine, revision=plan.revision, by=town.cleo, now=later(minutes=6))
    assert (caught.value.by, caught.value.at) == ("Dag Åberg", later(minutes=5))
    assert fresh(plan).answers["purpose"] == "Ditt"


def test_who_wrote_in_two_windows_is_told_that_it_was_themselves(town: Town) -> None:
    plan = draft(town)
    mine, older = answers(town, purpose="Mitt"), answers(town, purpose="Äldre")
    save_draft(plan, answers=mine, revision=plan.revision, by=town.cleo, now=later(minutes=5))
    with pytest.raises(NoLongerPossible, match="another window"):
        save_draft(plan, answers=older, revision=plan.revision, by=town.cleo, now=later(minutes=6))


def test_saving_what_is_saved_already_does_nothing(town: Town) -> None:
    plan = draft(town)
    again = save_draft(plan, answers=answers(town), revision=0, by=town.dag, now=later(hours=1))
    assert (again.revision, again.saved_by) == (plan.revision, town.cleo)


def test_a_submitted_plan_is_no_draft_any_more(town: Town) -> None:
    plan = submitted(town)
    with pytest.raises(NoLongerPossible):
        save_draft(plan, answers={}, revision=plan.revision, by=town.cleo, now=NOW)


# --- submitting


def test_submitting_freezes_the_answers_and_waits_for_the_first_manager(town: Town) -> None:
    plan = submitted(town)
    version = plan.current
    assert version is not None
    assert plan.state == Plan.State.SUBMITTED
    assert version.answers == plan.answers
    assert [person.name for person in version.people.filter(role="administrator")] == [
        "Cleo Sjö",
        "Dag Åberg",
    ]
    assert version.goals.get().indicator == "Följare"
    waiting = Obligation.objects.open().get(duty="approval")
    assert (waiting.who, waiting.clause) == (
        "operations_manager",
        "Blankett, Aktivitetsplan för sociala medier",
    )
    assert Notice.objects.get(kind="approval").recipient == town.anna
    assert acts(plan) == ["plan.started", "plan.submitted"]


def test_a_plan_with_one_administrator_is_refused_with_its_clause(town: Town) -> None:
    plan = draft(town, administrators=[somebody("Cleo Sjö", town.cleo.pk)])
    assert [(field, clause) for field, clause, _message in refused(plan, town)] == [
        ("administrators", "Blankett, Aktivitetsplan för sociala medier")
    ]


def test_the_same_person_twice_is_one_administrator(town: Town) -> None:
    twice = [somebody("Eva Ström"), somebody(" eva  STRÖM")]
    assert refused(draft(town, administrators=twice), town)[0][0] == "administrators"


def test_a_plan_looser_than_daily_is_refused_with_its_clause(town: Town) -> None:
    plan = draft(town, check_interval={"times": 1, "per": "week"})
    [(field, clause, message)] = refused(plan, town)
    assert (field, clause) == ("check_interval", "2.1 Att använda sociala medier")
    assert "daglig" in message or "dag" in message


def test_a_plan_without_a_description_of_the_activity_is_refused(town: Town) -> None:
    [(field, clause, _message)] = refused(draft(town, description=None), town)
    assert (field, clause) == ("description", "2.2 Krav för att använda sociala medier, punkt 4")


def test_every_missing_answer_is_named_at_once(town: Town) -> None:
    plan = start_plan(town.library, by=town.cleo, now=NOW)
    assert len(refused(plan, town)) >= 12


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "https://www.facebook.com/"}, "address"),
        ({"operators": [somebody("Dag Åberg", None, "")]}, "operators"),
        ({"medium": "myspace"}, "medium"),
        ({"weekly_hours": 400}, "weekly_hours"),
        ({"goals": [{"goal": " ", "indicator": "", "target": "", "date": ""}]}, "goals"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_beside_its_field(
    town: Town, change: dict[str, Any], field: str
) -> None:
    assert field in [each[0] for each in refused(draft(town, **change), town)]


def goal_to_follow_up(day: str) -> dict[str, Any]:
    return {"goals": [{"goal": "Nå fler unga", "indicator": "", "target": "", "date": day}]}


def test_a_goal_is_not_followed_up_before_the_plan_is_submitted(town: Town) -> None:
    plan = draft(town, **goal_to_follow_up("2026-03-01"))
    [(field, _clause, message)] = refused(plan, town)
    assert field == "goals"
    assert "2026" in message
    submitted(town, **goal_to_follow_up("2026-03-02"))


def test_a_follow_up_whose_day_comes_while_the_plan_waits_stops_no_approval(town: Town) -> None:
    plan = submitted(town, **goal_to_follow_up("2026-03-04"))
    plan = anna_approves(plan, town, now=later(days=7))
    assert sten_approves(plan, town, now=later(days=8)).state == Plan.State.APPROVED


def test_a_colleague_of_another_municipality_cannot_be_named(town: Town) -> None:
    people = [somebody("Cleo Sjö", town.cleo.pk), somebody("Otto Granne", town.otto.pk)]
    assert refused(draft(town, administrators=people), town)[0][0] == "administrators"


def test_two_plans_for_one_address_do_not_both_wait(town: Town) -> None:
    submitted(town)
    assert refused(draft(town), town)[0][0] == "address"


def test_submitting_twice_tells_who_did_it_first(town: Town) -> None:
    plan = draft(town)
    submit_plan(plan, revision=plan.revision, by=town.dag, now=NOW)
    with pytest.raises(NoLongerPossible, match="Dag Åberg"):
        submit_plan(plan, revision=plan.revision, by=town.cleo, now=later(minutes=1))
    assert plan.versions.count() == 1


def test_what_somebody_changed_in_between_is_not_submitted_unread(town: Town) -> None:
    plan = draft(town)
    save_draft(
        plan, answers=answers(town, purpose="Annat"), revision=plan.revision, by=town.dag, now=NOW
    )
    with pytest.raises(NoLongerPossible, match="Dag Åberg"):
        submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)


def test_a_colleague_without_the_role_does_not_submit(town: Town) -> None:
    plan = draft(town)
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            submit_plan(plan, revision=plan.revision, by=stranger, now=NOW)


# --- withdrawing


def test_a_withdrawn_plan_waits_for_nobody(town: Town) -> None:
    plan = submitted(town)
    withdraw_plan(plan, by=town.cleo, now=NOW)
    assert fresh(plan).state == Plan.State.WITHDRAWN
    assert not Obligation.objects.open().filter(duty="approval").exists()
    assert acts(plan)[-1] == "plan.withdrawn"


def test_others_do_not_withdraw_a_plan(town: Town) -> None:
    plan = submitted(town)
    for stranger in (town.dag, town.ola, town.otto):
        with pytest.raises(NotAllowed):
            withdraw_plan(plan, by=stranger, now=NOW)


def test_a_decided_plan_is_not_withdrawn(town: Town) -> None:
    plan = sten_approves(anna_approves(submitted(town), town), town)
    with pytest.raises(NoLongerPossible):
        withdraw_plan(plan, by=town.cleo, now=NOW)
