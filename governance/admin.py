"""What the communicators' workplace shows of governance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import models
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from governance import actions, logo, open_hours
from governance.admin_site import ScopedAdmin, VerbForm, Waiting, reach
from governance.errors import AgainstPolicy
from governance.models import (
    Absence,
    Appointment,
    AuditEntry,
    ClosedDay,
    Municipality,
    OfficeHours,
    PolicyVersion,
    Unit,
    User,
)
from governance.names import with_names
from governance.roles import Role

ORGANISE = frozenset({"manage_organisation"})


class MunicipalityForm(VerbForm):
    """The municipality's contacts and profile; a logo is chosen, or taken away."""

    new_logo = forms.FileField(
        label=_("New logo"),
        help_text=_(
            "PNG or JPEG, at least 300 points. On public pages it stands in place of the name, so"
            " choose the version that contains it."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label=_("Without a logo from now on"), required=False)

    def clean_without_logo(self) -> bool:
        """Raises ValidationError where a new logo is chosen, too."""
        without = bool(self.cleaned_data["without_logo"])
        if without and self.cleaned_data.get("new_logo"):
            raise forms.ValidationError(_("Choose one of the two: a new logo, or none."))
        return without


@admin.register(Municipality)
class MunicipalityAdmin(ScopedAdmin):
    municipality_path = "pk"
    form = MunicipalityForm
    change_rights = ORGANISE
    list_display = ["name", "email", "phone", "communications_email", "registrar_email"]
    readonly_fields = ["name", "slug", "country", "locale", "time_zone", "shown_logo"]

    def get_fields(self, request: HttpRequest, obj: Municipality | None = None) -> list[Any]:
        place = [*self.readonly_fields[:-1], *actions.MUNICIPALITY]
        if obj is not None and obj.logo_id:
            return [*place, "shown_logo", "new_logo", "without_logo"]
        return [*place, "new_logo"]

    @admin.display(description=_("logo"))
    def shown_logo(self, municipality: Municipality) -> str:
        """The logo as the public sees it."""
        return format_html(
            '<img class="logo" src="{}" alt="{}">', logo.address_of(municipality), municipality.name
        )

    def perform(
        self, request: HttpRequest, obj: Municipality, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        chosen, without = entered.pop("new_logo"), entered.pop("without_logo", False)
        changed = actions.change_municipality(obj, by=person.user, now=person.now, **entered)
        if chosen or without:
            return logo.change_logo(changed, chosen, by=person.user, now=person.now)
        return changed


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    unit_path = "pk"
    add_rights = change_rights = ORGANISE
    list_display = ["name", "kind", "activity", "parent", "closed_on"]
    list_filter = ["kind", "activity"]
    list_select_related = ["parent"]
    search_fields = ["name"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["name", "kind", "activity", "closed_on" if obj else "parent"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[VerbForm]:
        made = super().get_form(request, obj, change, **kwargs)
        if "parent" in made.base_fields:
            made.base_fields["parent"].required = True
        return made

    def perform(
        self, request: HttpRequest, obj: Unit | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        if obj is None:
            entered.pop("closed_on", None)
            return actions.add_unit(
                entered.pop("parent"), by=person.user, now=person.now, **entered
            )
        return actions.change_unit(obj, by=person.user, now=person.now, **entered)


def accounts_waiting(people: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the people whose new staff account nobody has approved yet."""
    return people.filter(requested_at__isnull=False, approved_at__isnull=True)


class AccountFilter(admin.SimpleListFilter):
    """New staff accounts first: what waits for somebody to approve it."""

    title = _("account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("waiting for approval")),
            ("approved", _("approved")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "waiting":
            return accounts_waiting(queryset)
        if self.value() == "approved":
            return queryset.filter(approved_at__isnull=False)
        return queryset


@admin.register(User)
class UserAdmin(ScopedAdmin):
    view_rights = frozenset({"approve_people", "manage_organisation"})
    add_rights = change_rights = ORGANISE
    unasked = frozenset({"password", "is_superuser", "is_operator"})
    list_display = ["name", "title", "email", "phone", "is_active", "requested_at", "approved_by"]
    list_filter = [AccountFilter, "is_active"]
    list_select_related = ["approved_by"]
    search_fields = ["name", "email", "title"]
    fields = ["name", "title", "email", "phone", "language", "name_hidden"]
    actions = ["approve"]

    @admin.action(description=_("Approve the chosen accounts"), permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Approve new staff accounts."""
        self.each_by_verb(
            request, queryset, actions.approve_person, _("%(n)d accounts are approved.")
        )

    def waiting(self, request: HttpRequest) -> Waiting | None:
        count = accounts_waiting(self.get_queryset(request)).count()
        if not count or not self.has_approve_permission(request):
            return None
        words = ngettext(
            "%(n)d new staff account waits for approval",
            "%(n)d new staff accounts wait for approval",
            count,
        )
        return Waiting(words % {"n": count}, self.list_url("?account=waiting"))

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return "approve_people" in reach(request).rights

    def perform(
        self, request: HttpRequest, obj: User | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        if obj is not None:
            return actions.change_person(obj, by=person.user, now=person.now, **entered)
        assert person.user.municipality is not None  # noqa: S101 - nobody else comes in
        return actions.add_person(
            person.user.municipality, by=person.user, now=person.now, **entered
        )


class AppointmentForm(VerbForm):
    """An appointment; what is wrong with its group or its days is said beside them."""

    def clean_group(self) -> str:
        """Raises ValidationError for a member without a group, or a group without a member."""
        group, role = str(self.cleaned_data["group"]), self.cleaned_data.get("role")
        person = reach(self.request)
        if role and person.user.municipality is not None:
            try:
                actions.require_group(Role(role), group, person.user.municipality, person.now)
            except AgainstPolicy as refused:
                raise forms.ValidationError(refused.message) from None
        return group

    def clean(self) -> dict[str, Any]:
        """Says beside the field what the database would refuse by a constraint's name."""
        super().clean()
        self.refuse_where(actions.require_days, "starts_on", "ends_on")
        given = ("user", "role", "group", "unit", "starts_on", "ends_on")
        self.refuse_where(actions.require_not_held, *given)
        return self.cleaned_data


@admin.register(Appointment)
class AppointmentAdmin(ScopedAdmin):
    form = AppointmentForm
    unit_path = "unit"
    add_rights = change_rights = ORGANISE
    list_display = ["user", "role", "in_group", "unit", "starts_on", "ends_on", "decision"]
    list_filter = ["role", "unit"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__name", "user__email", "unit__name"]
    actions = ["let_end"]

    @admin.action(
        description=_("The chosen appointments shall end on their last day"),
        permissions=["change"],
    )
    def let_end(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        """Say of the chosen appointments that nothing is to follow them."""
        self.each_by_verb(
            request, queryset, actions.let_end, _("%(n)d appointments will end as they should.")
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        group = "in_group" if obj else "group"
        return ["user", "role", group, "unit", "starts_on", "ends_on", "decision"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Appointment | None = None
    ) -> list[str]:
        return ["user", "role", "in_group", "unit", "starts_on", "decision"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        named = [When(group=key, then=Value(name)) for key, name in self._groups(request).items()]
        rows: QuerySet[Any] = super().get_queryset(request)
        shown: QuerySet[Any] = rows.annotate(group_name=Case(*named, default=F("group")))
        return shown

    @admin.display(description=_("group"), ordering="group_name")
    def in_group(self, appointment: Any) -> str:
        """The group's name, or its key where the policy in force has no such group any more."""
        return str(appointment.group_name)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name != "group":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(
            label=_("Group"),
            help_text=_("For a member of a group: which one"),
            choices=[("", "–"), *self._groups(request).items()],
            required=False,
        )

    @staticmethod
    def _groups(request: HttpRequest) -> dict[str, str]:
        person = reach(request)
        place = person.user.municipality
        return actions.groups_in(place, person.now) if place else {}

    def perform(
        self, request: HttpRequest, obj: Appointment | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        if obj is None:
            entered["role"] = Role(entered["role"])
            return actions.appoint(by=person.user, now=person.now, **entered)
        last: date | None = entered["ends_on"]
        return actions.end_appointment(
            obj,
            ends_on=last or obj.unit.municipality.today(person.now),
            by=person.user,
            now=person.now,
        )


class AbsenceForm(VerbForm):
    """An absence; what is wrong with its deputy or its days is said beside them."""

    def clean(self) -> dict[str, Any]:
        """Says beside the field what the database would refuse by a constraint's name."""
        super().clean()
        self.refuse_where(actions.require_deputy, "deputy", "user")
        self.refuse_where(actions.require_days, "starts_on", "ends_on")
        self.refuse_where(actions.require_not_away, "user", "starts_on", "ends_on")
        return self.cleaned_data


@admin.register(Absence)
class AbsenceAdmin(ScopedAdmin):
    form = AbsenceForm
    municipality_path = "user__municipality"
    add_rights = change_rights = ORGANISE
    list_display = ["user", "deputy", "starts_on", "ends_on"]
    list_select_related = ["user", "deputy"]
    search_fields = ["user__name", "deputy__name"]
    fields = ["user", "deputy", "starts_on", "ends_on"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "starts_on", "ends_on"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[VerbForm]:
        made = super().get_form(request, obj, change, **kwargs)
        if "deputy" in made.base_fields:
            made.base_fields["deputy"].help_text = gettext(
                "Leave it empty if nobody need stand in."
            )
        return made

    def perform(
        self, request: HttpRequest, obj: Absence | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        if obj is not None:
            return actions.name_deputy(obj, entered["deputy"], by=person.user, now=person.now)
        return actions.enter_absence(by=person.user, now=person.now, **entered)


@admin.register(ClosedDay)
class ClosedDayAdmin(ScopedAdmin):
    view_rights = add_rights = ORGANISE
    list_display = ["day", "name", "unit"]
    list_filter = ["unit"]
    list_select_related = ["unit"]
    search_fields = ["name", "unit__name"]
    fields = ["day", "name", "unit"]
    actions = ["open_again"]

    @admin.action(description=_("The municipality is open on the chosen days"))
    def open_again(self, request: HttpRequest, queryset: QuerySet[ClosedDay]) -> None:
        """Take the chosen days off the calendar."""
        self.each_by_verb(request, queryset, open_hours.open_day, _("%(n)d days are open again."))

    def perform(self, request: HttpRequest, obj: None, entered: dict[str, Any]) -> models.Model:
        person = reach(request)
        assert person.user.municipality is not None  # noqa: S101 - nobody else comes in
        return open_hours.close_day(
            person.user.municipality, by=person.user, now=person.now, **entered
        )


class OfficeHoursForm(VerbForm):
    """Office hours, with the days of the week to tick."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        coerce=int,
        choices=OfficeHours.Weekday.choices,
        initial=[1, 2, 3, 4, 5],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Says beside the field what the database would refuse by a constraint's name."""
        super().clean()
        self.refuse_where(open_hours.require_hours, "opens", "closes")
        return self.cleaned_data


@admin.register(OfficeHours)
class OfficeHoursAdmin(ScopedAdmin):
    form = OfficeHoursForm
    unit_path = "unit"
    add_rights = change_rights = ORGANISE
    list_display = ["unit", "days", "opens", "closes"]
    list_select_related = ["unit"]
    search_fields = ["unit__name"]
    fields = ["unit", "weekdays", "opens", "closes"]
    actions = ["forget"]

    @admin.display(description=_("days of the week"))
    def days(self, hours: OfficeHours) -> str:
        """The days in words, in order."""
        names = dict(OfficeHours.Weekday.choices)
        return ", ".join(str(names[day]) for day in hours.weekdays)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["unit"] if obj else []

    @admin.action(description=_("The chosen units work as those above them"))
    def forget(self, request: HttpRequest, queryset: QuerySet[OfficeHours]) -> None:
        """Take back a unit's own hours."""
        done = _("%(n)d units work as those above them again.")
        self.each_by_verb(request, queryset, open_hours.forget_office_hours, done)

    def perform(
        self, request: HttpRequest, obj: OfficeHours | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        unit = obj.unit if obj else entered.pop("unit")
        return open_hours.set_office_hours(unit, by=person.user, now=person.now, **entered)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ScopedAdmin):
    view_rights = frozenset({"adopt_policy", "read_log"})
    list_display = ["title", "number", "decision", "adopted_on", "in_force_from", "adopted_by"]
    list_select_related = ["adopted_by"]
    search_fields = ["title", "decision"]
    fields = [
        "title",
        "number",
        "decision",
        "adopted_on",
        "in_force_from",
        "adopted_by",
        "adopted_at",
        "digest",
        "content",
    ]


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    view_rights = frozenset({"read_log"})
    list_display = ["number", "at", "who", "act", "concerns", "clause"]
    list_filter = ["act"]
    search_fields = ["who", "concerns", "act", "clause"]
    date_hierarchy = "at"
    fields = [
        "number",
        "at",
        "who",
        "actor_title",
        "act",
        "concerns",
        "clause",
        "facts",
    ]
    #: The rows keep names that are not shown; no address may ask for them.
    unasked = frozenset({"actor_name", "subject_label"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_names(super().get_queryset(request))

    @admin.display(description=_("who"), ordering="who")
    def who(self, entry: Any) -> str:
        """Who acted, by the name they had then, as far as it is shown."""
        return str(entry.who)

    @admin.display(description=_("concerns"), ordering="concerns")
    def concerns(self, entry: Any) -> str:
        """What it concerns, without names that are not shown."""
        return str(entry.concerns)
