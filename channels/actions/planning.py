"""Begin a plan, write on it, submit it, withdraw it."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import rfc8785
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from channels import facts
from channels.actions.going_on import go_on
from channels.actions.missing_plans import UNDER_WAY, lacks_plan
from channels.addresses import recognise_address
from channels.answers import Answers
from channels.checks import NotReady, plan_faults
from channels.comparing import changed_fields
from channels.models import Channel, Goal, Plan, PlanPerson, PlanVersion
from channels.platforms import AddressRefused
from channels.states import PLAN
from channels.steps import plan_of
from channels.waiting import RETURNED
from governance.audit import record
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Obligation, PolicyVersion, Unit, User
from governance.obligations import meet_open, waive
from governance.permissions import require
from governance.policy.in_force import policy_for, policy_of, version_in_force
from governance.policy.types import Form
from governance.transitions import locked, move


@transaction.atomic
def start_plan(unit: Unit, *, by: User, now: datetime, address: str = "") -> Plan:
    """An empty draft of the plan that the unit's policy asks for.

    `address`, where one was pasted, fills in the medium and the address. Raises NotAllowed without
    `write_plan` on the unit and platforms.AddressRefused for what is no account.
    """
    plan, form = _new_plan(unit, by=by, now=now)
    if address:
        _fill_in_address(plan, form, address)
    return _begun(plan, form, by=by, now=now)


@transaction.atomic
def start_plan_of(channel: Channel, *, by: User, now: datetime) -> Plan:
    """A draft for a channel that is there: of the plan it lacks, or of a change of the one it has.

    What is known of the channel is filled in, or the answers of its approved plan, which stays in
    force until the change is approved. Where somebody has begun or submitted a draft already, it
    is that one. Raises NotAllowed without `write_plan` on the unit, NoLongerPossible where the
    channel is not in use.
    """
    channel = locked(channel)
    require(by, "write_plan", channel.unit, now=now)
    in_force = plan_of(channel)
    if not (lacks_plan(channel) if in_force is None else may_be_revised(channel)):
        raise NoLongerPossible(
            _("The channel is %(state)s. The plan is changed while it is open.")
            % {"state": str(channel.get_state_display())}
        )
    begun = plan_under_way(channel)
    if begun is not None:
        return begun
    plan, form = _new_plan(channel.unit, by=by, now=now)
    plan.channel, plan.replaces = channel, in_force
    if plan.revises is None:
        plan.answers |= facts.answers_about(form, channel)
    else:
        plan.answers |= facts.answers_again(form, channel, plan.revises)
    return _begun(plan, form, by=by, now=now)


def may_be_revised(channel: Channel) -> bool:
    """Whether the channel's approved plan can be changed: it has one, and is open."""
    return channel.state == Channel.State.OPEN and plan_of(channel) is not None


def plan_under_way(channel: Channel) -> Plan | None:
    """The plan of the channel that somebody writes or decides on; there is at most one."""
    return channel.plans.filter(state__in=UNDER_WAY).select_related("author").first()


def _new_plan(unit: Unit, *, by: User, now: datetime) -> tuple[Plan, Form]:
    require(by, "write_plan", unit, now=now)
    form = policy_for(unit, now).form("plan")
    plan = Plan(
        municipality=unit.municipality,
        unit=unit,
        author=by,
        kind=form.kind,
        created_at=now,
        saved_at=now,
        saved_by=by,
    )
    if field := form.standing_for("unit"):
        plan.answers[field.key] = {"unit": unit.pk, "name": unit.name}
    return plan, form


def _begun(plan: Plan, form: Form, *, by: User, now: datetime) -> Plan:
    plan.title = _title(plan, form)
    plan.save()
    record("plan.started", plan, by=by, now=now, under=form, replaces=plan.replaces_id)
    return plan


def _fill_in_address(plan: Plan, form: Form, address: str) -> None:
    account = recognise_address(address, plan.municipality).account
    if field := form.standing_for("address"):
        plan.answers[field.key] = account.url
    medium = form.standing_for("platform")
    if medium and account.platform and account.platform.key in medium.choices:
        plan.answers[medium.key] = account.platform.key


