"""Takes a channel from idea to open, by the steps and questions of whatever policy binds it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.actions.accounts import (
    Consultation,
    Entered,
    account_step_waiting,
    approve_account,
    do_account_step,
)
from channels.actions.checklists import Seen, check_channel
from channels.actions.custody import custody_gaps, hand_over_login
from channels.actions.deciding import approve_step
from channels.actions.documents import render_plan
from channels.actions.entering import writers_to_appoint
from channels.actions.guideline import acknowledge_guideline
from channels.actions.planning import save_draft, start_plan, submit_plan
from channels.checklists import VISITOR_INFORMATION, digest_of, standings
from channels.guideline import asked_of_editors, lacking
from channels.models import Channel, ChannelCheck, Plan, PlanVersion
from channels.steps import actors_of, step_waiting
from demo.organisation import Account, Place, ascii_of
from governance.models import User
from governance.permissions import actors
from governance.policy.in_force import policy_for, policy_of, version_in_force
from governance.policy.types import Field, Step
from governance.roles import Role

_HOSTS = {
    "facebook": "https://www.facebook.com/{}",
    "instagram": "https://www.instagram.com/{}",
    "youtube": "https://www.youtube.com/@{}",
    "linkedin": "https://www.linkedin.com/company/{}",
    "tiktok": "https://www.tiktok.com/@{}",
    "x": "https://x.com/{}",
}

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text())


@dataclass(frozen=True)
class Proposal:
    """Who writes the plan for which account, and who else it names."""

    place: Place
    account: Account
    author: User
    colleague: User

    @property
    def words(self) -> dict[str, str]:
        """What it says of itself, in the municipality's language."""
        words = WORDS[self.place.municipality.locale]
        platform, activity = self.account.platform, self.account.unit.activity
        return {**words["any"], **words[platform if platform in words else activity]}

    @property
    def url(self) -> str:
        """An address that looks like what such an account is called."""
        slug = self.place.municipality.slug
        handle = ascii_of(self.account.name)
        return _HOSTS[self.account.platform].format(handle if slug in handle else handle + slug)


def propose(place: Place, account: Account) -> Proposal:
    """The account as two of the unit's people would propose it."""
    author, *others = place.editors[account.unit.pk]
    return Proposal(place, account, author, others[0] if others else place.officer)


def draft(proposal: Proposal, now: datetime, **changes: Any) -> Plan:
    """A plan with every question answered; `changes` are answers by the fact they stand for."""
    account = proposal.account
    form = policy_for(account.unit, now).form("plan")
    plan = start_plan(account.unit, by=proposal.author, now=now, address=proposal.url)
    answers = {field.key: _answer(field, proposal, now) for field in form.fields}
    for field in form.fields:
        if field.stands_for in changes:
            answers[field.key] = changes[field.stands_for]
    return save_draft(
        plan,
        answers={**plan.answers, **answers},
        revision=plan.revision,
        by=proposal.author,
        now=now + timedelta(minutes=20),
    )


def submit(plan: Plan, now: datetime) -> PlanVersion:
    """Hand the plan in as its author."""
    return submit_plan(plan, revision=plan.revision, by=plan.author, now=now)


def take_step(plan: Plan, now: datetime) -> Step | None:
    """Let whoever is to take the plan's next step take it; None when none waits."""
    plan.refresh_from_db()
    step = step_waiting(plan, now) if plan.state == Plan.State.SUBMITTED else None
    if step is None or plan.current is None:
        return None
    actor = next(each for each in actors_of(step, plan, now) if each != plan.author)
    approve_step(
        plan,
        step.key,
        digest=plan.current.digest,
        by=actor,
        now=now,
        place=plan.municipality.name.removesuffix(" kommun").removesuffix(" kommune"),
        answers=_step_answers(step, plan),
    )
    return step


def take_account_step(channel: Channel, name: str, now: datetime) -> Step | None:
    """Let whoever is to take the account's next step take it; None when the channel is open."""
    channel.refresh_from_db()
    step = account_step_waiting(channel, now)
    if step is None:
        if channel.state == Channel.State.WAITING:
            approve_account(channel, by=_officer(channel, now), now=now)
        return None
    plan = channel.plans.get(state=Plan.State.APPROVED)
    actor = actors_of(step, plan, now)[0]
    if "custody_recorded" in step.checks:
        _hand_over(channel, now)
    do_account_step(channel, step.key, _entered(channel, step, plan, now), by=actor, now=now)
    return step


def open_channel(proposal: Proposal, start: datetime, *, document: bool) -> Channel:
    """All of it, with the hours between the steps that such things take.

    `document`: render the approved plan at once; otherwise the worker makes it when it is started.
    """
    plan = draft(proposal, start)
    submit(plan, start + timedelta(hours=1))
    moment = start + timedelta(hours=5)
    while take_step(plan, moment):
        moment += timedelta(hours=3)
    plan.refresh_from_db()
    if document and (version := plan.current):
        render_plan(version.pk, now=moment)
    channel = plan.channel
    if channel is None:
        raise AssertionError(f"{plan} was approved and has no channel.")
    _describe(channel, proposal)
    while take_account_step(channel, proposal.account.name, moment):
        moment += timedelta(hours=2)
    channel.refresh_from_db()
    _acknowledge(channel, moment + timedelta(hours=1))
    _look_at_visitor_information(channel, proposal.author, moment + timedelta(hours=2))
    return channel


