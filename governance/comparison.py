"""Two versions of a policy held against each other before the later one is adopted: in words, and
in what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.actions import root_of
from governance.models import Municipality, PolicyVersion, User
from governance.obligations.foreseeing import Difference, Due, Foreseen, foreseen
from governance.permissions import require
from governance.policy.changes import Change, RuleChange, Said, changes, rule_changes
from governance.policy.in_force import NoPolicyInForce, policy_of, version_in_force
from governance.policy.types import Policy
from governance.roles import Role

#: The words for what would come of an obligation.
KIND_WORDS: Final[dict[str, str | Promise]] = {
    "appears": gettext_lazy("appears"),
    "moves": gettext_lazy("moves"),
    "goes": gettext_lazy("goes"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The version in force, if any, the one that may follow, and what would differ."""

    before: PolicyVersion | None
    after: Policy
    rules: list[RuleChange]
    others: list[Change]
    foreseen: Foreseen


def require_adopter(municipality: Municipality, *, by: User, now: datetime) -> None:
    """Whoever may adopt a version may compare one; else NotAllowed."""
    require(by, "adopt_policy", root_of(municipality), now=now)


@contextmanager
def compared(
    municipality: Municipality, content: str, *, by: User, now: datetime, most_open: int | None
) -> Iterator[Comparison]:
    """The version in force beside a file's text. What is foreseen is read before the block ends.

    Raises as `foreseen` does: PolicyRefused with every fault, NotAllowed, NoLongerPossible.
    """
    before = _in_force(municipality, now)
    earlier = policy_of(before) if before else None
    with foreseen(municipality, content, by=by, now=now, most_open=most_open) as found:
        later = policy_of(found.version)
        yield Comparison(
            before=before,
            after=later,
            rules=rule_changes(earlier, later),
            others=changes(earlier, later, without=("rules",)) if earlier else [],
            foreseen=found,
        )


def _in_force(municipality: Municipality, now: datetime) -> PolicyVersion | None:
    try:
        return version_in_force(municipality, now)
    except NoPolicyInForce:
        return None


def due_words(due: Due | None, municipality: Municipality) -> str:
    """When it is owed and by whom, in the municipality's time; empty where it is not."""
    if due is None:
        return ""
    who = str(Role(due.who).label) if due.who in Role.values else due.who
    return f"{_when(due, municipality)}, {who}"


def _when(due: Due, municipality: Municipality) -> str:
    if due.on is None:
        return _("without a set time")
    day = date_format(due.on, "DATE_FORMAT")
    local = due.at.astimezone(municipality.zone) if due.at else None
    # a whole day ends at the midnight that belongs to the next
    if local is None or local.date() != due.on:
        return day
    return f"{day} {date_format(local, 'TIME_FORMAT')}"


#: The headings of `cells`.
HEADER: Final = (
    gettext_lazy("What happens"),
    gettext_lazy("Duty"),
    gettext_lazy("Concerns"),
    gettext_lazy("Unit"),
    gettext_lazy("Period"),
    gettext_lazy("Before"),
    gettext_lazy("After"),
)


def cells(each: Difference, municipality: Municipality) -> Sequence[str]:
    """A difference as a row of a table that leaves the house."""
    return (
        str(KIND_WORDS[each.kind]),
        each.label,
        each.subject,
        each.unit,
        each.period,
        due_words(each.before, municipality),
        due_words(each.after, municipality),
    )


def comparison_lines(
    found: Comparison, municipality: Municipality, most: int | None
) -> Iterator[str]:
    """The comparison as lines of plain text for a terminal, the first `most` duties or all."""
    for rule in found.rules:
        where = f" [{rule.where}]" if rule.where else ""
        yield f"{rule.key}{where}: {rule.before.words} → {rule.after.words}"
        yield from (f"    {sign} {_told(said)}" for sign, said in _both(rule) if said.says)
    for change in found.others:
        yield f"{change.section}: {change.before or '–'} → {change.after or '–'}"
    yield ""
    for count in found.foreseen.counts():
        yield f"{count.label}: {count.number} {KIND_WORDS[count.kind]}"
    yield _("%(n)s stay as they are") % {"n": found.foreseen.stays}
    yield ""
    for each in found.foreseen.differences(most):
        kind, *about, before, after = cells(each, municipality)
        about_it = ", ".join(filter(None, about))
        yield f"{kind}: {about_it}: {before or '–'} → {after or '–'}"


def _both(rule: RuleChange) -> Sequence[tuple[str, Said]]:
    return ("-", rule.before), ("+", rule.after)


def _told(said: Said) -> str:
    return f"{said.says} ({' · '.join(filter(None, (said.who, said.strength, said.clause)))})"
