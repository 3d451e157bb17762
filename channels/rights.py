"""What a person may do with one channel: by written assignment to it, or by a role on its unit.

The assignment is a guardian permission on the channel, given and taken back by the actions that
write the dated rows. `may_on` asks about one channel, `channels_where` is its twin for lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from channels.models import Channel, ChannelUserObjectPermission, EditorAssignment
from governance.errors import NotAllowed
from governance.models import Absence, Municipality, User
from governance.permissions import may, units_where
from governance.roles import Role
from governance.standing_in import stand_ins, stood_in_for

EVERYTHING: Final = frozenset({"check_in", "moderate", "take_snapshot", "edit_channel"})
#: What each role on a channel may do with it.
RIGHTS_OF: Final[dict[str, frozenset[str]]] = {
    Role.RESPONSIBLE_PERSON: EVERYTHING,
    Role.SUBSTITUTE: EVERYTHING,
    Role.ADMINISTRATOR: EVERYTHING,
    Role.EDITOR: frozenset({"check_in", "moderate", "take_snapshot"}),
}
#: The permission on a channel and the right on its unit that includes it.
BY_ROLE = {
    "check_in": "check_in",
    "moderate": "moderate",
    "take_snapshot": "take_snapshot",
    "edit_channel": "edit_register",
}


def _assigned(user: User, permission: str, now: datetime) -> QuerySet[ChannelUserObjectPermission]:
    """Permissions of the person's own, and of those whose deputy they are today."""
    if not user.is_active or user.municipality is None:
        return ChannelUserObjectPermission.objects.none()
    day = user.municipality.today(now)
    ours = Q(user=user) | Q(user__in=stood_in_for(user, day))
    return _in_force(permission, day).filter(ours)


def _in_force(permission: str, day: date) -> QuerySet[ChannelUserObjectPermission]:
    """One whose assignment had its last day counts no more, whether or not beat has swept it."""
    theirs = EditorAssignment.objects.filter(
        channel=OuterRef("content_object"), user=OuterRef("user"), revoked_at__isnull=True
    )
    carrying = [role for role, rights in RIGHTS_OF.items() if permission in rights]
    over = Exists(theirs.filter(ends_on__lt=day))
    still = Exists(theirs.in_force(day).filter(role__in=carrying))
    rows = ChannelUserObjectPermission.objects.filter(permission__codename=permission)
    return rows.exclude(over & ~still)


def may_on(user: User, permission: str, channel: Channel, now: datetime) -> bool:
    """Whether the person may do this with the channel at `now`.

    Raises KeyError for a permission that channels do not have.
    """
    if user.municipality_id != channel.municipality_id:
        return False
    if may(user, BY_ROLE[permission], channel.unit, now):
        return True
    return _assigned(user, permission, now).filter(content_object=channel).exists()


def require_on(by: User, permission: str, channel: Channel, *, now: datetime) -> None:
    """Return, or raise NotAllowed with what would have been needed."""
    if not may_on(by, permission, channel, now):
        raise NotAllowed(
            _("This takes a written assignment to %(channel)s, which you do not have.")
            % {"channel": channel}
        )


def assigned_channels(user: User, permission: str, now: datetime) -> QuerySet[Channel]:
    """The channels that are the person's to do this with: by assignment, or as a deputy."""
    mine = _assigned(user, permission, now).filter(content_object=OuterRef("pk"))
    return Channel.objects.filter(Exists(mine), municipality=user.municipality_id)


def people_assigned(
    channels: Collection[int], permission: str, municipality: Municipality, now: datetime
) -> dict[User, set[int]]:
    """Whose the channels (keys) are to do this with, and which of them: `assigned_channels` for
    everybody at once, by three queries. Whoever stands in has the place of whoever is away.
    """
    day = municipality.today(now)
    rows = _in_force(permission, day).filter(
        content_object__in=channels, user__municipality=municipality
    )
    held = list(rows.select_related("user"))
    holders = {row.user_id for row in held}
    acting = stand_ins(holders, day)
    absent = Absence.objects.in_force(day).filter(user__in=holders)
    away = set(absent.values_list("user_id", flat=True))
    found: dict[User, set[int]] = defaultdict(set)
    for row in held:
        person = acting.get(row.user_id) if row.user_id in away else row.user
        if person is not None and person.is_active:
            found[person].add(row.content_object_id)
    return dict(found)


def channels_where(user: User, permission: str, now: datetime) -> QuerySet[Channel]:
    """Every channel with which the person may do this."""
    assigned = _assigned(user, permission, now).filter(content_object=OuterRef("pk"))
    return Channel.objects.filter(
        Q(Exists(assigned)) | Q(unit__in=units_where(user, BY_ROLE[permission], now))
    )


def permitted_channel(pk: int, permission: str, user: User, *, now: datetime) -> Channel:
    """The channel, already permitted: Http404 to strangers, NotAllowed to colleagues."""
    channel = Channel.objects.select_related("unit", "platform", "municipality").filter(pk=pk)
    found = channel.filter(municipality=user.municipality_id).first()
    if found is None:
        raise Http404
    require_on(user, permission, found, now=now)
    return found
