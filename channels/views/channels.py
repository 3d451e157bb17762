"""A channel's page, and the list of channels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from channels import page, promises
from channels.actions.accounts import account_step_waiting
from channels.actions.checklists import IN_USE
from channels.actions.custody import custody_gaps, holders_rule
from channels.actions.importing import may_import
from channels.actions.missing_plans import lacks_plan, plan_owed, without_plan
from channels.actions.planning import may_be_revised, plan_under_way
from channels.actions.register import confirm_channel
from channels.actions.reviewing import may_review
from channels.checklists import CHECKLISTS, standings
from channels.editors import RIGHT, rank_of, uncovered
from channels.forms.custody import HandOverForm, LookForm, SealForm
from channels.models import Channel, EditorAssignment
from channels.models.channel import on_platform_called
from channels.paper import clause_of
from channels.personal_data import asked_on, standing_on
from channels.rights import may_on
from channels.steps import plan_of
from governance.models import Absence, User
from governance.permissions import may, rights_of
from governance.policy.in_force import policy_for
from governance.roles import Role
from governance.signed_in import StaffRequest, posted_on, signed_in
from governance.typed import typed_all

PER_PAGE: Final = 50
#: Among the states that the list can be narrowed to.
PLAN_MISSING: Final = "plan_missing"


@signed_in
@require_safe
def channels(request: StaffRequest) -> HttpResponse:
    """Every channel of the municipality: search, state, page by page."""
    found = Channel.objects.visible_to(request.user).select_related("platform", "unit")
    words = request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    if words:
        found = found.filter(
            Q(name__icontains=words)
            | Q(unit__name__icontains=words)
            | Q(url__icontains=words)
            | on_platform_called(words)
        )
    if state in Channel.State.values:
        found = found.filter(state=state)
    elif state == PLAN_MISSING:
        found = without_plan(found)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "q": words,
        "state": state,
        "states": [*Channel.State.choices, (PLAN_MISSING, _("without a plan"))],
        "may_import": may_import(request.user, timezone.now()),
        "may_oversee": "see_overview" in rights_of(request.user, timezone.now()),
    }
    return render(request, "channels/channels.html", context)


@signed_in
@require_safe
def channel(request: StaffRequest, pk: int) -> HttpResponse:
    """What the channel promises, how it goes, its facts, its people and what happened."""
    found = visible_channel(request.user, pk)
    return channel_page(request, found)


@signed_in
@posted_on("channels:channel")
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """That what the register says of the channel is right, by one button."""
    found = visible_channel(request.user, pk)
    confirm_channel(found, by=request.user, now=timezone.now())
    messages.success(request, _("It is on record that what the register says is right."))
    return redirect("channels:channel", pk=pk)


def visible_channel(user: User, pk: int) -> Channel:
    """A channel of the person's municipality, or Http404."""
    rows = Channel.objects.select_related("unit__municipality", "platform", "municipality")
    found = rows.filter(pk=pk, municipality=user.municipality_id).first()
    if found is None:
        raise Http404
    return found


def channel_page(
    request: StaffRequest, found: Channel, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page; `forms` are those that come back with errors."""
    now = timezone.now()
    policy = policy_for(found.unit, now)
    before = request.GET.get("before", "")
    events, older = page.timeline(found, before=int(before) if before.isdecimal() else None)
    added = [
        render_to_string(template, {**context, "channel": found, "now": now}, request=request)
        for template, context in page.sections(found, request.user, now)
    ]
    context: dict[str, Any] = {
        "channel": found,
        "plan": plan_of(found),
        "reviewed": found.plan_reviews.select_related("by").first(),
        "waiting": account_step_waiting(found, now),
        "sections": added,
        "promises": [*page.promise_rows(found, policy, now), *promises.plan_rows(found, now)],
        "people": _people(found, now),
        "uncovered": list(uncovered(found, policy, now)) if found.state == found.State.OPEN else [],
        "assign_url": f"{reverse('admin:channels_editorassignment_add')}?channel={found.pk}",
        "sees_register": may(request.user, RIGHT, found.unit, now) is not None,
        "may_revoke": may(request.user, "assign_editor", found.unit, now) is not None,
        "events": events,
        "older": older,
        "policy": policy,
        "checklists": _checklists(found, now),
        "personal": {
            "asked": asked_on(found, now),
            "standing": standing_on([found], now)[found.pk],
        },
        "may_change": may(request.user, "edit_register", found.unit, now) is not None,
        "may_check": may_on(request.user, "edit_channel", found, now),
    }
    if may_be_revised(found):
        context["revision"] = {
            "begun": plan_under_way(found),
            "may_write": may(request.user, "write_plan", found.unit, now) is not None,
            "may_review": may_review(request.user, found, now),
        }
    if lacks_plan(found):
        context["missing"] = {
            "owed": plan_owed(found),
            "begun": plan_under_way(found),
            "may_write": may(request.user, "write_plan", found.unit, now) is not None,
        }
    context |= custody_context(request, found, now, **forms)
    typed_all(request, context)
    return render(request, "channels/channel.html", context, status=status)


def _checklists(channel: Channel, now: datetime) -> list[dict[str, Any]]:
    """The policy's lists for a channel in use: what was looked at, and what nobody has seen yet."""
    if channel.state not in IN_USE:
        return []
    found = [(each, standings(channel, each, now)) for each in CHECKLISTS.values()]
    return [
        {
            "list": each,
            "looked_at": [row for row in rows if row.check],
            "unseen": [row for row in rows if not row.check],
        }
        for each, rows in found
        if rows
    ]


def _people(found: Channel, now: datetime) -> list[dict[str, Any]]:
    """Who is assigned to the channel today, and who of them is away."""
    day = found.municipality.today(now)
    held = EditorAssignment.objects.filter(channel=found).in_force(day).select_related("user")
    rows = sorted(held, key=rank_of)
    away = {
        absence.user_id: absence
        for absence in Absence.objects.in_force(day).filter(user__in=[row.user_id for row in rows])
    }
    return [{"assignment": row, "absence": away.get(row.user_id or 0)} for row in rows]


def custody_context(
    request: StaffRequest, found: Channel, now: datetime, **given: Any
) -> dict[str, Any]:
    """Who holds access and what this person may do about it; nothing for whom it is not for."""
    user = request.user
    custodies = list(
        found.custodies.filter(ended_at__isnull=True).select_related("holder", "verified_by")
    )
    holds = any(custody.holder_id == user.pk for custody in custodies)
    keeps = bool(
        may(user, "administer_accounts", found.unit, now)
        or may_on(user, "edit_channel", found, now)
    )
    if not (holds or keeps or may(user, "see_custody", found.unit, now)):
        return {"sees_custody": False}
    rule = holders_rule(policy_for(found.unit, now), found)
    roles = list(rule.value.roles) if rule else [Role.CHANNEL_OWNER]  # type: ignore[union-attr]
    colleagues = User.objects.visible_to(user).filter(is_active=True)
    secret = getattr(found, "secret", None)
    context: dict[str, Any] = {
        "sees_custody": True,
        "custodies": custodies,
        "gaps": [Role(role).label for role in custody_gaps(found, now)],
        "custody_clause": clause_of(rule) if rule else "",
        "holds": holds,
        "keeps": keeps,
        "secret": secret,
        "hand_form": HandOverForm(roles=roles, colleagues=colleagues),
        "seal_form": SealForm(),
        "look_form": LookForm(request),
        "no_rule": _("The guideline says nothing of who holds the login.") if not rule else "",
    }
    return context | given
