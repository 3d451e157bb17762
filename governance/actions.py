"""The verbs of governance: people, what they are appointed to, units.

Every one takes the acting person as `by` and the moment as `now`, runs in one transaction and
leaves its audit entry last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.audit import record
from governance.ending import APPOINTMENT, UNCOVERED, meet_followed, open_ending
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.founding import tell_of_account
from governance.models import Absence, Appointment, Municipality, Unit, User
from governance.models.people import in_force_between
from governance.names import forget_name
from governance.obligations import Owed, meet, meet_open
from governance.permissions import require
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.public_pages import touch
from governance.roles import Role
from governance.transitions import locked

#: What may be changed about a person; the address is how they sign in and is changed with care.
PERSON: Final = ("name", "title", "phone", "language", "name_hidden", "email")
MUNICIPALITY: Final = (
    "email",
    "phone",
    "website",
    "registrar_email",
    "communications_email",
    "accent",
    "general_reply_days",
)


def root_of(municipality: Municipality) -> Unit:
    """The unit that is the municipality as a whole."""
    return Unit.objects.get(municipality=municipality, parent__isnull=True)


# --- people -----------------------------------------------------------------------------------


@transaction.atomic
def add_person(
    municipality: Municipality, *, email: str, name: str, by: User, now: datetime, **facts: Any
) -> User:
    """Ask for an account for somebody; they can sign in once it is approved.

    Raises NotAllowed without `manage_organisation`, AgainstPolicy for an address that is taken.
    """
    require(by, "manage_organisation", root_of(municipality), now=now)
    with _free_address(email):
        person = User.objects.create_user(
            email,
            name=name,
            municipality=municipality,
            requested_at=now,
            **_known(facts, PERSON),
        )
    record("person.added", person, by=by, now=now)
    return person


@transaction.atomic
def change_person(person: User, *, by: User, now: datetime, **changes: Any) -> User:
    """Change a person's particulars. Raises as `add_person` does."""
    person = locked(person)
    require(by, "manage_organisation", root_of(_home(person)), now=now)
    known = _known(changes, PERSON)
    if "email" in known:
        known["email"] = User.objects.normalize_email(known["email"]).lower()
    changed = sorted(name for name, value in known.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, known[name])
    with _free_address(person.email if "email" in changed else ""):
        person.save(update_fields=changed)
    if "name_hidden" in changed and person.name_hidden:
        forget_name(person, now=now)
    record("person.changed", person, by=by, now=now, fields=changed)
    return person


@contextmanager
def _free_address(email: str) -> Iterator[None]:
    """Whoever takes the address first has it, also of two who write at once.

    Where it is used is nobody's business here, so the second is told no more than that.
    """
    refusal = AgainstPolicy(_("This address cannot be used."), field="email")
    if email and User.objects.filter(email__iexact=email).exists():
        raise refusal
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        if not email:
            raise
        raise refusal from None


@transaction.atomic
def approve_person(person: User, *, by: User, now: datetime) -> User:
    """Approve a new staff account: from now on the person may sign in, and is told so.

    Raises NotAllowed without `approve_people`, AgainstPolicy for one's own account,
    NoLongerPossible where it is approved already.
    """
    person = locked(person)
    require(by, "approve_people", root_of(_home(person)), now=now)
    if person == by:
        raise AgainstPolicy(_("Nobody approves their own account."))
    if person.approved_at is not None and person.approved_by is not None:
        name = person.approved_by.shown_name
        raise NoLongerPossible(
            _("The account was already approved by %(name)s.") % {"name": name},
            by=name,
            at=person.approved_at,
        )
    person.approved_at, person.approved_by, person.is_active = now, by, True
    person.save(update_fields=["approved_at", "approved_by", "is_active"])
    tell_of_account(person, now=now)
    record("person.approved", person, by=by, now=now)
    return person


def _home(person: User) -> Municipality:
    if person.municipality is None:
        raise AgainstPolicy(_("The person belongs to no municipality."))
    return person.municipality


# --- appointments and absences ------------------------------------------------------------------


