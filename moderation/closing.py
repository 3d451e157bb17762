"""What a case of moderation still lacks before it may be closed: policy and facts in, words out.

Removal is never delayed by any of this; only closing is. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from governance.policy.types import Category, Cited, Policy, Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a case. `category` is None for our own content and for what was left."""

    decided: bool = False
    taken_away: bool = False
    category: Category | None = None
    diary_number: bool = False
    need_not_be_registered: bool = False
    handed_over: bool = False
    off_platform_note: bool = False
    measures: bool = False
    belongs_to_case: bool = False
    case_reference: bool = False
    received: bool = True
    author_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is missing: which, in words, and what demands it.

    `under` is None for what the record itself cannot do without; no clause asks for that.
    """

    what: str
    words: str
    under: Cited | None = None

    @property
    def clause(self) -> str:
        return self.under.clause if self.under else ""


def is_criminal(category: Category | None) -> bool:
    """Whether the category is a breach of law: a heading of the act, or another crime."""
    return category is not None and (bool(category.statute) or category.code == "other_crime")


def _has(code: str) -> Callable[[Facts], bool]:
    return lambda facts: facts.category is not None and facts.category.code == code


def _criminal(facts: Facts) -> bool:
    return is_criminal(facts.category)


@dataclass(frozen=True, slots=True)
class _Demand:
    """A word of `removal.close_requires`: when it applies, and the fact that satisfies it."""

    what: str
    applies: Callable[[Facts], bool]
    satisfied: Callable[[Facts], bool]


def _always(facts: Facts) -> bool:
    return True


def _number(applies: Callable[[Facts], bool]) -> _Demand:
    return _Demand("diary_number", applies, lambda facts: facts.diary_number)


DEMANDS: dict[str, _Demand] = {
    "diary_number": _number(_always),
    "diary_number_if_criminal": _number(_criminal),
    "diary_number_if_confidential": _number(_has("confidential")),
    "diary_number_if_personal_data": _number(_has("personal_data")),
    "case_reference_if_case": _Demand(
        "case_reference",
        lambda facts: facts.belongs_to_case,
        lambda facts: facts.case_reference or facts.diary_number,
    ),
    "off_platform_note": _Demand(
        "off_platform_note", _always, lambda facts: facts.off_platform_note
    ),
    "action_if_criminal": _Demand("measures", _criminal, lambda facts: facts.measures),
}


def _words(what: str) -> str:
    return {
        "decision": _("Say what is done with it."),
        "author": _("Say whether the author was told, or why not."),
        "registrar": _("The registrar has not answered yet."),
        "diary_number": _("The diary number is missing."),
        "case_reference": _("Say which case it belongs to."),
        "off_platform_note": _("Write the note that is kept outside the medium."),
        "measures": _("Say what was done about the crime, such as the police report."),
    }[what]


def demanded(policy: Policy, facts: Facts) -> dict[str, Cited]:
    """What the policy asks of this case, satisfied or not: what → the rule that asks."""
    if not facts.taken_away:
        return {}
    found: dict[str, Cited] = {}
    rule = policy.removal.close_requires
    if isinstance(rule, Stated):
        for word in policy.removal.must_before_closing:
            if DEMANDS[word].applies(facts):
                found.setdefault(DEMANDS[word].what, rule)
    if facts.category is not None and facts.category.diarise:
        found["diary_number"] = facts.category
    return found


def missing(policy: Policy, facts: Facts) -> list[Missing]:
    """What the case lacks, in the order in which it is done. Empty: it may be closed."""
    return [
        Missing(what=what, words=_words(what), under=under)
        for what, under in _missing(policy, facts)
    ]


def _missing(policy: Policy, facts: Facts) -> Iterator[tuple[str, Cited | None]]:
    if not facts.decided:
        yield "decision", None
        return
    if facts.taken_away and facts.received and not facts.author_answered:
        yield "author", None
    satisfied = {demand.what: demand.satisfied for demand in DEMANDS.values()}
    asked = demanded(policy, facts)
    for what, under in asked.items():
        if not satisfied[what](facts):
            yield what, under
    answered = facts.diary_number or facts.need_not_be_registered
    if facts.handed_over and not answered and "diary_number" not in asked:
        yield "registrar", None
