"""Approve a plan's step, return the plan with a question, reject it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from channels.actions.going_on import decide, go_on, somebody_acted
from channels.checks import NotReady, answer_faults, plan_faults
from channels.meetings import Meeting, minuted
from channels.models import Decision, Plan, PlanVersion
from channels.states import PLAN
from channels.steps import grant_for, passed_steps, step_waiting, whose_own
from channels.waiting import correction
from governance.audit import record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.letters import link, tell
from governance.models import Unit, User
from governance.obligations import open_obligations
from governance.permissions import Grant
from governance.policy.in_force import policy_for
from governance.policy.types import Step
from governance.transitions import locked, move


@dataclass(frozen=True)
class Turn:
    """A plan whose waiting step somebody is about to take, all of it permitted."""

    plan: Plan
    version: PlanVersion
    step: Step
    grant: Grant


@transaction.atomic
def approve_step(
    plan: Plan,
    step: str,
    *,
    digest: str,
    by: User,
    now: datetime,
    place: str = "",
    note: str = "",
    answers: Mapping[str, Any] | None = None,
    meeting: Meeting | None = None,
) -> Decision:
    """Approve the plan in one step of its policy, or take the step that is not an approval.

    `step` and `digest` are what the person had before them: the step's key, and the digest of the
    version they read. `answers` go to the step's own questions, `meeting` to the step of a group
    or board. After the last step of the plan the channel is entered and its document asked for.

    Raises NotAllowed for who may not take the step, NoLongerPossible where somebody came first or
    the plan was changed, AgainstPolicy for one's own plan, one's second signature, or a missing
    answer, place or meeting.
    """
    turn = _turn(plan, step, digest=digest, by=by, now=now)
    answers = answers or {}
    _require_other_people(turn, by)
    _require_checks(turn, now)
    require_answers(turn.step, answers, turn.plan.unit, now)
    if turn.step.signature == "signed" and not place.strip():
        raise AgainstPolicy(
            _("Write the place: it belongs to the signature."),
            clause=turn.step.clause,
            field="place",
        )
    approves = turn.step.kind == "approve"
    decision = decide(
        turn.version,
        turn.step,
        Decision.Outcome.APPROVED if approves else Decision.Outcome.DONE,
        by=by,
        grant=turn.grant,
        now=now,
        place=place.strip(),
        note=note.strip(),
        answers=dict(answers),
        **minuted(turn.step, turn.version, meeting, turn.grant, now),
    )
    somebody_acted(turn.plan, by=by, now=now)
    go_on(turn.plan, by=by, now=now)
    record(
        "plan.step_approved" if approves else "plan.step_done",
        turn.plan,
        by=by,
        now=now,
        under=turn.step,
        step=turn.step.key,
        decision=decision.pk,
        digest=turn.version.digest,
        instead_of=turn.grant.instead_of.pk if turn.grant.instead_of else None,
    )
    return decision


def return_plan(
    plan: Plan,
    step: str,
    *,
    digest: str,
    note: str,
    by: User,
    now: datetime,
    meeting: Meeting | None = None,
) -> Decision:
    """Give the plan back to its author with a question or a wish; it becomes a draft again.

    Raises as `approve_step` does, and AgainstPolicy without a note or where the policy's step
    does not return plans.
    """
    return _stop(
        plan,
        step,
        "return",
        Decision.Outcome.RETURNED,
        lambda each: each.may_return,
        digest=digest,
        note=note,
        meeting=meeting,
        by=by,
        now=now,
    )


def reject_plan(
    plan: Plan,
    step: str,
    *,
    digest: str,
    note: str,
    by: User,
    now: datetime,
    meeting: Meeting | None = None,
) -> Decision:
    """Say no to the plan for good, with the reason. Raises as `return_plan` does."""
    return _stop(
        plan,
        step,
        "reject",
        Decision.Outcome.REJECTED,
        lambda each: each.may_reject,
        digest=digest,
        note=note,
        meeting=meeting,
        by=by,
        now=now,
    )


@transaction.atomic
def _stop(
    plan: Plan,
    step: str,
    verb: str,
    outcome: Decision.Outcome,
    allowed: Callable[[Step], bool],
    *,
    digest: str,
    note: str,
    meeting: Meeting | None,
    by: User,
    now: datetime,
) -> Decision:
    turn = _turn(plan, step, digest=digest, by=by, now=now)
    if not allowed(turn.step):
        raise AgainstPolicy(
            _("The policy does not let this step stop the plan."), clause=turn.step.clause
        )
    if not note.strip():
        raise AgainstPolicy(_("Write why, so that the author knows what to do."), field="note")
    decision = decide(
        turn.version,
        turn.step,
        outcome,
        by=by,
        grant=turn.grant,
        now=now,
        note=note.strip(),
        **minuted(turn.step, turn.version, meeting, turn.grant, now),
    )
    move(turn.plan, verb, table=PLAN, by=by, now=now)
    somebody_acted(turn.plan, by=by, now=now)
    if outcome == Decision.Outcome.RETURNED:
        open_obligations([correction(turn.plan)], now=now)
    _tell_author(turn, decision, now)
    record(
        f"plan.{outcome.value}",
        turn.plan,
        by=by,
        now=now,
        under=turn.step,
        step=turn.step.key,
        decision=decision.pk,
    )
    return decision


def _tell_author(turn: Turn, decision: Decision, now: datetime) -> None:
    plan = turn.plan
    tell(
        [plan.author],
        "plan_stopped",
        lambda: (
            f"{plan.title}: {decision.get_outcome_display()}",
            _("%(name)s has read the plan and writes:\n\n%(note)s\n\nThe plan: %(link)s")
            % {
                "name": decision.signed_by if decision.body else decision.shown_name,
                "note": decision.note,
                "link": link("channels:plan", plan.pk),
            },
        ),
        municipality=plan.municipality,
        now=now,
    )


def _turn(plan: Plan, step: str, *, digest: str, by: User, now: datetime) -> Turn:
    """The waiting step, under a lock, permitted to the person and about what they have read."""
    plan = locked(plan)
    version = plan.current
    if version is None:
        raise NoLongerPossible(_("The plan has not been submitted."))
    asked = next((each for each in policy_for(plan.unit, now).steps if each.key == step), None)
    if asked is None:
        raise NoLongerPossible(_("The policy has changed and no longer has this step."))
    grant = grant_for(asked, plan, by, now)
    require_waiting(plan, version, step, now)
    if digest != version.digest:
        name = version.submitted_by.shown_name
        raise NoLongerPossible(
            _("The plan was changed: %(name)s submitted a new version. Read it before you decide.")
            % {"name": name},
            by=name,
            at=version.submitted_at,
        )
    return Turn(plan, version, asked, grant)


def require_waiting(plan: Plan, version: PlanVersion, step: str, now: datetime) -> None:
    """Return where the plan waits for the step; else raise NoLongerPossible with what came first.

    For the page too, so that whoever is late hears that and not what their answers lack.
    """
    waiting = step_waiting(plan, now)
    if plan.state != Plan.State.SUBMITTED or waiting is None or waiting.key != step:
        raise _too_late(plan, version, step, waiting)


def _too_late(
    plan: Plan, version: PlanVersion, step: str, waiting: Step | None
) -> NoLongerPossible:
    """Who came first, and when."""
    last = passed_steps(version).get(step) or version.decisions.order_by("at", "pk").last()
    if last is not None and (last.step == step or last.outcome not in Decision.PASSED):
        name = last.actor.shown_name
        return NoLongerPossible(
            _("The step is already %(outcome)s by %(name)s.")
            % {"outcome": last.get_outcome_display(), "name": name},
            by=name,
            at=last.at,
        )
    if waiting is not None and plan.state == Plan.State.SUBMITTED:
        return NoLongerPossible(_("Another step comes first: %(step)s.") % {"step": waiting.title})
    return NoLongerPossible(_("The plan is %(state)s.") % {"state": str(plan.get_state_display())})


def _require_other_people(turn: Turn, by: User) -> None:
    """Nobody approves their own, and signatures that must differ come from different persons.

    A deputy acts in somebody's stead and counts as both.
    """
    step, plan = turn.step, turn.plan
    if step.kind != "approve":
        return
    mine = {by.pk}
    if turn.grant.instead_of:
        mine.add(turn.grant.instead_of.pk)
    if mine & whose_own([plan.pk])[plan.pk]:
        raise AgainstPolicy(
            _("You cannot approve a plan that you wrote or submitted, nor for who did."),
            clause=step.clause,
        )
    passed = passed_steps(turn.version)
    for key in step.different_person_from:
        other = passed.get(key)
        if (
            other
            and other.outcome == Decision.Outcome.APPROVED
            and (mine & {other.actor_id, other.instead_of_id})
        ):
            raise AgainstPolicy(
                _("Two different persons sign: you have signed “%(step)s”.")
                % {"step": other.title},
                clause=step.clause,
            )


def _require_checks(turn: Turn, now: datetime) -> None:
    """A policy that has changed since the plan was submitted is held against it once more."""
    if "plan_complete" in turn.step.checks:
        policy = policy_for(turn.plan.unit, now)
        submitted_at = turn.version.submitted_at
        if faults := plan_faults(policy, turn.version.answers, turn.plan, now=submitted_at):
            raise NotReady(faults)


def require_answers(step: Step, answers: Mapping[str, Any], unit: Unit, now: datetime) -> None:
    """Raise NotReady with what `faulty_answers` finds, if anything."""
    if faults := faulty_answers(step, answers, unit, now):
        raise NotReady(faults)


def faulty_answers(
    step: Step, answers: Mapping[str, Any], unit: Unit, now: datetime
) -> list[AgainstPolicy]:
    """A fault for each question of the step that is not answered as it is asked."""
    policy = policy_for(unit, now)
    return [
        fault
        for field in step.fields
        for fault in answer_faults(field, answers.get(field.key), policy, unit.municipality)
    ]
