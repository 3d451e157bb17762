"""Saying that a duty need not be done: by somebody above, with a reason that stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from governance.errors import AgainstPolicy, NotAllowed
from governance.models import Obligation, User
from governance.obligations import duties, waiting_for, waive
from governance.permissions import require

RIGHT: Final = "waive_duties"
LONGEST_REASON: Final = 300


def waivable() -> list[str]:
    """The keys of the duties of which one may be waived."""
    return [duty.key for duty in duties() if duty.waivable]


def may_be_waived(row: Obligation, now: datetime) -> bool:
    """Whether somebody above may say that it need not be done. Of what is late nobody may: that
    it was missed stays in sight.
    """
    free = row.is_open and not row.is_overdue(now)
    return free and not row.blocks and row.duty in waivable()


def require_waivable(row: Obligation, *, by: User, now: datetime) -> None:
    """Raise NotAllowed without the right at its unit, for one's own duty and for a duty that is
    never waived; AgainstPolicy for what is late.
    """
    require(by, RIGHT, row.unit, now=now)
    if row.blocks or row.duty not in waivable():
        raise NotAllowed(_("This is never waived: something else waits for it."))
    if waiting_for(by, now).filter(pk=row.pk).exists():
        raise NotAllowed(_("You owe this yourself, so somebody else decides on it."))
    if row.is_overdue(now):
        raise AgainstPolicy(_("What is late cannot be waived."), clause=row.clause)


@transaction.atomic
def waive_duty(row: Obligation, *, reason: str, by: User, now: datetime) -> Obligation:
    """Say why it need not be done. It stays in sight as waived, and nobody is told of it again.

    Raises as `require_waivable` does, AgainstPolicy without a reason, and NoLongerPossible where
    it was met or waived.
    """
    require_waivable(row, by=by, now=now)
    waived = waive(row, by=by, now=now, reason=reason)
    assert waived is not None  # noqa: S101 - the row was there
    return waived
