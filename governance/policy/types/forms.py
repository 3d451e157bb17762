"""The questions that a policy asks: forms, and the fields of forms and steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from governance.policy.types.rules import Cited

FieldKind = Literal[
    "text",
    "long_text",
    "url",
    "choice",
    "choices",
    "unit",
    "persons",
    "goals",
    "interval",
    "hours",
    "number",
    "yes_no_reason",
    "confirm",
    "note",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Cited):
    """One question of a form or of a step.

    `minimum`/`maximum`: persons or goals asked for, or the bounds of a number (hours per week).
    `not_looser_than`: the rule whose cadence the answered interval may not fall short of; an
    answer that does is refused with that rule's clause.
    `stands_for`: which fact of the channel or plan the answer is (`vocabulary.FACTS`), so that
    code finds the administrators of any policy's form; empty for an answer that is only kept.
    """

    key: str
    number: str = ""
    label: str
    hint: str = ""
    kind: FieldKind
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    topic: str = ""
    not_looser_than: str = ""
    stands_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Cited):
    """`kind` is a plan kind for the form `plan`, else what the form is about."""

    key: str
    kind: str
    title: str
    instruction: str = ""
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """The field of that key. Raises KeyError."""
        for each in self.fields:
            if each.key == key:
                return each
        raise KeyError(key)

    def standing_for(self, fact: str) -> Field | None:
        """The field whose answer is that fact (`administrators`, `check_interval` …)."""
        return next((each for each in self.fields if each.stands_for == fact), None)
