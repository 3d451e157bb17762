"""What the communicators' workplace shows of channels: new accounts first, then the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels import platform_admin  # noqa: F401 - registers the platforms
from channels.account_form import AccountForm, may_take
from channels.actions.accounts import (
    account_step_waiting,
    approve_account,
    do_account_step,
    refuse_account,
)
from channels.actions.custody import (
    custody_gaps,
    end_custody,
    hand_over_login,
    verify_custody,
)
from channels.actions.people import assign_editor, revoke_editor
from channels.actions.register import (
    EDITABLE,
    change_channel,
    confirm_channel,
    enter_existing_channel,
)
from channels.checklists import VISITOR_INFORMATION, Standing, standings
from channels.models import Channel, Custody, EditorAssignment, Plan
from channels.rights import RIGHTS_OF
from channels.steps import account_steps_waiting, plan_of, standing
from governance.admin_site import ScopedAdmin, VerbForm, Waiting, reach, show_refusal
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.policy.in_force import policy_for
from governance.policy.types import Step
from governance.roles import Role
from governance.typed import typed

ACCOUNTS = frozenset({"administer_accounts"})
REGISTER = frozenset({"edit_register"})
KEEPERS = frozenset({"see_custody"})
APPOINTERS = frozenset({"assign_editor"})


def _settling() -> QuerySet[Any]:
    """The channels that were there before their plan, which has steps left to take."""
    return Plan.objects.filter(settles=True).values("channel")


class NewAccountFilter(admin.SimpleListFilter):
    """The list of new accounts is this list, filtered."""

    title = gettext_lazy("account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("new", gettext_lazy("new accounts"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "new":
            return queryset.filter(Q(state=Channel.State.WAITING) | Q(pk__in=_settling()))
        return queryset


@admin.register(Channel)
class ChannelAdmin(ScopedAdmin):
    """The channels, and the page on which a new account takes its steps."""

    unit_path = "unit"
    view_rights = ACCOUNTS | KEEPERS | APPOINTERS
    add_rights = change_rights = REGISTER
    list_display = ["name", "platform", "unit", "state", "next_step", "last_confirmed_on"]
    list_filter = [NewAccountFilter, "state", "platform", "unit"]
    list_select_related = ["platform", "unit", "municipality"]
    search_fields = ["name", "handle", "url", "unit__name"]
    actions = ["confirm"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, its new accounts with the button that the policy's step gives them."""
        shown = super().get_changelist_instance(request)
        person = reach(request)
        if person.user.municipality is not None:
            policy = policy_for(person.user.municipality, person.now)
            steps = account_steps_waiting(shown.result_list, policy)
            for channel in shown.result_list:
                step = steps.get(channel.pk)
                opens = channel.state == Channel.State.WAITING
                said = step.button if step else _("Approve the account") if opens else ""
                channel.next_button = said
        return shown

    def waiting(self, request: HttpRequest) -> Waiting | None:
        count = self.get_queryset(request).filter(state=Channel.State.WAITING).count()
        if not count:
            return None
        words = ngettext(
            "%(n)d new account waits for its next step",
            "%(n)d new accounts wait for their next steps",
            count,
        )
        return Waiting(words % {"n": count}, self.list_url("?account=new"))

    @admin.display(description=gettext_lazy("next step"))
    def next_step(self, channel: Channel) -> str:
        """The waiting step's button, leading to the page where it is taken."""
        if not channel.next_button:  # type: ignore[attr-defined]
            return ""
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:channels_channel_account", args=[channel.pk]),
            channel.next_button,  # type: ignore[attr-defined]
        )

    @admin.action(
        description=gettext_lazy("Confirm that the chosen channels are right"),
        permissions=["change"],
    )
    def confirm(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        """Say that what the register says of the chosen channels is still true."""
        self.each_by_verb(
            request, queryset, confirm_channel, gettext_lazy("%(n)d channels are confirmed.")
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return ["unit", "url", "platform", *EDITABLE]
        return ["unit", "platform", "state", "opened_on", "last_confirmed_on", "url", *EDITABLE]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["unit", "platform", "state", "opened_on", "last_confirmed_on"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[VerbForm]:
        made = super().get_form(request, obj, change, **kwargs)
        if "platform" in made.base_fields:
            made.base_fields["platform"].required = False
            made.base_fields["platform"].help_text = _("Only where the address does not tell.")
        if "url" in made.base_fields:
            made.base_fields["url"].required = obj is None or obj.state == Channel.State.OPEN
        return made

    def perform(
        self, request: HttpRequest, obj: Channel | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        if obj is not None:
            return change_channel(obj, by=person.user, now=person.now, **entered)
        return enter_existing_channel(
            entered.pop("unit"),
            url=entered.pop("url"),
            name=entered.pop("name"),
            platform=entered.pop("platform"),
            by=person.user,
            now=person.now,
            facts=entered,
        )

    # --- new accounts

    def get_urls(self) -> list[URLPattern]:
        account = path(
            "<int:pk>/account/",
            self.admin_site.admin_view(self.account),
            name="channels_channel_account",
        )
        return [account, *super().get_urls()]

    def account(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The new account: every step and how it stands, and the one that waits, as a form."""
        channel = cast("Channel | None", self.get_object(request, str(pk)))
        if channel is None:
            raise Http404
        person = reach(request)
        step = account_step_waiting(channel, person.now)
        sent = request.POST if request.method == "POST" else None
        form = typed(request, AccountForm(channel, step, now=person.now, data=sent))
        if request.method == "POST" and form.is_valid():
            try:
                self._act(request, channel, form)
            except (AgainstPolicy, NoLongerPossible) as refused:
                show_refusal(form, refused)
            else:
                return redirect("admin:channels_channel_account", pk)
        plan = plan_of(channel)
        context = {
            **self.admin_site.each_context(request),
            "title": channel.name,
            "opts": self.opts,
            "channel": channel,
            "plan": plan,
            "standing": standing(plan, policy_for(channel.unit, person.now)) if plan else [],
            "step": step,
            "waits": channel.state == Channel.State.WAITING or step is not None,
            "may_stop": channel.state == Channel.State.WAITING,
            "may_take": step is None or may_take(channel, step, person.user, person.now),
            "custodies": channel.custodies.running().select_related("holder"),
            "gaps": [Role(role).label for role in custody_gaps(channel, person.now)],
            "visitors_lack": self._visitors_lack(channel, step, person.now),
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/channels/channel/account.html", context)

    def _visitors_lack(self, channel: Channel, step: Step | None, now: datetime) -> list[Standing]:
        """What the visitor information lacks, where the step that waits asks for it."""
        if step is None or "visitor_information" not in step.checks:
            return []
        return [each for each in standings(channel, VISITOR_INFORMATION, now) if each.lacks]

    def _act(self, request: HttpRequest, channel: Channel, form: AccountForm) -> None:
        """One pressed button, one verb."""
        person = reach(request)
        if form.step is None:
            approve_account(channel, url=form.address(), by=person.user, now=person.now)
            self.message_user(request, _("The account is approved and the channel is open."))
        elif form.refuses:
            refuse_account(channel, form.step.key, note=form.note(), by=person.user, now=person.now)
            self.message_user(request, _("The account is stopped; the author has been told."))
        else:
            after = do_account_step(
                channel, form.step.key, form.entered(), by=person.user, now=person.now
            )
            self.message_user(request, form.step.done)
            if after.state == Channel.State.OPEN:
                self.message_user(request, _("The account is approved and the channel is open."))


@admin.register(Plan)
class PlanAdmin(ScopedAdmin):
    """Plans to read; they are written and decided on their own pages."""

    unit_path = "unit"
    view_rights = ACCOUNTS | frozenset({"approve_plan"})
    list_display = ["title", "unit", "state", "author", "saved_at"]
    list_filter = ["state", "unit"]
    list_select_related = ["unit", "author"]
    people: ClassVar[Mapping[str, str]] = {"author": ""}
    search_fields = ["title", "shown_author", "unit__name"]
    fields = ["title", "unit", "state", "author", "created_at", "saved_at", "channel"]


class _NamedWithPlatform(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.platform}"


class ChannelChosen(ScopedAdmin):
    """Has a channel to choose: by name and platform, for several of a unit have its name."""

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.related_model is Channel:
            rows = self.within_reach(Channel, request).select_related("platform")
            kwargs |= {"queryset": rows, "form_class": _NamedWithPlatform}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(EditorAssignment)
class EditorAssignmentAdmin(ChannelChosen):
    """Who may speak through which channel, on whose word."""

    unit_path = "channel__unit"
    view_rights = ACCOUNTS
    add_rights = change_rights = APPOINTERS
    list_display = ["who", "role", "channel", "starts_on", "ends_on", "appointed_by", "ended"]
    list_filter = ["role", "channel"]
    list_select_related = ["channel", "user", "appointed_by"]
    people: ClassVar[Mapping[str, str]] = {"user": "name"}
    search_fields = ["shown_user", "channel__name"]
    given = ["channel", "user", "role", "purpose", "scope", "consulted", "starts_on", "ends_on"]

    @admin.display(description=gettext_lazy("name"), ordering="shown_user")
    def who(self, assignment: EditorAssignment) -> str:
        """The name, as far as it is shown."""
        return assignment.shown_name

    @admin.display(description=gettext_lazy("written assignment"))
    def shown_document(self, assignment: EditorAssignment) -> str:
        """The assignment in words, with the names that are shown."""
        return assignment.shown_document

    @admin.display(description=gettext_lazy("ended"), boolean=True)
    def ended(self, assignment: EditorAssignment) -> bool:
        """Whether it was ended before or on its last day."""
        return assignment.revoked_at is not None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.given, "shown_document", "revoke_reason"] if obj else self.given

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.given, "shown_document"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has ended is only read."""
        has_ended = isinstance(obj, EditorAssignment) and obj.revoked_at is not None
        return not has_ended and super().has_change_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[VerbForm]:
        made = super().get_form(request, obj, change, **kwargs)
        if obj is None and "role" in made.base_fields:
            made.base_fields["role"].choices = [  # type: ignore[attr-defined]
                (role, Role(role).label) for role in RIGHTS_OF
            ]
        if "user" in made.base_fields:
            made.base_fields["user"].required = True
        return made

    def perform(
        self, request: HttpRequest, obj: EditorAssignment | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        if obj is not None:
            return revoke_editor(
                obj, reason=entered["revoke_reason"], by=person.user, now=person.now
            )
        entered["role"] = Role(entered["role"])
        return assign_editor(by=person.user, now=person.now, **entered)


@admin.register(Custody)
class CustodyAdmin(ChannelChosen):
    """Who holds access to which account. The logins themselves are in no list."""

    unit_path = "channel__unit"
    view_rights = KEEPERS
    add_rights = ACCOUNTS
    list_display = ["channel", "role", "holder", "kind", "since", "verified_on", "ended_at"]
    list_filter = ["role", "channel"]
    list_select_related = ["channel", "holder"]
    people: ClassVar[Mapping[str, str]] = {"holder": ""}
    search_fields = ["channel__name", "shown_holder"]
    fields = ["channel", "role", "holder", "kind", "where"]
    actions = ["verify", "end"]

    @admin.action(description=gettext_lazy("The chosen accesses were tried and work"))
    def verify(self, request: HttpRequest, queryset: QuerySet[Custody]) -> None:
        """Note that the chosen accesses were tried."""
        self.each_by_verb(
            request, queryset, verify_custody, gettext_lazy("%(n)d accesses are noted as tried.")
        )

    @admin.action(description=gettext_lazy("The chosen accesses have ended"))
    def end(self, request: HttpRequest, queryset: QuerySet[Custody]) -> None:
        """Note that the chosen accesses have ended."""
        self.each_by_verb(
            request, queryset, end_custody, gettext_lazy("%(n)d accesses have ended.")
        )

    def perform(self, request: HttpRequest, obj: None, entered: dict[str, Any]) -> models.Model:
        person = reach(request)
        entered["role"] = Role(entered["role"])
        return hand_over_login(by=person.user, now=person.now, **entered)
