"""The plan's form: every policy's questions, saved as one writes, nothing lost."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from channels.models import Plan
from governance.models import User
from governance.policy.in_force import policy_for
from tests.browsers import client_of
from tests.channels.filling import ADDRESS, filled
from tests.town import NOW, POLICIES, Town, build

SHIPPED = sorted(path.stem for path in POLICIES.glob("*.toml"))


def begin(town: Town) -> Plan:
    """Cleo begins a plan for the library, by the pages."""
    answer = client_of(town.cleo).post(
        "/plans/new/", {"unit": town.library.pk, "address": "instagram.com/EkbyBibliotek?x=1"}
    )
    assert answer.status_code == 302, answer.content.decode()
    plan = Plan.objects.get()
    assert answer.headers["Location"] == f"/plans/{plan.pk}/write/"
    return plan


def complete(town: Town, plan: Plan, **changes: str) -> dict[str, str]:
    form = policy_for(plan.unit, NOW).form("plan")
    data = filled(form, town.library, town.cleo, town.dag)
    return data | {"revision": str(plan.revision)} | changes


@pytest.mark.parametrize("policy", SHIPPED)
def test_the_form_of_every_policy_is_drawn_filled_in_and_submitted(policy: str, db: None) -> None:
    town = build(policy)
    plan = begin(town)
    client = client_of(town.cleo)

    page = client.get(f"/plans/{plan.pk}/write/")
    assert page.status_code == 200
    for field in policy_for(town.library, NOW).form("plan").fields:
        assert f'id="id_{field.key}' in page.content.decode(), field.key

    answer = client.post(f"/plans/{plan.pk}/write/", complete(town, plan, act="submit"))
    assert answer.status_code == 302, _errors(answer.content.decode())
    plan.refresh_from_db()
    assert plan.state != Plan.State.DRAFT


def _errors(page: str) -> str:
    return page[page.find('class="errors"') :][:2000]


def test_a_pasted_address_fills_in_medium_and_address(town: Town) -> None:
    plan = begin(town)

    assert plan.answers["medium"] == "instagram"
    assert plan.answers["address"] == ADDRESS


# --- two people write at once ------------------------------------------------------------------


def _save(who: User, plan: Plan, revision: int, act: str, audience: str) -> HttpResponse:
    data = {"revision": str(revision), "act": act, "audience": audience}
    return client_of(who).post(f"/plans/{plan.pk}/write/", data)  # type: ignore[return-value]


def test_saving_by_itself_over_a_colleague_s_words_changes_nothing_and_says_so(town: Town) -> None:
    plan = begin(town)
    _save(town.dag, plan, plan.revision, "autosave", "Dags läsare")

    answer = _save(town.cleo, plan, plan.revision, "autosave", "Cleos läsare").content.decode()

    assert "state--late" in answer
    assert 'id="revision"' not in answer, "the page still knows what it was read from"
    plan.refresh_from_db()
    assert plan.answers["audience"] == "Dags läsare"


def test_saving_over_a_colleague_s_words_is_asked_first_and_keeps_every_word(town: Town) -> None:
    plan = begin(town)
    _save(town.dag, plan, plan.revision, "save", "Dags läsare")

    answer = _save(town.cleo, plan, plan.revision, "save", "Cleos läsare")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Cleos läsare" in page
    assert "Dag Åberg saved at" in page
    theirs = Plan.objects.get(pk=plan.pk)
    assert theirs.answers["audience"] == "Dags läsare"
    assert f'id="revision" value="{theirs.revision}"' in page
    assert _save(town.cleo, plan, theirs.revision, "save", "Cleos läsare").status_code == 302
    assert Plan.objects.get(pk=plan.pk).answers["audience"] == "Cleos läsare"


def test_writing_on_a_plan_that_a_colleague_has_submitted_loses_no_word(town: Town) -> None:
    plan = begin(town)
    client = client_of(town.dag)
    client.post(f"/plans/{plan.pk}/write/", complete(town, plan, act="submit"))

    answer = _save(town.cleo, plan, plan.revision, "save", "Cleos läsare\noch deras föräldrar")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Cleos läsare<br>och deras föräldrar" in page


def test_a_plan_is_withdrawn_by_those_to_whom_it_is_offered(town: Town) -> None:
    plan = begin(town)
    client_of(town.cleo).post(f"/plans/{plan.pk}/write/", complete(town, plan, act="submit"))
    link = f'href="/plans/{plan.pk}/withdraw/"'
    for person in (town.cleo, town.anna, town.sten, town.ben, town.dag, town.ola, town.rut):
        client = client_of(person)
        offered = link in client.get(f"/plans/{plan.pk}/").content.decode()
        answer = client.get(f"/plans/{plan.pk}/withdraw/")
        assert answer.status_code == (200 if offered else 403), person
    assert client_of(town.anna).post(f"/plans/{plan.pk}/withdraw/").status_code == 302
    assert link not in client_of(town.cleo).get(f"/plans/{plan.pk}/").content.decode()
