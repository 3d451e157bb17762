"""The plan's form: every policy's questions, saved as one writes, nothing lost."""

from __future__ import annotations

import pytest

from channels.models import Plan
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