@transaction.atomic
def appoint(
    user: User,
    role: Role,
    unit: Unit,
    *,
    starts_on: date,
    by: User,
    now: datetime,
    ends_on: date | None = None,
    decision: str = "",
    group: str = "",
) -> Appointment:
    """Appoint a person to a role on a unit and the units below it.

    `group`, for a member of one, is its key in the policy in force. Raises NotAllowed without
    `manage_organisation` there, AgainstPolicy for the person, the group, the dates or a role that
    they hold already in that time.
    """
    require(by, "manage_organisation", unit, now=now)
    if user.municipality_id != unit.municipality_id:
        raise AgainstPolicy(_("Choose a person of the municipality."), field="user")
    require_group(role, group, unit.municipality, now)
    require_days(starts_on, ends_on)
    require_not_held(user, role, group, unit, starts_on, ends_on)
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                municipality=unit.municipality,
                user=user,
                role=role,
                group=group,
                unit=unit,
                starts_on=starts_on,
                ends_on=ends_on,
                decided_by=by,
                decision=decision,
                created_at=now,
            )
    except IntegrityError:  # of two who write at once
        raise _held_already() from None
    meet_followed(appointment, by=by, now=now)
    record(
        "person.appointed",
        appointment,
        by=by,
        now=now,
        user=user.pk,
        role=role,
        group=group,
        unit=unit.pk,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return appointment


def require_days(starts_on: date, ends_on: date | None) -> None:
    """Raise AgainstPolicy where it would end before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise AgainstPolicy(_("The last day cannot come before the first."), field="ends_on")


def require_not_held(
    user: User, role: str, group: str, unit: Unit, starts_on: date, ends_on: date | None
) -> None:
    """Raise AgainstPolicy where the person holds the role there on one of the days."""
    held = Appointment.objects.filter(user=user, role=role, group=group, unit=unit)
    if held.filter(in_force_between(starts_on, ends_on)).exists():
        raise _held_already()


def _held_already() -> AgainstPolicy:
    said = _("The person holds this role at the unit already in that time.")
    return AgainstPolicy(said, field="starts_on")


def require_group(role: Role, group: str, municipality: Municipality, now: datetime) -> None:
    """Raise AgainstPolicy unless a member's group is one of the policy's, and others have none."""
    if role != Role.GROUP_MEMBER:
        if group:
            raise AgainstPolicy(_("Only a member of a group is appointed to one."), field="group")
    elif group not in groups_in(municipality, now):
        raise AgainstPolicy(_("Choose one of the groups that the policy names."), field="group")


def groups_in(municipality: Municipality, now: datetime) -> dict[str, str]:
    """The groups that act under the policy in force: key to name; none without a policy."""
    try:
        policy = policy_for(municipality, now)
    except NoPolicyInForce:
        return {}
    return {group.key: group.name for group in policy.groups.values()}


@transaction.atomic
def end_appointment(
    appointment: Appointment, *, ends_on: date, by: User, now: datetime
) -> Appointment:
    """Let an appointment end on a day. Raises NotAllowed, and AgainstPolicy for the day."""
    appointment = locked(appointment)
    require(by, "manage_organisation", appointment.unit, now=now)
    require_days(appointment.starts_on, ends_on)
    if appointment.ends_on is not None and ends_on > appointment.ends_on:
        raise AgainstPolicy(_("Write a new appointment to prolong it."), field="ends_on")
    appointment.ends_on = ends_on
    appointment.save(update_fields=["ends_on"])
    open_ending(appointment, now=now)
    meet_open(APPOINTMENT, appointment, by=by, now=now)
    record(
        "person.appointment_ended",
        appointment,
        by=by,
        now=now,
        user=appointment.user_id,
        ends_on=ends_on,
    )
    return appointment


@transaction.atomic
def let_end(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Say that an appointment shall end on its last day and nothing follow it.

    Raises NotAllowed, AgainstPolicy for one that has no last day, NoLongerPossible where it was
    said before or the appointment was followed.
    """
    appointment = locked(appointment)
    require(by, "manage_organisation", appointment.unit, now=now)
    if appointment.ends_on is None:
        raise AgainstPolicy(_("The appointment has no last day."))
    open_ending(appointment, now=now)
    meet(Owed(APPOINTMENT, appointment, appointment.ends_on.isoformat()), by=by, now=now)
    record("person.appointment_let_end", appointment, by=by, now=now, ends_on=appointment.ends_on)


@transaction.atomic
def enter_absence(
    user: User,
    *,
    starts_on: date,
    ends_on: date,
    by: User,
    now: datetime,
    deputy: User | None = None,
) -> Absence:
    """Note that a person is away and who acts for them. Why is not asked.

    One's own, or anybody's with `manage_organisation`. Raises NotAllowed and AgainstPolicy.
    """
    _require_own_or_organiser(user, by=by, now=now)
    require_deputy(deputy, user)
    require_days(starts_on, ends_on)
    require_not_away(user, starts_on, ends_on)
    try:
        with transaction.atomic():
            absence = Absence.objects.create(
                user=user,
                deputy=deputy,
                starts_on=starts_on,
                ends_on=ends_on,
                entered_by=by,
                entered_at=now,
            )
    except IntegrityError:  # of two who write at once
        raise _away_already() from None
    record(
        "person.absence_entered",
        user,
        by=by,
        now=now,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy=deputy.pk if deputy else None,
    )
    return absence


@transaction.atomic
def name_deputy(absence: Absence, deputy: User | None, *, by: User, now: datetime) -> Absence:
    """Say who acts for somebody who is away, or with None that nobody need.

    Both meet what was owed of the absence. Raises as `enter_absence` does.
    """
    absence = locked(absence)
    _require_own_or_organiser(absence.user, by=by, now=now)
    require_deputy(deputy, absence.user)
    absence.deputy = deputy
    absence.save(update_fields=["deputy"])
    meet_open(UNCOVERED, absence, by=by, now=now)
    deputy_key = deputy.pk if deputy else None
    record("person.deputy_named", absence.user, by=by, now=now, deputy=deputy_key)
    return absence


def _require_own_or_organiser(user: User, *, by: User, now: datetime) -> None:
    if user != by:
        require(by, "manage_organisation", root_of(_home(user)), now=now)


def require_deputy(deputy: User | None, user: User) -> None:
    """Raise AgainstPolicy for a deputy who cannot act for the person."""
    if deputy is None:
        return
    if deputy == user:
        raise AgainstPolicy(_("The deputy is somebody else."), field="deputy")
    if deputy.municipality_id != user.municipality_id:
        raise AgainstPolicy(_("Choose a person of the municipality."), field="deputy")
    if not deputy.is_active:
        raise AgainstPolicy(_("Choose somebody who may sign in."), field="deputy")


def require_not_away(user: User, starts_on: date, ends_on: date) -> None:
    """Raise AgainstPolicy where the person is away on one of the days already."""
    if user.absences.filter(in_force_between(starts_on, ends_on)).exists():
        raise _away_already()


def _away_already() -> AgainstPolicy:
    return AgainstPolicy(_("The person is already away in that time."), field="starts_on")


# --- the organisation ---------------------------------------------------------------------------


@transaction.atomic
def add_unit(
    parent: Unit, *, name: str, kind: str, by: User, now: datetime, activity: str = "general"
) -> Unit:
    """A new unit below another. Raises NotAllowed, and AgainstPolicy for a name that is taken."""
    require(by, "manage_organisation", parent, now=now)
    unit = Unit(
        municipality=parent.municipality, parent=parent, name=name, kind=kind, activity=activity
    )
    _save_unit(unit)
    record("unit.added", unit, by=by, now=now, parent=parent.pk)
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, by: User, now: datetime, **changes: Any) -> Unit:
    """Change a unit's name, kind, activity or last day; it stays where it is in the organisation.

    Raises as `add_unit` does.
    """
    unit = locked(unit)
    require(by, "manage_organisation", unit, now=now)
    known = _known(changes, ("name", "kind", "activity", "closed_on"))
    changed = sorted(name for name, value in known.items() if getattr(unit, name) != value)
    for name in changed:
        setattr(unit, name, known[name])
    _save_unit(unit)
    touch(unit.municipality)  # channels stand under their units' names
    record("unit.changed", unit, by=by, now=now, fields=changed)
    return unit


def _save_unit(unit: Unit) -> None:
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError:
        raise AgainstPolicy(
            _("There is already a unit of this name there, or its kind does not fit."),
            field="name",
        ) from None


@transaction.atomic
def change_municipality(
    municipality: Municipality, *, by: User, now: datetime, **changes: Any
) -> Municipality:
    """Change the municipality's contacts and profile. Raises NotAllowed."""
    municipality = locked(municipality)
    require(by, "manage_organisation", root_of(municipality), now=now)
    known = _known(changes, MUNICIPALITY)
    changed = sorted(name for name, value in known.items() if getattr(municipality, name) != value)
    for name in changed:
        setattr(municipality, name, known[name])
    municipality.save(update_fields=changed)
    touch(municipality)  # the public pages show the contacts and the colours
    record("municipality.changed", municipality, by=by, now=now, fields=changed)
    return municipality


def _known(changes: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if unknown := set(changes) - set(names):
        raise TypeError(f"{', '.join(sorted(unknown))} is not changed this way.")
    return changes
