"""The lines of a file of people: an account is asked for, and a role on a unit is given."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from channels.importing.columns import meant_by, simple
from channels.importing.found import Found, NewAppointment, NewPerson, SomeUnit, There
from channels.importing.known import KnownPeople
from channels.importing.rows import Row
from governance.models import Unit
from governance.roles import BODIES, CENTRAL_ROLES, CHANNEL_ROLES, Role


def check_people(rows: Sequence[Row], known: KnownPeople, found: Found) -> None:
    """What each line is. Somebody may stand on several lines, with another role on each."""
    first: dict[str, Row] = {}
    seen: dict[tuple[str, str, object], int] = {}
    for row in rows:
        email = row.email("email")
        where = _appointment(row, known, found)
        if not email or not row["name"]:
            continue
        if email in known.taken:
            row.fault("email", _("This address cannot be used."))
            continue
        earlier = first.setdefault(email, row)
        if simple(earlier["name"]) != simple(row["name"]):
            row.fault(
                "name",
                _("The same e-mail stands on line %(n)d with another name.")
                % {"n": earlier.number},
            )
            continue
        key = (email, *(where or ("", "")))
        if key in seen:
            row.fault("email", _("The same stands on line %(n)d.") % {"n": seen[key]})
            continue
        seen[key] = row.number
        _place(row, email, where, known, found, is_first=earlier is row)


def _place(
    row: Row,
    email: str,
    where: tuple[str, SomeUnit] | None,
    known: KnownPeople,
    found: Found,
    *,
    is_first: bool,
) -> None:
    """New, or there already; and the same of the role."""
    user = known.people.get(email)
    if user is None and is_first:
        found.new.append(NewPerson(row.number, row["name"], email, row["title"], row["phone"]))
    if where is None:
        if user is not None:
            found.there.append(There(row.number, user.shown_name, _("has an account")))
        return
    role, unit = where
    held = isinstance(unit, Unit) and user is not None and (user.pk, role, unit.pk) in known.held
    if user is not None and held:
        found.there.append(There(row.number, user.shown_name, f"{Role(role).label}, {unit}"))
    else:
        found.new.append(NewAppointment(row.number, row["name"], email, role, unit))


def _appointment(row: Row, known: KnownPeople, found: Found) -> tuple[str, SomeUnit] | None:
    """The role and where it is held; without a role, an employee of the unit."""
    unit = found.unit(row, known.units)
    text = row["role"]
    if not text:
        return (Role.EMPLOYEE, unit) if unit is not None else None
    role = meant_by("role", text)
    if not role or role in CHANNEL_ROLES | BODIES:
        row.fault(
            "role",
            _("Nobody is appointed to a role of this name. Write for example: %(words)s.")
            % {"words": ", ".join(str(each.label) for each in _EXAMPLES)},
        )
        return None
    if unit is None and not row["unit"]:
        if role in CENTRAL_ROLES:
            return role, known.units.root
        row.fault("unit", _("Write at which unit the role is held."))
    return (role, unit) if unit is not None else None


_EXAMPLES = (
    Role.EMPLOYEE,
    Role.NEAREST_MANAGER,
    Role.OPERATIONS_MANAGER,
    Role.SECTOR_HEAD,
    Role.UNIT_COMMUNICATOR,
    Role.CENTRAL_REGISTRAR,
)
