"""Knowing the guideline: an editor's own word, or that of whoever manages them.

It is said of a version and once for all that the person does; a new version is to be known anew.
Where the policy is silent nothing is owed and nothing is taken down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from channels.guideline import Asked, asked_of_editors, capacity_of, concerned, lacking
from channels.models import Channel, Decision, EditorAssignment
from governance.audit import record
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Acknowledgement, Municipality, Obligation, PolicyVersion, Unit, User
from governance.obligations import Ground, meet, open_obligations, waive
from governance.obligations import Plan as Owing
from governance.permissions import holds, reason_for
from governance.policy.in_force import policy_for, policy_of, version_in_force
from governance.roles import CHANNEL_ROLES, Role

#: An editor's own word is owed by the editor, somebody else's by that person.
READ_IT: Final = "acknowledgement"
INFORM: Final = "informing"
INFORMED: Final = "informed"


# --- the verbs --------------------------------------------------------------------------------


@transaction.atomic
def acknowledge_guideline(shown: str, *, by: User, now: datetime) -> Acknowledgement:
    """Say of oneself that one has read the guideline in force and follows it.

    `shown` is the number of the version that the person had before them. Raises NotAllowed for
    somebody of whom the policy does not ask it, AgainstPolicy where another version holds now,
    NoLongerPossible where the person has said so before.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    municipality = _municipality_of(person)
    in_force = version_in_force(municipality, now)
    asked = asked_of_editors(policy_of(in_force))
    day = municipality.today(now)
    if asked is None or not asked.by_themselves:
        raise NotAllowed(_("The guideline asks nobody to confirm that they have read it."))
    if not concerned(asked, day).filter(user=person).exists():
        raise NotAllowed(_("This is for those who are assigned to a channel."))
    if shown != str(in_force.number):
        raise AgainstPolicy(_("A new version of the guideline holds. Read what it changes."))
    return _put_down(person, asked, in_force, on=day, how="", by=by, now=now)


