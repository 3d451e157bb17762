"""Two people press at the same moment, or somebody presses late: what was read is what counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from channels.actions.deciding import return_plan
from channels.actions.planning import save_draft, submit_plan, withdraw_plan
from channels.models import Decision, Plan
from governance.models import Appointment, AuditEntry
from governance.roles import Role
from tests import plans_of_town
from tests.browsers import client_of
from tests.channels.test_pages_deciding import decide
from tests.plans_of_town import answers, digest_of, fresh
from tests.town import LONG_AGO, NOW, Town, appoint, build, later, person

FIRST = "operations_approval"

Act = Callable[[], Any]


def at_once(*acts: Act) -> list[Any]:
    """What each act gives, all begun at one moment, each on a connection of its own."""
    start, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            start.wait(timeout=10)
            given[number] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return given


def second_manager(town: Town) -> Client:
    """Somebody else who may approve just as Anna may."""
    siv = person(town.municipality, "Siv Dahl", "enhetschef")
    appoint(siv, Role.OPERATIONS_MANAGER, town.library)
    return client_of(siv)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_press_at_once_one_approves_and_the_other_is_told_who_did() -> None:
    town = build()
    plan = plans_of_town.submitted(town)
    anna, siv = client_of(town.anna), second_manager(town)
    given = at_once(lambda: decide(anna, plan), lambda: decide(siv, plan))

    assert sorted(answer.status_code for answer in given) == [302, 409]
    decision = Decision.objects.get()
    (late,) = [answer for answer in given if answer.status_code == 409]
    assert decision.actor.name in text(late)
    assert AuditEntry.objects.filter(act="plan.step_approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_an_approval_and_a_return_at_once_one_stands_and_the_other_is_told() -> None:
    town = build()
    plan = plans_of_town.submitted(town)
    anna, siv = client_of(town.anna), second_manager(town)
    given = at_once(
        lambda: decide(anna, plan), lambda: decide(siv, plan, "return", note="Vilka böcker?")
    )

    assert sorted(answer.status_code for answer in given) == [302, 409]
    decision = Decision.objects.get()
    stands = {Decision.Outcome.APPROVED: Plan.State.SUBMITTED, "returned": Plan.State.DRAFT}
    assert fresh(plan).state == stands[decision.outcome]
    (late,) = [answer for answer in given if answer.status_code == 409]
    assert decision.actor.name in text(late)


@pytest.mark.django_db(transaction=True)
def test_a_plan_withdrawn_while_it_is_being_approved_is_one_of_the_two() -> None:
    town = build()
    plan = plans_of_town.submitted(town)
    anna, cleo = client_of(town.anna), client_of(town.cleo)
    given = at_once(
        lambda: decide(anna, plan),
        lambda: cleo.post(f"/plans/{plan.pk}/withdraw/"),
    )

    approved, withdrawn = (answer.status_code for answer in given)
    if fresh(plan).state == Plan.State.WITHDRAWN:
        # an approval that came first is one of two: the plan could still be withdrawn after it
        assert withdrawn == 302
        assert Decision.objects.count() == (approved == 302)
    else:
        assert (approved, withdrawn) == (302, 409)


def changed_meanwhile(town: Town, plan: Plan) -> str:
    """Returned, rewritten and submitted anew while somebody reads; the digest that they read."""
    read, note = digest_of(plan), "Vilka böcker?"
    return_plan(plan, FIRST, digest=read, note=note, by=town.anna, now=NOW)
    plan, again = fresh(plan), answers(town, purpose="Något annat.")
    plan = save_draft(plan, answers=again, revision=plan.revision, by=town.cleo, now=NOW)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=later(hours=1))
    assert digest_of(plan) != read
    return read


def test_who_approves_what_was_rewritten_meanwhile_has_it_to_read_first(town: Town) -> None:
    plan = plans_of_town.submitted(town)
    anna = client_of(town.anna)
    answer = decide(anna, plan, digest=changed_meanwhile(town, plan))

    assert answer.status_code == 409
    assert "Cleo Sjö submitted a new version" in text(answer)
    page = text(anna.get(f"/plans/{plan.pk}/"))
    assert "Något annat." in page and digest_of(plan)[:8] in page
    assert not Decision.objects.filter(outcome=Decision.Outcome.APPROVED).exists()


def test_who_lost_the_role_between_the_letter_and_the_click_is_told_so(town: Town) -> None:
    plan = plans_of_town.submitted(town)
    anna = client_of(town.anna)
    assert anna.get(f"/plans/{plan.pk}/").status_code == 200
    appoint(town.anna, Role.EMPLOYEE, town.library)
    ended = Appointment.objects.filter(user=town.anna, role=Role.OPERATIONS_MANAGER)
    ended.update(ends_on=LONG_AGO)

    answer = decide(anna, plan)
    assert answer.status_code == 403
    assert not Decision.objects.exists()
    assert fresh(plan).state == Plan.State.SUBMITTED


def test_who_follows_an_old_letter_to_a_withdrawn_plan_is_told_that_it_is(town: Town) -> None:
    plan = plans_of_town.submitted(town)
    read = digest_of(plan)
    withdraw_plan(plan, by=town.cleo, now=later(NOW, minutes=5))
    answer = decide(client_of(town.anna), plan, digest=read)

    assert answer.status_code == 409
    assert "withdrawn" in text(answer)
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_to_change_a_plan_at_once_both_write_on_one_draft() -> None:
    town = build()
    channel = plans_of_town.opened(town)
    cleo, dag = client_of(town.cleo), client_of(town.dag)
    path = f"/channels/{channel.pk}/plan/"
    given = at_once(lambda: cleo.post(path), lambda: dag.post(path))

    plan = Plan.objects.get(state=Plan.State.DRAFT)
    there = f"/plans/{plan.pk}/write/"
    assert [answer.headers["Location"] for answer in given] == [there, there]
