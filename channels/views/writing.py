"""Begin a plan and write on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from channels.actions.planning import (
    may_withdraw,
    require_withdrawer,
    save_draft,
    start_plan,
    start_plan_of,
    submit_plan,
    withdraw_plan,
)
from channels.actions.taking_over import may_take_over, take_over_plan
from channels.addresses import Found, recognise_address
from channels.checks import NotReady, faults_so_far
from channels.comparing import minor_fields
from channels.forms.plan import QuestionsForm
from channels.forms.questions import ADD_ROW, TAKE_ROW
from channels.models import Plan
from channels.names import without_hidden_names
from channels.platforms import AddressRefused
from channels.views.channels import visible_channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.kept import kept_for
from governance.models import Unit, User
from governance.permissions import may, require, units_where
from governance.policy.in_force import policy_for
from governance.policy.types import Form
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import typed

#: So many colleagues are offered by name; others are written.
MOST_COLLEAGUES = 500


class StartForm(forms.Form):
    """Where a new channel begins: its unit and, if it is known, its address."""

    use_required_attribute = False
    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        Unit.objects.none(), label=gettext_lazy("Unit")
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the account"),
        help_text=gettext_lazy("Paste it if the account exists or you have chosen its name"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        field.queryset = units  # type: ignore[attr-defined]
        field.empty_label = _("Choose …")  # type: ignore[attr-defined]
        if len(units) == 1:
            field.initial = units[0]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """Which unit, which address: then the form of its policy."""
    now = timezone.now()
    units = units_where(request.user, "write_plan", now).order_by("name")
    if not units.exists():
        raise NotAllowed(_("Nobody has appointed you to a unit where you can write plans."))
    form = typed(request, StartForm(request.POST or None, units=units))
    if form.is_valid():
        address = form.cleaned_data["address"]
        try:
            plan = start_plan(form.cleaned_data["unit"], by=request.user, now=now, address=address)
        except AddressRefused as refused:
            form.add_error("address", str(refused))
        else:
            return redirect("channels:write", plan.pk)
    return render(request, "channels/start.html", {"form": form})


@signed_in
@posted_on("channels:channel")
def start_for(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin the plan of a channel that is there, or a change of it; or go on with the one begun."""
    now = timezone.now()
    plan = start_plan_of(visible_channel(request.user, pk), by=request.user, now=now)
    if plan.author != request.user:
        day = formats.date_format(timezone.localtime(plan.created_at), "DATE_FORMAT")
        messages.info(
            request,
            _("%(name)s began this plan on %(day)s.")
            % {"name": plan.author.shown_name, "day": day},
        )
    return redirect("channels:write", plan.pk)


