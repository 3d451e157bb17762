"""Something worth seeing in every state, told at its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from channels.models import Channel
from demo.organisation import Place
from governance.models import Obligation


def looks(channel: Channel, day: date, now: datetime) -> bool:
    """Whether somebody looked that day: yesterday nobody did at the first storied channels."""
    storied_gap = day == now.date() - timedelta(days=1) and channel.platform.key == "facebook"
    return not (storied_gap and channel.unit.activity == "library")


def owed(channel: Channel, day: date) -> bool:
    """Whether a look is owed that day; where none is, nobody is shown to have looked."""
    return Obligation.objects.about(channel).filter(duty="check_in", due_on=day).exists()


def tell(place: Place, days_ago: int, moment: datetime, now: datetime) -> None:
    """What happened in the municipality so many days before now."""
