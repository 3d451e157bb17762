from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"

    def ready(self) -> None:
        from archive import duties, menu
        from governance.obligations import register

        register(duties.SNAPSHOT)
        menu.add()
