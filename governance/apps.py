from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class GovernanceConfig(AppConfig):
    name = "governance"

    def ready(self) -> None:
        from governance import (
            checks,  # noqa: F401 - registers itself
            navigation,
            today,
        )

        navigation.add(today.MENU_ITEM)


class WorkplaceConfig(AdminConfig):
    """Stands in INSTALLED_APPS for `django.contrib.admin`."""

    default_site = "governance.admin_site.Workplace"

    def ready(self) -> None:
        super().ready()
        from governance import admin_site, navigation

        navigation.add(admin_site.MENU_ITEM)
