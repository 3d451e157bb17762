from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ChannelsConfig(AppConfig):
    name = "channels"

    def ready(self) -> None:
        from channels import platforms
        from channels.duties import register_duties

        register_duties()
        post_migrate.connect(platforms.enter, sender=self)
