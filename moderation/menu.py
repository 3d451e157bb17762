"""Moderation's items in the main menu."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from channels.rights import channels_where
from governance import navigation
from governance.models import User
from governance.permissions import rights_of
from moderation.access import items_for
from moderation.models import Inquiry
from moderation.overview.reach import sees_figures


def _allowed(user: User, now: datetime) -> bool:
    return "see_evidence" in rights_of(user, now) or channels_where(user, "moderate", now).exists()


def _count(user: User, now: datetime) -> int:
    return items_for(user, now).filter(state="open").count()


def _may_read_questions(user: User, now: datetime) -> bool:
    return "see_overview" in rights_of(user, now) or channels_where(user, "moderate", now).exists()


def _questions(user: User, now: datetime) -> int:
    """Those that the person may answer: whoever only oversees is not waited for."""
    mine = Inquiry.objects.open().filter(municipality=user.municipality_id)
    return mine.filter(channel__in=channels_where(user, "moderate", now)).count()


def add() -> None:
    """Questions for those who moderate or oversee a channel, findings also for registrars; the
    overview for whoever oversees units or looks after a channel."""
    navigation.add(
        navigation.Item(
            key="inquiries",
            label=_("Questions"),
            url_name="moderation:inquiries",
            order=35,
            allowed=_may_read_questions,
            count=_questions,
            icon="question",
        )
    )
    navigation.add(
        navigation.Item(
            key="findings",
            label=_("Findings"),
            url_name="moderation:findings",
            order=40,
            allowed=_allowed,
            count=_count,
            icon="flag",
        )
    )
    navigation.add(
        navigation.Item(
            key="overview",
            label=_("Overview"),
            url_name="overview:overview",
            order=45,
            allowed=sees_figures,
            icon="overview",
        )
    )
