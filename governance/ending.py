"""What is about to end: an appointment whose last day is near, an absence that nobody covers.

Our routine alone asks for it, so nothing falls due. An appointment is prolonged or replaced by
another in the same role on the unit that lasts longer; or somebody says that it shall end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Absence, Appointment, Municipality, Obligation, User
from governance.obligations import (
    Duty,
    Ground,
    Plan,
    by_turn,
    meet_open,
    open_obligations,
    read_subjects_as,
    register,
    waive_all,
)
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Cited, Policy, Routine
from governance.roles import Role

APPOINTMENT: Final = "ending_appointment"
UNCOVERED: Final = "uncovered_absence"
#: The routine that says how long before, who and whom to remind.
ROUTINE: Final = "ending"


def routine_of(policy: Policy) -> Routine | None:
    """Our routine for what is about to end, where it says how long before."""
    routine = policy.routine.get(ROUTINE)
    return routine if routine and routine.window_days else None


def routine_in(municipality: Municipality, now: datetime) -> Routine | None:
    """The same of the policy in force in the municipality."""
    return routine_of(policy_for(municipality, now))


def routine_until(last: date, municipality: Municipality, now: datetime) -> Routine | None:
    """The same for whoever decides of something before it is near: None where no policy is in force
    or the last day is past.
    """
    if last < municipality.today(now):
        return None
    try:
        return routine_in(municipality, now)
    except NoPolicyInForce:
        return None


def horizon(routine: Routine, today: date) -> date:
    """The last day that is near enough to be told of."""
    return today + timedelta(days=routine.window_days or 0)


def ending_on(what: str, day: date, municipality: Municipality) -> str:
    """What is about to end and when, in the municipality's language and without a name."""
    with translation.override(municipality.locale):
        return _("%(what)s, to %(day)s") % {"what": what, "day": date_format(day)}


# --- appointments -----------------------------------------------------------------------------


def appointments_ending(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """The appointments near their end that nothing follows; one query."""
    routine = routine_in(municipality, now)
    if routine is not None:
        for row in _ending(municipality, routine, now):
            yield _appointment(row, routine)


def _ending(municipality: Municipality, routine: Routine, now: datetime) -> QuerySet[Appointment]:
    today = municipality.today(now)
    follows = Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on")),
        municipality=municipality,
        role=OuterRef("role"),
        group=OuterRef("group"),
        unit=OuterRef("unit"),
        starts_on__gt=OuterRef("starts_on"),
    )
    rows = Appointment.objects.in_force(today).filter(
        ~Exists(follows), municipality=municipality, ends_on__lte=horizon(routine, today)
    )
    return rows.select_related("unit__municipality", "municipality")


def _appointment(row: Appointment, routine: Routine) -> Plan:
    assert row.ends_on is not None  # noqa: S101 - only those that end are planned
    with translation.override(row.municipality.locale):
        what = str(row)
    return Plan(
        duty=APPOINTMENT,
        subject=row,
        unit=row.unit,
        who=next(iter(routine.who), Role.COMMUNICATIONS_OFFICER),
        period=row.ends_on.isoformat(),
        rule=Cited(says=routine.says),
        label=ending_on(what, row.ends_on, row.municipality),
    )


def appointment_again(row: Obligation, ground: Ground, _now: datetime) -> Plan | None:
    """The same by the routine now in force; None where it asks no more."""
    routine, appointment = routine_of(ground.in_force), row.subject
    if routine is None or not isinstance(appointment, Appointment):
        return None
    return _appointment(appointment, routine) if appointment.ends_on else None


def open_ending(appointment: Appointment, *, now: datetime) -> None:
    """Open what will be owed of the appointment's last day, near or not, for whoever decides of it
    now: met at once, it is not asked again when that day is near. Nothing where no routine asks.
    """
    if appointment.ends_on is None:
        return
    routine = routine_until(appointment.ends_on, appointment.municipality, now)
    if routine is not None:
        open_obligations([_appointment(appointment, routine)], now=now)


