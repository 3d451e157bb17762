from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"

    def ready(self) -> None:
        from governance import (
            checks,  # noqa: F401 - registers itself
            navigation,
            today,
        )

        navigation.add(today.MENU_ITEM)
