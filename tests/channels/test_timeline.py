"""What happened to a channel, told in words and never by the log's own keys."""

from __future__ import annotations

from datetime import timedelta

from channels.page import timeline
from governance.models import AuditEntry
from governance.obligations import advance_due, open_due
from tests.channels_of_town import open_channel
from tests.town import NOW, Town


def test_a_reminder_and_a_missed_day_are_told_in_words(town: Town) -> None:
    channel = open_channel(town.library)
    open_due(NOW)
    advance_due(NOW + timedelta(days=3))
    logged = set(AuditEntry.objects.filter(subject_id=channel.pk).values_list("act", flat=True))
    assert {"obligation.reminded", "obligation.escalated"} <= logged
    events, _older = timeline(channel)
    assert not logged & {str(event.words) for event in events}