@transaction.atomic
def record_informed(user: User, *, how: str, on: date, by: User, now: datetime) -> Acknowledgement:
    """Put on record that an editor was informed of the guideline, or knows what it takes.

    `on` is the day in the municipality, `how` in what way. Raises NotAllowed for whom the policy
    does not name on any unit for which the person speaks, AgainstPolicy (fields `how`, `on`)
    for what is missing and where the policy does not ask for it, NoLongerPossible where it is on
    record for the version in force.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    municipality = _municipality_of(user)
    version = version_in_force(municipality, now)
    asked = asked_of_editors(policy_of(version))
    if asked is None or asked.by_themselves:
        raise AgainstPolicy(_("The guideline does not ask for this."))
    require_informer(user, asked, by=by, now=now)
    how = how.strip()
    if not how:
        raise AgainstPolicy(
            _("Write in what way the person came to know it."),
            clause=asked.rule.clause,
            field="how",
        )
    if on > municipality.today(now):
        raise AgainstPolicy(_("The day cannot lie ahead."), clause=asked.rule.clause, field="on")
    return _put_down(user, asked, version, on=on, how=how[:200], by=by, now=now)


def require_informer(user: User, asked: Asked, *, by: User, now: datetime) -> None:
    """Raise NotAllowed unless `by` may say of the person that they know the guideline."""
    day = _municipality_of(user).today(now)
    units = _units_of(user, asked, day)
    roles = informers(asked)
    if not units:
        raise NotAllowed(_("This is for those who are assigned to a channel."))
    if not any(holds(by, roles, unit, now) for unit in units):
        raise NotAllowed(reason_for(roles, units[0]))


def informers(asked: Asked) -> list[str]:
    """The roles on the unit whose word it is: those the rule names, and the communications unit,
    which keeps the register."""
    named = [str(role) for role in asked.rule.who] or [str(Role.NEAREST_MANAGER)]
    return [*named, str(Role.COMMUNICATIONS_OFFICER)]


def _units_of(user: User, asked: Asked, day: date) -> list[Unit]:
    rows = concerned(asked, day).filter(user=user).order_by("pk")
    units = {row.channel.unit_id: row.channel.unit for row in rows.select_related("channel__unit")}
    return list(units.values())


def _municipality_of(user: User) -> Municipality:
    if user.municipality is None:
        raise NotAllowed(_("This is for those who are assigned to a channel."))
    return user.municipality


def _put_down(
    user: User,
    asked: Asked,
    version: PolicyVersion,
    *,
    on: date,
    how: str,
    by: User,
    now: datetime,
) -> Acknowledgement:
    """The row, under a lock of the person; what was owed of it is met."""
    _refuse_twice(user, asked, version)
    municipality = _municipality_of(user)
    with translation.override(municipality.locale):
        capacity = capacity_of(user, asked, municipality.today(now))
    row = Acknowledgement.objects.create(
        user=user, policy=version, kind=asked.kind, on=on, how=how, capacity=capacity, at=now, by=by
    )
    for owed in _open_about([user.pk]):
        meet(owed, by=by, now=now)
    act = "guideline.acknowledged" if asked.by_themselves else "guideline.informed"
    record(act, user, by=by, now=now, under=asked.rule, version=version.number, kind=asked.kind)
    return row


def _refuse_twice(user: User, asked: Asked, version: PolicyVersion) -> None:
    before = Acknowledgement.objects.filter(user=user, policy=version, kind=asked.kind)
    row = before.select_related("by").first()
    if row is None:
        return
    name = row.by.shown_name
    raise NoLongerPossible(
        _("It is already on record that %(name)s knows version %(number)s of the guideline.")
        % {"name": user.shown_name, "number": version.number},
        by=name,
        at=row.at,
    )


def informed_by_plan(assignment: EditorAssignment, *, now: datetime) -> None:
    """Take down what whoever decided on the plan has said of those who write.

    Where a step of the policy asks for it, nobody is asked a second time.
    """
    version, user = assignment.version, assignment.user
    if version is None or user is None:
        return
    asked = asked_of_editors(policy_for(assignment.channel.unit, now))
    if asked is None or asked.by_themselves:
        return
    in_force = version_in_force(assignment.channel.unit, now)
    decisions = version.decisions.filter(outcome__in=Decision.PASSED, policy=in_force)
    for decision in decisions.select_related("actor"):
        if not _says_informed(decision):
            continue
        _row, is_new = Acknowledgement.objects.get_or_create(
            user=user,
            policy=in_force,
            kind=asked.kind,
            defaults={
                "on": assignment.municipality.today(decision.at),
                "how": decision.title,
                "capacity": _role_on(assignment),
                "at": now,
                "by": decision.actor,
            },
        )
        for owed in _open_about([user.pk]) if is_new else ():
            meet(owed, by=decision.actor, now=now)


def _says_informed(decision: Decision) -> bool:
    steps = policy_of(decision.policy).steps
    fields = [field for step in steps if step.key == decision.step for field in step.fields]
    said = [decision.answers.get(field.key) for field in fields if field.stands_for == INFORMED]
    return any(answer is True for answer in said)


def _role_on(assignment: EditorAssignment) -> str:
    with translation.override(assignment.municipality.locale):
        return f"{assignment.get_role_display()}, {assignment.channel}"


# --- what is owed -----------------------------------------------------------------------------


def settle_guideline(channel: Channel, users: Collection[int], *, by: User, now: datetime) -> None:
    """Bring what is owed of these people (keys) in step with their assignments.

    For the verbs that assign people and end their assignments.
    """
    if not users:
        return
    municipality = channel.municipality
    version = version_in_force(municipality, now)
    owed = {plan.subject.pk: plan for plan in _plans(municipality, version, now, users=users)}
    for row in _open_about(users):
        plan = owed.get(row.subject_id)
        if plan is None or (plan.duty, plan.unit.pk) != (row.duty, row.unit_id):
            with translation.override(municipality.locale):
                waive(row, by=by, now=now, reason=_("The assignment has ended."))
    # once more, since what has just ended counts
    open_obligations(_not_open(_plans(municipality, version, now, users=users)), now=now)


def reading_plans(municipality: Municipality, now: datetime) -> list[Owing]:
    """Who is to say that they have read the guideline, and is not owing it yet."""
    return [plan for plan in _new(municipality, now) if plan.duty == READ_IT]


def informing_plans(municipality: Municipality, now: datetime) -> list[Owing]:
    """Of whom somebody is to say that they know the guideline, and is not owing it yet."""
    return [plan for plan in _new(municipality, now) if plan.duty == INFORM]


def _new(municipality: Municipality, now: datetime) -> list[Owing]:
    return _not_open(_plans(municipality, version_in_force(municipality, now), now))


def _not_open(plans: Iterable[Owing]) -> list[Owing]:
    """Those of whom nothing is open: what was owed under an earlier version moves to this one."""
    plans = list(plans)
    there = set(_open_about([plan.subject.pk for plan in plans]).values_list("subject_id", "duty"))
    return [plan for plan in plans if (plan.subject.pk, plan.duty) not in there]


def _plans(
    municipality: Municipality,
    version: PolicyVersion,
    now: datetime,
    *,
    users: Collection[int] | None = None,
) -> list[Owing]:
    """One for each person of whom it is not on record; a few queries, whatever their number."""
    asked = asked_of_editors(policy_of(version))
    if asked is None or asked.owed is None:
        return []
    rows = lacking(asked, version, municipality.today(now))
    if users is not None:
        rows = rows.filter(user__in=users)
    rows = rows.order_by("user_id", "pk").distinct("user_id")
    found = [
        (row.user, row.channel.unit)
        for row in rows.select_related("user", "channel__unit__municipality")
        if row.user is not None
    ]
    times = _times_owed([user.pk for user, _unit in found])
    return [_owing(user, unit, asked, version, str(times.get(user.pk, 0))) for user, unit in found]


def _owing(user: User, unit: Unit, asked: Asked, version: PolicyVersion, period: str) -> Owing:
    with translation.override(unit.municipality.locale):
        # the duty's own name says that it is about the guideline
        about = version.title if asked.by_themselves else user.shown_name
        label = _("%(about)s, version %(number)s") % {"about": about, "number": version.number}
    return Owing(
        duty=READ_IT if asked.by_themselves else INFORM,
        subject=user,
        unit=unit,
        who=asked.who,
        # each time that it is owed is a duty of its own
        period=period,
        rule=asked.owed,
        label=label,
        path=reverse("channels:guideline") if asked.by_themselves else "",
    )


def _about(users: Collection[int]) -> Q:
    kind = ContentType.objects.get_for_model(User)
    return Q(duty__in=(READ_IT, INFORM), subject_type=kind, subject_id__in=users)


def _open_about(users: Collection[int]) -> QuerySet[Obligation]:
    return Obligation.objects.open().filter(_about(users))


def _times_owed(users: Collection[int]) -> dict[int, int]:
    """How often it was owed of each of these people and is over."""
    over = Obligation.objects.filter(_about(users)).exclude(
        met_at__isnull=True, waived_at__isnull=True
    )
    counted = over.order_by().values("subject_id").annotate(times=Count("pk"))
    return {row["subject_id"]: row["times"] for row in counted}


def plan_again(row: Obligation, ground: Ground, now: datetime) -> Owing | None:
    """The same under the policy now in force, or None where that asks for something else."""
    municipality, version = ground.municipality, ground.version
    assert version is not None  # noqa: S101 - without one nothing is planned again

    def plans(users: Collection[User]) -> dict[int, Owing]:
        found = _plans(municipality, version, now, users=[user.pk for user in users])
        return {plan.subject.pk: plan for plan in found}

    plan = ground.once(row, plans).get(row.subject_id)
    return replace(plan, period=row.period) if plan and plan.duty == row.duty else None


def about_oneself(user: User, _now: datetime) -> Q:
    """What the person owes of themselves: nobody else can say it for them."""
    return Q(subject_id=user.pk)


def editors_themselves(
    users: Collection[int], role: Role, _now: datetime
) -> Mapping[int, list[User]]:
    """Who is meant by a role on a channel where the duty is about a person: that person."""
    if role not in CHANNEL_ROLES:
        return {}
    return {user.pk: [user] for user in User.objects.filter(pk__in=users)}


def forget_in_duties(person: User, now: datetime) -> None:
    """What is owed about somebody whose name is no longer shown is called by what is."""
    municipality = _municipality_of(person)
    version = version_in_force(municipality, now)
    for plan in _plans(municipality, version, now, users=[person.pk]):
        _open_about([person.pk]).filter(duty=plan.duty).update(subject_label=plan.label)
