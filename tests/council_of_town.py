"""Ekby under a policy file that only the tests know, where a council has a say.

Vera is the secretary of the council for social media and Kim one of its members; Cleo writes for
the library as ever, Anna manages it, Sten heads the sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.actions.deciding import approve_step
from channels.actions.planning import save_draft, start_plan, submit_plan
from channels.meetings import Meeting
from channels.models import Decision, Plan
from governance.models import User
from governance.roles import Role
from tests.plans_of_town import digest_of, fresh, somebody
from tests.town import NOW, Town, adopt_text, appoint, build, file_of, person

POLICY = "ekby"
COUNCIL = "media_council"
NAME = "Rådet för sociala medier"
OWN_CHECK, UNIT, COUNCILS, SECTOR = (
    "own_check",
    "unit_approval",
    "council_approval",
    "sector_approval",
)
CHECKED = {
    "alternative": {"answer": False, "reason": "Kommunens egen sida når inte de unga."},
    "hours_a_week": 4,
}
MINUTES = "RSM 2026-03-02 § 4"
MEETING = Meeting(MINUTES, NOW.date())


@dataclass
class Place:
    """The town, and who sits in its council."""

    town: Town
    vera: User
    kim: User


def place() -> Place:
    """Ekby with its council."""
    town = build(POLICY)
    vera = person(town.municipality, "Vera Vik", "sekreterare")
    kim = person(town.municipality, "Kim Lund", "kommunikatör")
    for member in (vera, kim):
        appoint(member, Role.GROUP_MEMBER, town.root, group=COUNCIL)
    return Place(town, vera, kim)


def text() -> str:
    """The policy file's text."""
    return file_of(POLICY).read_text(encoding="utf-8")


def adopt_changed(town: Town, content: str) -> None:
    """Another text in place of the policy in force, from now on."""
    adopt_text(town.municipality, content, number=2, in_force_from=NOW.date())


def answers(town: Town, **changes: Any) -> dict[str, Any]:
    """A complete card for the library; `changes` replace answers."""
    return {
        "medium": "instagram",
        "address": "https://www.instagram.com/ekbybibliotek",
        "unit": {"unit": town.library.pk, "name": town.library.name},
        "message": "Boktips till unga.",
        "languages": ["sv", "en"],
        "evenings": {"answer": False, "reason": "Frågor väntar till nästa dag."},
        "administrators": [somebody("Cleo Sjö", town.cleo.pk)],
        **changes,
    }


def drafted(town: Town, *, by: User | None = None, now: datetime = NOW, **changes: Any) -> Plan:
    """A draft that Cleo, or somebody else, has filled in."""
    author = by or town.cleo
    plan = start_plan(town.library, by=author, now=now)
    return save_draft(
        plan, answers=answers(town, **changes), revision=plan.revision, by=author, now=now
    )


def submitted(town: Town, *, by: User | None = None, now: datetime = NOW, **changes: Any) -> Plan:
    """A plan that waits for its author's own check."""
    plan = drafted(town, by=by, now=now, **changes)
    submit_plan(plan, revision=plan.revision, by=plan.author, now=now)
    return fresh(plan)


def take(plan: Plan, step: str, by: User, **changes: Any) -> Decision:
    """The step taken as it should be, but for the changes."""
    given: dict[str, Any] = {"digest": digest_of(plan), "place": "Ekby", "now": NOW, "by": by}
    if step == OWN_CHECK:
        given["answers"] = CHECKED
    if step == COUNCILS:
        given["meeting"] = MEETING
    return approve_step(plan, step, **(given | changes))


def checked(town: Town, **changes: Any) -> Plan:
    """A plan that waits for Anna."""
    plan = submitted(town, **changes)
    take(plan, OWN_CHECK, plan.author)
    return fresh(plan)


def before_the_council(town: Town, **changes: Any) -> Plan:
    """A plan that waits for the council."""
    plan = checked(town, **changes)
    take(plan, UNIT, town.anna)
    return fresh(plan)


def approved(town: Town, secretary: User, **changes: Any) -> Plan:
    """A plan with all three decisions."""
    plan = before_the_council(town, **changes)
    take(plan, COUNCILS, secretary)
    take(plan, SECTOR, town.sten)
    return fresh(plan)
