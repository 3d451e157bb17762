"""What a guideline says of one thing, where it holds, and what binds anybody to it."""

from dataclasses import dataclass
from typing import Literal

from governance.policy.times import Time
from governance.roles import Role

Strength = Literal["must", "should", "may", "fact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a rule applies, or where it is asked about. An empty field means anywhere."""

    platform: str | None = None
    account_class: str | None = None
    unit_kind: str | None = None
    period: str | None = None

    def pairs(self) -> frozenset[tuple[str, str]]:
        """The fields that are set."""
        fields = {
            "platform": self.platform,
            "account_class": self.account_class,
            "unit_kind": self.unit_kind,
            "period": self.period,
        }
        return frozenset((name, value) for name, value in fields.items() if value is not None)

    def contains(self, other: "Scope") -> bool:
        """Whether this scope applies wherever the other does."""
        return self.pairs() <= other.pairs()

    def meets(self, other: "Scope") -> bool:
        """Whether there is a place where both apply."""
        mine, theirs = dict(self.pairs()), dict(other.pairs())
        return all(theirs.get(name, value) == value for name, value in mine.items())

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in sorted(self.pairs())) or "anywhere"


ANYWHERE = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What binds somebody: the guideline's clause, or an act (`law`), or both."""

    strength: Strength = "must"
    clauses: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    says: str = ""
    derived: str = ""
    """Where the guideline leaves something open: how it was read, in a sentence."""

    @property
    def clause(self) -> str:
        """The clause headings as one text for a screen; empty for what comes from law alone."""
        return "; ".join(self.clauses)


@dataclass(frozen=True, slots=True)
class Holders:
    """Roles that must hold something: all of them, or at least one."""

    roles: tuple[Role, ...]
    needs: Literal["all", "one"] = "all"


@dataclass(frozen=True, slots=True)
class Likes:
    """Kinds of page that may be liked and that may never be."""

    allowed: tuple[str, ...]
    forbidden: tuple[str, ...]


Value = bool | int | str | tuple[str, ...] | tuple[Role, ...] | Time | Holders | Likes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Cited):
    """The guideline (or the law) says so."""

    key: str
    value: Value
    who: tuple[Role, ...] = ()
    scope: Scope = ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpresslyNone(Cited):
    """The guideline says that there is no such duty."""

    key: str
    who: tuple[Role, ...] = ()
    scope: Scope = ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStated:
    """The guideline is silent: nothing falls due."""

    key: str


Rule = Stated | ExpresslyNone | NotStated
