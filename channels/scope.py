"""Where a channel stands in the policy's terms, for rules that differ by place."""

from __future__ import annotations

from channels.models import Channel
from governance.policy.types import Scope


def scope_of(channel: Channel) -> Scope:
    """The scope to ask the policy with: platform, kind of account, activity of the unit.

    Reads the channel's platform and unit; lists select them together with the channel.
    """
    return Scope(
        platform=channel.platform.key,
        account_class=channel.account_class,
        unit_kind=channel.unit.activity,
    )
