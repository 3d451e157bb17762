"""Meeting and waiving: conditional updates, so that two who act at once are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from governance import audit
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.late import came_first
from governance.models import Obligation, User
from governance.models.obligation import OPEN
from governance.obligations.log import line_about


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation by what makes it one: this duty, this subject, this period."""

    duty: str
    subject: Model
    period: str = ""


def meet(what: Obligation | Owed, *, by: User, now: datetime) -> Obligation | None:
    """Mark it met at `now`. Returns the row, or None where nothing of the kind was ever owed.

    Leaves no audit row of its own: the act that meets a duty records itself.
    Raises NoLongerPossible where it has been met or waived before.
    """
    rows = _rows(what)
    if rows.filter(OPEN).update(met_at=now, met_by=by) == 1:
        return rows.get()
    row = rows.select_related("municipality", "met_by", "waived_by").first()
    if row is not None:
        raise too_late(row)
    return None


def meet_open(duty: str, subject: Model, *, by: User, now: datetime) -> int:
    """Meet whatever is open of a duty about the subject, any period; returns how many."""
    return Obligation.objects.filter(OPEN, duty=duty, **_about(subject)).update(
        met_at=now, met_by=by
    )


@transaction.atomic
def waive(what: Obligation | Owed, *, by: User, now: datetime, reason: str) -> Obligation | None:
    """Mark it not to be done, because of `reason`; the log tells who said so.

    Returns the row, or None where nothing of the kind was ever owed. Raises AgainstPolicy without
    a reason and NoLongerPossible where it has been met or waived before.
    """
    reason = reason.strip()
    if not reason:
        raise AgainstPolicy(_("Say why it need not be done."), field="reason")
    rows = _rows(what)
    waived = rows.filter(OPEN).update(waived_at=now, waived_by=by, waive_reason=reason[:300])
    row = rows.select_related("municipality", "met_by", "waived_by").first()
    if row is None:
        return None
    if not waived:
        raise too_late(row)
    audit.record_many([_waived(row, reason)], by=by, now=now)
    return row


@transaction.atomic
def waive_all(rows: QuerySet[Obligation], *, by: User, now: datetime, reason: str) -> int:
    """Mark what is open of these rows not to be done, for one reason; returns how many.

    What has been met, waived or told stays as it is. Raises AgainstPolicy without a reason.
    """
    if not reason.strip():
        raise AgainstPolicy(_("Say why it need not be done."), field="reason")
    held = rows.filter(OPEN).select_for_update(of=("self",), no_key=True)
    waived = list(held.select_related("municipality").order_by("pk"))
    Obligation.objects.filter(pk__in=[row.pk for row in waived]).update(
        waived_at=now, waived_by=by, waive_reason=reason.strip()[:300]
    )
    audit.record_many((_waived(row, reason) for row in waived), by=by, now=now)
    return len(waived)


def _waived(row: Obligation, reason: str) -> audit.Line:
    """The log's row: free text, so only its digest; the words stand on the obligation."""
    said = audit.digest(reason.strip(), row.municipality)
    return line_about(row, "obligation.waived", reason=said)


def _rows(what: Obligation | Owed) -> QuerySet[Obligation]:
    if isinstance(what, Obligation):
        return Obligation.objects.filter(pk=what.pk)
    return Obligation.objects.filter(duty=what.duty, period=what.period, **_about(what.subject))


def _about(subject: Model) -> dict[str, object]:
    return {
        "subject_type": ContentType.objects.get_for_model(subject),
        "subject_id": subject.pk,
    }


def too_late(row: Obligation) -> NoLongerPossible:
    if row.met_at:
        words = _("Already done by %(name)s on %(moment)s.")
        return came_first(words, row.met_by, row.met_at, row.municipality)
    words = _("Already waived by %(name)s on %(moment)s.")
    return came_first(words, row.waived_by, row.waived_at, row.municipality)
