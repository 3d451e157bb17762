from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = _("Archive")

    def ready(self) -> None:
        from archive import channel_page, duties, menu
        from governance.obligations import lead_to, register

        register(duties.SNAPSHOT)
        register(duties.AGAIN)
        lead_to("registration", "archive:tray_finding")
        menu.add()
        channel_page.add()
