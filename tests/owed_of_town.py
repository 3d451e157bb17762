"""Something that is owed in the small town."""

from __future__ import annotations

from datetime import datetime

from channels.models import Channel
from governance.models import Obligation
from governance.obligations import open_due
from tests.channels_of_town import open_channel
from tests.town import NOW, Town


def look_owed(town: Town, channel: Channel | None = None, now: datetime = NOW) -> Obligation:
    """Today's look at the channel, or at a new page of the library."""
    channel = channel or open_channel(town.library, "Sommarboken")
    open_due(now, [town.municipality])
    rows = Obligation.objects.filter(duty="check_in", subject_id=channel.pk)
    return rows.latest("due_at")
