"""Celery entry points. Beat sends them; each may run twice, late, or beside itself.

`at` moves the clock: an ISO moment to act at instead of the present one. Beat never gives it.
"""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from governance import audit, digests, ending, notices, obligations
from governance.models import Municipality

#: Obligations moved on in one transaction: few enough to hold the log's lock a moment only.
BATCH = 2_000


def moment(at: str | None) -> datetime:
    """The moment to act at: the one that is given, in ISO 8601, or the present one."""
    return timezone.now() if at is None else datetime.fromisoformat(at)


@shared_task
def open_due(at: str | None = None) -> None:
    """Move what is open to the policies in force, then open what they ask for by now.

    What has ended by itself is let go first.
    """
    now = moment(at)
    ending.let_go(now)
    obligations.replan_everywhere(now)
    obligations.open_due(now)


@shared_task
def advance(at: str | None = None) -> None:
    """Move on what has come to its next step, and write to those who are to hear."""
    now = moment(at)
    while obligations.advance_due(now=now, limit=BATCH):
        pass
    digests.gather(now)


@shared_task
def send_notices(at: str | None = None) -> None:
    """Send what is in the outbox."""
    notices.send_due(moment(at))


@shared_task
def daily_checkpoints(at: str | None = None) -> None:
    """Sign the audit logs as they are and send the checkpoints out of the system."""
    now = moment(at)
    for municipality in Municipality.objects.order_by("pk"):
        audit.checkpoint_or_tell(municipality, now=now)


@shared_task
def clear_sessions() -> None:
    """Forget sessions that have ended, and with them the forms that nobody came back for."""
    call_command("clearsessions")
