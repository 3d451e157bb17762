"""Announcing that something which earlier looks rest on is another now."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from channels.actions.checklists import open_again
from channels.checklists import GRAPHIC_PROFILE
from channels.models import BasisChange, Channel, Platform
from governance.actions import root_of
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Municipality, User
from governance.permissions import require
from governance.transitions import locked


@transaction.atomic
def announce_graphic_profile(
    municipality: Municipality, reason: str, *, after: int | None, by: User, now: datetime
) -> BasisChange:
    """Put on record that the municipality's graphic profile has changed, and how.

    Every look made before no longer counts, and is owed again without a moment. `after` is the
    key of the change that the person had before them as the latest, None for none.

    Raises NotAllowed without `manage_organisation` on the municipality, NoLongerPossible where
    somebody announced one meanwhile, AgainstPolicy (field `reason`) without a word of how.
    """
    change = announced(
        municipality,
        BasisChange.Basis.GRAPHIC_PROFILE,
        reason,
        right="manage_organisation",
        lacks=_("Write how the graphic profile has changed."),
        after=after,
        by=by,
        now=now,
    )
    looked_at = Channel.objects.filter(
        municipality=municipality, state=Channel.State.OPEN, checks__kind=GRAPHIC_PROFILE.kind
    )
    near = looked_at.select_related("unit", "platform", "municipality").distinct()
    open_again(near, GRAPHIC_PROFILE, now)
    said = digest(change.reason, municipality)
    record("graphic_profile.changed", change, by=by, now=now, reason=said)
    return change


def announced(
    municipality: Municipality,
    basis: BasisChange.Basis,
    reason: str,
    *,
    right: str,
    lacks: str,
    after: int | None,
    by: User,
    now: datetime,
    platform: Platform | None = None,
) -> BasisChange:
    """The row of an announcement: permitted by a right on the municipality, and the first.

    Part of announcing it. `lacks` is said where the reason is empty. Raises NotAllowed,
    NoLongerPossible where `after` is not the latest, AgainstPolicy (field `reason`).
    """
    root = locked(root_of(municipality))
    require(by, right, root, now=now)
    before = BasisChange.objects.filter(municipality=municipality, platform=platform)
    last = before.select_related("by").first()
    if last is not None and last.pk != after:
        raise NoLongerPossible(_("Already announced"), by=last.by.shown_name, at=last.at)
    how = reason.strip()[:300]
    if not how:
        raise AgainstPolicy(lacks, field="reason")
    return BasisChange.objects.create(
        municipality=municipality, basis=basis, platform=platform, reason=how, by=by, at=now
    )
