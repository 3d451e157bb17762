"""Celery entry points of moderation. `at` moves the clock, as in `governance.tasks`."""

from __future__ import annotations

from celery import shared_task

from governance.tasks import moment
from moderation import morning


@shared_task
def write_morning_mails(at: str | None = None) -> None:
    """Write to those who are to look at a channel today, once on a working morning."""
    morning.write_morning_mails(moment(at))


@shared_task
def forget_morning_links(at: str | None = None) -> None:
    """Forget what links of earlier days were for."""
    morning.forget_old_links(moment(at))
