from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from governance import outbox
        from governance.obligations import read_subjects_as, register
        from moderation import channel_page, duties, letters, menu, replies, today

        for duty in (*duties.DUTIES, *replies.DUTIES):
            register(duty)
        read_subjects_as(replies.SUBJECTS)
        outbox.add_kinds(letters.KINDS)
        menu.add()
        today.add()
        channel_page.add()
