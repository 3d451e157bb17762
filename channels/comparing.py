"""What a version of a plan is held against, what changed since, and whether that is of substance.

Reading only. A revised plan is compared with the approved plan that it is to replace.
"""

from __future__ import annotations

from channels.answers import Answer, Answers, is_blank
from channels.models import Decision, Plan, PlanVersion
from channels.names import without_hidden_names
from channels.paper import rows
from channels.steps import passed_steps
from governance.policy.types import Field, Form, Policy

#: The routine that says which questions' answers may change without new approvals.
PLAN_ROUTINE = "plan"


def earlier_versions(version: PlanVersion) -> list[PlanVersion]:
    """What the version can be compared with, the one it is compared with unasked first.

    That is the version submitted before it or, for the first one of a revised plan, the approved
    one that it changes.
    """
    before = version.plan.versions.filter(number__lt=version.number).order_by("-number").first()
    return [each for each in (before, version.plan.revises) if each is not None]


def count_changes(form: Form, version: PlanVersion, before: PlanVersion) -> int:
    """How many answers the reader of the version's page sees marked as changed since `before`."""
    shown = rows(form, *without_hidden_names(version.answers, before.answers))
    return sum(row.changed for row in shown)


def changed_fields(form: Form, answers: Answers, before: Answers) -> list[Field]:
    """The questions of the form that are answered otherwise than before, in its order.

    That a name is not shown any more is no change of the answer.
    """
    answers, before = without_hidden_names(answers, before)
    return [field for field in form.fields if _answer(field, answers) != _answer(field, before)]


def _answer(field: Field, answers: Answers) -> Answer:
    answer = answers.get(field.key)
    return None if is_blank(field, answer) else answer


def minor_fields(policy: Policy) -> list[Field]:
    """The questions whose answers alone may change in an approved plan without new approvals."""
    routine = policy.routine.get(PLAN_ROUTINE)
    return [policy.form("plan").field(key) for key in routine.minor] if routine else []


def last_decided_on(plan: Plan) -> PlanVersion | None:
    """The version of the channel's earlier plans on which people last decided.

    Not one whose approval rests on those of another: many small steps are no way around them.
    """
    version = plan.revises
    while version is not None and version.plan.replaces and not _was_decided_on(version):
        version = version.plan.revises
    return version


def _was_decided_on(version: PlanVersion) -> bool:
    return version.decisions.filter(phase="plan", outcome=Decision.Outcome.APPROVED).exists()


def minor_change_of(version: PlanVersion, policy: Policy) -> PlanVersion | None:
    """The approved version whose approvals stand for this one too; None where it needs its own.

    They stand where nothing but answers that the policy's routine calls minor was changed since.
    """
    decided_on = last_decided_on(version.plan)
    if decided_on is None or decided_on.plan.unit_id != version.plan.unit_id:
        return None
    changed = changed_fields(policy.form("plan"), version.answers, decided_on.answers)
    minor = {field.key for field in minor_fields(policy)}
    return decided_on if changed and all(field.key in minor for field in changed) else None


def deciders(version: PlanVersion) -> dict[str, str]:
    """Who passed each step of the version, by the step's key; where approvals of an earlier
    version stand, whoever gave those."""
    passed = passed_steps(version)
    stood = last_decided_on(version.plan)
    before = passed_steps(stood) if stood else {}
    needless = Decision.Outcome.NOT_APPLICABLE
    return {
        key: str((before.get(key, each) if each.outcome == needless else each).actor_id)
        for key, each in passed.items()
    }
