"""The whole policy, and the questions that code asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from governance.policy.types.approval import Group, Phase, Step
from governance.policy.types.checklist import ChecklistItem, ChecklistKind
from governance.policy.types.document import (
    Guidance,
    Guideline,
    LawDuty,
    Recommendation,
    Text,
)
from governance.policy.types.forms import Form
from governance.policy.types.removal import Category, Removal
from governance.policy.types.routine import Routine
from governance.policy.types.rules import (
    ANYWHERE,
    ExpresslyNone,
    NotStated,
    Rule,
    Scope,
    Stated,
    Strength,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One numbered demand of the guideline: how strong, and which capabilities meet it."""

    id: str
    strength: Strength
    capabilities: tuple[str, ...]
    guidance_only_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of one municipality's policy. Equal files give equal policies."""

    name: str
    locale: str
    jurisdiction: str
    guideline: Guideline
    clauses: tuple[str, ...]
    requirements: Mapping[str, Requirement]
    rules: Mapping[str, tuple[Stated | ExpresslyNone, ...]]
    silent: frozenset[str]
    groups: Mapping[str, Group]
    steps: tuple[Step, ...]
    forms: Mapping[str, Form]
    categories: tuple[Category, ...]
    texts: Mapping[str, Text]
    checklists: Mapping[ChecklistKind, tuple[ChecklistItem, ...]]
    guidance: tuple[Guidance, ...]
    recommendations: tuple[Recommendation, ...]
    law: Mapping[str, LawDuty]
    routine: Mapping[str, Routine]

    def rule(self, key: str, scope: Scope = ANYWHERE) -> Rule:
        """What the policy says of a key, in a scope; the most specific rule wins.

        Raises KeyError for a key that is not in the vocabulary: a typing error, not silence.
        """
        if key in self.silent:
            return NotStated(key=key)
        fitting = [each for each in self.rules[key] if each.scope.contains(scope)]
        return max(fitting, key=lambda each: len(each.scope.pairs()), default=NotStated(key=key))

    def value(self, key: str, kind: type[T], scope: Scope = ANYWHERE) -> T | None:
        """The stated value, or None where the policy states none.

        Raises KeyError for an unknown key and TypeError if the vocabulary gives another type.
        """
        rule = self.rule(key, scope)
        if not isinstance(rule, Stated):
            return None
        if not isinstance(rule.value, kind) or (kind is int and isinstance(rule.value, bool)):
            raise TypeError(f"{key} holds {type(rule.value).__name__}, not {kind.__name__}.")
        return rule.value

    def step(self, key: str) -> Step:
        """The step of that key. Raises KeyError."""
        for each in self.steps:
            if each.key == key:
                return each
        raise KeyError(key)

    def steps_in(self, phase: Phase) -> tuple[Step, ...]:
        """The steps before the plan is approved, or those taken with the new account."""
        return tuple(step for step in self.steps if step.phase == phase)

    def form(self, key: str) -> Form:
        """The form of that key; every policy has `plan`. Raises KeyError."""
        return self.forms[key]

    def text(self, key: str) -> Text:
        """The prescribed text of that key. Raises KeyError."""
        return self.texts[key]

    def checklist(self, kind: ChecklistKind, scope: Scope = ANYWHERE) -> tuple[ChecklistItem, ...]:
        """What must be so on a channel in a scope, in the order of the file."""
        return tuple(item for item in self.checklists[kind] if item.scope.contains(scope))

    @property
    def removal(self) -> Removal:
        """The moderation rules gathered."""
        return Removal(
            default=self.rule("removal.default"),
            ladder=self.rule("removal.ladder"),
            close_requires=self.rule("removal.close_requires"),
            police_report=self.rule("removal.police_report"),
            categories=self.categories,
        )
