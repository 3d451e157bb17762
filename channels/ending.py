"""Assignments whose last day is near, and channels left without a responsible person.

That an assignment is about to end only our routine asks to see to, so nothing falls due. That a
channel has somebody who is responsible the guideline wants where it says who appoints them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Channel, EditorAssignment
from channels.rights import RIGHTS_OF
from channels.steps import ON_CHANNEL
from governance.ending import ending_on, horizon, routine_in, routine_of, routine_until
from governance.models import Municipality, Obligation, User
from governance.obligations import Ground, meet_open, open_obligations, waive_all
from governance.obligations import Plan as Owing
from governance.policy.in_force import policy_for
from governance.policy.types import Cited, Policy, Routine, Stated
from governance.roles import Role

ASSIGNMENT: Final = "ending_assignment"
RESPONSIBLE: Final = "responsible_person"


def appointer(policy: Policy) -> Role:
    """Who appoints those who speak through a channel, as the guideline says it first."""
    rule = policy.rule("editors.appointed_by")
    named = rule.value if isinstance(rule, Stated) and isinstance(rule.value, tuple) else ()
    on_units = (Role(str(role)) for role in named if role not in ON_CHANNEL)
    return next(on_units, Role.NEAREST_MANAGER)


# --- an assignment that is about to end -------------------------------------------------------


def assignments_ending(municipality: Municipality, now: datetime) -> Iterator[Owing]:
    """The assignments to open channels near their end that nothing follows; one query."""
    routine = routine_in(municipality, now)
    if routine is None:
        return
    today = municipality.today(now)
    follows = EditorAssignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on")),
        channel=OuterRef("channel"),
        role=OuterRef("role"),
        starts_on__gt=OuterRef("starts_on"),
        revoked_at__isnull=True,
    )
    rows = EditorAssignment.objects.in_force(today).filter(
        ~Exists(follows),
        municipality=municipality,
        channel__state=Channel.State.OPEN,
        role__in=RIGHTS_OF,
        ends_on__lte=horizon(routine, today),
    )
    policy = policy_for(municipality, now)
    for row in rows.select_related("channel__unit__municipality", "municipality"):
        yield _assignment(row, routine, appointer(policy))


def _assignment(row: EditorAssignment, routine: Routine, who: Role) -> Owing:
    assert row.ends_on is not None  # noqa: S101 - only those that end are planned
    with translation.override(row.municipality.locale):
        what = f"{row.channel}: {row.get_role_display()}"
    return Owing(
        duty=ASSIGNMENT,
        subject=row,
        unit=row.channel.unit,
        who=next(iter(routine.who), who),
        period=row.ends_on.isoformat(),
        rule=Cited(says=routine.says),
        label=ending_on(what, row.ends_on, row.municipality),
    )


def assignment_again(row: Obligation, ground: Ground, _now: datetime) -> Owing | None:
    """The same by the routine now in force; None where it asks no more or the time is over."""
    policy, subject = ground.in_force, row.subject
    routine = routine_of(policy)
    if routine is None or not isinstance(subject, EditorAssignment) or subject.revoked_at:
        return None
    if subject.ends_on is None:
        return None
    return _assignment(subject, routine, appointer(policy))


def open_ending(assignment: EditorAssignment, *, now: datetime) -> None:
    """Open what will be owed of the assignment's last day, near or not, for whoever decides of it
    now: met at once, it is not asked again when that day is near. Nothing where no routine asks.
    """
    if assignment.ends_on is None or assignment.role not in RIGHTS_OF:
        return
    routine = routine_until(assignment.ends_on, assignment.municipality, now)
    if routine is not None:
        who = appointer(policy_for(assignment.municipality, now))
        open_obligations([_assignment(assignment, routine, who)], now=now)


def meet_followed(assignment: EditorAssignment, *, by: User, now: datetime) -> None:
    """Meet what is owed of the assignments that a new one in the same role follows."""
    followed = EditorAssignment.objects.filter(
        channel=assignment.channel,
        role=assignment.role,
        starts_on__lt=assignment.starts_on,
        ends_on__isnull=False,
    )
    if assignment.ends_on is not None:
        followed = followed.filter(ends_on__lt=assignment.ends_on)
    for row in followed:
        meet_open(ASSIGNMENT, row, by=by, now=now)


def it_is_over(assignment: EditorAssignment, *, by: User, now: datetime) -> None:
    """Let nobody be asked any more of an assignment that has come to its end."""
    rows = Obligation.objects.about(assignment).filter(duty=ASSIGNMENT)
    with translation.override(assignment.municipality.locale):
        waive_all(rows, by=by, now=now, reason=_("The assignment has ended."))


# --- a channel without a responsible person ---------------------------------------------------


def settle_responsible(channel: Channel, *, by: User, now: datetime) -> None:
    """Open the duty where the last responsible person has gone; meet it where there is one.

    For the verbs that assign people and end their assignments. A channel that never had one is
    answered for by those whom its plan names instead.
    """
    rows = EditorAssignment.objects.filter(channel=channel, role=Role.RESPONSIBLE_PERSON)
    if rows.in_force(channel.municipality.today(now)).exists():
        meet_open(RESPONSIBLE, channel, by=by, now=now)
        return
    times = str(rows.filter(revoked_at__isnull=False).count())
    owed = _responsible(channel, policy_for(channel.unit, now), period=times)
    if owed is not None and owed.period != "0" and not _is_owed(channel):
        open_obligations([owed], now=now)


def _is_owed(channel: Channel) -> bool:
    return Obligation.objects.about(channel).open().filter(duty=RESPONSIBLE).exists()


def responsible_again(row: Obligation, ground: Ground, _now: datetime) -> Owing | None:
    """The same under the policy now in force; None where that one names nobody who appoints."""
    channel = row.subject
    if not isinstance(channel, Channel):
        return None
    return _responsible(channel, ground.in_force, row.period)


def _responsible(channel: Channel, policy: Policy, period: str) -> Owing | None:
    rule = policy.rule("editors.appointed_by")
    if not isinstance(rule, Stated) or channel.state != Channel.State.OPEN:
        return None
    with translation.override(channel.municipality.locale):
        label = _("%(channel)s: nobody is responsible") % {"channel": channel}
    return Owing(
        duty=RESPONSIBLE,
        subject=channel,
        unit=channel.unit,
        who=appointer(policy),
        period=period,  # each time that the last of them goes is a duty of its own
        rule=rule,
        label=label,
    )
