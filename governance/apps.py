from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("People")

    def ready(self) -> None:
        from governance import (
            checks,  # noqa: F401 - registers itself
            ending,
            guideline_review,
            navigation,
            owed,
            today,
        )

        guideline_review.register_duties()
        ending.register_duties()
        navigation.add(today.MENU_ITEM)
        navigation.add(owed.MENU_ITEM)


class WorkplaceConfig(AdminConfig):
    """Stands in INSTALLED_APPS for `django.contrib.admin`."""

    default_site = "governance.admin_site.Workplace"

    def ready(self) -> None:
        super().ready()
        from governance import admin_site, navigation

        navigation.add(admin_site.MENU_ITEM)
