"""What the archive adds to a channel's page: its snapshots, the next one, and where to take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from archive.duties import snapshot_period
from channels import page
from channels.models import Channel
from channels.rights import may_on
from channels.scope import scope_of
from governance.models import User
from governance.policy.in_force import policy_for
from governance.policy.types import Stated
from governance.working_time import Period

LATEST = 3


def snapshots(channel: Channel, user: User, now: datetime) -> Mapping[str, Any] | None:
    """The section's context; None where the policy asks for no snapshots and there are none.

    Any colleague may read it.
    """
    policy = policy_for(channel.unit, now)
    rule = policy.rule("snapshot.interval", scope_of(channel))
    latest = list(channel.snapshots.all()[:LATEST])
    if channel.state != Channel.State.OPEN and not latest:
        return None
    if not isinstance(rule, Stated) and not latest:
        return None
    period = snapshot_period(policy, channel, now) if channel.state == "open" else None
    return {
        "rule": rule if isinstance(rule, Stated) else None,
        "latest": latest,
        "period": period,
        "taken": period is not None and _taken(channel, period),
        "may_take": may_on(user, "take_snapshot", channel, now),
    }


def _taken(channel: Channel, period: Period) -> bool:
    return channel.snapshots.filter(period=period.key).exists()


def add() -> None:
    """Put it on the page."""
    page.add_section(page.Section("snapshots", 30, "archive/_channel.html", snapshots))
