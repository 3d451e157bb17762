"""The page on which a finding is dealt with in one sitting, and the verbs it posts to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from governance.errors import AgainstPolicy, NoLongerPossible
from governance.files import FileRefused
from governance.policy.in_force import policy_for
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import typed, typed_all
from moderation import actions
from moderation.access import permitted_item
from moderation.cases import act_in_force, facts_of
from moderation.closing import demanded
from moderation.forms import (
    AnswerForm,
    InformForm,
    NoNumberForm,
    NotInformForm,
    NumberForm,
    PapersForm,
    PictureForm,
    ReasonForm,
    RemovalForm,
    UnableForm,
    beside,
)
from moderation.models import Item
from moderation.sitting import sitting


@signed_in
@require_GET
def finding(request: StaffRequest, pk: int) -> HttpResponse:
    """The finding, what was done, what is left to do and what is missing before closing."""
    item, now = _item(request, pk)
    return _page(request, item, now)


@signed_in
@posted_on("moderation:finding")
def picture(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep one more picture."""
    item, now = _item(request, pk)
    form = PictureForm(request.POST, request.FILES)

    def keep() -> None:
        actions.add_picture(item, form.cleaned_data["picture"], by=request.user, now=now)

    return _try(request, item, now, form, "picture_form", keep, said=_("The picture is kept."))


@signed_in
@posted_on("moderation:finding")
def act(request: StaffRequest, pk: int) -> HttpResponse:
    """It has been removed, or hidden."""
    item, now = _item(request, pk)
    policy = policy_for(item.unit, now)
    copied = item.evidence.filter(erased_at__isnull=True).exists()
    form = RemovalForm(request.POST, policy=policy, has_copy=copied)
    hiding = request.POST.get("decision") == "hide"

    def take_away() -> None:
        verb = actions.hide if hiding else actions.remove
        verb(item, form.removal(), by=request.user, now=now)

    said = _("It is written down as hidden.") if hiding else _("It is written down as removed.")
    return _try(request, item, now, form, "removal_form", take_away, said=said)


@signed_in
@posted_on("moderation:finding")
def withdrawal(request: StaffRequest, pk: int) -> HttpResponse:
    """Our own content has been taken down."""
    item, now = _item(request, pk)
    form = ReasonForm(request.POST, prefix="withdraw")

    def take_down() -> None:
        actions.withdraw(item, because=form.cleaned_data["reason"], by=request.user, now=now)

    said = _("It is written down as withdrawn.")
    return _try(request, item, now, form, "withdraw_form", take_down, said=said)


@signed_in
@posted_on("moderation:finding")
def leaving(request: StaffRequest, pk: int) -> HttpResponse:
    """It stays."""
    item, now = _item(request, pk)
    form = ReasonForm(request.POST, prefix="leave")

    def leave() -> None:
        actions.leave(item, because=form.cleaned_data["reason"], by=request.user, now=now)

    return _try(request, item, now, form, "leave_form", leave, said=_("It stays, and why is kept."))


@signed_in
@posted_on("moderation:finding")
def unable(request: StaffRequest, pk: int) -> HttpResponse:
    """It could not be taken away."""
    item, now = _item(request, pk)
    form = UnableForm(request.POST, prefix="unable")

    def report() -> None:
        reason, told = form.cleaned_data["reason"], form.cleaned_data["told"]
        actions.report_unable(item, because=reason, told=told, by=request.user, now=now)

    said = _("Written down. The case stays open.")
    return _try(request, item, now, form, "unable_form", report, said=said)


@signed_in
@posted_on("moderation:finding")
def restoring(request: StaffRequest, pk: int) -> HttpResponse:
    """It is shown again: a correction beside what was done."""
    item, now = _item(request, pk)
    form = typed(request, ReasonForm(request.POST, prefix="restore"))
    standing = act_in_force(item)
    if standing is None:
        raise NoLongerPossible(_("Nothing was taken away."))

    def restore() -> None:
        actions.restore(standing, because=form.cleaned_data["reason"], by=request.user, now=now)

    said = _("The correction is written beside the first entry.")
    return _try(request, item, now, form, "restore_form", restore, said=said)


