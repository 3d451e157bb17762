"""What people ask on a page of Ekby's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels.models import Channel
from governance.models import Obligation, User
from moderation.actions import Received, enter_inquiry
from moderation.models import Inquiry
from tests.town import NOW


def asked(
    channel: Channel,
    by: User,
    *,
    posted: datetime = NOW,
    now: datetime | None = None,
    **fields: Any,
) -> Inquiry:
    """A question on opening hours, entered when it was posted unless at another moment."""
    values: dict[str, Any] = {"about": "Öppettider i påsk", "posted_at": posted} | fields
    return enter_inquiry(channel, Received(**values), by=by, now=now or posted)


def owed(inquiry: Inquiry) -> dict[str, Obligation]:
    """What is or was owed of it, by duty."""
    return {row.duty: row for row in Obligation.objects.about(inquiry)}


def due(inquiry: Inquiry) -> dict[str, datetime | None]:
    return {duty: row.due_at for duty, row in owed(inquiry).items()}
