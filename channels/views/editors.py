"""The register of editors: who may speak through which channel, now and before."""

from __future__ import annotations

from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from channels.actions.editors import write_register
from channels.actions.guideline import (
    acknowledge_guideline,
    record_informed,
    require_informer,
)
from channels.actions.people import require_appointer
from channels.actions.prolonging import let_assignment_end, prolong_assignment
from channels.editors import RIGHT, Ground, Wanted, breaches, entries, narrowed, within_reach
from channels.forms.editors import AcknowledgeForm, EditorsForm, EndingForm, InformedForm
from channels.guideline import capacity_of, known_of, last_known
from channels.models import EditorAssignment
from channels.paper import clause_of
from channels.views.channels import visible_channel
from governance.errors import AgainstPolicy, NotAllowed
from governance.models import Acknowledgement, User
from governance.permissions import require, require_somewhere, rights_of
from governance.policy.changes import changes
from governance.policy.in_force import policy_of
from governance.signed_in import StaffRequest, signed_in
from governance.typed import refuse, typed

PER_PAGE: Final = 50
#: A file larger than this is laid on the disk while it is made, in bytes.
IN_MEMORY: Final = 2 * 1024 * 1024
FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# --- the register -----------------------------------------------------------------------------


@signed_in
@require_safe
def editors(request: StaffRequest) -> HttpResponse:
    """Every assignment within reach: search, filters, page by page."""
    now = timezone.now()
    units = require_somewhere(request.user, RIGHT, now=now)
    ground = Ground.of(request.municipality, now)
    form = EditorsForm(request.GET, units=units, asks=ground.asked is not None)
    wanted = form.wanted() if form.is_valid() else Wanted()
    found = narrowed(within_reach(request.user, now), wanted, ground)
    context = {
        "form": form,
        "narrowed": form.is_valid() and form.is_narrowed,
        "breaches": breaches(units, ground),
        "rule": clause_of(ground.central_rule) if ground.central_rule else "",
        "may_assign": "assign_editor" in rights_of(request.user, now),
        "chosen": request.GET.urlencode() if form.is_valid() else "",
        **_table(request, found, ground),
    }
    return render(request, "channels/editors.html", context, status=422 if form.errors else 200)


def _table(
    request: StaffRequest, found: QuerySet[EditorAssignment], ground: Ground
) -> dict[str, Any]:
    """What the table of assignments needs, wherever it stands."""
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "entries": entries(page.object_list, ground), "asked": ground.asked}


@signed_in
@require_GET
def editors_file(request: StaffRequest, kind: str) -> HttpResponseBase:
    """What the page shows, all pages of it, as a file; the log is told."""
    now = timezone.now()
    units = require_somewhere(request.user, RIGHT, now=now)
    ground = Ground.of(request.municipality, now)
    form = EditorsForm(request.GET, units=units, asks=ground.asked is not None)
    if not form.is_valid():
        # a filter that is not understood would give more than was asked for
        return editors(request)
    # closed by the answer that sends it
    target = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    write_register(target, kind, form.wanted(), by=request.user, now=now)
    target.seek(0)
    name = _("editors %(day)s") % {"day": ground.day.isoformat()}
    return FileResponse(
        target,
        as_attachment=True,
        filename=f"{name.replace(' ', '-')}.{kind}",
        content_type=FORMATS[kind],
    )


@signed_in
@require_safe
def channel_people(request: StaffRequest, pk: int) -> HttpResponse:
    """Everybody who is or was assigned to one channel."""
    now = timezone.now()
    channel = visible_channel(request.user, pk)
    require(request.user, RIGHT, channel.unit, now=now)
    ground = Ground.of(request.municipality, now)
    found = narrowed(within_reach(request.user, now), Wanted(channel=channel), ground)
    context = {"channel": channel, **_table(request, found, ground)}
    return render(request, "channels/channel_people.html", context)


# --- a person ---------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: StaffRequest, pk: int) -> HttpResponse:
    """What somebody is and was assigned to, and that they know the guideline."""
    now = timezone.now()
    person = User.objects.visible_to(request.user).filter(pk=pk).first()
    if person is None:
        raise Http404
    ground = Ground.of(request.municipality, now)
    found = _assignments_of(person, request.user, ground, now)
    form = typed(request, InformedForm(ground.day, request.POST or None))
    if form.is_valid():
        try:
            record_informed(person, **form.cleaned_data, by=request.user, now=now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("It is on record that the person knows the guideline."))
            return redirect("channels:editor", pk=pk)
    table = _table(request, found, ground)
    context = {
        "person": person,
        "sees_register": RIGHT in rights_of(request.user, now),
        "form": form,
        "version": ground.version,
        "known": _known(person, ground),
        "lacks": any(each.lacks for each in table["entries"]),
        "related": ground.policy.guideline.related,
        "may_inform": _may_inform(person, request.user, ground, now),
        "before": _said_before(person, ground),
        **table,
    }
    return render(request, "channels/editor.html", context, status=422 if form.errors else 200)


