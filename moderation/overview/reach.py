"""Who may see how duties are kept: overseers, communications and managers for their units, and
whoever looks after a channel for that channel."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.http import Http404

from channels.models import Channel
from channels.rights import assigned_channels
from governance.models import Unit, User
from governance.permissions import (
    may,
    permitted,
    require,
    require_somewhere,
    rights_of,
    units_where,
)

RIGHT: Final = "see_overview"


def units_for(user: User, now: datetime) -> QuerySet[Unit]:
    """The units whose figures the person may see; NotAllowed for whoever has none of any kind.

    Empty for somebody who looks after a channel and oversees no unit.
    """
    units = units_where(user, RIGHT, now)
    if not units.exists() and not own_channels(user, now).exists():
        require_somewhere(user, RIGHT, now=now)
    return units


def sees_figures(user: User, now: datetime) -> bool:
    """Whether there is anything of the overview that the person may see."""
    return RIGHT in rights_of(user, now) or own_channels(user, now).exists()


def own_channels(user: User, now: datetime) -> QuerySet[Channel]:
    """The channels that are the person's to look after, today also those of whom they stand for."""
    return assigned_channels(user, "check_in", now)


def permitted_unit(pk: int, user: User, now: datetime) -> Unit:
    """The unit; Http404 to strangers, NotAllowed to colleagues without the right there."""
    return permitted(Unit.objects.select_related("municipality"), pk, RIGHT, user, now=now)


def permitted_channel(pk: int, user: User, now: datetime) -> Channel:
    """The channel; Http404 to strangers, NotAllowed to colleagues who neither oversee its unit
    nor look after it."""
    channels = Channel.objects.select_related("unit__municipality", "platform", "municipality")
    channel = channels.filter(pk=pk, municipality=user.municipality_id).first()
    if channel is None:
        raise Http404
    if not sees_channel(user, channel, now):
        require(user, RIGHT, channel.unit, now=now)
    return channel


def sees_channel(user: User, channel: Channel, now: datetime) -> bool:
    """Whether the person oversees the channel's unit or looks after the channel."""
    if may(user, RIGHT, channel.unit, now) is not None:
        return True
    return own_channels(user, now).filter(pk=channel.pk).exists()
