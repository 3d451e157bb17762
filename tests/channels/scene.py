"""A plan and a channel in the states that the pages show, made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.actions.accounts import (
    Consultation,
    Entered,
    account_step_waiting,
    do_account_step,
    writers_to_appoint,
)
from channels.actions.custody import hand_over_login
from channels.actions.deciding import approve_step, return_plan
from channels.actions.planning import save_draft, start_plan, submit_plan
from channels.actions.register import change_channel
from channels.models import Channel, Plan
from channels.steps import step_waiting
from governance.roles import Role
from tests.town import NOW, Town, later

LIBRARY = "https://www.instagram.com/ekbybibliotek"


def answers(town: Town, **changes: Any) -> dict[str, Any]:
    """Cleo's answers to Vårgårda's questions."""
    person = {"title": "bibliotekarie", "contact": "0100-10 01"}
    return {
        "medium": "instagram",
        "address": LIBRARY,
        "operation": {"unit": town.library.pk, "name": town.library.name},
        "purpose": "Nå dem som inte läser kommunens webbplats.",
        "purposes": ["better_service", "dialogue"],
        "audience": "Låntagare och föräldrar i Ekby",
        "description": "Boktips, program och ändrade öppettider.",
        "goals": [{"goal": "Fler lånar", "indicator": "lån", "target": "500", "date": ""}],
        "administrators": [
            {"user": town.cleo.pk, "name": town.cleo.name, **person},
            {"user": town.dag.pk, "name": town.dag.name, **person},
        ],
        "operators": [{"user": town.cleo.pk, "name": town.cleo.name, **person}],
        "watching_hours": "office_hours_only",
        "check_interval": {"times": 1, "per": "day"},
        "publishing_interval": {"times": 2, "per": "week"},
        "weekly_hours": 4,
    } | changes


def draft(town: Town, now: datetime = NOW, **changes: Any) -> Plan:
    """A draft of Cleo's with every question answered."""
    plan = start_plan(town.library, by=town.cleo, now=now)
    return save_draft(plan, answers=answers(town, **changes), revision=0, by=town.cleo, now=now)


def submitted(town: Town, now: datetime = NOW, **changes: Any) -> Plan:
    """A plan that waits for Anna."""
    plan = draft(town, now, **changes)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=now)
    plan.refresh_from_db()
    return plan


def digest(plan: Plan) -> str:
    """What whoever decides has before them."""
    version = plan.current
    assert version is not None
    return version.digest


def second_version(town: Town) -> Plan:
    """Returned once with a question, answered, and now waiting for Sten."""
    plan = submitted(
        town, goals=[{"goal": "Få många följare", "indicator": "", "target": "", "date": ""}]
    )
    return_plan(
        plan,
        "operations_approval",
        digest=digest(plan),
        note="Hur mäter vi målet?",
        by=town.anna,
        now=later(hours=1),
    )
    plan.refresh_from_db()
    plan = save_draft(
        plan, answers=answers(town), revision=plan.revision, by=town.cleo, now=later(hours=2)
    )
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=later(hours=2))
    plan.refresh_from_db()
    approve(town, plan, later(hours=3))
    return plan


def approve(town: Town, plan: Plan, now: datetime) -> Plan:
    """Whoever the plan waits for approves it."""
    step = step_waiting(plan, now)
    assert step is not None
    given: dict[str, tuple[Any, dict[str, Any]]] = {
        "operations_approval": (town.anna, {"resources": True}),
        "sector_approval": (town.sten, {"benefit": "Biblioteket når fler."}),
    }
    person, said = given[step.key]
    approve_step(
        plan, step.key, digest=digest(plan), by=person, now=now, place="Ekby", answers=said
    )
    plan.refresh_from_db()
    return plan


def approved(town: Town) -> Plan:
    """Approved by both; its channel waits for the steps with the account."""
    plan = submitted(town)
    approve(town, plan, later(hours=1))
    return approve(town, plan, later(hours=2))


@dataclass
class Opened:
    plan: Plan
    channel: Channel


def opened(town: Town) -> Opened:
    """The library's channel, open and in the register, with all access on record."""
    plan = approved(town)
    channel = plan.channel
    assert channel is not None
    now = later(hours=3)
    while step := account_step_waiting(channel, now):
        if step.kind == "appoint":
            entered = Entered(
                answers={"consultation": "Vi var ense."},
                consulted=[Consultation(town.sten, town.municipality.today(now))],
                appointed=writers_to_appoint(channel),
            )
        else:
            entered = Entered()
        if step.kind == "hand_over":
            for role, holder in (
                (Role.CHANNEL_OWNER, town.cleo),
                (Role.CENTRAL_REGISTRAR, town.rut),
                (Role.INFORMATION_OFFICER, town.ben),
            ):
                hand_over_login(channel, role, holder, by=town.ben, now=now)
        if step.kind == "register":
            change_channel(
                channel,
                by=town.ben,
                now=now,
                name="Ekby bibliotek",
                description="Boktips, program och ändrade öppettider.",
                contact_email="biblioteket@ekby.example",
            )
            channel.refresh_from_db()
        channel = do_account_step(channel, step.key, entered, by=town.ben, now=now)
    plan.refresh_from_db()
    return Opened(plan, channel)
