"""Makes the documents of channels. Asked for by actions, after the commit, through Celery."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Final

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from channels.answers import words
from channels.comparing import deciders
from channels.models import Decision, Plan, PlanVersion
from channels.names import without_hidden_names
from channels.paper import BoxRow, Check, box_rows, checks, clause_of
from governance import render, seal
from governance.logo import content_of, logo_at
from governance.models import Municipality, StoredFile
from governance.policy.in_force import policy_of
from governance.policy.types import Policy, Step
from governance.roles import Role

#: Where the template has the logo from.
_LOGO: Final = "picture:logo"


@dataclass(frozen=True)
class Approval:
    """A signature as it is printed."""

    title: str
    place: str
    at: datetime
    job: str
    name: str
    instead_of: str
    minuted: str


@dataclass(frozen=True)
class StepAnswer:
    """What somebody answered when taking a step, and whose consideration it is."""

    label: str
    lines: list[str]
    source: str


@dataclass(frozen=True)
class Event:
    """One line of how the plan came about."""

    at: datetime
    what: str
    who: str


@dataclass(frozen=True)
class PlanPaper:
    """Everything that the plan document prints."""

    municipality: str
    logo: StoredFile | None
    unit_line: str
    title: str
    subject: str
    number: int
    status: str
    made_at: datetime
    guideline: str
    clause: str
    policy: str
    digest: str
    rows: list[BoxRow]
    step_answers: list[StepAnswer]
    approvals: list[tuple[Approval, Approval | None]]
    history: list[Event]
    checks: list[Check]

    @property
    def digest_lines(self) -> list[str]:
        """The digest in groups of eight, on two lines."""
        groups = [self.digest[start : start + 8] for start in range(0, len(self.digest), 8)]
        return [" ".join(groups[:4]), " ".join(groups[4:])]


def plan_pdf(version: PlanVersion) -> bytes:
    """The version of the plan as a PDF in the municipality's language and time zone.

    The same bytes for the same version and decisions.
    """
    return printed(plan_paper(version), version.plan.municipality)


def printed(paper: PlanPaper, municipality: Municipality, *, sealed: bool = False) -> bytes:
    """The paper as a PDF. `sealed`: it will carry the municipality's seal, and says so."""
    with translation.override(municipality.locale), timezone.override(municipality.zone):
        return render.pdf(
            "documents/plan.html",
            {"paper": paper, "sealed": sealed, "logo": _LOGO},
            language=municipality.locale,
            pictures={_LOGO: content_of(paper.logo)} if paper.logo else {},
        )


def plan_paper(version: PlanVersion) -> PlanPaper:
    """What the document prints, in the municipality's language and time zone."""
    municipality = version.plan.municipality
    with translation.override(municipality.locale), timezone.override(municipality.zone):
        return _plan_paper(version)


def _plan_paper(version: PlanVersion) -> PlanPaper:
    plan = version.plan
    policy = policy_of(version.policy)
    form = policy.form("plan")
    (answers,) = without_hidden_names(version.answers)
    decisions = list(version.decisions.filter(phase="plan").select_related("actor", "instead_of"))
    last = decisions[-1].at if decisions else version.submitted_at
    return PlanPaper(
        municipality=plan.municipality.name,
        # a document that is made anew looks as it did
        logo=logo_at(plan.municipality, last),
        unit_line=_unit_line(version),
        title=form.title,
        subject=plan.title,
        number=version.number,
        status=_status(version, last),
        made_at=timezone.localtime(last),
        guideline=policy.guideline.short,
        clause=clause_of(form),
        policy=_("%(title)s, version %(number)s")
        % {"title": policy.guideline.title, "number": version.policy.number},
        digest=version.digest,
        rows=box_rows(form, answers),
        step_answers=[each for decision in decisions for each in _step_answers(policy, decision)],
        approvals=_in_pairs([_approval(each) for each in decisions if _is_approval(each, policy)]),
        history=_history(version),
        checks=checks(policy, version.answers, plan.municipality, deciders(version)),
    )


