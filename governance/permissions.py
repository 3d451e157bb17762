"""Who may do what: roles held on units by dated appointments, and by deputies while absent.

A role holds on its unit and on every unit below. `may` asks about one unit, `units_where` is its
twin for lists. What a person may do with one single thing (an editor with a channel) is a guardian
permission that the app of that thing gives and takes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.utils.translation import gettext as _

from governance.asked_once import once
from governance.errors import NotAllowed
from governance.models import Appointment, Unit, User
from governance.roles import Role
from governance.standing_in import stand_ins, stood_in_for

MANAGERS = frozenset(
    {
        Role.NEAREST_MANAGER,
        Role.UNIT_MANAGER,
        Role.OPERATIONS_MANAGER,
        Role.DEPARTMENT_MANAGER,
        Role.SECTOR_HEAD,
        Role.HEAD_OF_ADMINISTRATION,
        Role.CHIEF_EXECUTIVE,
    }
)
COMMUNICATIONS = frozenset(
    {Role.COMMUNICATIONS_OFFICER, Role.INFORMATION_OFFICER, Role.HEAD_OF_COMMUNICATIONS}
)
REGISTRARS = frozenset({Role.UNIT_REGISTRAR, Role.CENTRAL_REGISTRAR})
OVERSEERS = frozenset({Role.AUDITOR, Role.DATA_PROTECTION_OFFICER})

#: Roles that a policy may name and that others hold too: the nearest manager is whoever manages
#: nearest, and the communications unit is everybody in it.
STANDS_FOR: dict[str, frozenset[str]] = {
    Role.NEAREST_MANAGER: MANAGERS,
    Role.UNIT_MANAGER: MANAGERS,
    Role.COMMUNICATIONS_OFFICER: COMMUNICATIONS,
}

_EVERYBODY = frozenset(Role.values)
_STAFF = (
    _EVERYBODY
    - {Role.BOARD, Role.EXECUTIVE_BOARD, Role.COUNCIL, Role.MAYOR, Role.GROUP_MEMBER}
    - OVERSEERS
)

#: Which role carries which right. The only such table.
RIGHTS: dict[str, frozenset[str]] = {
    "read": _EVERYBODY,
    "write_plan": _STAFF,
    "approve_plan": MANAGERS | COMMUNICATIONS | {Role.UNIT_COMMUNICATOR},
    "assign_editor": MANAGERS | COMMUNICATIONS,
    "follow_up": MANAGERS | COMMUNICATIONS | {Role.UNIT_COMMUNICATOR},
    "administer_accounts": COMMUNICATIONS | {Role.UNIT_COMMUNICATOR},
    "approve_people": COMMUNICATIONS,
    "manage_organisation": COMMUNICATIONS,
    "edit_register": COMMUNICATIONS,
    "moderate": COMMUNICATIONS,
    "check_in": COMMUNICATIONS,
    "take_snapshot": COMMUNICATIONS | {Role.UNIT_COMMUNICATOR},
    "see_evidence": COMMUNICATIONS | REGISTRARS | {Role.ARCHIVIST},
    "see_custody": COMMUNICATIONS | REGISTRARS | {Role.UNIT_COMMUNICATOR},
    "register_records": REGISTRARS | {Role.ARCHIVIST},
    "export_diary": REGISTRARS | {Role.ARCHIVIST},
    "see_overview": MANAGERS | COMMUNICATIONS | REGISTRARS | OVERSEERS,
    "see_editors": MANAGERS | COMMUNICATIONS | REGISTRARS | OVERSEERS | {Role.UNIT_COMMUNICATOR},
    "read_log": OVERSEERS | {Role.CENTRAL_REGISTRAR, Role.ARCHIVIST},
    "see_notices": COMMUNICATIONS | OVERSEERS,
    "waive_duties": MANAGERS | COMMUNICATIONS,
    "adopt_policy": COMMUNICATIONS,
    "assess_personal_data": MANAGERS
    | COMMUNICATIONS
    | {Role.UNIT_COMMUNICATOR, Role.DATA_PROTECTION_OFFICER},
    "change_platform_basis": COMMUNICATIONS | {Role.DATA_PROTECTION_OFFICER},
}

#: What an installation's operator may, and nobody of a municipality: what is the same for all.
OPERATE: Final = "operate"

T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Grant:
    """Why somebody may: the role, where it is held, and for whom they act as deputy, if so."""

    role: str
    unit_id: int
    instead_of: User | None = None


def _standing(user: User, now: datetime) -> tuple[tuple[Appointment, User | None], ...]:
    """Appointments in force that the person acts under: their own and those they deputise."""
    if not user.is_active or user.municipality is None:
        return ()
    day = user.municipality.today(now)
    return once(("standing", user.pk, day), lambda: _standing_on(user, day))


def _standing_on(user: User, day: date) -> tuple[tuple[Appointment, User | None], ...]:
    rows = (
        Appointment.objects.filter(municipality=user.municipality_id)
        .in_force(day)
        .filter(Q(user=user) | Q(user__in=stood_in_for(user, day)))
        .select_related("user")
    )
    own_first = sorted(rows, key=lambda row: row.user_id != user.pk)
    return tuple((row, None if row.user_id == user.pk else row.user) for row in own_first)


def holds(
    user: User, roles: Iterable[str], unit: Unit, now: datetime, *, group: str | None = ""
) -> Grant | None:
    """The grant by which the person holds one of the roles on the unit or above it, or None.

    `group`: the group whose members are asked for, by its key; None where any group will do.
    """
    wanted = {held for role in roles for held in STANDS_FOR.get(role, frozenset({role}))}
    standing = [
        (row, who)
        for row, who in _standing(user, now)
        if row.role in wanted and (not row.group or group in (None, row.group))
    ]
    if not standing or user.municipality_id != unit.municipality_id:
        return None
    line = set(unit.line())
    for row, instead_of in standing:
        if row.unit_id in line:
            return Grant(row.role, row.unit_id, instead_of)
    return None


def may(user: User, right: str, unit: Unit, now: datetime) -> Grant | None:
    """The grant by which the person has the right on the unit at `now`, or None.

    Raises KeyError for a right that the table does not know.
    """
    return holds(user, RIGHTS[right], unit, now, group=None)


def require(by: User, right: str, unit: Unit, *, now: datetime) -> Grant:
    """The grant, or NotAllowed with the roles that would have been needed."""
    grant = may(by, right, unit, now)
    if grant is None:
        raise NotAllowed(reason_for(RIGHTS[right], unit))
    return grant


def require_role(by: User, role: str, unit: Unit, *, now: datetime) -> Grant:
    """The grant by which `by` holds this very role on the unit or above, or NotAllowed."""
    grant = holds(by, [role], unit, now)
    if grant is None:
        raise NotAllowed(reason_for([role], unit))
    return grant


def reason_for(roles: Iterable[str], unit: Unit) -> str:
    """A sentence that says which roles on the unit could have done it."""
    names = sorted({str(Role(role).label) for role in roles})
    if len(names) > 5:
        return _("Your appointment at %(unit)s does not include this.") % {"unit": unit}
    return _("This takes one of these roles at %(unit)s: %(roles)s.") % {
        "unit": unit,
        "roles": ", ".join(names),
    }


def units_where(user: User, right: str, now: datetime) -> QuerySet[Unit]:
    """Every unit on which the person has the right: where the role is held, and below."""
    seeds = {row.unit_id for row, _who in _standing(user, now) if row.role in RIGHTS[right]}
    return units_below(seeds)


def units_of_roles(user: User, roles: Iterable[str], now: datetime) -> QuerySet[Unit]:
    """Every unit for which the person holds one of the roles: the twin of `holds` for lists."""
    wanted = {held for role in roles for held in STANDS_FOR.get(role, frozenset({role}))}
    return units_below({row.unit_id for row, _who in _standing(user, now) if row.role in wanted})


def units_below(seeds: Iterable[int]) -> QuerySet[Unit]:
    """The units of these keys and every unit below them."""
    below = RawSQL(
        "WITH RECURSIVE below AS ("
        " SELECT id FROM governance_unit WHERE id = ANY(%s)"
        " UNION SELECT u.id FROM governance_unit u JOIN below b ON u.parent_id = b.id"
        ") SELECT id FROM below",
        [sorted(seeds)],
    )
    return Unit.objects.filter(pk__in=below)


def require_somewhere(by: User, right: str, *, now: datetime) -> QuerySet[Unit]:
    """The units on which the person has the right, or NotAllowed where there is none."""
    units = units_where(by, right, now)
    if not units.exists():
        names = sorted({str(Role(role).label) for role in RIGHTS[right]})
        raise NotAllowed(
            _("This takes one of these roles: %(roles)s.") % {"roles": ", ".join(names)}
        )
    return units


def operates(user: User) -> bool:
    """Whether the person operates the installation, and belongs to no municipality of it."""
    return user.is_active and user.is_operator


def require_operator(by: User) -> None:
    """Raise NotAllowed for everybody but an operator of the installation."""
    if not operates(by):
        raise NotAllowed(_("This is for whoever operates the installation."))


def rights_of(user: User, now: datetime) -> frozenset[str]:
    """Every right that the person has on some unit: what the navigation may offer.

    An operator of the installation has one that is on no unit, and no other.
    """
    if operates(user):
        return frozenset({OPERATE})
    held = {row.role for row, _who in _standing(user, now)}
    return frozenset(right for right, roles in RIGHTS.items() if roles & held)


def permitted(
    things: type[T] | QuerySet[T], pk: object, right: str, user: User, *, now: datetime
) -> T:
    """The thing with this key, already permitted.

    Strangers and people of another municipality get Http404, colleagues without the right
    NotAllowed with the reason. The thing must have a `unit`.
    """
    queryset = things if isinstance(things, QuerySet) else things._default_manager.all()
    thing = queryset.filter(pk=pk).first()
    unit: Unit | None = getattr(thing, "unit", None)
    if thing is None or unit is None or unit.municipality_id != user.municipality_id:
        raise Http404
    require(user, right, unit, now=now)
    return thing


def groups_of(user: User, now: datetime) -> frozenset[str]:
    """The keys of the groups that the person is a member of, or deputises for a member of."""
    return frozenset(row.group for row, _who in _standing(user, now) if row.group)


def actors(role: str, unit: Unit, now: datetime, *, excluding: User | None = None) -> list[User]:
    """Who is to act in the role for the unit: the nearest holders, deputies for the absent."""
    found = actors_of([(role, unit.pk)], unit.municipality_id, now, excluding=excluding)
    return found[role, unit.pk]


def actors_of(
    wanted: Iterable[tuple[str, int]],
    municipality_id: int,
    now: datetime,
    *,
    excluding: User | None = None,
) -> dict[tuple[str, int], list[User]]:
    """`actors` for many pairs of role and unit key in four queries, whatever their number.

    Where nobody holds a role on the unit or above it, the list is empty.
    """
    without = frozenset({excluding.pk} if excluding else ())
    triples = [(role, unit, without) for role, unit in wanted]
    found = actors_without(triples, municipality_id, now)
    return {(role, unit): people for (role, unit, _without), people in found.items()}


def actors_without(
    wanted: Iterable[tuple[str, int, frozenset[int]]],
    municipality_id: int,
    now: datetime,
    *,
    group: str = "",
) -> dict[tuple[str, int, frozenset[int]], list[User]]:
    """`actors_of` for triples, whose third part is the keys of people not to be counted.

    Neither they nor whoever deputises for them acts. `group`: the group whose members are
    asked for, by its key. Four queries, whatever the number.
    """
    triples = set(wanted)
    parents = once(("parents", municipality_id), lambda: _parents(municipality_id))
    holders = _holders(municipality_id, {role for role, _unit, _without in triples}, group, now)
    return {
        (role, unit, without): _nearest(role, unit, parents, holders, without)
        for role, unit, without in triples
    }


def _parents(municipality_id: int) -> dict[int, int | None]:
    """The key of each unit of the municipality, and of the one above it."""
    return dict(Unit.objects.filter(municipality=municipality_id).values_list("pk", "parent_id"))


#: Role and unit to the key of each holder and who acts: the holder, or a deputy.
_Holders = dict[tuple[str, int], list[tuple[int, User]]]


def _holders(municipality_id: int, wanted: set[str], group: str, now: datetime) -> _Holders:
    roles = {held for role in wanted for held in STANDS_FOR.get(role, frozenset({role}))}
    rows = Appointment.objects.filter(
        municipality=municipality_id, role__in=roles, group=group
    ).select_related("user", "municipality")
    held: list[Appointment] = []
    day = None
    for row in rows.order_by("starts_on", "pk"):
        day = day or row.municipality.today(now)
        if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day):
            held.append(row)
    acting = stand_ins({row.user_id for row in held}, day) if day is not None else {}
    found: _Holders = defaultdict(list)
    for row in held:
        actor = acting.get(row.user_id, row.user)
        if actor.is_active:
            found[row.role, row.unit_id].append((row.user_id, actor))
    return found


def _nearest(
    role: str,
    unit: int | None,
    parents: Mapping[int, int | None],
    holders: _Holders,
    without: frozenset[int],
) -> list[User]:
    same = sorted(STANDS_FOR.get(role, frozenset({role})))
    while unit is not None:
        here = [
            actor
            for held in same
            for holder, actor in holders.get((held, unit), [])
            if without.isdisjoint((holder, actor.pk))
        ]
        if here:
            return list(dict.fromkeys(here))
        unit = parents.get(unit)
    return []
