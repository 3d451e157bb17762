"""Bring in what a municipality has from a file: begin, say which column is which, carry out.

Nothing of a file is in the register until it is carried out, and then all of it is. A file with a
fault is mended where it was made and takes the other's place; what is there already is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.actions.bringing_in import (
    Bringing,
    make_channels,
    make_missing_units,
    make_people,
    make_units,
)
from channels.actions.register import lock_addresses
from channels.importing.checking import Checked, check
from channels.importing.columns import COLUMNS, Kind, guess, missing
from channels.importing.found import NewAppointment, NewChannel, NewPerson, NewUnit
from channels.importing.reading import Unreadable, read_table
from channels.models import Import
from governance.audit import Line, line, record_many
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Municipality, Unit, User
from governance.permissions import may, require
from governance.policy.in_force import NoPolicyInForce
from governance.transitions import locked

#: The right, on the municipality as a whole, that each kind of file takes.
RIGHT_FOR: Final[Mapping[str, str]] = {
    Kind.UNITS: "manage_organisation",
    Kind.PEOPLE: "manage_organisation",
    Kind.CHANNELS: "edit_register",
}
#: A file that nobody comes back to is forgotten after so many days.
KEPT_DAYS: Final = 14
_NAME: Final = 200


def may_import(user: User, now: datetime) -> bool:
    """Whether the person keeps the register of the municipality as a whole."""
    return may(user, RIGHT_FOR[Kind.CHANNELS], _root(user.municipality_id), now) is not None


def require_importer(by: User, *, now: datetime) -> None:
    """Return for who keeps the register of the municipality as a whole; else raise NotAllowed."""
    require(by, RIGHT_FOR[Kind.CHANNELS], _root(by.municipality_id), now=now)


def _root(municipality: int | None) -> Unit:
    return Unit.objects.get(municipality=municipality, parent__isnull=True)


@transaction.atomic
def begin_import(
    municipality: Municipality, kind: str, content: bytes, *, name: str, by: User, now: datetime
) -> Import:
    """Take in a file and guess its columns. Nothing else is changed.

    Raises NotAllowed, and AgainstPolicy for a file that cannot be read.
    """
    require(by, RIGHT_FOR[kind], _root(municipality.pk), now=now)
    begun = Import(municipality=municipality, kind=kind, begun_by=by, begun_at=now)
    _take_in(begun, content, name)
    begun.save()
    return begun


@transaction.atomic
def replace_file(begun: Import, content: bytes, *, name: str, by: User, now: datetime) -> Import:
    """Put a mended file in the place of the first; its columns stay where its headers do.

    Raises as `begin_import` does, and NoLongerPossible where the import is over.
    """
    begun = _under_way(begun, by=by, now=now)
    headers = begun.as_table().headers
    chosen = begun.mapped
    _take_in(begun, content, name)
    if begun.as_table().headers == headers:
        begun.mapped = chosen
    begun.save(update_fields=["table", "mapped", "name", "sha256"])
    return begun


def _take_in(begun: Import, content: bytes, name: str) -> None:
    try:
        table = read_table(content)
    except Unreadable as unreadable:
        raise AgainstPolicy(str(unreadable), field="file") from None
    begun.table = table.as_json()
    begun.mapped = guess(begun.kind, table.headers)
    begun.name = "".join(sign for sign in name if sign.isprintable())[-_NAME:]
    begun.sha256 = sha256(content).hexdigest()


@transaction.atomic
def choose_columns(
    begun: Import,
    mapped: Mapping[str, int],
    *,
    by: User,
    now: datetime,
    units_below: Unit | None = None,
) -> Import:
    """Say which of the file's columns are which, and whether missing units are made below one.

    Raises NotAllowed, NoLongerPossible where the import is over, AgainstPolicy for a column that
    the file does not have or that stands for two things.
    """
    begun = _under_way(begun, by=by, now=now)
    headers = begun.as_table().headers
    known = {each.key for each in COLUMNS[begun.kind]}
    for key, place in mapped.items():
        if key not in known or not 0 <= place < len(headers):
            raise AgainstPolicy(_("Choose a column of the file."), field=key)
        if list(mapped.values()).count(place) > 1:
            raise AgainstPolicy(
                _("“%(column)s” can only be one thing.") % {"column": headers[place]}, field=key
            )
    if units_below is not None and units_below.municipality_id != begun.municipality_id:
        raise AgainstPolicy(_("Choose a unit of the municipality."), field="units_below")
    begun.mapped, begun.units_below = dict(mapped), units_below
    begun.save(update_fields=["mapped", "units_below"])
    return begun


def dry_run(begun: Import, now: datetime) -> Checked:
    """What carrying it out would do, and what hinders it. Reading only.

    A few queries, whatever the file's length. The import must be under way.
    """
    return check(
        begun.kind,
        begun.as_table(),
        begun.mapped,
        begun.municipality,
        now,
        makes_units=begun.units_below is not None,
    )


@transaction.atomic
def carry_out(begun: Import, *, by: User, now: datetime, due_on: date | None = None) -> Import:
    """Bring in all that is new in the file; what is there already is left as it is.

    Channels owe their plans by `due_on`. Raises NotAllowed, NoLongerPossible where the import is
    over, AgainstPolicy while a column or the day is missing, while there is a fault, or where
    nothing is new.
    """
    begun = _under_way(begun, by=by, now=now)
    if begun.kind == Kind.CHANNELS:
        _require_day(due_on, begun.municipality.today(now))
    lock_addresses(begun.municipality)
    if lacking := missing(begun.kind, begun.mapped):
        raise AgainstPolicy(
            _("Say first which column this is: %(column)s.") % {"column": lacking[0].label}
        )
    checked = dry_run(begun, now)
    _require_faultless(checked)
    begun.table, begun.state = None, Import.State.DONE
    begun.over_by, begun.over_at = by, now
    begun.made, begun.left = len(checked.new), len(checked.there)
    begun.save(update_fields=["table", "state", "over_by", "over_at", "made", "left"])
    try:
        with transaction.atomic():
            lines = _bring_in(begun, checked, due_on, by=by, now=now)
    except IntegrityError:  # the register is locked, but people are also entered elsewhere
        raise AgainstPolicy(
            _("Somebody entered the same at this moment. Nothing is brought in: try again.")
        ) from None
    except NoPolicyInForce as silent:
        raise AgainstPolicy(str(silent)) from None
    done = line(
        "import.carried_out",
        begun,
        now=now,
        kind=begun.kind,
        sha256=begun.sha256,
        made=begun.made,
        left=begun.left,
        due_on=due_on,
    )
    record_many([*lines, done], by=by, now=now)
    return begun


def _require_day(due_on: date | None, today: date) -> None:
    if due_on is None:
        raise AgainstPolicy(_("Choose the day by which the plans are to be there."), field="due_on")
    if due_on <= today:
        raise AgainstPolicy(_("Choose a day that lies ahead."), field="due_on")


def _require_faultless(checked: Checked) -> None:
    if count := len(checked.faults):
        raise AgainstPolicy(
            ngettext(
                "There is %(n)d fault in the file. Nothing is brought in.",
                "There are %(n)d faults in the file. Nothing is brought in.",
                count,
            )
            % {"n": count}
        )
    if not checked.new:
        raise AgainstPolicy(_("Everything in the file is there already."))


def _bring_in(
    begun: Import, checked: Checked, due_on: date | None, *, by: User, now: datetime
) -> list[Line]:
    units: dict[str, Unit] = {}
    lines: list[Line] = []
    named = [each.unit for each in checked.new if isinstance(each, NewChannel | NewAppointment)]
    names = [unit for unit in named if isinstance(unit, str)]
    if names and begun.units_below is not None:
        units, lines = make_missing_units(names, begun.units_below, begun, by=by, now=now)
    bringing = Bringing(begun, by, now, units)
    if made := [each for each in checked.new if isinstance(each, NewUnit)]:
        lines += make_units(made, bringing)
    people = [each for each in checked.new if isinstance(each, NewPerson)]
    roles = [each for each in checked.new if isinstance(each, NewAppointment)]
    if people or roles:
        lines += make_people(people, roles, bringing)
    channels = [each for each in checked.new if isinstance(each, NewChannel)]
    if channels and due_on is not None:
        lines += make_channels(channels, due_on, bringing)
    return lines


@transaction.atomic
def end_import(begun: Import, *, by: User, now: datetime) -> Import:
    """Put the file aside: nothing of it is brought in, and it is forgotten.

    Raises NotAllowed, and NoLongerPossible where the import is over.
    """
    begun = _under_way(begun, by=by, now=now)
    _end(begun, by=by, now=now)
    return begun


@transaction.atomic
def end_forgotten(*, now: datetime) -> int:
    """Put aside the files that nobody came back to; returns how many. For beat."""
    system = User.objects.system()
    rows = Import.objects.select_for_update(no_key=True).filter(
        state=Import.State.BEGUN, begun_at__lt=now - timedelta(days=KEPT_DAYS)
    )
    forgotten = list(rows)
    for begun in forgotten:
        _end(begun, by=system, now=now)
    return len(forgotten)


def _end(begun: Import, *, by: User, now: datetime) -> None:
    begun.table, begun.state = None, Import.State.ENDED
    begun.over_by, begun.over_at = by, now
    begun.save(update_fields=["table", "state", "over_by", "over_at"])


def _under_way(begun: Import, *, by: User, now: datetime) -> Import:
    """The import under a lock, permitted and not over."""
    begun = locked(begun)
    require(by, RIGHT_FOR[begun.kind], begun.unit, now=now)
    if begun.state != Import.State.BEGUN and begun.over_by is not None:
        name = begun.over_by.shown_name
        said = (
            _("%(name)s has already brought the file in.")
            if begun.state == Import.State.DONE
            else _("%(name)s has put the file aside.")
        )
        raise NoLongerPossible(said % {"name": name}, by=name, at=begun.over_at)
    return begun
