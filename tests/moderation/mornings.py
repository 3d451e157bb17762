"""A morning in Ekby: what is owed today is opened, and the mails about it are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import pytest
from django.utils import timezone

from channels.models import Channel
from governance.models import Notice, User
from governance.obligations import open_due
from governance.signed_links import signed
from moderation.models import MorningLink
from moderation.morning import write_morning_mails
from tests.channels_of_town import assign
from tests.town import at

#: Half past seven on a Monday, when the mail goes.
MORNING: Final = at("2026-03-02", "07:30")

Clock = Callable[[datetime], None]


def wake(now: datetime = MORNING) -> int:
    """The day's duties are opened and the mails written; returns how many."""
    open_due(now)
    return write_morning_mails(now)


def letters() -> dict[str, Notice]:
    """The morning mails by address; fails where somebody has two."""
    rows = Notice.objects.filter(kind="morning")
    found = {notice.address: notice for notice in rows}
    assert len(found) == rows.count(), "somebody got more than one"
    return found


def link_of(user: User) -> MorningLink:
    return MorningLink.objects.get(person=user)


def link_of_today(*channels: Channel, person: User) -> MorningLink:
    """A link for these channels, which become the person's: mails go on working mornings, tests
    on any day.
    """
    now = timezone.now()
    place = channels[0].municipality
    for channel in channels:
        if not channel.assignments.filter(user=person).exists():
            assign(person, channel)
    open_due(now, [place])
    link = MorningLink.objects.create(
        municipality=place, person=person, day=place.today(now), written_at=now
    )
    link.channels.set(channels)
    return link


def address_of(link: MorningLink) -> str:
    """The address as it stands in the mail."""
    return signed(link.unsigned_path, link.key)


def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The moment at which pages are asked for from here on, until it is set again."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)
