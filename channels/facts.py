"""What a plan's answers say of the channel, whichever questions the policy asked.

A policy marks which fact a question's answer stands for (`vocabulary.FACTS`); here the facts are
found again. An unasked or unanswered question gives the empty value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from channels.answers import Answers
from channels.checks import who_is
from channels.models import Channel, EditorAssignment, PlanVersion
from governance.policy.types import Form
from governance.roles import Role

#: As what the persons named for a fact are to act on the channel.
ROLE_OF: Final[dict[str, Role]] = {
    "responsible": Role.RESPONSIBLE_PERSON,
    "substitutes": Role.SUBSTITUTE,
    "administrators": Role.ADMINISTRATOR,
    "operators": Role.EDITOR,
}
OFFICE_HOURS_ONLY = "office_hours_only"


#: As what somebody is named, and who: by the account or, without one, by the name.
Holder = tuple[str, int | None, str]


def holder(role: str, user_id: int | None, name: str) -> Holder:
    """One person in one role, however the name is written."""
    return role, user_id, "" if user_id else " ".join(name.casefold().split())


@dataclass(frozen=True)
class Named:
    """A person whom the answers name."""

    role: Role
    position: int
    user_id: int | None
    name: str
    contact: str


@dataclass(frozen=True)
class NamedGoal:
    """A goal that the answers name."""

    text: str
    indicator: str
    target: str
    due_on: date | None


def fact(form: Form, answers: Answers, name: str) -> Any:
    """The answer that stands for the fact, or None."""
    field = form.standing_for(name)
    return answers.get(field.key) if field else None


def text_of(form: Form, answers: Answers, name: str) -> str:
    """The fact as text, empty where it was not asked for or not answered."""
    return str(fact(form, answers, name) or "").strip()


def answers_about(form: Form, channel: Channel) -> Answers:
    """What is known of a channel that is there, as answers to the form's questions.

    Whoever is assigned to it answers the question about their role or, where the form does not
    ask who answers for the channel, the one about administrators.
    """
    known: Answers = {
        "address": channel.url,
        "platform": channel.platform.key,
        "purpose": channel.purpose,
        "audience": channel.audience,
        "description": channel.description,
    }
    asked = {role: name for name, role in ROLE_OF.items() if form.standing_for(name)}
    for person in channel.assignments.filter(revoked_at__isnull=True).select_related("user"):
        name = asked.get(Role(person.role)) or asked.get(Role.ADMINISTRATOR)
        if name:
            known.setdefault(name, []).append(_as_answer(person))
    answers: Answers = {}
    for name, value in known.items():
        field = form.standing_for(name)
        if field and value and (field.kind != "choice" or value in field.choices):
            answers[field.key] = value
    return answers


def answers_again(form: Form, channel: Channel, approved: PlanVersion) -> Answers:
    """The answers of the channel's approved plan to the questions that the form asks now.

    Where the channel has got another address since, it is that one; and nobody is put forward
    again whose assignment was ended since.
    """
    said = approved.answers
    answers = {field.key: said[field.key] for field in form.fields if field.key in said}
    address = form.standing_for("address")
    if address and channel.url and channel.url != approved.plan.url:
        answers[address.key] = channel.url
    rows = list(channel.assignments.all())
    ended = {holder(row.role, row.user_id, row.name) for row in rows if row.revoked_at}
    ended -= {holder(row.role, row.user_id, row.name) for row in rows if not row.revoked_at}
    for name, role in ROLE_OF.items():
        field = form.standing_for(name)
        if field and field.key in answers:
            answers[field.key] = [
                row
                for row in answers[field.key]
                if holder(role, row["user"], row["name"].strip()) not in ended
            ]
    return answers


def _as_answer(person: EditorAssignment) -> dict[str, Any]:
    user = person.user
    return {
        "user": user.pk if user else None,
        "name": person.name,
        "title": user.title if user else "",
        "contact": person.contact or ((user.phone or user.email) if user else ""),
    }


def persons_of(form: Form, answers: Answers) -> list[Named]:
    """Everybody whom the answers name, once in each role."""
    found = []
    for name, role in ROLE_OF.items():
        named = [row for row in fact(form, answers, name) or [] if row["name"].strip()]
        once = {who_is(row): row for row in reversed(named)}
        found += [
            Named(role, position, row["user"], row["name"].strip(), row["contact"].strip())
            for position, row in enumerate(reversed(once.values()), start=1)
        ]
    return found


def goals_of(form: Form, answers: Answers) -> list[NamedGoal]:
    """The goals that the answers name, in order; a question in free words asks for one."""
    said = fact(form, answers, "goals") or []
    if isinstance(said, str):
        words = said.strip()
        return [NamedGoal(words, indicator="", target="", due_on=None)] if words else []
    return [
        NamedGoal(
            text=row["goal"].strip(),
            indicator=row["indicator"].strip(),
            target=row["target"].strip(),
            due_on=date.fromisoformat(row["date"]) if row["date"] else None,
        )
        for row in said
        if row["goal"].strip()
    ]


def office_hours_only(form: Form, answers: Answers) -> bool:
    """Whether the channel is to be watched in office hours only (requirements A.9 #36)."""
    return text_of(form, answers, "watching_hours") == OFFICE_HOURS_ONLY
