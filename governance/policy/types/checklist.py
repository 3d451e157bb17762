"""What is looked at on each channel, item by item: the checklists that a policy holds."""

from dataclasses import dataclass
from typing import Literal, get_args

from governance.policy.times import CalendarMonths
from governance.policy.types.rules import ANYWHERE, Cited, Scope

ChecklistKind = Literal["visitor_information", "graphic_profile"]
CHECKLIST_KINDS: tuple[ChecklistKind, ...] = get_args(ChecklistKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem(Cited):
    """Something that must be so on the channel; `text` names a prescribed text to stand there.

    `where_possible`: a reason why it is not so may stand instead. `recheck`: so often it must be
    looked at again.
    """

    key: str
    label: str
    text: str = ""
    where_possible: bool = False
    scope: Scope = ANYWHERE
    recheck: CalendarMonths | None = None