def _assignments_of(
    person: User, user: User, ground: Ground, now: datetime
) -> QuerySet[EditorAssignment]:
    """Their assignments within the reader's reach; one's own, all of them."""
    rows: QuerySet[EditorAssignment] = person.assignments.all()
    if person != user:
        require_somewhere(user, RIGHT, now=now)
        rows = within_reach(user, now).filter(user=person)
        if not rows.exists():
            raise NotAllowed(_("The person is assigned to no channel of your units."))
    return narrowed(rows, Wanted(), ground)


def _known(person: User, ground: Ground) -> Acknowledgement | None:
    if ground.asked is None:
        return None
    return known_of([person.pk], ground.asked, ground.version).get(person.pk)


def _said_before(person: User, ground: Ground) -> list[Acknowledgement]:
    """What is on record of earlier versions, the latest first."""
    rows = person.acknowledgements.exclude(policy=ground.version).select_related("policy", "by")
    return list(rows.defer("policy__content").order_by("-at", "-pk"))


def _may_inform(person: User, user: User, ground: Ground, now: datetime) -> bool:
    if ground.asked is None or ground.asked.by_themselves:
        return False
    try:
        require_informer(person, ground.asked, by=user, now=now)
    except NotAllowed:
        return False
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: StaffRequest, pk: int) -> HttpResponse:
    """An assignment that is about to end: prolong it, let it end, or assign somebody else."""
    now = timezone.now()
    rows = EditorAssignment.objects.filter(municipality=request.municipality, pk=pk)
    assignment = rows.select_related("channel__unit", "channel__platform", "user").first()
    if assignment is None:
        raise Http404
    require_appointer(assignment.channel, by=request.user, now=now)
    form = typed(request, EndingForm(request.POST or None))
    if form.is_valid():
        try:
            _see_to(assignment, form, request.user, now)
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("It is on record what becomes of the assignment."))
            return redirect(reverse("channels:channel", args=[assignment.channel_id]) + "#people")
    assign = f"{reverse('admin:channels_editorassignment_add')}?channel={assignment.channel_id}"
    context = {"assignment": assignment, "form": form, "assign_url": assign}
    return render(request, "channels/ending.html", context, status=422 if form.errors else 200)


def _see_to(assignment: EditorAssignment, form: EndingForm, by: User, now: datetime) -> None:
    given = form.cleaned_data
    if given["outcome"] == EndingForm.PROLONG:
        prolong_assignment(assignment, ends_on=given["ends_on"], by=by, now=now)
    else:
        let_assignment_end(assignment, by=by, now=now)


# --- one's own word ---------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def guideline(request: StaffRequest) -> HttpResponse:
    """The guideline that holds, what has changed since the person last said that they know it."""
    now = timezone.now()
    ground = Ground.of(request.municipality, now)
    form = typed(request, AcknowledgeForm(_promise(ground), request.POST or None))
    if form.is_valid():
        try:
            acknowledge_guideline(request.POST.get("version", ""), by=request.user, now=now)
        except AgainstPolicy as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("It is on record that you have read the guideline."))
            return redirect("today")
    last = last_known(request.user, ground.version)
    asked = ground.asked if ground.asked and ground.asked.by_themselves else None
    context = {
        "form": form,
        "document": ground.policy.guideline,
        "version": ground.version,
        "asked": asked,
        "clause": clause_of(asked.rule) if asked else "",
        "known": _known(request.user, ground),
        "capacity": capacity_of(request.user, asked, ground.day).splitlines() if asked else [],
        "last": last,
        "changes": changes(policy_of(last), ground.policy) if last else [],
        "may_adopt": "adopt_policy" in rights_of(request.user, now),
    }
    return render(request, "channels/guideline.html", context, status=422 if form.errors else 200)


def _promise(ground: Ground) -> str:
    """What the person says: of the guideline, and of what it tells them to follow beside it."""
    document = ground.policy.guideline
    if not document.related:
        return _("I have read %(guideline)s, version %(number)s, and follow it.") % {
            "guideline": document.title,
            "number": ground.version.number,
        }
    return _("I have read %(guideline)s, version %(number)s, and follow it and: %(related)s.") % {
        "guideline": document.title,
        "number": ground.version.number,
        "related": ", ".join(document.related),
    }
