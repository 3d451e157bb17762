"""What follows by itself once a plan is submitted or a step is taken.

Notices go out, what the submission itself answers is noted, what is needless is declared so with
its reason, the next person is told; and after the last step of the plan the channel is entered.
Called by the verbs, inside their transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.actions.entering import (
    enter_channel,
    follow_named_people,
    open_channel,
    writers_to_appoint,
)
from channels.actions.goals import take_up_goals
from channels.actions.missing_plans import MISSING_PLAN
from channels.comparing import changed_fields, count_changes, earlier_versions, minor_change_of
from channels.models import Channel, Decision, Plan, PlanVersion
from channels.reviewing import PLAN_REVIEW
from channels.states import PLAN
from channels.steps import actors_of, needless, passed_steps, phase_of, step_waiting_on
from channels.tasks import render_plan
from channels.waiting import ACCOUNT_STEP, APPROVAL, owing
from governance.audit import record
from governance.letters import link, tell
from governance.models import Obligation, User
from governance.obligations import duty_of, meet_open, open_obligations, waive
from governance.permissions import Grant
from governance.policy.in_force import policy_for, version_in_force
from governance.policy.types import Policy, Step
from governance.roles import Role
from governance.transitions import locked, move

#: Steps with the account that hold for as long as the account is the same.
_WITH_THE_ACCOUNT: Final = ("create", "hand_over", "register")


def go_on(plan: Plan, *, by: User, now: datetime) -> None:
    """Take the plan as far as it goes without anybody, and tell whomever it then waits for."""
    policy = policy_for(plan.unit, now)
    version = _version(plan)
    while (step := step_waiting_on(version, policy)) is not None:
        if not _passes_by_itself(step, plan, version, policy, now):
            _wait_for(step, plan, by=by, now=now)
            return
    if phase_of(plan) == "plan":
        _approve(plan, version, by=by, now=now)
        go_on(plan, by=by, now=now)
    elif plan.settles:
        # its channel is open already, and all that the policy asks for is in order now
        plan.settles = False
        plan.save(update_fields=["settles"])
    elif phase_of(plan) == "account" and plan.channel is not None and plan.channel.url:
        open_channel(plan.channel, by=by, now=now)


def _version(plan: Plan) -> PlanVersion:
    version = plan.current
    assert version is not None  # noqa: S101 - whoever calls has just submitted or decided on it
    return version


def decide(
    version: PlanVersion,
    step: Step,
    outcome: Decision.Outcome,
    *,
    by: User,
    grant: Grant,
    now: datetime,
    **particulars: object,
) -> Decision:
    """Write down what was decided in a step, over exactly this version."""
    return Decision.objects.create(
        version=version,
        step=step.key,
        kind=step.kind,
        phase=step.phase,
        title=step.title,
        outcome=outcome,
        actor=by,
        role=grant.role,
        instead_of=grant.instead_of,
        actor_name=by.name,
        actor_title=by.title,
        at=now,
        digest=version.digest,
        policy=version_in_force(version.plan.unit, now),
        clause=step.clause[:200],
        **particulars,
    )


def _passes_by_itself(
    step: Step, plan: Plan, version: PlanVersion, policy: Policy, now: datetime
) -> bool:
    author = version.submitted_by
    grant = Grant(Role.EMPLOYEE, plan.unit_id)
    if step.automatic:
        _give_notice(step, plan, now)
        decide(version, step, Decision.Outcome.DONE, by=author, grant=grant, now=now)
        return True
    if step.phase == "plan" and step.actor.applicant and not step.fields:
        # what the applicant does by filling in and submitting the plan
        decide(version, step, Decision.Outcome.DONE, by=author, grant=grant, now=now)
        return True
    note = _why_needless(step, plan, version, policy, now)
    if note:
        outcome = Decision.Outcome.NOT_APPLICABLE
        decide(version, step, outcome, by=author, grant=grant, now=now, note=note)
    return bool(note)


def _why_needless(
    step: Step, plan: Plan, version: PlanVersion, policy: Policy, now: datetime
) -> str:
    """Why nobody need take the step; empty where somebody must."""
    if plan.replaces is not None:
        with translation.override(plan.municipality.locale):
            if note := _why_not_again(step, plan, version, policy, now):
                return note
    elif step.kind == "create" and plan.settles:
        return _("The account was there before it was planned.")
    if other := needless(step, plan, policy, now):
        return _("The same person takes the step “%(other)s”.") % {"other": other.title}
    return ""


def _why_not_again(
    step: Step, plan: Plan, version: PlanVersion, policy: Policy, now: datetime
) -> str:
    """Why a step that was taken for the earlier plan need not be taken for the revised one."""
    if step.kind == "appoint" and plan.channel and not writers_to_appoint(plan.channel):
        return _("Whoever the plan names to write is appointed already.")
    stands = minor_change_of(version, policy) if step.phase == "plan" else None
    earlier = stands or plan.revises
    taken = passed_steps(earlier).get(step.key) if earlier else None
    if taken is None:
        return ""
    if stands:
        return _("The approvals of version %(number)s stand. %(why)s") % {
            "number": stands.number,
            "why": _only_minor(version, stands, policy, now),
        }
    if step.kind in _WITH_THE_ACCOUNT:
        day = timezone.localtime(taken.at, plan.municipality.zone)
        return _("It was done on %(day)s, and the account is the same.") % {"day": date_format(day)}
    return ""


def _only_minor(version: PlanVersion, before: PlanVersion, policy: Policy, now: datetime) -> str:
    changed = changed_fields(policy.form("plan"), version.answers, before.answers)
    adopted = version_in_force(version.plan.unit, now)
    return _("Only this was changed, which our routine (%(decision)s) calls minor: %(what)s") % {
        "decision": adopted.decision,
        "what": " ".join(field.label for field in changed),
    }


def _give_notice(step: Step, plan: Plan, now: datetime) -> None:
    """Tell those the notice is for. A copy of an approved plan follows as soon as it is a PDF."""
    tell(
        actors_of(step, plan, now),
        "plan_notice",
        lambda: (
            _("For your information: %(plan)s") % {"plan": plan},
            _("%(what)s\n\nThe plan: %(link)s")
            % {"what": step.says, "link": link("channels:plan", plan.pk)},
        ),
        municipality=plan.municipality,
        now=now,
    )


def _wait_for(step: Step, plan: Plan, *, by: User, now: datetime) -> None:
    owed = owing(step, plan)
    # the applicant who has just submitted stands on the page that asks for more
    asked = [each for each in actors_of(step, plan, now) if not step.actor.applicant or each != by]
    open_obligations([owed], now=now)
    address = link(duty_of(owed.duty).where, owed.subject.pk)
    tell(
        asked,
        owed.duty,
        lambda: (
            f"{step.title}: {plan.title}",
            _("%(what)s\n\nIt waits for you here: %(link)s\n\n%(clause)s")
            % {
                "what": "\n\n".join(filter(None, (step.says, _what_changed(step, plan, now)))),
                "link": address,
                "clause": step.clause,
            },
        ),
        municipality=plan.municipality,
        now=now,
    )


def _what_changed(step: Step, plan: Plan, now: datetime) -> str:
    """How many answers changed since what the plan's page compares with; empty for a first plan."""
    version = _version(plan)
    before = next(iter(earlier_versions(version)), None)
    if step.phase != "plan" or before is None:
        return ""
    count = count_changes(policy_for(plan.unit, now).form("plan"), version, before)
    return ngettext(
        "%(n)d answer has changed since version %(number)d.",
        "%(n)d answers have changed since version %(number)d.",
        count,
    ) % {"n": count, "number": before.number}


