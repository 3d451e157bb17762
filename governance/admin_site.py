"""The admin as the communicators' workplace: who comes in, and that nobody sees past their reach.

Rights come from appointments, never from Django's permissions; nobody is superuser. Every
registered model stands on `ScopedAdmin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.admin_filters import ScopedFilter, UsedChoicesFilter
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Unit, User
from governance.names import shown
from governance.navigation import Item
from governance.permissions import OPERATE, rights_of, units_where
from governance.signed_in import back_after_sign_in
from governance.typed import typed

#: One of these on some unit lets a person in.
WAYS_IN = frozenset(
    {
        "administer_accounts",
        "approve_people",
        # a policy may let a manager appoint a new account's writers
        "assign_editor",
        "manage_organisation",
        "edit_register",
        "see_custody",
        "read_log",
        # what is the same for every municipality; nothing of any one of them
        OPERATE,
    }
)


MENU_ITEM = Item(
    key="admin",
    label=gettext_lazy("Administration"),
    url_name="admin:index",
    order=90,
    allowed=lambda user, now: bool(rights_of(user, now) & WAYS_IN),
)


class Reach:
    """What the signed-in person reaches, asked once for a request."""

    def __init__(self, user: User, now: datetime) -> None:
        self.user, self.now = user, now
        self.rights = rights_of(user, now)
        self._units: dict[str, QuerySet[Unit]] = {}

    def units(self, rights: Iterable[str]) -> Q:
        """The condition on `pk` of the units where the person has one of the rights."""
        found = Q(pk__in=[])
        for right in sorted(set(rights) & self.rights):
            if right not in self._units:
                self._units[right] = units_where(self.user, right, self.now)
            found |= Q(pk__in=self._units[right].values("pk"))
        return found


def reach(request: HttpRequest) -> Reach:
    """The reach of the request's person."""
    found: Reach | None = getattr(request, "_reach", None)
    if found is None:
        found = Reach(cast(User, request.user), timezone.now())
        request._reach = found  # type: ignore[attr-defined]
    return found


