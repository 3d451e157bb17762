"""Who holds a role on which channel, by the written assignments in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from channels.models import EditorAssignment
from governance.models import User
from governance.roles import Role

#: A policy speaks of the responsible person or the owner; a plan may have named administrators and
#: writers only. Who stands first here and holds the channel is the one that is meant.
MEANT_BY: dict[str, tuple[Role, ...]] = {
    Role.RESPONSIBLE_PERSON: (
        Role.RESPONSIBLE_PERSON,
        Role.CHANNEL_OWNER,
        Role.ADMINISTRATOR,
        Role.EDITOR,
    ),
    Role.CHANNEL_OWNER: (Role.CHANNEL_OWNER, Role.RESPONSIBLE_PERSON, Role.ADMINISTRATOR),
    Role.SUBSTITUTE: (Role.SUBSTITUTE, Role.ADMINISTRATOR, Role.EDITOR),
}


def people_on_channels(
    channels: Collection[int], role: Role, now: datetime
) -> dict[int, list[User]]:
    """Who is meant by the role on each of the channels (keys), in one query.

    A channel that nobody holds in the role, or in what stands for it, is left out.
    """
    roles = MEANT_BY.get(role, (role,))
    rows = (
        EditorAssignment.objects.filter(
            channel__in=channels, role__in=roles, user__isnull=False, revoked_at__isnull=True
        )
        .select_related("user", "municipality")
        .order_by("pk")
    )
    held: dict[int, dict[str, list[User]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        day = row.municipality.today(now)
        if row.user and row.starts_on <= day and (row.ends_on is None or row.ends_on >= day):
            held[row.channel_id][row.role].append(row.user)
    return {
        channel: next(by_role[each] for each in roles if each in by_role)
        for channel, by_role in held.items()
    }
