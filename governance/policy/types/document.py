"""The guideline as a document: its texts, its advice, its sources and its gaps."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.text import slugify

from governance.policy.types.rules import Cited

TextUse = Literal["visitor_information", "reply", "notice"]
GuidanceUse = Literal["private_use", "tone", "records", "general"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Cited):
    """A text the guideline prescribes, word for word. `unset` says why there is none yet.

    A text for visitors may hold the `PLACEHOLDERS` of the vocabulary, as in `{email}`.
    """

    key: str
    version: int = 1
    use: TextUse
    text: str = ""
    unset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance(Cited):
    """A page of advice: conduct that no system can check."""

    key: str
    title: str
    use: GuidanceUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Ours, or from good practice: shown labelled as such beside a rule, never due."""

    key: str
    about: str
    says: str
    why: str
    law: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDuty:
    """A duty from an act, not from the guideline; screens mark it as law. Shared by a country."""

    id: str
    source: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act the guideline lists, and what applies instead today."""

    name: str
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Cited):
    """Something the document itself leaves open; raised as a task for its owner, never invented."""

    about: str

    @property
    def key(self) -> str:
        """What tells one gap from another, also when the next version still has it."""
        return slugify(self.about)[:40]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline(Cited):
    """The document, with what it says of itself; empty or None where it does not.

    `address` is where it is read, as an address of the web.
    """

    title: str
    short: str
    address: str = ""
    document_type: str = ""
    adopted_by: str = ""
    decision: str = ""
    adopted_on: date | None = None
    revised_on: date | None = None
    in_force_from: date | None = None
    legal_basis: str = ""
    applies_to: str = ""
    related: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    acts: tuple[Act, ...] = ()
    acts_cited: Cited | None = None
