"""The lines of a file of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from channels.importing.columns import meant_by, simple
from channels.importing.found import Found, NewUnit, There
from channels.importing.known import Known, Units
from channels.importing.rows import Row
from governance.models import Unit


def check_units(rows: Sequence[Row], known: Known, found: Found) -> None:
    """What each line is; the order of the lines does not matter."""
    in_file: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["name"]:
            in_file[simple(row["name"])].append(row)
    seen: dict[tuple[str, int], int] = {}
    above = {row.number: _above(row, known.units, in_file) for row in rows}
    for row in rows:
        parent = above[row.number]
        if not row["name"] or parent is None:
            continue
        key = simple(row["name"]), parent.pk if isinstance(parent, Unit) else -parent
        if key in seen:
            row.fault("name", _("The same unit stands on line %(n)d.") % {"n": seen[key]})
        elif (there := _there(row, parent, known.units)) is not None:
            found.there.append(There(row.number, there.name, str(there.get_kind_display())))
        elif _is_under_itself(row.number, above):
            row.fault("parent", _("The unit lies under itself."))
        else:
            _add(row, parent, found)
        seen.setdefault(key, row.number)


def _above(row: Row, units: Units, in_file: Mapping[str, Sequence[Row]]) -> Unit | int | None:
    """The unit above: of the register, or by its line in the file; None with a fault."""
    text = row["parent"]
    if not text:
        return units.root
    there = units.find(text)
    lines = [
        each.number
        for each in in_file.get(simple(text), ())
        if not any(_is(each, unit, units) for unit in there)
    ]
    if len(there) == 1 and not lines:
        return there[0]
    if not there and len(lines) == 1:
        return lines[0]
    row.fault(
        "parent",
        _("Several units are called so. Write the one above it too, with “>” between.")
        if there or lines
        else _("There is no unit of this name, neither here nor in the file."),
    )
    return None


def _is(row: Row, unit: Unit, units: Units) -> bool:
    """Whether the line is about that unit of the register: its name and the one above it are."""
    above = units.find(row["parent"]) if row["parent"] else [units.root]
    return simple(row["name"]) == simple(unit.name) and unit.parent_id in {
        None,
        *(each.pk for each in above),
    }


def _there(row: Row, parent: Unit | int, units: Units) -> Unit | None:
    """The unit of that name at that place, or the municipality as a whole."""
    if simple(row["name"]) == simple(units.root.name):
        return units.root
    if not isinstance(parent, Unit):
        return None
    same = (unit for unit in units.find(row["name"]) if unit.parent_id == parent.pk)
    return next(same, None)


def _is_under_itself(line: int, above: Mapping[int, Unit | int | None]) -> bool:
    passed: set[int] = set()
    place: Unit | int | None = line
    while isinstance(place, int) and place not in passed:
        passed.add(place)
        place = above[place]
    return isinstance(place, int)


def _add(row: Row, parent: Unit | int, found: Found) -> None:
    kind = meant_by("unit_kind", row["kind"]) if row["kind"] else Unit.Kind.UNIT
    activity = meant_by("activity", row["activity"]) if row["activity"] else Unit.Activity.GENERAL
    if not kind:
        row.fault("kind", _one_of([label for key, label in Unit.Kind.choices if key != _WHOLE]))
    elif kind == _WHOLE:
        row.fault("kind", _("There is only one municipality here. Choose another kind."))
    if not activity:
        row.fault("activity", _one_of([label for _key, label in Unit.Activity.choices]))
    found.new.append(
        NewUnit(
            line=row.number,
            name=row["name"],
            kind=kind,
            activity=activity,
            parent=parent if isinstance(parent, Unit) else None,
            above=None if isinstance(parent, Unit) else parent,
        )
    )


_WHOLE = Unit.Kind.MUNICIPALITY


def _one_of(labels: Sequence[object]) -> str:
    return _("Write one of these: %(words)s.") % {"words": ", ".join(map(str, labels))}