def _acknowledge(channel: Channel, now: datetime) -> None:
    """Where the policy wants their own word, most of them give it; every fourth has not yet."""
    version = version_in_force(channel.unit, now)
    asked = asked_of_editors(policy_of(version))
    if asked is None or not asked.by_themselves or channel.pk % 4 == 0:
        return
    day = channel.municipality.today(now)
    rows = lacking(asked, version, day).filter(channel=channel).select_related("user")
    for person in {row.user for row in rows if row.user}:
        acknowledge_guideline(str(version.number), by=person, now=now)


def _look_at_visitor_information(channel: Channel, owner: User, now: datetime) -> None:
    """Most owners look at once at what visitors are to see; every tenth has not looked yet."""
    found = standings(channel, VISITOR_INFORMATION, now)
    if not found or channel.pk % 10 == 0:
        return
    seen = [Seen(each.item.key, ChannelCheck.Outcome.IN_PLACE) for each in found]
    check_channel(channel, VISITOR_INFORMATION, seen, shown=digest_of(found), by=owner, now=now)


def _describe(channel: Channel, proposal: Proposal) -> None:
    """What communications fills in for the public before the account is registered."""
    municipality = channel.municipality
    channel.name = proposal.account.name
    channel.contact_email = f"{ascii_of(channel.unit.name)}@{municipality.slug}.example"
    channel.contact_phone = municipality.phone
    channel.description = proposal.words["description"]
    if proposal.account.unit.kind == "department":
        channel.account_class = Channel.AccountClass.MAIN
    channel.save(
        update_fields=["name", "contact_email", "contact_phone", "description", "account_class"]
    )


def _officer(channel: Channel, now: datetime) -> User:
    return actors(Role.INFORMATION_OFFICER, channel.unit, now)[0]


def _hand_over(channel: Channel, now: datetime) -> None:
    officer = _officer(channel, now)
    owner = channel.assignments.filter(user__isnull=False).order_by("pk").first()
    for role in custody_gaps(channel, now):
        holders = actors(role, channel.unit, now)
        holder = holders[0] if holders else owner.user if owner and owner.user else officer
        hand_over_login(channel, role, holder, by=officer, now=now)


def _entered(channel: Channel, step: Step, plan: Plan, now: datetime) -> Entered:
    consulted = [
        Consultation(person, channel.municipality.today(now))
        for role in step.consulted
        for person in actors(role, channel.unit, now)[:1]
    ]
    return Entered(
        answers=_step_answers(step, plan),
        consulted=consulted,
        appointed=writers_to_appoint(channel) if step.kind == "appoint" else (),
        url="" if channel.url or step.kind != "create" else plan.url,
    )


def _step_answers(step: Step, plan: Plan) -> dict[str, Any]:
    words = WORDS[plan.municipality.locale]["any"]
    kinds: dict[str, Any] = {
        "confirm": True,
        "yes_no_reason": {"answer": True, "reason": words["any"]},
    }
    return {field.key: kinds.get(field.kind, words["any"]) for field in step.fields}


def _answer(field: Field, proposal: Proposal, now: datetime) -> Any:
    """An answer of the field's kind that such a unit might give."""
    account, words = proposal.account, proposal.words
    match field.kind:
        case "choice":
            fitting = {"platform": account.platform, "watching_hours": "also_other_times"}
            wanted = fitting.get(field.stands_for, "")
            return wanted if wanted in field.choices else next(iter(field.choices))
        case "choices":
            return list(field.choices)[:3]
        case "unit":
            return {"unit": account.unit.pk, "name": account.unit.name}
        case "url":
            return proposal.url
        case "persons":
            return _persons(field, proposal)
        case "goals":
            return [
                {
                    "goal": words["goal"],
                    "indicator": words["indicator"],
                    "target": "900",
                    "date": (now.date() + timedelta(days=200)).isoformat(),
                }
            ]
        case "interval":
            return (
                {"times": 1, "per": "day"} if field.not_looser_than else {"times": 3, "per": "week"}
            )
        case "number" | "hours":
            return 4
        case "yes_no_reason":
            return {"answer": True, "reason": words["any"]}
        case "confirm":
            return True
    said = words.get(field.stands_for) or words["any"]
    return said.format(unit=account.unit.name)


def _persons(field: Field, proposal: Proposal) -> list[dict[str, Any]]:
    named = [proposal.author, proposal.colleague]
    if field.stands_for == "substitutes":
        named = [proposal.colleague]
    return [
        {
            "user": person.pk,
            "name": person.name,
            "title": person.title,
            "contact": f"{person.phone}, {person.email}",
        }
        for person in named[: field.maximum or 2]
    ]
