"""What a file's lines turn out to be: new or there already, and the units they name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from channels.importing.known import Units
from channels.importing.rows import Row
from channels.models import Platform
from governance.models import Unit, User
from governance.roles import Role

#: A unit of the register, or the name of one that is to be made.
SomeUnit = Unit | str


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be made. It lies below `parent`, or below the new unit of the line `above`."""

    line: int
    name: str
    kind: str
    activity: str
    parent: Unit | None
    above: int | None

    @property
    def words(self) -> str:
        """Its kind and, where that is there, the unit above."""
        kind = str(Unit.Kind(self.kind).label)
        return f"{kind}, {self.parent}" if self.parent else kind


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody for whom an account is asked."""

    line: int
    name: str
    email: str
    title: str
    phone: str

    @property
    def words(self) -> str:
        """What is asked for."""
        return _("account for %(email)s") % {"email": self.email}


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """A role to be held on a unit from today by whoever has the e-mail."""

    line: int
    name: str
    email: str
    role: str
    unit: SomeUnit

    @property
    def words(self) -> str:
        """The role and where it is held."""
        return f"{Role(self.role).label}, {self.unit}"


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel that is there and is to be entered. Without an address it waits for it.

    `responsible` is a colleague with an account; else there is at most a name and an e-mail.
    """

    line: int
    name: str
    unit: SomeUnit
    platform: Platform
    url: str
    handle: str
    stable_id: str
    purpose: str
    audience: str
    responsible: User | None
    responsible_name: str
    responsible_email: str
    contact_email: str
    contact_phone: str
    opened_on: date | None

    @property
    def words(self) -> str:
        """The medium and the unit."""
        return f"{self.platform}, {self.unit}"


New = NewUnit | NewPerson | NewAppointment | NewChannel


@dataclass(frozen=True, slots=True)
class There:
    """What is in the register already and is left as it is; `words` say how it stands."""

    line: int
    name: str
    words: str


@dataclass(frozen=True)
class Found:
    """What the lines are. `missing` are units that are named and not there, by line.

    `makes_units`: they will be made, so that naming one is no fault.
    """

    makes_units: bool = False
    new: list[New] = field(default_factory=list)
    there: list[There] = field(default_factory=list)
    missing: dict[str, list[int]] = field(default_factory=dict)

    def unit(self, row: Row, units: Units) -> SomeUnit | None:
        """The unit that the line names, if it names exactly one; else a fault has been said."""
        text = row["unit"]
        if not text:
            return None
        named = units.find(text)
        if len(named) == 1:
            return named[0]
        if named:
            row.fault(
                "unit",
                _("Several units are called so. Write the one above too: “%(above)s > %(name)s”.")
                % {"above": units.above(named[0]), "name": named[0].name},
            )
            return None
        self.missing.setdefault(text, []).append(row.number)
        if self.makes_units and units.can_be_name(text):
            return text
        row.fault("unit", _("There is no unit of this name. Bring in the units first."))
        return None