@transaction.atomic
def save_draft(plan: Plan, *, answers: Answers, revision: int, by: User, now: datetime) -> Plan:
    """Keep the answers as they are, complete or not. Saving what is saved already does nothing.

    `revision` is the one that the writer began from. Raises NoLongerPossible where somebody saved
    in between or the plan is no draft any more, NotAllowed without `write_plan` on the unit.
    """
    plan = locked(plan)
    require(by, "write_plan", plan.unit, now=now)
    if plan.state != Plan.State.DRAFT:
        raise _no_draft(plan)
    form = policy_for(plan.unit, now).form("plan")
    kept = {field.key: answers[field.key] for field in form.fields if field.key in answers}
    if kept == plan.answers:
        return plan
    if revision != plan.revision:
        said = (
            _("You saved the plan in another window. What you wrote in this one is still here.")
            if plan.saved_by == by
            else _("%(name)s saved the plan while you were writing. What you wrote is still here.")
            % {"name": plan.saved_by.shown_name}
        )
        raise NoLongerPossible(
            said,
            by=plan.saved_by.shown_name,
            at=plan.saved_at,
        )
    plan.answers = kept
    _follow_unit(plan, form, by=by, now=now)
    plan.title = _title(plan, form)
    plan.revision += 1
    plan.saved_at, plan.saved_by = now, by
    plan.save(update_fields=["answers", "unit", "title", "revision", "saved_at", "saved_by"])
    return plan


def _no_draft(plan: Plan) -> NoLongerPossible:
    state = str(plan.get_state_display())
    return NoLongerPossible(
        _("The plan is %(state)s and can no longer be changed.") % {"state": state}
    )


def _follow_unit(plan: Plan, form: Form, *, by: User, now: datetime) -> None:
    """The plan belongs to the unit that its answers name."""
    answer = facts.fact(form, plan.answers, "unit")
    if not answer or answer["unit"] == plan.unit_id:
        return
    unit = Unit.objects.filter(pk=answer["unit"], municipality=plan.municipality_id).first()
    field = form.standing_for("unit")
    if unit is None:
        raise AgainstPolicy(
            _("Choose a unit of the municipality."), field=field.key if field else None
        )
    require(by, "write_plan", unit, now=now)
    plan.unit = unit


def _title(plan: Plan, form: Form) -> str:
    medium = form.standing_for("platform")
    chosen = medium.choices.get(plan.answers.get(medium.key, "")) if medium else None
    return f"{chosen or form.title}, {plan.unit.name}"[:160]


@transaction.atomic
def submit_plan(plan: Plan, *, revision: int, by: User, now: datetime) -> PlanVersion:
    """Freeze the answers as the next version and send it to whoever takes the first step.

    Raises checks.NotReady with a fault for each field that the policy refuses, NoLongerPossible
    where it is no draft or was saved by somebody else since `revision`, NotAllowed without
    `write_plan`.
    """
    plan = locked(plan)
    require(by, "write_plan", plan.unit, now=now)
    if plan.state == Plan.State.SUBMITTED and (current := plan.current):
        name = current.submitted_by.shown_name
        raise NoLongerPossible(
            _("The plan was already submitted by %(name)s.") % {"name": name},
            by=name,
            at=current.submitted_at,
        )
    if plan.state != Plan.State.DRAFT:
        raise _no_draft(plan)
    if revision != plan.revision:
        raise NoLongerPossible(
            _("%(name)s changed the plan. Read it once more before you submit it.")
            % {"name": plan.saved_by.shown_name},
            by=plan.saved_by.shown_name,
            at=plan.saved_at,
        )
    adopted = version_in_force(plan.unit, now)
    policy = policy_of(adopted)
    form = policy.form("plan")
    if faults := plan_faults(policy, plan.answers, plan, now=now):
        raise NotReady(faults)
    if plan.revises and not changed_fields(form, plan.answers, plan.revises.answers):
        raise NotReady([AgainstPolicy(_("Nothing differs from the plan in force yet."))])
    _remember_address(plan, form)
    version = _freeze(plan, form, adopted, by=by, now=now)
    try:
        with transaction.atomic():
            move(plan, "submit", table=PLAN, by=by, now=now)
    except IntegrityError:  # the database saw two at the same moment
        raise NoLongerPossible(
            _("Another plan for this address was submitted a moment ago.")
        ) from None
    meet_open(RETURNED, plan, by=by, now=now)
    go_on(plan, by=by, now=now)
    record(
        "plan.submitted",
        plan,
        by=by,
        now=now,
        under=form,
        version=version.number,
        digest=version.digest,
    )
    return version


