"""Django's own admin pages with every kind of widget they have, for the look only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from governance.models import Appointment, Municipality, Unit, User
from governance.widgets import NATIVE_INPUTS


class OpenSite(admin.AdminSite):
    """Lets anybody in who is signed in: what is tested here is how it looks."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated


class Everybody:
    """Every right for everybody who is let in."""

    formfield_overrides = NATIVE_INPUTS

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class AppointmentInline(Everybody, admin.TabularInline):
    model = Appointment
    fk_name = "user"
    extra = 1


class UnitInline(Everybody, admin.StackedInline):
    model = Unit
    fk_name = "municipality"
    extra = 1


site = OpenSite(name="look_admin")


@admin.register(Municipality, site=site)
class MunicipalityAdmin(Everybody, admin.ModelAdmin):
    list_display = ("name", "slug", "country", "accent")
    list_filter = ("country", "locale")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = [UnitInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", ("country", "locale"), "time_zone", "accent"]}),
        ("Contact", {"classes": ["collapse"], "fields": ["email", "phone", "website"]}),
        (
            None,
            {"fields": ["registrar_email", "communications_email", "general_reply_days"]},
        ),
    ]


@admin.register(Unit, site=site)
class UnitAdmin(Everybody, admin.ModelAdmin):
    list_display = ("name", "kind", "municipality", "closed_on")
    list_filter = ("kind",)
    list_editable = ("kind",)
    search_fields = ("name",)
    date_hierarchy = "closed_on"
    autocomplete_fields = ("parent",)
    radio_fields = {"kind": admin.VERTICAL}


@admin.register(User, site=site)
class PersonAdmin(Everybody, admin.ModelAdmin):
    list_display = ("name", "email", "municipality", "is_active", "requested_at")
    list_filter = ("is_active", "municipality")
    list_per_page = 2
    search_fields = ("name", "email")
    filter_horizontal = ("groups",)
    raw_id_fields = ("approved_by",)
    readonly_fields = ("last_login",)
    exclude = ("password",)
    inlines = [AppointmentInline]
