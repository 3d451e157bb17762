"""Plans as they are read and decided on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from channels.actions.deciding import approve_step, reject_plan, require_waiting, return_plan
from channels.actions.documents import render_plan
from channels.actions.planning import may_withdraw
from channels.checks import NotReady
from channels.comparing import deciders, earlier_versions
from channels.forms.deciding import REJECT, RETURN, DecisionForm
from channels.models import Decision, Plan, PlanVersion
from channels.names import without_hidden_names
from channels.paper import checks, rows
from channels.steps import Standing, actors_of, grant_for, standing, step_waiting, taken_by
from channels.views.writing import readable_plan
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.files import attachment_response
from governance.models import User
from governance.obligations.reading import waiting_for
from governance.permissions import may, rights_of
from governance.policy.in_force import policy_for
from governance.policy.types import Policy, Step
from governance.signed_in import StaffRequest, signed_in
from governance.typed import typed

PER_PAGE: Final = 40


@signed_in
@require_safe
def plans(request: StaffRequest) -> HttpResponse:
    """What waits for me, my drafts, and every plan of the municipality, newest first."""
    now = timezone.now()
    visible = Plan.objects.visible_to(request.user).select_related("unit", "author", "channel")
    waiting = waiting_for(request.user, now, of={"approval"})
    drafts = visible.filter(state=Plan.State.DRAFT).filter(author=request.user)
    versions = PlanVersion.objects.filter(plan=OuterRef("pk"))
    others = visible.exclude(pk__in=drafts.values("pk")).annotate(
        was_returned=Q(state=Plan.State.DRAFT) & Exists(versions)
    )
    context = {
        "waiting": waiting[:PER_PAGE],
        "drafts": drafts[:PER_PAGE],
        "page": Paginator(others, PER_PAGE).get_page(request.GET.get("page")),
        "may_write": "write_plan" in rights_of(request.user, now),
    }
    return render(request, "channels/plans.html", context)


@sensitive_post_parameters("password")
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """The plan on paper, what changed, how it stands, and the decision of whom it waits for."""
    now = timezone.now()
    found = readable_plan(request.user, pk, now)
    version = found.current
    if request.method == "POST":
        return _decided(request, found, now)
    if found.state == Plan.State.DRAFT and may(request.user, "write_plan", found.unit, now):
        return redirect("channels:write", found.pk)
    if version is None:
        raise Http404
    form = None
    if (step := step_waiting(found, now)) and _grant_refusal(step, found, request.user, now) == "":
        form = typed(request, DecisionForm(step, found, request, now=now))
    return _plan_page(request, found, version, form, now)


def _grant_refusal(step: Step, found: Plan, user: User, now: datetime) -> str:
    """Why the person cannot take the step; empty where they can."""
    if step.phase != "plan":
        return _("This is done with the new account.")
    try:
        grant_for(step, found, user, now)
    except NotAllowed as refused:
        return refused.message
    if step.kind == "approve" and found.author == user:
        return _("You wrote this plan. Somebody else decides on it.")
    return ""


def _decided(request: StaffRequest, found: Plan, now: datetime) -> HttpResponse:
    """One pressed button, one action. What is refused comes back beside its field."""
    version = found.current
    key = request.POST.get("step", "")
    step = next((each for each in policy_for(found.unit, now).steps if each.key == key), None)
    if version is None or step is None:
        raise NoLongerPossible(_("The plan has no such step any more."))
    grant_for(step, found, request.user, now)
    form = typed(request, DecisionForm(step, found, request, now=now, data=request.POST))
    require_waiting(found, version, key, now)
    if form.is_valid():
        try:
            decision = _act(form, found, by=request.user, now=now)
        except NotReady as unready:
            form.refuse(unready.faults)
        except AgainstPolicy as refused:
            form.refuse([refused])
        else:
            _tell(request, decision)
            if form.act == RETURN:  # its page is the author's form now
                return redirect("channels:plans")
            return redirect("channels:plan", found.pk)
    return _plan_page(request, found, version, form, now, status=422)


def _act(form: DecisionForm, found: Plan, *, by: User, now: datetime) -> Decision:
    key, digest, meeting = form.step.key, form.data.get("digest", ""), form.meeting
    if form.act in (RETURN, REJECT):
        stop = return_plan if form.act == RETURN else reject_plan
        note = form.cleaned_data.get("note", "")
        return stop(found, key, digest=digest, note=note, meeting=meeting, by=by, now=now)
    return approve_step(
        found,
        key,
        digest=digest,
        by=by,
        now=now,
        place=form.cleaned_data.get("place", ""),
        answers=form.answers(),
        meeting=meeting,
    )


def _tell(request: StaffRequest, decision: Decision) -> None:
    words = {
        Decision.Outcome.RETURNED: _("The plan is returned to its author."),
        Decision.Outcome.REJECTED: _("The plan is rejected."),
        Decision.Outcome.APPROVED: _("You have approved the plan."),
    }
    outcome = Decision.Outcome(decision.outcome)
    if decision.body and outcome == Decision.Outcome.APPROVED:
        words[outcome] = _("The decision of %(group)s is recorded.") % {"group": decision.body}
    messages.success(request, words.get(outcome, _("Done.")))


@dataclass(frozen=True)
class StepShown:
    """A step as the list across the page shows it."""

    state: str
    words: str
    who: str
    note: str
    current: bool = False


def _plan_page(
    request: StaffRequest,
    found: Plan,
    version: PlanVersion,
    form: DecisionForm | None,
    now: datetime,
    *,
    status: int = 200,
) -> HttpResponse:
    policy = policy_for(found.unit, now)
    asked = policy.form("plan")
    earlier = earlier_versions(version)
    since = request.GET.get("since", "")
    before = next(
        (each for each in earlier if str(each.number) == since), next(iter(earlier), None)
    )
    compare = before is not None and "plain" not in request.GET
    compared = [version.answers, before.answers] if before and compare else [version.answers]
    shown = rows(asked, *without_hidden_names(*compared))
    stands = standing(found, policy)
    waiting = next((each for each in stands if each.waits), None)
    awaited = actors_of(waiting.step, found, now) if waiting else []
    context: dict[str, Any] = {
        "plan": found,
        "version": version,
        "before": before,
        "compare": compare,
        "others": [each for each in earlier if each != before],
        "replaced_by": found.revisions.filter(state__in=Plan.EVER_APPROVED).first(),
        "asked": asked,
        "rows": shown,
        "changed": [row for row in shown if row.changed],
        "steps": list(_steps(version, stands, awaited)),
        "signatures": [(s.step.title, _signed(s.decision)) for s in stands if s.step.decision],
        "checks": checks(policy, version.answers, found.municipality, deciders(version)),
        "recommendations": _recommendations(policy),
        "attest": _attested(version),
        "form": form,
        "waiting": waiting.step if waiting else None,
        "waits_for_reader": request.user in awaited,
        "why_not": _why_not(waiting, found, request.user, now),
        "last": version.decisions.exclude(outcome__in=Decision.PASSED).last(),
        "may_withdraw": may_withdraw(found, request.user, now),
        "status": status,
    }
    return render(request, "channels/plan.html", context, status=status)


def _signed(decision: Decision | None) -> str:
    """Name, title, place and date, as on paper, or why nobody signs; empty while it waits."""
    if decision is None:
        return ""
    if decision.outcome == Decision.Outcome.NOT_APPLICABLE:
        return decision.note
    day = formats.date_format(timezone.localtime(decision.at), "DATE_FORMAT")
    signed = ", ".join(filter(None, (decision.signed_by, _deputy(decision))))
    return f"{signed}. {' '.join(filter(None, (decision.place, day)))}."


def _deputy(decision: Decision) -> str:
    """For whom it was decided, where it was a deputy; else empty."""
    if decision.instead_of is None:
        return ""
    return _("deputy for %(name)s") % {"name": decision.instead_of.shown_name}


def _attested(version: PlanVersion) -> str:
    """What can be said for certain of the version's document; empty while there is none."""
    if version.pdf is None:
        return ""
    since = _("The file has been kept here unchanged since %(moment)s.") % {
        "moment": formats.date_format(timezone.localtime(version.pdf.stored_at), "DATETIME_FORMAT")
    }
    if not version.seals:
        return since
    sealed = ngettext(
        "The municipality's seal stands over it %(n)d time, for the approval. It vouches for what"
        " our records say; it is nobody's personal signature.",
        "The municipality's seal stands over it %(n)d times, once for each approval. It vouches"
        " for what our records say; it is nobody's personal signature.",
        len(version.seals),
    ) % {"n": len(version.seals)}
    return f"{since} {sealed}"


