"""Announcing that something which earlier looks rest on is another now."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from channels.actions.checklists import open_again
from channels.checklists import GRAPHIC_PROFILE, latest_change
from channels.models import BasisChange, Channel
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
    root = locked(root_of(municipality))
    require(by, "manage_organisation", root, now=now)
    last = latest_change(municipality, GRAPHIC_PROFILE)
    if last is not None and last.pk != after:
        raise NoLongerPossible(_("Already announced"), by=last.by.shown_name, at=last.at)
    how = reason.strip()[:300]
    if not how:
        raise AgainstPolicy(_("Write how the graphic profile has changed."), field="reason")
    change = BasisChange.objects.create(
        municipality=municipality,
        basis=BasisChange.Basis.GRAPHIC_PROFILE,
        reason=how,
        by=by,
        at=now,
    )
    looked_at = Channel.objects.filter(
        municipality=municipality, state=Channel.State.OPEN, checks__kind=GRAPHIC_PROFILE.kind
    )
    near = looked_at.select_related("unit", "platform", "municipality").distinct()
    open_again(near, GRAPHIC_PROFILE, now)
    record("graphic_profile.changed", change, by=by, now=now, reason=digest(how, municipality))
    return change
