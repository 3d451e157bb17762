"""An app that registers the test duty, for a worker that runs outside the test's process."""

from django.apps import AppConfig


class LookingConfig(AppConfig):
    name = "tests.governance"
    label = "looking"

    def ready(self) -> None:
        from governance.obligations import register
        from tests.governance.duties import LOOK

        register(LOOK)