def meet_followed(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Meet what is owed of the appointments that a new one follows, its own holder's included."""
    followed = Appointment.objects.filter(
        role=appointment.role,
        group=appointment.group,
        unit=appointment.unit,
        starts_on__lt=appointment.starts_on,
        ends_on__isnull=False,
    )
    if appointment.ends_on is not None:
        followed = followed.filter(ends_on__lt=appointment.ends_on)
    for row in followed:
        meet_open(APPOINTMENT, row, by=by, now=now)


# --- absences ---------------------------------------------------------------------------------


def uncovered(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """The absences near or running without a deputy, of people who hold a role on a unit."""
    routine = routine_in(municipality, now)
    if routine is None:
        return
    today = municipality.today(now)
    absences = Absence.objects.filter(
        user__municipality=municipality,
        deputy__isnull=True,
        starts_on__lte=horizon(routine, today),
        ends_on__gte=today,
    )
    yield from _uncovered(list(absences), municipality, routine, today)


def _uncovered(
    absences: Collection[Absence], municipality: Municipality, routine: Routine, today: date
) -> Iterator[Plan]:
    """That somebody is to stand in, or nobody need; owed on the unit of the oldest appointment."""
    held = Appointment.objects.in_force(today).filter(user__in=[each.user_id for each in absences])
    newest_first = held.select_related("unit").order_by("-starts_on", "-pk")
    units = {row.user_id: row.unit for row in newest_first}
    for absence in absences:
        unit = units.get(absence.user_id)
        if unit is not None:
            yield Plan(
                duty=UNCOVERED,
                subject=absence,
                unit=unit,
                who=next(iter(routine.who), Role.COMMUNICATIONS_OFFICER),
                rule=Cited(says=routine.says),
                label=_days_of(absence, municipality),
            )


def _days_of(absence: Absence, municipality: Municipality) -> str:
    """The absence without whose it is: names are not kept where they may later be hidden."""
    with translation.override(municipality.locale):
        return _("An absence from %(first)s to %(last)s") % {
            "first": date_format(absence.starts_on, "MONTH_DAY_FORMAT"),
            "last": date_format(absence.ends_on, "MONTH_DAY_FORMAT"),
        }


def uncovered_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """The same by the routine now in force; None where it asks no more."""
    routine, absence = routine_of(ground.in_force), row.subject
    if routine is None or not isinstance(absence, Absence) or absence.deputy_id is not None:
        return None
    place, today = ground.municipality, ground.municipality.today(now)
    found = ground.once(row, lambda absences: by_turn(_uncovered(absences, place, routine, today)))
    return found.get((absence.pk, ""))


# --- when it is over --------------------------------------------------------------------------


def let_go(now: datetime) -> int:
    """Let nobody be asked any more of what has ended by itself; returns how many. Safe to repeat.

    An appointment that nobody prolonged, and an absence that nobody covered, are then past help.
    """
    return sum(_let_go_in(each, now) for each in Municipality.objects.order_by("pk"))


def _let_go_in(municipality: Municipality, now: datetime) -> int:
    today = municipality.today(now)
    appointments = Appointment.objects.filter(municipality=municipality, ends_on__lt=today)
    absences = Absence.objects.filter(user__municipality=municipality, ends_on__lt=today)
    with translation.override(municipality.locale):
        return _over(APPOINTMENT, appointments, _("The appointment has ended."), now) + _over(
            UNCOVERED, absences, _("The absence is over."), now
        )


def _over(
    duty: str, ended: QuerySet[Appointment] | QuerySet[Absence], reason: str, now: datetime
) -> int:
    rows = Obligation.objects.open().filter(duty=duty, subject_id__in=Subquery(ended.values("pk")))
    if not rows.exists():
        return 0
    return waive_all(rows, by=User.objects.system(), now=now, reason=reason)


def register_duties() -> None:
    """Make both duties known to the engine; once, when the app is ready."""
    read_subjects_as(Appointment.objects.select_related("unit__municipality", "municipality"))
    register(
        Duty(
            key=APPOINTMENT,
            label=gettext_lazy("Prolong or replace an appointment, or let it end"),
            act=gettext_lazy("See to it"),
            where="admin:governance_appointment_change",
            opener=appointments_ending,
            plan_again=appointment_again,
            routine=ROUTINE,
        )
    )
    register(
        Duty(
            key=UNCOVERED,
            label=gettext_lazy("Name a deputy, or say that none is needed"),
            act=gettext_lazy("See to it"),
            where="admin:governance_absence_change",
            opener=uncovered,
            plan_again=uncovered_again,
            routine=ROUTINE,
        )
    )
