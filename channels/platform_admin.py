"""Platforms in the admin: everybody who works there reads them, an operator changes them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.platforms import add_platform, change_platform, restore_platform
from channels.forms.platforms import TRY, PlatformForm
from channels.models import Platform
from channels.platforms import FACTS, differences
from governance.admin_site import ScopedAdmin, reach
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.permissions import OPERATE

RESTORE: Final = "_restore"


@admin.register(Platform)
class PlatformAdmin(ScopedAdmin):
    """The media are the same for everybody, so whoever operates the installation keeps them."""

    municipality_path = ""
    view_rights = frozenset({"administer_accounts", "edit_register"})
    add_rights = change_rights = frozenset({OPERATE})
    form = PlatformForm
    list_display = ["called", "category", "visitors_posts", "transfer", "active", "is_changed"]
    list_filter = ["category", "active"]
    search_fields = ["name", "key", "former_names"]

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def called(self, platform: Platform) -> str:
        """What the medium is called in the reader's language."""
        return str(platform)

    @admin.display(description=gettext_lazy("changed here"), boolean=True)
    def is_changed(self, platform: Platform) -> bool:
        """Whether an operator's word holds for some of it, and not what ships."""
        return bool(platform.changed_here)

    @admin.display(description=gettext_lazy("differs from what ships"))
    def differs(self, platform: Platform) -> SafeString | str:
        """What is otherwise here than the program ships it."""
        found = differences(platform)
        if found is None:
            return _("It was added here; the program ships no such platform.")
        if not found:
            return _("In nothing.")
        lines = (
            (
                _("%(what)s: here “%(here)s”, as it ships “%(ships)s”")
                % {"what": capfirst(each.label), "here": each.here, "ships": each.ships},
            )
            for each in found
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    @admin.display(description=gettext_lazy("changes of name"))
    def renamed(self, platform: Platform) -> SafeString | str:
        """Every former name with the day until which it was the name."""
        lines = (
            (each.former_name, _("until %(day)s") % {"day": localtime(each.at).date()})
            for each in platform.renames.all()
        )
        return format_html_join("", "{}, {}<br>", lines) or "–"

    def get_fields(self, request: HttpRequest, obj: Platform | None = None) -> list[Any]:
        if not self.has_change_permission(request):
            return [
                "called",
                "former_names",
                "renamed",
                "category",
                "hosts",
                "visitors_posts",
                "transfer",
                "transfer_note",
                "active",
            ]
        if obj is None:
            return ["key", *FACTS, "try_address"]
        return ["differs", *FACTS, "renamed", "try_address"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["called", "differs", "renamed"]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with its own buttons, for those who may change something by it."""
        platform: Platform | None = kwargs.get("obj")
        if self.has_change_permission(request):
            ships = platform is not None and differences(platform) is not None
            context |= {
                "try_button": TRY,
                "restore_button": RESTORE,
                "may_restore": ships and bool(platform and platform.changed_here),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; its button for the way back asks for nothing that stands in it."""
        platform = self.get_object(request, object_id) if RESTORE in request.POST else None
        if platform is None or not self.has_change_permission(request, platform):
            return super().change_view(request, object_id, form_url, extra_context)
        person = reach(request)
        try:
            restore_platform(platform, by=person.user, now=person.now)
        except (AgainstPolicy, NoLongerPossible) as refused:
            self.message_user(request, refused.message, level="WARNING")
        else:
            self.message_user(request, _("It is as the program ships it."))
        return redirect(request.path)

    def perform(
        self, request: HttpRequest, obj: Platform | None, entered: dict[str, Any]
    ) -> models.Model:
        person = reach(request)
        entered.pop("try_address")
        if obj is None:
            return add_platform(by=person.user, now=person.now, **entered)
        return change_platform(obj, by=person.user, now=person.now, **entered)
