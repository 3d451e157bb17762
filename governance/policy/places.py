"""Every place of a policy that cites the guideline or the law, with the sentence a user reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from governance.policy.checklists import SECTIONS
from governance.policy.types import Cited, Field, Policy

PlaceKind = Literal[
    "rule", "step", "form", "field", "category", "text", "checklist", "document", "guidance"
]


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is where it stands in the file, as faults name it."""

    kind: PlaceKind
    key: str
    cited: Cited
    sentence: str


def places(policy: Policy) -> Iterator[Place]:
    """Every citing place, section by section."""
    for key, rules in policy.rules.items():
        for rule in rules:
            yield Place("rule", key, rule, rule.says)
    for number, step in enumerate(policy.steps, start=1):
        yield Place("step", f"step[{number}]", step, step.says)
        yield from _fields(f"step[{number}]", step.fields)
    for key, form in policy.forms.items():
        yield Place("form", f"form.{key}", form, form.says or form.instruction or form.title)
        yield from _fields(f"form.{key}", form.fields)
    for number, category in enumerate(policy.categories, start=1):
        sentence = category.says or category.definition or category.label
        yield Place("category", f"category[{number}]", category, sentence)
    for key, text in policy.texts.items():
        yield Place("text", f"text.{key}", text, text.says)
    for kind, section in SECTIONS.items():
        for number, item in enumerate(policy.checklists[kind], start=1):
            yield Place("checklist", f"{section}[{number}]", item, item.says)
    yield from _document(policy)
    for number, page in enumerate(policy.guidance, start=1):
        yield Place("guidance", f"guidance[{number}]", page, page.says)


def _fields(owner: str, fields: tuple[Field, ...]) -> Iterator[Place]:
    for number, field in enumerate(fields, start=1):
        sentence = field.says or f"{field.label} {field.hint}".strip()
        yield Place("field", f"{owner}.field[{number}]", field, sentence)


def _document(policy: Policy) -> Iterator[Place]:
    guideline = policy.guideline
    yield Place("document", "guideline", guideline, guideline.says)
    for number, gap in enumerate(guideline.gaps, start=1):
        yield Place("document", f"guideline.gap[{number}]", gap, gap.says)
    if guideline.acts_cited:
        yield Place("document", "guideline.acts", guideline.acts_cited, guideline.acts_cited.says)