class Workplace(admin.AdminSite):
    """The admin site. Signing in, out and changing the password happen where they always do."""

    site_title = "Uppsikt"
    site_header = "Uppsikt"
    index_title = gettext_lazy("Administration")
    enable_nav_sidebar = False
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an appointment in force gives any right that the admin is for."""
        user = request.user
        return user.is_authenticated and user.is_active and bool(reach(request).rights & WAYS_IN)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in what is bounded; what libraries register of their own knows no municipality."""
        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(  # type: ignore[override]
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        """Strangers go to sign in and come back; what they had written is kept meanwhile."""
        inside = super().admin_view(view, cacheable)

        @wraps(inside)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated:
                return redirect_to_login(back_after_sign_in(request))
            return inside(request, *args, **kwargs)

        return page

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The lists, and above them what waits in each for somebody to act."""
        waits = [
            waiting
            for each in self._registry.values()
            if isinstance(each, ScopedAdmin)
            and each.has_view_permission(request)
            and (waiting := each.waiting(request))
        ]
        return super().index(request, {"waits": waits, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To our own sign-in; whoever is signed in already and may not enter is told so."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise NotAllowed(_("Your appointments do not include administration."))
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("account_change_password")


@dataclass(frozen=True)
class Waiting:
    """What waits in a list: in words, and the list's address with the rest filtered away."""

    words: str
    url: str


class WhatToDo(ActionForm):
    """What is to be done with the chosen rows."""

    action = forms.ChoiceField(label=gettext_lazy("With the chosen"))


class VerbForm(forms.ModelForm):
    """A form whose saving is a verb. What the verb refuses stands beside the field, nothing lost.

    `perform` takes what was entered and returns the row that the verb wrote.
    """

    perform: ClassVar[Callable[[dict[str, Any]], models.Model]]
    request: ClassVar[HttpRequest]
    done: models.Model | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed(self.request, self)

    def is_valid(self) -> bool:
        """Whether what was entered can be read, and the verb has done what it says."""
        if self.done is None and super().is_valid():
            try:
                with transaction.atomic():
                    self.done = type(self).perform(self.cleaned_data)
            except (AgainstPolicy, NoLongerPossible) as refused:
                show_refusal(self, refused)
        return self.done is not None

    def refuse_where(self, require: Callable[..., None], *names: str) -> None:
        """Say beside its field what a rule of the verb refuses of these fields; for `clean`.

        Else the model's own check comes before the verb, and knows but a constraint's name.
        """
        if self.cleaned_data.keys() >= set(names):
            try:
                require(*(self.cleaned_data[name] for name in names))
            except AgainstPolicy as refused:
                show_refusal(self, refused)

    def save(self, commit: bool = True) -> Any:
        """The row is written already."""
        return self.done

    def save_m2m(self) -> None:
        """Nor is anything else left to write."""


def show_refusal(form: forms.BaseForm, refused: AgainstPolicy | NoLongerPossible) -> None:
    """Put a refusal beside its field, with the clause it cites."""
    clause = getattr(refused, "clause", "").split("; ")[0]
    field = getattr(refused, "field", None)
    message = f"{refused.message} ({clause})" if clause else refused.message
    form.add_error(field if field in form.fields else None, message)


class ScopedAdmin(admin.ModelAdmin):
    """Lists, searches, filters, choices and addresses that end where the person's reach does.

    - `municipality_path`: the lookup from the row to its municipality; empty for what all share.
    - `unit_path`: the lookup to its unit, if it has one; then only units of one's rights are seen.
    - `view_rights`: one of them shows the model; `add_rights`, `change_rights` open its forms.
    - `people`: lookups to people, each with the row's own column of the name or nothing; the list
      has `shown_…` of each to sort and search by, so that no hidden name is found by searching.
    - `perform`: the verb behind the forms. Nothing is ever saved another way, nothing deleted.
    """

    municipality_path: ClassVar[str] = "municipality"
    unit_path: ClassVar[str] = ""
    view_rights: ClassVar[frozenset[str]] = frozenset()
    add_rights: ClassVar[frozenset[str]] = frozenset()
    change_rights: ClassVar[frozenset[str]] = frozenset()
    people: ClassVar[Mapping[str, str]] = {}
    #: Columns that no address may ask about.
    unasked: ClassVar[frozenset[str]] = frozenset()
    form = VerbForm
    action_form = WhatToDo
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_per_page = 50
    show_full_result_count = False
    save_as = False

    # --- who

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has(request, self.view_rights | self.change_rights)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has(request, self.add_rights)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has(request, self.change_rights)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _has(self, request: HttpRequest, rights: frozenset[str]) -> bool:
        return bool(reach(request).rights & rights)

    # --- which

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        by_name = {f"shown_{path}": shown(path, kept) for path, kept in self.people.items()}
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**by_name)
        person = reach(request)
        if self.municipality_path:
            if person.user.municipality_id is None:
                return rows.none()
            rows = rows.filter(**{self.municipality_path: person.user.municipality_id})
        if self.unit_path:
            units = Unit.objects.filter(person.units(self.view_rights | self.change_rights))
            rows = rows.filter(**{f"{self.unit_path}__in": units.values("pk")})
        return rows

    def within_reach(self, model: type[models.Model], request: HttpRequest) -> QuerySet[Any]:
        """Rows of another model that the person may choose among."""
        other = self.admin_site._registry.get(model)
        if isinstance(other, ScopedAdmin):
            return other.get_queryset(request)
        municipality_id = reach(request).user.municipality_id
        try:
            model._meta.get_field("municipality")
        except FieldDoesNotExist:
            return model._default_manager.none()
        return model._default_manager.filter(
            municipality=municipality_id, municipality__isnull=False
        )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        kwargs.setdefault("queryset", self.within_reach(db_field.remote_field.model, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        # no pop-ups to add or change what a choice points at: each thing has its own page
        if made is not None and hasattr(made.widget, "can_add_related"):
            made.widget = made.widget.widget
        return made

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._scoped(each) for each in super().get_list_filter(request)]

    def _scoped(self, name: Any) -> Any:
        if isinstance(name, str) and "__" not in name:
            field = self.model._meta.get_field(name)
            if field.is_relation:
                return (name, ScopedFilter)
            if field.choices:
                return (name, UsedChoicesFilter)
        return name

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        if lookup.split("__")[0] in self.unasked or "password" in lookup:
            return False
        return super().lookup_allowed(lookup, value, request)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """What is out of reach is not there: no redirect that repeats its key."""
        raise Http404

    def waiting(self, request: HttpRequest) -> Waiting | None:
        """What waits in this list for somebody to act, if anything; the front page shows it."""
        return None

    def list_url(self, query: str = "") -> str:
        """The address of the list; `query` filters it."""
        opts = self.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist") + query

    # --- how

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list under the name of what is in it, rather than "Select … to change"."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[VerbForm]:
        made = super().get_form(request, obj, change, **kwargs)
        perform = staticmethod(partial(self.perform, request, obj))
        return type("Form", (made,), {"perform": perform, "request": request})

    def perform(self, request: HttpRequest, obj: Any, entered: dict[str, Any]) -> models.Model:
        """The verb: write what was entered, on `obj` or as a new row."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The verb has written it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on it that the verb has not written."""

    def each_by_verb(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        verb: Callable[..., object],
        said: str | Promise,
    ) -> None:
        """Use a verb on each chosen row; say how many, and what was refused."""
        person = reach(request)
        done = 0
        for row in rows:
            try:
                verb(row, by=person.user, now=person.now)
                done += 1
            except (AgainstPolicy, NoLongerPossible, NotAllowed) as refused:
                self.message_user(request, f"{row}: {refused.message}", level="WARNING")
        if done:
            self.message_user(request, str(said) % {"n": done})
