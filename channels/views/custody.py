"""Hand over, try, end and open access to an account; end an assignment."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from channels.actions.custody import (
    end_custody,
    hand_over_login,
    holders_rule,
    look_at_secret,
    store_secret,
    verify_custody,
)
from channels.actions.people import revoke_editor
from channels.editors import lacks_without
from channels.forms.custody import HandOverForm, LookForm, RevokeForm, SealForm
from channels.models import Channel, Custody, EditorAssignment, Secret
from channels.views.channels import channel_page, visible_channel
from governance.errors import AgainstPolicy
from governance.models import User
from governance.permissions import require
from governance.policy.in_force import policy_for
from governance.roles import Role
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import refuse, typed


@signed_in
@posted_on("channels:channel")
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Put on record who holds access from today."""
    found = visible_channel(request.user, pk)
    now = timezone.now()
    rule = holders_rule(policy_for(found.unit, now), found)
    roles = list(rule.value.roles) if rule else [Role.CHANNEL_OWNER]  # type: ignore[union-attr]
    colleagues: QuerySet[User] = User.objects.visible_to(request.user).filter(is_active=True)
    form = typed(request, HandOverForm(request.POST, roles=roles, colleagues=colleagues))
    if form.is_valid():
        data = form.cleaned_data
        try:
            hand_over_login(
                found,
                Role(data["role"]),
                data["holder"],
                kind=Custody.Kind(data["kind"]),
                where=data["where"],
                by=request.user,
                now=now,
            )
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The access is on record."))
            return redirect(f"{_address(found)}#custody")
    return channel_page(request, found, status=422, hand_form=form)


@signed_in
@posted_on("channels:channel")
def verify(request: StaffRequest, pk: int, custody: int) -> HttpResponse:
    """Note that the access was tried today."""
    found = visible_channel(request.user, pk)
    verify_custody(_custody(found, custody), by=request.user, now=timezone.now())
    messages.success(request, _("Noted: the access was tried today and works."))
    return redirect(f"{_address(found)}#custody")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: StaffRequest, pk: int, custody: int) -> HttpResponse:
    """Ask, then note that the holder no longer has access."""
    found = visible_channel(request.user, pk)
    row = _custody(found, custody)
    if request.method == "POST":
        end_custody(row, by=request.user, now=timezone.now())
        messages.success(request, _("The access is ended."))
        return redirect(f"{_address(found)}#custody")
    return render(request, "channels/end_custody.html", {"channel": found, "custody": row})


@sensitive_post_parameters("seal-login")
@signed_in
@posted_on("channels:channel")
def seal(request: StaffRequest, pk: int) -> HttpResponse:
    """Seal the login in place of what was kept before."""
    found = visible_channel(request.user, pk)
    form = typed(request, SealForm(request.POST))
    if form.is_valid():
        try:
            store_secret(found, form.cleaned_data["login"], by=request.user, now=timezone.now())
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The login is sealed."))
            return redirect(f"{_address(found)}#custody")
    # what was typed is a secret: not even beside its error is it sent back
    form.data = {}
    return channel_page(request, found, status=422, seal_form=form)


@sensitive_post_parameters("look-password")
@signed_in
@never_cache
@sensitive_variables("opened", "context")
@posted_on("channels:channel")
def look(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the login once to a named holder who says why."""
    found = visible_channel(request.user, pk)
    secret = Secret.objects.filter(channel=found).first()
    if secret is None:
        raise Http404
    form = typed(request, LookForm(request, request.POST))
    if form.is_valid():
        try:
            opened = look_at_secret(
                secret, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            )
        except AgainstPolicy as refused:
            refuse(form, refused)
        else:
            # an opened secret hides itself wherever it is printed; here it is to be read
            context = {"channel": found, "login": opened.decode()}
            return render(request, "channels/secret.html", context)
    return channel_page(request, found, status=422, look_form=form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: StaffRequest, pk: int, assignment: int) -> HttpResponse:
    """Ask why, then end an assignment; the rights are gone the same second."""
    found = visible_channel(request.user, pk)
    row = EditorAssignment.objects.filter(channel=found, pk=assignment).first()
    if row is None:
        raise Http404
    now = timezone.now()
    require(request.user, "assign_editor", found.unit, now=now)
    form = typed(request, RevokeForm(request.POST or None))
    if form.is_valid():
        revoke_editor(row, reason=form.cleaned_data["reason"], by=request.user, now=now)
        messages.success(request, _("The assignment is ended."))
        return redirect(f"{_address(found)}#people")
    lacks = lacks_without(row, policy_for(found.unit, now), now)
    context = {"channel": found, "assignment": row, "form": form, "lacks": lacks}
    return render(request, "channels/revoke.html", context, status=422 if form.errors else 200)


def _address(found: Channel) -> str:
    return reverse("channels:channel", args=[found.pk])


def _custody(found: Channel, pk: int) -> Custody:
    row = found.custodies.filter(pk=pk).select_related("channel__unit", "holder").first()
    if row is None:
        raise Http404
    return row
