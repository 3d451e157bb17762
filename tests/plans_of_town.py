"""Cleo's plan for the library: what she would write, and how far it has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels.actions.accounts import Consultation, Entered, do_account_step
from channels.actions.custody import hand_over_login
from channels.actions.deciding import approve_step, return_plan
from channels.actions.entering import writers_to_appoint
from channels.actions.planning import save_draft, start_plan, submit_plan
from channels.models import Channel, Plan
from governance.models import User
from governance.roles import Role
from tests.town import NOW, Town, later

ADDRESS = "https://www.facebook.com/ekbybibliotek"
RESOURCES = {"resources": True}
BENEFIT = {"benefit": "Biblioteket når unga som inte läser anslagstavlan."}


def somebody(name: str, user: int | None = None, contact: str = "0100-10 01") -> dict[str, Any]:
    """A row of a question about persons."""
    return {"user": user, "name": name, "title": "", "contact": contact}


def answers(town: Town, **changes: Any) -> dict[str, Any]:
    """A complete activity plan for the library; `changes` replace answers, None takes them out."""
    complete = {
        "medium": "facebook",
        "address": ADDRESS,
        "operation": {"unit": town.library.pk, "name": town.library.name},
        "purpose": "Berätta om böcker och svara på frågor.",
        "audience": "Unga i Ekby.",
        "description": "Boktips två gånger i veckan.",
        "goals": [
            {"goal": "Nå fler unga", "indicator": "Följare", "target": "500", "date": "2099-12-31"}
        ],
        "administrators": [
            somebody("Cleo Sjö", town.cleo.pk),
            somebody("Dag Åberg", town.dag.pk),
        ],
        "operators": [somebody("Dag Åberg", town.dag.pk)],
        "watching_hours": "office_hours_only",
        "check_interval": {"times": 1, "per": "day"},
        "publishing_interval": {"times": 2, "per": "week"},
        "weekly_hours": 4,
    }
    return {key: value for key, value in {**complete, **changes}.items() if value is not None}


def draft(town: Town, *, now: datetime = NOW, **changes: Any) -> Plan:
    """A draft that Cleo has filled in."""
    plan = start_plan(town.library, by=town.cleo, now=now)
    return save_draft(
        plan, answers=answers(town, **changes), revision=plan.revision, by=town.cleo, now=now
    )


def submitted(town: Town, *, now: datetime = NOW, **changes: Any) -> Plan:
    """A plan that waits for Anna."""
    plan = draft(town, now=now, **changes)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=now)
    return fresh(plan)


def anna_approves(plan: Plan, town: Town, *, now: datetime = NOW) -> Plan:
    """The first signature."""
    return _approved(plan, "operations_approval", RESOURCES, town.anna, now)


def sten_approves(plan: Plan, town: Town, *, now: datetime = NOW) -> Plan:
    """The second signature, after which the channel waits for its account."""
    return _approved(plan, "sector_approval", BENEFIT, town.sten, now)


def _approved(plan: Plan, step: str, said: dict[str, Any], by: User, now: datetime) -> Plan:
    approve_step(plan, step, digest=digest_of(plan), place="Ekby", answers=said, by=by, now=now)
    return fresh(plan)


def second_version(town: Town, *, now: datetime = NOW, **changes: Any) -> Plan:
    """Returned once with a question, answered, and three hours later waiting for Sten."""
    vague = {"goal": "Få många följare", "indicator": "", "target": "", "date": ""}
    plan = submitted(town, now=now, **(changes | {"goals": [vague]}))
    return_plan(
        plan,
        "operations_approval",
        digest=digest_of(plan),
        note="Hur mäter vi målet?",
        by=town.anna,
        now=later(now, hours=1),
    )
    plan, again = fresh(plan), later(now, hours=2)
    plan = save_draft(
        plan, answers=answers(town, **changes), revision=plan.revision, by=town.cleo, now=again
    )
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=again)
    return anna_approves(fresh(plan), town, now=later(now, hours=3))


def approved(town: Town, *, now: datetime = NOW, **changes: Any) -> Plan:
    """Approved by both; its channel waits for its account."""
    plan = submitted(town, now=now, **changes)
    return sten_approves(anna_approves(plan, town, now=now), town, now=now)


def waiting(town: Town, *, now: datetime = NOW, **changes: Any) -> Channel:
    """A channel whose plan is approved and whose account is not."""
    channel = approved(town, now=now, **changes).channel
    assert channel is not None
    return channel


def appoint_writers(channel: Channel, town: Town, *, now: datetime = NOW) -> Channel:
    """Ben appoints everybody whom the plan names as a writer."""
    entered = Entered(
        answers={"consultation": "Vi är överens."},
        consulted=[Consultation(town.sten, NOW.date())],
        appointed=writers_to_appoint(channel),
    )
    return do_account_step(channel, "appoint_writers", entered, by=town.ben, now=now)


def hand_over_to_all(channel: Channel, town: Town, *, now: datetime = NOW) -> None:
    """The three holders that the policy names have the login."""
    for role, holder in [
        (Role.CHANNEL_OWNER, town.cleo),
        (Role.CENTRAL_REGISTRAR, town.rut),
        (Role.INFORMATION_OFFICER, town.ben),
    ]:
        hand_over_login(channel, role, holder, by=town.cleo, now=now)


def opened(town: Town, *, now: datetime = NOW, **changes: Any) -> Channel:
    """An open channel: planned, approved, its writers appointed, its login in safe keeping."""
    channel = appoint_writers(waiting(town, now=now, **changes), town, now=now)
    hand_over_to_all(channel, town, now=now)
    channel = do_account_step(channel, "receive_login", by=town.ben, now=now)
    return do_account_step(channel, "enter_in_register", by=town.ben, now=now)


def digest_of(plan: Plan) -> str:
    """The digest that whoever decides has before them."""
    assert plan.current is not None
    return plan.current.digest


def fresh(plan: Plan) -> Plan:
    """The plan as it now is in the database."""
    return Plan.objects.get(pk=plan.pk)
