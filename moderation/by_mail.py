"""What the link in a morning mail still opens, and how its channels stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from channels.models import Channel
from channels.rights import assigned_channels
from governance.models import Absence
from governance.signed_links import is_signed
from moderation.models import MorningLink
from moderation.today import rows_of


@dataclass(frozen=True, slots=True)
class Look:
    """A channel of the link, and when it was looked at in the turn that runs, if it was.

    Who looked is not told: whoever comes upon the link reads the names of channels alone.
    """

    channel: Channel
    done_at: datetime | None


def link_of(key: UUID, signature: str) -> MorningLink | None:
    """The link that the address names; None where the signature is not its own."""
    if not is_signed(key, signature):
        return None
    links = MorningLink.objects.select_related("municipality", "person__municipality")
    return links.filter(key=key).first()


def channels_of(link: MorningLink, now: datetime) -> list[Channel]:
    """The channels that the link still opens; none where it has stopped.

    It stops when its day is over in the municipality and when the person may not sign in or is
    away; for a channel, when that is not open or no longer theirs to look at.
    """
    day = link.municipality.today(now)
    if link.day != day or Absence.objects.in_force(day).filter(user=link.person).exists():
        return []
    mine = assigned_channels(link.person, "check_in", now).filter(
        state=Channel.State.OPEN, pk__in=link.channels.values("pk")
    )
    return list(
        mine.select_related("unit__municipality", "municipality", "platform").order_by("name", "pk")
    )


def looks_of(link: MorningLink, now: datetime) -> list[Look]:
    """The channels that the link still opens and on which a look is owed today."""
    used = dict(link.looks.values_list("channel", "at"))
    return [
        Look(row.channel, used.get(row.channel.pk) or (row.done.at if row.done else None))
        for row in rows_of(channels_of(link, now), link.municipality, now)
    ]
