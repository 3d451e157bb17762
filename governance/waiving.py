"""Saying that a duty need not be done: by somebody above, with a reason that stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from governance.errors import NotAllowed
from governance.models import Obligation, User
from governance.obligations import duties, waiting_for, waive
from governance.permissions import require

RIGHT: Final = "waive_duties"
LONGEST_REASON: Final = 300


def waivable() -> list[str]:
    """The keys of the duties of which one may be waived."""
    return [duty.key for duty in duties() if duty.waivable]


def may_be_waived(row: Obligation) -> bool:
    """Whether somebody above may say that it need not be done."""
    return row.is_open and not row.blocks and row.duty in waivable()


@transaction.atomic
def waive_duty(row: Obligation, *, reason: str, by: User, now: datetime) -> Obligation:
    """Say why it need not be done. It stays in sight as waived, and nobody is told of it again.

    Raises NotAllowed without the right at its unit, for one's own duty and for a duty that is
    never waived; AgainstPolicy without a reason; NoLongerPossible where it was met or waived.
    """
    require(by, RIGHT, row.unit, now=now)
    if row.blocks or row.duty not in waivable():
        raise NotAllowed(_("This is never waived: something else waits for it."))
    if waiting_for(by, now).filter(pk=row.pk).exists():
        raise NotAllowed(_("You owe this yourself, so somebody else decides on it."))
    waived = waive(row, by=by, now=now, reason=reason)
    assert waived is not None  # noqa: S101 - the row was there
    return waived
