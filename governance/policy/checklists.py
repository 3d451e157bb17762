"""Reads the checklists: what visitors must see on a channel, and how the channel must look."""

from collections.abc import Iterable
from typing import Final

from governance.policy.faults import Faults
from governance.policy.rules import read_scope, read_time
from governance.policy.table import Citation, Table
from governance.policy.times import CalendarMonths
from governance.policy.types import (
    CHECKLIST_KINDS,
    ChecklistItem,
    ChecklistKind,
    Policy,
    Stated,
)

#: Under which name the items of a list stand in the file.
SECTIONS: Final[dict[ChecklistKind, str]] = {
    "visitor_information": "visitor_item",
    "graphic_profile": "graphic_item",
}
#: With a day after it, an item's key names the turn of a duty.
LONGEST_ITEM_KEY: Final = 24


def read_checklists(file: Table) -> dict[ChecklistKind, tuple[ChecklistItem, ...]]:
    """Every list, in the order of the file; one that the file does not have is empty."""
    return {
        kind: tuple(_item(table) for table in file.tables(SECTIONS[kind]))
        for kind in CHECKLIST_KINDS
    }


def _item(table: Table) -> ChecklistItem:
    citation = table.citation()
    item = ChecklistItem(
        key=table.text("key", required=True),
        label=table.text("label", required=True),
        text=table.text("text"),
        where_possible=table.flag("where_possible"),
        scope=read_scope(table.table("scope")),
        recheck=_recheck(table, citation),
        **citation,
    )
    if len(item.key) > LONGEST_ITEM_KEY:
        table.fault("key", f"cannot be longer than {LONGEST_ITEM_KEY} letters.")
    table.done(("key", "label", "text", "where_possible", "scope", "recheck"))
    return item


def _recheck(table: Table, citation: Citation) -> CalendarMonths | None:
    if not table.has("recheck"):
        return None
    found = read_time(table, "recheck", citation["strength"])
    if isinstance(found, CalendarMonths):
        return found
    table.fault("recheck", "must be a number of months, such as { months = 12 }.")
    return None


def refuse_rules_without_items(policy: Policy, faults: Faults) -> None:
    """Add a fault where a rule speaks of the appearance and no item of a list asks for it.

    An item of the other list will do: a guideline that wants the sender marked asks for it once.
    """
    asked = set(_requirements(item for items in policy.checklists.values() for item in items))
    for rule in policy.rules.get("graphic_profile.rule", ()):
        if isinstance(rule, Stated) and not asked.intersection(rule.requirements):
            faults.add(
                SECTIONS["graphic_profile"],
                f"is missing: graphic_profile.rule demands {', '.join(rule.requirements)}, and "
                "nobody is asked whether it is so.",
            )


def _requirements(items: Iterable[ChecklistItem]) -> Iterable[str]:
    return (each for item in items for each in item.requirements)