def _remember_address(plan: Plan, form: Form) -> None:
    """Write the address on the plan's own row, where two plans for the same cannot stand."""
    try:
        found = recognise_address(facts.text_of(form, plan.answers, "address"), plan.municipality)
        plan.url = found.account.url
    except AddressRefused:  # not asked for, or not known before the account exists
        plan.url = ""
    plan.save(update_fields=["url"])


def _next_number(plan: Plan) -> int:
    """Counted on from plan to plan of a channel, so that a number means one version there."""
    versions = PlanVersion.objects.filter(plan=plan)
    if plan.channel is not None:
        versions = PlanVersion.objects.filter(plan__channel=plan.channel)
    return (versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _freeze(
    plan: Plan, form: Form, adopted: PolicyVersion, *, by: User, now: datetime
) -> PlanVersion:
    number = _next_number(plan)
    content = rfc8785.dumps(
        {
            "plan": plan.pk,
            "version": number,
            "municipality": plan.municipality.name,
            "unit": {"id": plan.unit_id, "name": plan.unit.name},
            "title": form.title,
            "policy": {"number": adopted.number, "sha256": adopted.digest},
            "submitted_by": {"id": by.pk, "name": by.name, "title": by.title},
            "submitted_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            # what was asked belongs to what was answered
            "questions": [
                {"key": field.key, "number": field.number, "label": field.label}
                for field in form.fields
            ],
            "answers": plan.answers,
        }
    )
    version = PlanVersion.objects.create(
        plan=plan,
        number=number,
        content=content.decode(),
        digest=sha256(content).hexdigest(),
        policy=adopted,
        submitted_by=by,
        submitted_at=now,
    )
    PlanPerson.objects.bulk_create(
        PlanPerson(
            version=version,
            role=named.role,
            position=named.position,
            user_id=named.user_id,
            name=named.name,
            contact=named.contact,
        )
        for named in facts.persons_of(form, plan.answers)
    )
    Goal.objects.bulk_create(
        Goal(
            version=version,
            position=position,
            text=goal.text,
            indicator=goal.indicator,
            target=goal.target,
            due_on=goal.due_on,
        )
        for position, goal in enumerate(facts.goals_of(form, plan.answers), start=1)
    )
    return version


def require_withdrawer(plan: Plan, *, by: User, now: datetime) -> None:
    """Its author, and those who assign people at the unit, for authors leave; else NotAllowed."""
    if plan.author_id != by.pk:
        require(by, "assign_editor", plan.unit, now=now)


def may_withdraw(plan: Plan, user: User, now: datetime) -> bool:
    """Whether `withdraw_plan` would let the person take the plan back as it stands."""
    try:
        require_withdrawer(plan, by=user, now=now)
    except NotAllowed:
        return False
    return any(PLAN[verb].source == plan.state for verb in ("discard", "withdraw"))


@transaction.atomic
def withdraw_plan(plan: Plan, *, by: User, now: datetime) -> Plan:
    """Take a plan back for good, whether it is a draft or waits for somebody.

    Its author may, and so may those who assign people at the unit, for authors leave too.
    Raises NotAllowed for others and NoLongerPossible once it is decided.
    """
    plan = locked(plan)
    require_withdrawer(plan, by=by, now=now)
    verb = "discard" if plan.state == Plan.State.DRAFT else "withdraw"
    move(plan, verb, table=PLAN, by=by, now=now)
    for waiting in Obligation.objects.about(plan).open():
        waive(waiting, by=by, now=now, reason=_("The plan was withdrawn."))
    record("plan.withdrawn", plan, by=by, now=now)
    return plan