@signed_in
@posted_on("moderation:finding")
def author(request: StaffRequest, pk: int) -> HttpResponse:
    """Whoever wrote it was told, or was not."""
    item, now = _item(request, pk)
    told = "not_told" not in request.POST
    form = InformForm(request.POST) if told else NotInformForm(request.POST)

    def answer() -> None:
        given = form.cleaned_data
        if told:
            actions.inform_author(item, text=given["text"], by=request.user, now=now)
        else:
            actions.not_inform_author(item, because=given["because"], by=request.user, now=now)

    name = "inform_form" if told else "not_inform_form"
    return _try(request, item, now, form, name, answer, said=_("Written down."))


@signed_in
@posted_on("moderation:finding")
def papers(request: StaffRequest, pk: int) -> HttpResponse:
    """Save the papers; close the case if that was asked. What was saved stays if it cannot be."""
    item, now = _item(request, pk)
    policy = policy_for(item.unit, now)
    asked = demanded(policy, facts_of(item, act_in_force(item), policy))
    form = PapersForm(request.POST, item=item, asked=asked)
    closing = "close" in request.POST

    def save() -> None:
        given = actions.Papers(**form.cleaned_data)
        actions.write_papers(item, given, by=request.user, now=now)
        if closing:
            actions.close(item, by=request.user, now=now)

    said = _("The case is closed.") if closing else _("Saved.")
    return _try(request, item, now, form, "papers_form", save, said=said)


@signed_in
@posted_on("moderation:finding")
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """The editor answers what the registrar asked."""
    item, now = _item(request, pk)
    form = AnswerForm(request.POST)

    def give() -> None:
        actions.answer_registrar(item, form.cleaned_data["answer"], by=request.user, now=now)

    said = _("The answer is with the registrar.")
    return _try(request, item, now, form, "answer_form", give, said=said)


@signed_in
@posted_on("moderation:finding")
def number(request: StaffRequest, pk: int) -> HttpResponse:
    """The registrar gives the diary number."""
    item, now = _item(request, pk)
    form = NumberForm(request.POST)

    def register() -> None:
        actions.register_number(item, form.cleaned_data["number"], by=request.user, now=now)

    return _try(request, item, now, form, "number_form", register, said=_("Registered."))


@signed_in
@posted_on("moderation:finding")
def no_number(request: StaffRequest, pk: int) -> HttpResponse:
    """The registrar finds that it needs no number."""
    item, now = _item(request, pk)
    form = NoNumberForm(request.POST, prefix="no-number")

    def decide() -> None:
        reason = form.cleaned_data["reason"]
        actions.need_not_be_registered(item, reason, by=request.user, now=now)

    return _try(request, item, now, form, "no_number_form", decide, said=_("Written down."))


def _item(request: StaffRequest, pk: int) -> tuple[Item, datetime]:
    now = timezone.now()
    return permitted_item(pk, request.user, now=now), now


def _try(
    request: StaffRequest,
    item: Item,
    now: datetime,
    form: forms.Form,
    name: str,
    verb: Callable[[], None],
    *,
    said: str,
) -> HttpResponse:
    """Do it and come back to the page; what is refused stands beside its field."""
    if typed(request, form).is_valid():
        try:
            verb()
        except FileRefused as refused:
            form.add_error("picture", refused)
        except AgainstPolicy as refusal:
            beside(form, refusal)
        else:
            messages.success(request, said)
            return redirect("moderation:finding", pk=item.pk)
    return _page(request, item, now, bound={name: form})


def _page(
    request: StaffRequest, item: Item, now: datetime, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    item.refresh_from_db()
    context = sitting(item, request.user, now) | (bound or {})
    typed_all(request, context)
    return render(request, "moderation/finding.html", context, status=422 if bound else 200)
