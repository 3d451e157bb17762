"""Celery entry points of moderation. `at` moves the clock, as in `governance.tasks`."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from governance.tasks import moment
from moderation import morning
from moderation.actions import reports


@shared_task
def write_morning_mails(at: str | None = None) -> None:
    """Write to those who are to look at a channel today, once on a working morning."""
    morning.write_morning_mails(moment(at))


@shared_task
def forget_morning_links(at: str | None = None) -> None:
    """Forget what links of earlier days were for."""
    morning.forget_old_links(moment(at))


@shared_task
def make_report(pk: int) -> None:
    """Make one document on supervision."""
    reports.make_report(pk, now=timezone.now())


@shared_task
def make_waiting_reports() -> None:
    """Make the documents that a worker fell over, or whose message was lost: a message for each.

    One that cannot be made holds up none of the others.
    """
    for pk in reports.reports_waiting():
        make_report.delay(pk)
