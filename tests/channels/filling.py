"""Fills in the form of any policy, as a person would."""

from __future__ import annotations

from typing import Any

from governance.models import Unit, User
from governance.policy.types import Field, Form

ADDRESS = "https://www.instagram.com/ekbybibliotek"


def filled(form: Form, unit: Unit, *people: User) -> dict[str, Any]:
    """What the browser sends when every question of the form is answered."""
    data: dict[str, Any] = {}
    for field in form.fields:
        data |= _answer(field, unit, people)
    return data


def _answer(field: Field, unit: Unit, people: tuple[User, ...]) -> dict[str, Any]:
    key = field.key
    match field.kind:
        case "choice":
            fitting = {"platform": "instagram", "watching_hours": "office_hours_only"}
            wanted = fitting.get(field.stands_for, "")
            return {key: wanted if wanted in field.choices else next(iter(field.choices))}
        case "choices":
            return {key: list(field.choices)[:2]}
        case "unit":
            return {key: str(unit.pk)}
        case "url":
            return {key: ADDRESS}
        case "persons":
            return {
                f"{key}-{number}-{part}": value
                for number, person in enumerate(people[: field.maximum])
                for part, value in (
                    ("name", f"{person.name} ({person.email})"),
                    ("title", ""),
                    ("contact", ""),
                    ("user", ""),
                )
            }
        case "goals":
            return {
                f"{key}-0-goal": "Fler lånar",
                f"{key}-0-indicator": "Antal lån",
                f"{key}-0-target": "500",
                f"{key}-0-date": "2099-12-01",
            }
        case "interval":
            return {f"{key}-times": "1", f"{key}-per": "day"}
        case "number" | "hours":
            return {key: "4,5"}
        case "yes_no_reason":
            return {f"{key}-answer": "yes", f"{key}-reason": "Det är prövat."}
        case "confirm":
            return {key: "on"}
    return {key: "Låntagare i Ekby"}
