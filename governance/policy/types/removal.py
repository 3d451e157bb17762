"""What may or must be removed, and what a removal needs."""

from dataclasses import dataclass
from typing import Literal

from governance.policy.types.rules import Cited, Rule, Stated

Status = Literal["mandatory", "permitted", "refused", "refer"]
Ground = Literal["statute", "house_rule", "gdpr", "secrecy", "guideline"]
Evidence = Literal["store", "describe_only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Cited):
    """A kind of content and what may or must be done with it.

    `status`: mandatory (must be removed), permitted (may be), refused (may not be), refer.
    `must_be_obvious`: the duty holds only for what is obviously so; the screen asks.
    `evidence` `describe_only`: nothing is stored, only described.
    """

    code: str
    label: str
    definition: str = ""
    status: Status
    ground: Ground
    statute: str = ""
    must_be_obvious: bool = False
    evidence: Evidence = "store"
    notice: str = ""
    diarise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The action model in one place; each part is also a rule with its citation."""

    default: Rule
    ladder: Rule
    close_requires: Rule
    police_report: Rule
    categories: tuple[Category, ...]

    def category(self, code: str) -> Category:
        """The category of that code. Raises KeyError."""
        for each in self.categories:
            if each.code == code:
                return each
        raise KeyError(code)

    @property
    def must_before_closing(self) -> tuple[str, ...]:
        """What a removal case needs before it can be closed (`diary_number` …)."""
        if isinstance(self.close_requires, Stated) and isinstance(self.close_requires.value, tuple):
            return tuple(str(each) for each in self.close_requires.value)
        return ()
