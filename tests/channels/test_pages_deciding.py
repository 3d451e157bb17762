"""The plan page: signing, returning, and what each who may not is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.models import Decision, Plan
from governance.models import User
from governance.roles import Role
from tests import plans_of_town
from tests.browsers import client_of
from tests.town import PASSWORD, Town, appoint, person


@pytest.fixture
def plan(town: Town) -> Plan:
    """Cleo's plan, waiting for Anna."""
    return plans_of_town.submitted(town)


def decide(client: Client, plan: Plan, act: str = "approve", **data: str) -> Any:
    """The button pressed on the plan's page."""
    sent = {
        "act": act,
        "step": "operations_approval",
        "digest": plans_of_town.digest_of(plan),
        "resources": "on",
        "place": "Ekby",
        "password": PASSWORD,
    }
    return client.post(f"/plans/{plan.pk}/", sent | data)


def test_the_manager_signs_with_place_and_password(town: Town, plan: Plan) -> None:
    client = client_of(town.anna)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert plans_of_town.digest_of(plan)[:8] in page
    assert "Godkänn och skriv under" in page

    assert decide(client, plan).status_code == 302

    decision = Decision.objects.get(step="operations_approval")
    assert (decision.actor, decision.place, decision.digest) == (
        town.anna,
        "Ekby",
        plans_of_town.digest_of(plan),
    )


def test_it_waits_for_the_nearest_and_those_above_read_that_they_may_decide_too(
    town: Town, plan: Plan
) -> None:
    appoint(town.ola, Role.OPERATIONS_MANAGER, town.board)
    nearest, above = (
        client_of(each).get(f"/plans/{plan.pk}/").content.decode() for each in (town.anna, town.ola)
    )
    waits, may = "The plan waits for you.", "You may decide in their place."
    assert (waits in nearest, may in nearest) == (True, False)
    assert (waits in above, may in above) == (False, True)
    assert 'name="digest"' in above


def test_a_plan_that_was_returned_is_called_so_in_the_list(town: Town, plan: Plan) -> None:
    started = plans_of_town.draft(town, address="https://www.facebook.com/ekbybokbuss")
    decide(client_of(town.anna), plan, act="return", note="Målen?")
    page = " ".join(client_of(town.ben).get("/plans/").content.decode().split())
    states = {
        each.pk: "Returned" in page.partition(f'href="/plans/{each.pk}/"')[2].partition("</tr>")[0]
        for each in (plan, started)
    }
    assert states == {plan.pk: True, started.pk: False}


def test_a_wrong_password_signs_nothing_and_loses_nothing(town: Town, plan: Plan) -> None:
    answer = decide(client_of(town.anna), plan, password="fel", place="Östra Ekby")

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Östra Ekby" in page
    assert 'id="id_password_error"' in page
    assert 'value="fel"' not in page
    assert not Decision.objects.exists()


def test_a_signature_without_place_is_told_beside_the_field(town: Town, plan: Plan) -> None:
    answer = decide(client_of(town.anna), plan, place="")

    assert answer.status_code == 422
    assert 'id="id_place_error"' in answer.content.decode()


def test_the_step_s_own_question_must_be_answered_and_cites_its_clause(
    town: Town, plan: Plan
) -> None:
    answer = decide(client_of(town.anna), plan, resources="")

    assert answer.status_code == 422
    assert "2.1 Att använda sociala medier" in answer.content.decode()
    assert not Decision.objects.exists()


def test_all_that_an_approval_lacks_is_told_at_once(town: Town, plan: Plan) -> None:
    answer = decide(client_of(town.anna), plan, resources="", place="", password="fel")

    page = answer.content.decode()
    told = [name for name in ("resources", "place", "password") if f"id_{name}_error" in page]
    assert (answer.status_code, told) == (422, ["resources", "place", "password"])


def test_a_plan_is_returned_with_a_note_and_without_a_password(town: Town, plan: Plan) -> None:
    client = client_of(town.anna)
    answer = decide(client, plan, "return", note="", password="")
    assert answer.status_code == 422
    assert "Write why, so that the author knows what to do." in answer.content.decode()
    assert "field__optional" not in answer.content.decode(), "each is asked for by its own button"

    assert decide(client, plan, "return", note="Hur mäts målet?", password="").url == "/plans/"

    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    page = client_of(town.cleo).get(f"/plans/{plan.pk}/write/").content.decode()
    assert "Hur mäts målet?" in page


def test_a_colleague_without_the_role_is_refused_with_the_reason(town: Town, plan: Plan) -> None:
    client = client_of(town.ola)
    assert "Your decision" not in client.get(f"/plans/{plan.pk}/").content.decode()

    answer = decide(client, plan)

    assert answer.status_code == 403
    assert "manager responsible for operations" in answer.content.decode()


def test_the_late_one_is_told_who_came_first(town: Town, plan: Plan) -> None:
    second = person(town.municipality, "Siv Dahl", "enhetschef")
    appoint(second, Role.OPERATIONS_MANAGER, town.library)
    assert decide(client_of(town.anna), plan).status_code == 302

    answer = decide(client_of(second), plan)

    assert answer.status_code == 409
    assert "Anna Ek" in answer.content.decode()
    assert Decision.objects.filter(step="operations_approval").count() == 1


def test_a_plan_that_was_changed_in_between_is_not_signed(town: Town, plan: Plan) -> None:
    answer = decide(client_of(town.anna), plan, digest="0" * 64)

    assert answer.status_code == 409
    assert not Decision.objects.exists()


def test_nobody_is_offered_to_decide_on_their_own_plan(town: Town, plan: Plan) -> None:
    appoint(town.cleo, Role.OPERATIONS_MANAGER, town.library)
    client = client_of(town.cleo)

    assert "You wrote this plan" in client.get(f"/plans/{plan.pk}/").content.decode()
    assert decide(client, plan).status_code == 422
    assert not Decision.objects.exists()


def test_the_second_version_is_shown_with_its_changes(town: Town) -> None:
    plan = plans_of_town.second_version(town)
    client = client_of(town.sten)

    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "<del>Få många följare</del>" in page
    assert "<ins>Nå fler unga (Följare: 500" in page
    assert "<del>" not in client.get(f"/plans/{plan.pk}/?plain=1").content.decode()


def test_a_draft_is_its_writers_business(town: Town) -> None:
    plan = plans_of_town.draft(town)

    assert client_of(town.dag).get(f"/plans/{plan.pk}/").status_code == 302  # writes there too
    answer = client_of(town.ola).get(f"/plans/{plan.pk}/")
    assert answer.status_code == 403
    assert "Cleo Sjö" in answer.content.decode()


def queries(user: User, address: str) -> int:
    client = client_of(user)
    client.get(address)  # what is read once in a process is read
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_of_plans_asks_the_same_number_of_questions_however_long(town: Town) -> None:
    plans_of_town.submitted(town)
    before = queries(town.anna, "/plans/")
    for number in range(4):
        plans_of_town.submitted(town, address=f"https://www.facebook.com/ekby{number}")

    assert queries(town.anna, "/plans/") == before
