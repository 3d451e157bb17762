"""Putting an open duty off, where our routine allows it: fewer reminders to whoever owes it.

It moves the reminder to its own holder, and nothing else: neither the moment at which it is due
nor what others are told.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from governance import audit
from governance.errors import AgainstPolicy, NotAllowed
from governance.models import Obligation, User
from governance.obligations.ladder import moment_of, put_back
from governance.obligations.log import line_about
from governance.obligations.meeting import too_late
from governance.obligations.reading import waited_for, waiting_for
from governance.obligations.registry import duties
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Policy


def longest(row: Obligation, policy: Policy) -> int | None:
    """For how many days in all the duty may be put off; None where our routine does not allow it.

    What must be done and is late is never put off.
    """
    key = next((duty.routine_key for duty in duties() if duty.key == row.duty), row.duty)
    routine = policy.routine.get(key)
    return routine.snooze_days if routine else None


def may_be_put_off(row: Obligation, policy: Policy, now: datetime) -> bool:
    """Whether whoever owes it may put it off now."""
    is_late_must = row.strength == "must" and row.is_overdue(now)
    days = longest(row, policy)
    today = row.municipality.today(now)
    return (
        bool(days) and row.is_open and not is_late_must and last_day(row, days or 0, today) > today
    )


def last_day(row: Obligation, days: int, today: date) -> date:
    """The last day to which it may be put off: so many days after it first was, and not past the
    day on which it is due while that lies ahead.
    """
    last = (row.put_off_on or today) + timedelta(days=days)
    return min(last, row.due_on) if row.due_on and row.due_on >= today else last


def owed_by(user: User, pk: int, now: datetime) -> Obligation:
    """The duty, where it waits for the person. Http404 to strangers, NotAllowed to colleagues.

    NoLongerPossible, to whom it waited, where it has been met or waived.
    """
    row = Obligation.objects.filter(pk=pk, municipality=user.municipality_id).first()
    if row is None:
        raise Http404
    if row.is_open and waiting_for(user, now).filter(pk=pk).exists():
        return row
    if not row.is_open and waited_for(row, user, now):
        raise too_late(row)
    raise NotAllowed(_("Only whoever owes it puts it off."))


@transaction.atomic
def put_off(row: Obligation, until: date, *, reason: str, by: User, now: datetime) -> Obligation:
    """Put the duty off until a day in the municipality, and say why.

    Raises NotAllowed for whom it does not wait, NoLongerPossible where it has been met or waived,
    AgainstPolicy (fields `until`, `reason`) for what is missing, a day too late or none of those
    to come, and where our routine does not allow it.
    """
    owed_by(by, row.pk, now)
    row = Obligation.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if not row.is_open:
        raise too_late(row)
    today = row.municipality.today(now)
    _require_day(row, until, today, now)
    if not reason.strip():
        raise AgainstPolicy(_("Write why it is put off."), field="reason")
    before, row.put_off_until, row.put_off_by = row.put_off_until, until, by
    row.put_off_on = row.put_off_on or today
    row.put_off_reason = reason.strip()[:300]
    row.steps = put_back(row, row.municipality, before=before)
    row.next_step_at = moment_of(row.steps, row.step)
    row.save()
    said = audit.digest(row.put_off_reason, row.municipality)
    line = line_about(row, "obligation.put_off", until=until, reason=said)
    audit.record_many([line], by=by, now=now)
    return row


def _require_day(row: Obligation, until: date, today: date, now: datetime) -> None:
    try:
        policy = policy_for(row.municipality, now)
    except NoPolicyInForce:
        raise AgainstPolicy(_("Our routine does not let this be put off.")) from None
    days = longest(row, policy)
    if days is None:
        raise AgainstPolicy(_("Our routine does not let this be put off."))
    if row.strength == "must" and row.is_overdue(now):
        words = _("What must be done and is late cannot be put off.")
        raise AgainstPolicy(words, clause=row.clause)
    if until <= today:
        raise AgainstPolicy(_("Choose a day to come."), field="until")
    last = last_day(row, days, today)
    if until > last:
        raise AgainstPolicy(
            _("It can be put off to %(day)s at the latest.") % {"day": last}, field="until"
        )
