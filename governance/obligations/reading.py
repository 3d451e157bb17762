"""Reading what is owed: for a person, and about a subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import F, Model, Q, QuerySet

from governance.asked_once import once
from governance.models import Appointment, Obligation, User
from governance.models.obligation import OPEN
from governance.obligations.registry import WaitsFor, duties
from governance.permissions import STANDS_FOR, actors_of
from governance.standing_in import stood_in_for


def waiting_for(
    user: User, now: datetime, *, of: Collection[str] | None = None
) -> QuerySet[Obligation]:
    """Everything open that waits for the person, over all duties, in order of due time.

    One query, whatever the number of duties. What has no due moment comes last, oldest first.
    `of`: the keys of the duties that are asked about, where not all are.
    """
    return (
        Obligation.objects.filter(OPEN, _theirs(user, now, of), municipality=user.municipality_id)
        .select_related("municipality", "unit", "policy")
        .order_by(F("due_at").asc(nulls_last=True), "opened_at", "pk")
    )


def waited_for(row: Obligation, user: User, now: datetime) -> bool:
    """Whether the row waits for the person or, met or waived since, would still if it were open.

    That is as its duty says, or where theirs is the role that owes it.
    """
    if row.municipality_id != user.municipality_id:
        return False
    pair = (row.who, row.unit_id)
    # `by_appointment` knows only the roles and units of what is open
    if user in actors_of([pair], row.municipality_id, now)[pair]:
        return True
    return Obligation.objects.filter(_theirs(user, now), pk=row.pk).exists()


def _theirs(user: User, now: datetime, of: Collection[str] | None = None) -> Q:
    """What each duty says of the person, open or not."""
    asked: dict[WaitsFor, list[str]] = defaultdict(list)
    for duty in duties():
        if of is None or duty.key in of:
            asked[duty.waits_for or by_appointment].append(duty.key)
    # once for all the duties that share an answer
    answers = (
        Q(duty__in=keys) & _answer(waits_for, user, now) for waits_for, keys in asked.items()
    )
    return reduce(or_, answers, Q(pk__in=[]))


def _answer(waits_for: WaitsFor, user: User, now: datetime) -> Q:
    """What it says of the person; every number in a menu and the page below it ask that."""
    day = user.municipality.today(now) if user.municipality else None
    return once((waits_for, user.pk, day), lambda: waits_for(user, now))


def by_appointment(user: User, now: datetime) -> Q:
    """Those whose role the person is the one to act in for the unit: nearest above it, or deputy.

    A bounded number of queries; none for somebody without an appointment.
    """
    if user.municipality is None:
        return Q(pk__in=[])
    day = user.municipality.today(now)
    return once(("by appointment", user.pk, day), lambda: _by_appointment(user, now))


def _by_appointment(user: User, now: datetime) -> Q:
    roles = _roles_answered_by(user, now)
    if not roles or user.municipality_id is None:
        return Q(pk__in=[])
    pairs = (
        Obligation.objects.open()
        .filter(municipality=user.municipality_id, who__in=roles)
        .order_by()
        .values_list("who", "unit_id")
        .distinct()
    )
    units: dict[str, list[int]] = defaultdict(list)
    for (role, unit), people in actors_of(pairs, user.municipality_id, now).items():
        if user in people:
            units[role].append(unit)
    return reduce(or_, (Q(who=role, unit__in=held) for role, held in units.items()), Q(pk__in=[]))


def _roles_answered_by(user: User, now: datetime) -> set[str]:
    """The roles of policies that the person's appointments, or those they deputise, answer to."""
    if user.municipality is None:
        return set()
    day = user.municipality.today(now)
    theirs = Q(user=user) | Q(user__in=stood_in_for(user, day))
    appointments = Appointment.objects.in_force(day).filter(theirs)
    held = set(appointments.values_list("role", flat=True))
    return held | {role for role, same in STANDS_FOR.items() if same & held}


def missed_for_good(today: date) -> Q:
    """What its day is over for: it stays missed, and is at most written down afterwards."""
    return Q(duty__in=[duty.key for duty in duties() if duty.of_its_day], due_on__lt=today)


def blocking_open(subject: Model) -> QuerySet[Obligation]:
    """What must be met before the subject can be closed."""
    return Obligation.objects.open().about(subject).filter(blocks=True)
