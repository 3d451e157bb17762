"""What Celery runs for channels: each task is a loop around one action."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from channels.actions import documents, importing, people
from governance.tasks import moment


@shared_task
def render_plan(version_pk: int) -> None:
    """Make the document of an approved plan."""
    documents.render_plan(version_pk, now=timezone.now())


@shared_task
def render_missing_plans() -> None:
    """Make the documents that a broken worker left unmade: a message for each.

    One that cannot be made holds up none of the others.
    """
    for version_pk in documents.documents_missing():
        render_plan.delay(version_pk)


@shared_task
def settle_dated_rights(at: str | None = None) -> None:
    """Begin and end what is dated on channels."""
    people.settle_dated_rights(now=moment(at))


@shared_task
def end_forgotten_imports() -> None:
    """Put aside the uploaded files that nobody came back to."""
    importing.end_forgotten(now=timezone.now())