@signed_in
@posted_on("channels:write")
def take_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on with the plan of somebody who has left or is away."""
    now = timezone.now()
    plan = take_over_plan(readable_plan(request.user, pk, now), by=request.user, now=now)
    messages.success(request, _("The plan is yours now. Somebody else approves it."))
    return redirect("channels:write", plan.pk)


@signed_in
@require_safe
def address(request: StaffRequest) -> HttpResponse:
    """What a pasted address is, as a fragment beside its field."""
    municipality = request.user.municipality
    if municipality is None:
        raise Http404
    text = request.GET.get(request.GET.get("field", "address"), "").strip()
    found: Found | None = None
    refused = ""
    if text:
        try:
            found = recognise_address(text, municipality)
        except AddressRefused as error:
            refused = str(error)
    context = {"found": found, "refused": refused}
    return render(request, "channels/_address.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: StaffRequest, pk: int) -> HttpResponse:
    """The form of the plan; each save keeps what is written, complete or not."""
    now = timezone.now()
    plan = readable_plan(request.user, pk, now)
    if plan.state != Plan.State.DRAFT and request.method != "POST":
        return redirect("channels:plan", plan.pk)
    require(request.user, "write_plan", plan.unit, now=now)
    if request.method == "POST":
        return _written(request, plan, now)
    form = typed(request, plan_form(plan, request.user, now))
    # the save after signing in is still the one that followed what was read before
    kept = kept_for(request)
    return _form_page(request, plan, form, revision=_revision(kept.data if kept else None, plan))


def _written(request: StaffRequest, plan: Plan, now: datetime) -> HttpResponse:
    act = request.POST.get("act", "save")
    revision = _revision(request.POST, plan)
    form = typed(request, plan_form(plan, request.user, now, data=request.POST))
    form.is_valid()  # an answer that cannot be read stays on the page and is told beside its field
    try:
        plan = save_draft(plan, answers=form.answers(), revision=revision, by=request.user, now=now)
    except NoLongerPossible as late:
        return _too_late(request, plan, form, late, revision)
    except AgainstPolicy as refused:
        form.refuse([refused])
    # the page's script sends the buttons' names with every save, empty unless one was pressed
    rows_changed = request.POST.get(ADD_ROW) or request.POST.get(TAKE_ROW)
    so_far = faults_so_far(policy_for(plan.unit, now), plan.answers)
    if act == "autosave" and not rows_changed:
        context = {"plan": plan, "form": form, "so_far": so_far}
        return render(request, "channels/_saved.html", context)
    if act != "submit":
        form.refuse(so_far)
    elif not form.errors:
        try:
            submit_plan(plan, revision=plan.revision, by=request.user, now=now)
        except NotReady as unready:
            form.refuse(unready.faults)
        else:
            messages.success(request, _("The plan is submitted."))
            return redirect("channels:plan", plan.pk)
    if form.errors or rows_changed:
        return _form_page(request, plan, form, revision=plan.revision)
    messages.success(request, _("Saved. The plan waits for nobody until it is submitted."))
    return redirect("channels:write", plan.pk)


def _too_late(
    request: StaffRequest, plan: Plan, form: QuestionsForm, late: NoLongerPossible, revision: int
) -> HttpResponse:
    """Somebody saved or submitted first: say who and when, and keep every word on the page."""
    when = formats.date_format(timezone.localtime(late.at), "TIME_FORMAT") if late.at else ""
    if request.POST.get("act") == "autosave":
        return render(request, "channels/_saved.html", {"plan": plan, "late": late, "when": when})
    fresh = Plan.objects.get(pk=plan.pk)
    if fresh.state != Plan.State.DRAFT:
        raise late
    # the next save is over what the other wrote, and the writer has been told
    context = {"late": late, "when": when, "theirs": fresh}
    return _form_page(request, plan, form, revision=fresh.revision, status=409, **context)


def _form_page(
    request: StaffRequest,
    plan: Plan,
    form: QuestionsForm,
    *,
    revision: int,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    now = timezone.now()
    asked = policy_for(plan.unit, now).form("plan")
    address_field = asked.standing_for("address")
    context |= {
        "plan": plan,
        "form": form,
        "asked": asked,
        "revision": revision,
        "colleagues": [
            each for each in form.colleagues if not each.name_hidden or each == request.user
        ],
        "address_field": address_field.key if address_field else "",
        "returned": _last_note(plan),
        "may_withdraw": may_withdraw(plan, request.user, now),
        "revises": plan.revises,
        "minor": minor_fields(policy_for(plan.unit, now)) if plan.replaces_id else [],
        "may_take_over": may_take_over(plan, request.user, now),
    }
    return render(request, "channels/write.html", context, status=status)


def _last_note(plan: Plan) -> Any:
    """The decision that sent the plan back, where one did."""
    version = plan.current
    return version.decisions.filter(outcome="returned").last() if version else None


def _revision(data: QueryDict | None, plan: Plan) -> int:
    text = data.get("revision", "") if data else ""
    return int(text) if text and text.isdecimal() else plan.revision


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then take the plan back."""
    now = timezone.now()
    plan = readable_plan(request.user, pk, now)
    if request.method == "POST":
        withdraw_plan(plan, by=request.user, now=now)
        messages.success(request, _("The plan is withdrawn."))
        return redirect("channels:plans")
    require_withdrawer(plan, by=request.user, now=now)
    return render(request, "channels/withdraw.html", {"plan": plan})


def readable_plan(user: User, pk: int, now: datetime) -> Plan:
    """The plan. Http404 to strangers; NotAllowed to colleagues whose business a draft is not."""
    plans = Plan.objects.select_related("unit", "municipality", "author", "channel", "saved_by")
    plan = plans.filter(pk=pk, municipality=user.municipality_id).first()
    if plan is None:
        raise Http404
    begun = plan.state == Plan.State.DRAFT and not plan.versions.exists()
    if begun and plan.author != user and not may(user, "write_plan", plan.unit, now):
        raise NotAllowed(
            _("%(name)s is still writing this plan.") % {"name": plan.author.shown_name}
        )
    return plan


def plan_form(
    plan: Plan, user: User, now: datetime, *, data: QueryDict | None = None
) -> QuestionsForm:
    """The form of the policy in force, with the draft's answers or what was sent."""
    asked: Form = policy_for(plan.unit, now).form("plan")
    units = list(units_where(user, "write_plan", now).order_by("name"))
    if plan.unit not in units:
        units.append(plan.unit)
    (answers,) = without_hidden_names(plan.answers)
    return QuestionsForm(
        asked.fields,
        data=data,
        answers=answers,
        units=units,
        colleagues=colleagues_of(user),
        under=asked,
    )


def colleagues_of(user: User) -> QuerySet[User]:
    """People of the municipality whom a form can offer by name."""
    return User.objects.visible_to(user).filter(is_active=True)[:MOST_COLLEAGUES]
