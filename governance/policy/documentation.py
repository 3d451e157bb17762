"""The vocabulary as the tables of docs/vocabulary.md."""

from collections.abc import Iterable, Iterator

from django.utils.translation import override

from governance.policy.vocabulary import (
    ACCOUNT_CLASSES,
    CAPABILITIES,
    CATEGORIES,
    CHECKS,
    FACTS,
    KEYS,
    PERIODS,
    PLACEHOLDERS,
    PLAN_KINDS,
    PLATFORMS,
    ROUTINES,
    UNIT_KINDS,
)
from governance.roles import BODIES, CENTRAL_ROLES, CHANNEL_ROLES, NAMED_BY_POLICIES, Role


def vocabulary() -> str:
    """Every key and word a policy file can use, in Markdown."""
    with override("en"):
        return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from _table(
        "Keys",
        ("Key", "Type", "Meaning", "Words"),
        (
            (f"`{name}`", key.type, str(key.meaning), ", ".join(f"`{word}`" for word in key.words))
            for name, key in KEYS.items()
        ),
    )
    held = ((f"`{role}`", _held(role)) for role in NAMED_BY_POLICIES)
    yield from _table("Roles", ("Role", "Held"), held)
    yield from _table(
        "Facts a question can stand for",
        ("Fact", "Meaning", "Kind of question"),
        (
            (f"`{name}`", fact.meaning, ", ".join(f"`{kind}`" for kind in fact.kinds))
            for name, fact in FACTS.items()
        ),
    )
    yield from _table(
        "Checks before a step",
        ("Check", "Holds when"),
        ((f"`{check}`", meaning) for check, meaning in CHECKS.items()),
    )
    yield from _table(
        "Routines",
        ("Routine", "Only where one of these is stated"),
        (
            (f"`{name}`", ", ".join(f"`{key}`" for key in keys) or "any policy")
            for name, keys in ROUTINES.items()
        ),
    )
    yield from _table(
        "Lists of words",
        ("List", "Words"),
        (
            (name, ", ".join(f"`{word}`" for word in words))
            for name, words in {
                "plan kinds": PLAN_KINDS,
                "what a requirement is `for`": CAPABILITIES,
                "removal categories": CATEGORIES,
                "platform": PLATFORMS,
                "account_class": ACCOUNT_CLASSES,
                "unit_kind": UNIT_KINDS,
                "period": PERIODS,
                "in braces in a text for visitors": PLACEHOLDERS,
            }.items()
        ),
    )


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _held(role: Role) -> str:
    if role in CENTRAL_ROLES:
        return "on the municipality"
    if role in BODIES:
        return "a body: its decision is recorded with the reference of the minutes"
    return "on one channel" if role in CHANNEL_ROLES else "on a unit and those below it"
