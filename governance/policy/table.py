"""One table of a policy file, read value by value with its type checked.

Whatever has not been taken when the table is done is an unknown key. A fault never stops the
reading: a harmless value stands in, and the file is refused at the end.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypedDict, TypeVar, get_args

from governance.policy.faults import Faults
from governance.policy.types import Strength
from governance.roles import NAMED_BY_POLICIES, Role

W = TypeVar("W", bound=str)
K = TypeVar("K")

ROLES = {role.value: role for role in NAMED_BY_POLICIES}
STRENGTHS: tuple[Strength, ...] = get_args(Strength)
_KINDS = {str: "a text", bool: "true or false", int: "a whole number", dict: "a table"}


class Citation(TypedDict):
    """The fields of `types.Cited`."""

    strength: Strength
    clauses: tuple[str, ...]
    requirements: tuple[str, ...]
    law: tuple[str, ...]
    says: str
    derived: str


class Table:
    """Values are taken out by name; `key` is where the table stands in the file."""

    def __init__(self, data: Mapping[str, Any], key: str, faults: Faults) -> None:
        self._left = dict(data)
        self.key = key
        self.faults = faults

    def at(self, name: str) -> str:
        """The place of a name in the file."""
        return f"{self.key}.{name}" if self.key else name

    def has(self, name: str) -> bool:
        """Whether the name is still there to be taken."""
        return name in self._left

    def fault(self, name: str, reason: str) -> None:
        """Note a fault at a name, or at the table itself when the name is empty."""
        self.faults.add(self.at(name) if name else self.key, reason)

    def take(self, name: str, kind: type[K], default: K, *, required: bool = False) -> K:
        """The value of that name and type; the default where it is missing or wrong."""
        if name not in self._left:
            if required:
                self.fault(name, "is missing.")
            return default
        value = self._left.pop(name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(name, f"must be {_KINDS[kind]}, not {value!r}.")
            return default
        return value

    def raw(self, name: str) -> Any:
        """The value as it stands, or None."""
        return self._left.pop(name, None)

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; empty where there is none."""
        given = self.has(name)
        found = self.take(name, str, "", required=required)
        if required and given and not found.strip():
            self.fault(name, "is empty.")
        return found

    def flag(self, name: str) -> bool:
        """True or false; false where nothing is said."""
        return self.take(name, bool, False)

    def day(self, name: str) -> date | None:
        """A date, or None."""
        found = self._left.pop(name, None)
        if found is None or (isinstance(found, date) and not isinstance(found, datetime)):
            return found
        self.fault(name, f"must be a date such as 2011-05-11, not {found!r}.")
        return None

    def number(self, name: str) -> int | None:
        """A whole number from 0, or None."""
        if not self.has(name):
            return None
        found = self.take(name, int, 0)
        if found < 0:
            self.fault(name, "cannot be less than 0.")
        return found

    def word(self, name: str, words: Collection[W], what: str, default: W | None = None) -> W:
        """One of the words; must be there unless there is a default."""
        stand_in = default if default is not None else next(iter(words))
        if not self.has(name) and default is not None:
            return default
        found = self.text(name, required=True)
        for word in words:
            if word == found:
                return word
        if found:
            self.faults.unknown(self.at(name), found, words, what)
        return stand_in

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        found = self._left.pop(name, [])
        listed = [found] if isinstance(found, str) else found
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            self.fault(name, f"must be a text or a list of texts, not {found!r}.")
            return ()
        if len(set(listed)) != len(listed):
            self.fault(name, "names something twice.")
        return tuple(listed)

    def words(self, name: str, words: Collection[str], what: str) -> tuple[str, ...]:
        """A list of words, each of them known."""
        found = self.texts(name)
        for each in found:
            if each not in words:
                self.faults.unknown(self.at(name), each, words, what)
        return tuple(each for each in found if each in words)

    def roles(self, name: str) -> tuple[Role, ...]:
        """A role or a list of roles."""
        return tuple(ROLES[each] for each in self.words(name, ROLES, "role"))

    def table(self, name: str) -> "Table":
        """The table of that name, empty where there is none."""
        return Table(self.take(name, dict, {}), self.at(name), self.faults)

    def tables(self, name: str) -> list["Table"]:
        """The tables written `[[name]]`, in order."""
        found = self._left.pop(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.fault(name, "must be written as [[…]], once for each.")
            return []
        return [
            Table(each, f"{self.at(name)}[{number}]", self.faults)
            for number, each in enumerate(found, start=1)
        ]

    def named_tables(self, name: str) -> list[tuple[str, "Table"]]:
        """The tables written `[name.key]`, in order, with their keys."""
        inside = self.table(name)
        return [(key, inside.table(key)) for key in list(inside.left())]

    def left(self) -> Iterable[str]:
        """The names not taken yet."""
        return self._left.keys()

    def citation(
        self,
        *,
        says_required: bool = True,
        inherits: tuple[str, ...] = (),
        default: Strength = "must",
    ) -> Citation:
        """Clause, requirements, strength and words; a clause or an act must be named."""
        clauses = self.texts("clause") or inherits
        law = self.texts("law")
        if not clauses and not law:
            self.fault("clause", "is missing: name the clause, or the act under law.")
        return {
            "strength": self.word("strength", STRENGTHS, "strength", default),
            "clauses": clauses,
            "requirements": self.texts("requirements"),
            "law": law,
            "says": self.text("says", required=says_required),
            "derived": self.text("derived"),
        }

    def done(self, known: Collection[str] = ()) -> None:
        """Every name left over is unknown."""
        for name in self._left:
            self.faults.unknown(self.at(name), name, known, "key here")
