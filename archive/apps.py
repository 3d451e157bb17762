from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"

    def ready(self) -> None:
        from archive import channel_page, duties, menu
        from governance.obligations import register

        register(duties.SNAPSHOT)
        register(duties.AGAIN)
        menu.add()
        channel_page.add()
