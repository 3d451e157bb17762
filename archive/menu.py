"""The archive's item in the main menu."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from archive.tray import RIGHT, waiting
from governance import navigation
from governance.models import User
from governance.permissions import rights_of


def _allowed(user: User, now: datetime) -> bool:
    return RIGHT in rights_of(user, now)


def _count(user: User, now: datetime) -> int:
    return waiting(user, now).count()


def add() -> None:
    """For registrars and archivists."""
    navigation.add(
        navigation.Item(
            key="archive",
            label=_("Archive"),
            url_name="archive:landing",
            order=50,
            allowed=_allowed,
            count=_count,
            icon="archive",
        )
    )
