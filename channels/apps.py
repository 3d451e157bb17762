"""The app's start: the platforms we know, and its places in the menus."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from governance.models import User


class ChannelsConfig(AppConfig):
    name = "channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from channels import platforms
        from channels.actions.documents import forget_documents
        from channels.actions.guideline import forget_in_duties
        from channels.duties import register_duties
        from channels.letters import KINDS
        from governance import navigation, outbox
        from governance.names import when_hidden

        register_duties()
        outbox.add_kinds(KINDS)
        when_hidden(forget_documents)
        when_hidden(forget_in_duties)
        post_migrate.connect(platforms.enter, sender=self)
        navigation.add(
            navigation.Item(
                "channels",
                _("Channels"),
                "channels:channels",
                20,
                _belongs,
                icon="channel",
                tab=True,
            )
        )
        navigation.add(
            navigation.Item(
                "plans",
                _("Plans"),
                "channels:plans",
                30,
                _belongs,
                _plans_waiting,
                "plan",
                tab=True,
            )
        )
        navigation.add(
            navigation.Item(
                "editors", _("Editors"), "channels:editors", 25, _keeps_editors, icon="person"
            )
        )
        navigation.add_public(
            navigation.PublicItem("register", _("Social media"), "register:register", 10)
        )


def _belongs(user: User, _now: datetime) -> bool:
    """Everybody of a municipality may read its plans and channels."""
    return user.municipality_id is not None


def _keeps_editors(user: User, now: datetime) -> bool:
    """Whoever keeps the register, oversees it, or manages those who stand in it."""
    from channels.editors import RIGHT
    from governance.permissions import rights_of

    return RIGHT in rights_of(user, now)


def _plans_waiting(user: User, now: datetime) -> int:
    from governance.obligations.reading import waiting_for

    return waiting_for(user, now, of={"approval"}).count()
