"""What a new version of a policy says otherwise than an earlier one: by rule, and by sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from governance.policy.explain import STRENGTHS, Line, explain, names
from governance.policy.scope_words import scope_words
from governance.policy.types import ExpresslyNone, Policy, Scope, Stated
from governance.policy.vocabulary import KEYS
from governance.policy.wording import value_words

#: Silence is told of by the rules that come and go.
_TOLD_ELSEWHERE = frozenset({"silence"})


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence under a heading, as it was and as it is; empty where it was or is not there."""

    section: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says of one thing. `words` in the language in use, `says` in the version's."""

    kind: Literal["stated", "none", "silent"]
    words: str
    says: str = ""
    clause: str = ""
    strength: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that two versions state otherwise: what it is about, where, as it was and will be."""

    key: str
    about: str
    where: str
    before: Said
    after: Said


def rule_changes(before: Policy | None, after: Policy) -> list[RuleChange]:
    """Every rule, scope by scope, that differs between two versions, in the vocabulary's order.

    `before` None: nothing bound anybody yet, so that every rule is new.
    """
    found = []
    for key, about in KEYS.items():
        were, are = _by_scope(before, key), _by_scope(after, key)
        for scope in dict.fromkeys([*are, *were]):
            old, new = _said(key, were.get(scope)), _said(key, are.get(scope))
            if old != new:
                found.append(RuleChange(key, str(about.meaning), scope_words(scope), old, new))
    return found


def _by_scope(policy: Policy | None, key: str) -> dict[Scope, Stated | ExpresslyNone]:
    if policy is None or key in policy.silent:
        return {}
    return {rule.scope: rule for rule in policy.rules.get(key, ())}


def _said(key: str, rule: Stated | ExpresslyNone | None) -> Said:
    if rule is None:
        return Said("silent", _("the guideline is silent"))
    stated = isinstance(rule, Stated)
    return Said(
        kind="stated" if stated else "none",
        words=value_words(key, rule.value) if isinstance(rule, Stated) else _("expressly no duty"),
        says=rule.says,
        clause=rule.clause or "; ".join(rule.law),
        strength=str(STRENGTHS[rule.strength]),
        who=", ".join(names(rule.who)),
    )


def changes(before: Policy, after: Policy, *, without: Collection[str] = ()) -> list[Change]:
    """Every sentence that differs between two versions, in the order of the later one.

    What was taken away comes last in its section. In the language of each version. `without`:
    sections (keys of `explain`) that are left out.
    """
    earlier = {section.key: section for section in explain(before)}
    found = []
    for section in explain(after):
        if section.key in _TOLD_ELSEWHERE or section.key in without:
            continue
        were = _by_key(earlier[section.key].lines)
        are = _by_key(section.lines)
        for key in dict.fromkeys([*are, *were]):
            old, new = were.get(key, ""), are.get(key, "")
            if old != new:
                found.append(Change(section.title, old, new))
    return found


def _by_key(lines: tuple[Line, ...]) -> dict[str, str]:
    """The sentences with what stands on them, each under a key of its own."""
    return dict(_told(lines))


def _told(lines: tuple[Line, ...]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for line in lines:
        seen[line.key] = seen.get(line.key, 0) + 1
        yield f"{line.key} {seen[line.key]}", f"{line.sentence} ({line.note})".removesuffix(" ()")
