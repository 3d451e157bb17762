"""A draft whose author has left or is away is taken over."""

from __future__ import annotations

import pytest

from channels.actions.deciding import approve_step, return_plan
from channels.actions.planning import submit_plan
from channels.actions.taking_over import take_over_plan
from channels.models import Plan
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Appointment, AuditEntry, Notice, User
from governance.obligations.reading import waiting_for
from tests.browsers import client_of
from tests.plans_of_town import RESOURCES, digest_of, draft, fresh, submitted
from tests.town import NOW, Town, away


def gone(user: User) -> None:
    Appointment.objects.filter(user=user).delete()


def test_a_draft_of_somebody_who_is_away_gets_a_new_author_and_the_earlier_one_is_told(
    town: Town,
) -> None:
    plan = draft(town)
    away(town.cleo, None)
    take_over_plan(plan, by=town.dag, now=NOW)
    assert fresh(plan).author == town.dag
    assert Notice.objects.filter(recipient=town.cleo, kind="plan_taken_over").count() == 1
    entry = AuditEntry.objects.get(act="plan.taken_over")
    assert entry.facts["earlier_author"] == town.cleo.pk
    assert entry.facts["because"] == "away"


def test_a_plan_returned_to_somebody_who_left_waits_for_whoever_takes_it_over(town: Town) -> None:
    plan = submitted(town)
    return_plan(
        plan, "operations_approval", digest=digest_of(plan), note="Hur?", by=town.anna, now=NOW
    )
    gone(town.cleo)
    take_over_plan(plan, by=town.dag, now=NOW)
    assert [each.duty for each in waiting_for(town.dag, NOW)] == ["returned_plan"]


def test_whoever_took_the_plan_over_cannot_approve_it(town: Town) -> None:
    plan = draft(town)
    gone(town.cleo)
    take_over_plan(plan, by=town.anna, now=NOW)
    plan = fresh(plan)
    submit_plan(plan, revision=plan.revision, by=town.dag, now=NOW)
    with pytest.raises(AgainstPolicy):
        approve_step(
            plan,
            "operations_approval",
            digest=digest_of(plan),
            place="Ekby",
            answers=RESOURCES,
            by=town.anna,
            now=NOW,
        )


def test_nobody_takes_a_plan_from_an_author_who_is_there(town: Town) -> None:
    with pytest.raises(NotAllowed):
        take_over_plan(draft(town), by=town.dag, now=NOW)


def test_only_who_writes_plans_at_the_unit_takes_one_over(town: Town) -> None:
    plan = draft(town)
    gone(town.cleo)
    with pytest.raises(NotAllowed):
        take_over_plan(plan, by=town.ola, now=NOW)


def test_a_submitted_plan_and_ones_own_are_not_taken_over(town: Town) -> None:
    own, sent = draft(town), submitted(town)
    with pytest.raises(NoLongerPossible):
        take_over_plan(own, by=town.cleo, now=NOW)
    gone(town.cleo)
    with pytest.raises(NoLongerPossible):
        take_over_plan(sent, by=town.dag, now=NOW)


def test_the_form_offers_it_where_the_author_is_gone(town: Town) -> None:
    plan = draft(town)
    client = client_of(town.dag)
    assert "Take over the plan" not in client.get(f"/plans/{plan.pk}/write/").content.decode()
    gone(town.cleo)
    assert "Take over the plan" in client.get(f"/plans/{plan.pk}/write/").content.decode()
    answer = client.post(f"/plans/{plan.pk}/take-over/")
    assert answer.status_code == 302
    assert Plan.objects.get(pk=plan.pk).author == town.dag
    assert "Take over the plan" not in client.get(f"/plans/{plan.pk}/write/").content.decode()
