"""An app that registers the test duty, for a worker that runs outside the test's process."""

from django.apps import AppConfig


class LookingConfig(AppConfig):
    name = "tests.governance"
    label = "looking"

    def ready(self) -> None:
        from governance.obligations import register, registry
        from tests.governance.duties import LOOK

        # as in the tests' own process: the one duty stands alone, whatever the apps registered
        registry._duties.clear()
        register(LOOK)
