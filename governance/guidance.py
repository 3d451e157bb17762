"""The policy's advice to those who write, by subject: conduct that no system can check.

Nothing here looks at anybody: no account of an employee's is ever read or kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from governance.policy.explain import STRENGTHS
from governance.policy.types import Cited, GuidanceUse, Policy, Stated, Text

Words = str | Lazy
Subject = GuidanceUse | Literal["signature", "replies"]

#: The subjects in the order of the page.
_SUBJECTS: Final[dict[Subject, Words]] = {
    "tone": _("Tone and language"),
    "signature": _("How replies are signed"),
    "replies": _("Replies to use"),
    "records": _("Records"),
    "private_use": _("Private use"),
    "general": _("Other advice"),
}
#: What a reply is signed with, by the words of `reply.signature`.
_SIGNED_WITH: Final[dict[str, Words]] = {
    "municipality": _("the municipality's name"),
    "first_name": _("first name"),
    "name": _("name"),
    "title": _("title"),
    "unit": _("unit"),
}


@dataclass(frozen=True)
class Advice:
    """One piece of advice. `says`, `title` and `text` are in the policy's language; `text` is
    prescribed word for word, `parts` are what a reply is signed with."""

    cited: Cited
    title: str = ""
    text: str = ""
    parts: tuple[Words, ...] = ()

    @property
    def strength(self) -> Words:
        return STRENGTHS[self.cited.strength]


@dataclass(frozen=True)
class Section:
    """The advice on one subject."""

    key: Subject
    title: Words
    advice: tuple[Advice, ...]


def guidance(policy: Policy) -> list[Section]:
    """Every subject on which the policy gives advice, each with its advice in the file's order."""
    found = ((key, title, tuple(_on(policy, key))) for key, title in _SUBJECTS.items())
    return [Section(key, title, advice) for key, title, advice in found if advice]


def _on(policy: Policy, subject: Subject) -> Iterator[Advice]:
    match subject:
        case "signature":
            yield from (_signature(rule) for rule in _stated(policy, "reply.signature"))
        case "replies":
            yield from (_reply(text) for text in policy.texts.values() if text.use == "reply")
        case _:
            pages = [page for page in policy.guidance if page.use == subject]
            yield from (Advice(page, title=page.title) for page in pages)
            if subject == "private_use":
                told = {each for page in pages for each in page.requirements}
                rules = _stated(policy, "private_use.rule")
                # what the pages say at length is not summed up once more
                yield from (
                    Advice(rule) for rule in rules if not told.issuperset(rule.requirements)
                )


def _stated(policy: Policy, key: str) -> Iterator[Stated]:
    return (rule for rule in policy.rules.get(key, ()) if isinstance(rule, Stated))


def _signature(rule: Stated) -> Advice:
    parts = rule.value if isinstance(rule.value, tuple) else ()
    return Advice(rule, parts=tuple(_SIGNED_WITH[each] for each in parts if isinstance(each, str)))


def _reply(text: Text) -> Advice:
    return Advice(text, text=text.text or text.unset)