def _approve(plan: Plan, version: PlanVersion, *, by: User, now: datetime) -> None:
    """The last step of the plan is taken: enter the channel, ask for the document."""
    was_there = plan.channel is not None
    # before the channel: whoever takes a step with its account locks the two in this order
    earlier = locked(plan.replaces) if plan.replaces else None
    channel = enter_channel(plan, version, now=now)
    plan.channel = channel
    plan.settles = channel.state == Channel.State.OPEN
    plan.save(update_fields=["channel", "settles"])
    meet_open(MISSING_PLAN, channel, by=by, now=now)
    meet_open(PLAN_REVIEW, channel, by=by, now=now)
    if earlier is not None:
        _replace(earlier, channel, by=by, now=now)
    move(plan, "approve", table=PLAN, by=by, now=now)
    follow_named_people(plan, version, channel, by=by, now=now)
    goals = take_up_goals(version, channel, by=by, now=now)
    tell(
        [plan.author],
        "plan_approved",
        lambda: (
            _("Approved: %(plan)s") % {"plan": plan},
            _("The plan is approved. Follow the account here: %(link)s")
            % {"link": link("channels:channel", channel.pk)},
        ),
        municipality=plan.municipality,
        now=now,
    )
    transaction.on_commit(lambda: render_plan.delay(version.pk))
    if earlier is not None:
        _record_revision(plan, version, channel, goals, by=by, now=now)
        return
    act = "channel.planned" if was_there else "channel.entered"
    record(act, channel, by=by, now=now, plan=plan.pk, version=version.number, goals=goals)


def _replace(earlier: Plan, channel: Channel, *, by: User, now: datetime) -> None:
    """The plan that was in force gives way; what its account still waited for, the new one asks."""
    earlier.settles = False
    earlier.save(update_fields=["settles"])
    move(earlier, "replace", table=PLAN, by=by, now=now)
    for waiting in Obligation.objects.about(channel).open().filter(duty=ACCOUNT_STEP):
        waive(waiting, by=by, now=now, reason=_("A changed plan replaces the one it was for."))


def _record_revision(
    plan: Plan,
    version: PlanVersion,
    channel: Channel,
    goals: dict[str, list[int]],
    *,
    by: User,
    now: datetime,
) -> None:
    policy = policy_for(plan.unit, now)
    if stands := minor_change_of(version, policy):
        changed = changed_fields(policy.form("plan"), version.answers, stands.answers)
        record(
            "plan.approvals_stand",
            plan,
            by=by,
            now=now,
            version=version.number,
            digest=version.digest,
            approved=stands.number,
            approved_digest=stands.digest,
            changed=[field.key for field in changed],
        )
    record(
        "channel.replanned",
        channel,
        by=by,
        now=now,
        plan=plan.pk,
        version=version.number,
        replaces=plan.replaces_id,
        goals=goals,
    )


def somebody_acted(plan: Plan, *, by: User, now: datetime) -> None:
    """Whoever the plan waited for has done their part, whatever they decided."""
    meet_open(APPROVAL, plan, by=by, now=now)