def _why_not(waiting: Standing | None, found: Plan, user: User, now: datetime) -> str:
    return _grant_refusal(waiting.step, found, user, now) if waiting else ""


def _recommendations(policy: Policy) -> list[Any]:
    """What is recommended of a plan; it hinders nothing."""
    return [each for each in policy.recommendations if each.about.startswith("plan.")]


def _steps(
    version: PlanVersion, stands: Sequence[Standing], awaited: Sequence[User]
) -> Iterator[StepShown]:
    """The plan's way; `awaited` are those for whom it waits now."""
    author = version.submitted_by
    yield StepShown("done", _("Submitted"), author.shown_name, _moment(version.submitted_at))
    for each in stands:
        if each.step.automatic:
            continue
        if each.decision is not None:
            yield _passed(each.decision)
        elif each.waits:
            people = ", ".join(user.shown_name for user in awaited)
            nobody = _("nobody holds the role")
            who = taken_by(each.step)
            yield StepShown("waiting", each.step.waiting, people or nobody, who, True)
        else:
            yield StepShown("none", each.step.title, taken_by(each.step), "")


def _passed(decision: Decision) -> StepShown:
    words = capfirst(decision.get_outcome_display())
    if decision.outcome == Decision.Outcome.NOT_APPLICABLE:
        return StepShown("none", words, decision.title, decision.note)
    parts = [decision.actor_title or decision.title]
    if decision.body:
        parts = [decision.minutes, decision.shown_in_full]
    note = ", ".join(filter(None, (*parts, _deputy(decision), _moment(decision.at))))
    return StepShown("done", words, decision.decided_by, note)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    day = formats.date_format(local, "SHORT_MONTH_DAY_FORMAT")
    return f"{day}, {formats.time_format(local, 'TIME_FORMAT')}"


@signed_in
@require_safe
def document(request: StaffRequest, pk: int, number: int) -> HttpResponseBase:
    """The document of an approved version from the store: the same bytes every time."""
    now = timezone.now()
    found = readable_plan(request.user, pk, now)
    version = found.versions.select_related("pdf").filter(number=number).first()
    if version is None:
        raise Http404
    stored = version.pdf
    if stored is None and found.state in Plan.EVER_APPROVED and version == found.current:
        # the worker makes it; whoever is faster than the worker need not wait for it
        stored = render_plan(version.pk, now=now)
    if stored is None:
        raise NoLongerPossible(_("The document is made when the plan is approved."))
    return attachment_response(stored)