def approvals_to_seal(version: PlanVersion) -> list[seal.Occasion]:
    """A seal for each approval, in the order in which they were given."""
    policy = policy_of(version.policy)
    decisions = version.decisions.filter(phase="plan").select_related("actor")
    with translation.override(version.plan.municipality.locale):
        return [
            seal.Occasion(
                seal.field_name(each.step),
                _("Approved by %(who)s: %(step)s") % {"who": each.signed_by, "step": each.title},
            )
            for each in decisions
            if _is_approval(each, policy)
        ]


def _unit_line(version: PlanVersion) -> str:
    unit = version.plan.unit
    return ", ".join(each.name for each in (unit.parent, unit) if each and each.parent_id)


def _status(version: PlanVersion, last: datetime) -> str:
    day = formats.date_format(timezone.localtime(last), "DATE_FORMAT")
    if version.plan.state in Plan.EVER_APPROVED:
        return _("Approved %(day)s") % {"day": day}
    submitted = formats.date_format(timezone.localtime(version.submitted_at), "DATE_FORMAT")
    return _("Submitted %(day)s") % {"day": submitted}


def _is_approval(decision: Decision, policy: Policy) -> bool:
    return decision.outcome == Decision.Outcome.APPROVED and _step(policy, decision) is not None


def _step(policy: Policy, decision: Decision) -> Step | None:
    return next((step for step in policy.steps if step.key == decision.step), None)


def _step_answers(policy: Policy, decision: Decision) -> list[StepAnswer]:
    step = _step(policy, decision)
    if step is None or decision.outcome not in Decision.PASSED:
        return []
    role = Role(decision.role).label if decision.role else decision.shown_name
    who = decision.body or str(role).capitalize()
    return [
        StepAnswer(
            field.label,
            words(field, decision.answers.get(field.key)),
            ", ".join(part for part in (who, clause_of(field)) if part),
        )
        for field in step.fields
        if words(field, decision.answers.get(field.key))
    ]


def _approval(decision: Decision) -> Approval:
    absent = decision.instead_of
    return Approval(
        title=decision.title,
        place=decision.place,
        at=timezone.localtime(decision.at),
        job=decision.shown_title,
        name=decision.shown_name,
        instead_of=absent.shown_name if absent else "",
        minuted=decision.minuted,
    )


def _in_pairs(approvals: list[Approval]) -> list[tuple[Approval, Approval | None]]:
    return list(zip_longest(approvals[::2], approvals[1::2]))


def _history(version: PlanVersion) -> list[Event]:
    """From the first version to this one, in order of time."""
    events = list(_changed_from(version))
    versions = version.plan.versions.filter(number__lte=version.number).order_by("number")
    for each in versions.select_related("submitted_by"):
        author = each.submitted_by
        events.append(
            Event(
                timezone.localtime(each.submitted_at),
                _("Version %(number)s submitted") % {"number": each.number},
                author.shown_name,
            )
        )
        decided = each.decisions.filter(phase="plan").select_related("actor")
        events += [_event(decision) for decision in decided]
    return events


def _changed_from(version: PlanVersion) -> Iterator[Event]:
    """Which approved version a revised plan changes."""
    earlier = version.plan.revises
    last = earlier.decisions.filter(phase="plan").last() if earlier else None
    if earlier is not None and last is not None:
        words = _("Version %(number)s approved, which this one changes")
        at = timezone.localtime(last.at)
        yield Event(at, words % {"number": earlier.number}, last.decided_by)


def _event(decision: Decision) -> Event:
    outcome = decision.get_outcome_display().capitalize()
    stops = decision.outcome not in (Decision.Outcome.APPROVED, Decision.Outcome.DONE)
    about = decision.note if stops else decision.title
    what = " ".join(filter(None, (f"{outcome}: {about}", decision.minutes)))
    return Event(timezone.localtime(decision.at), what, decision.decided_by)
