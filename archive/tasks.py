"""What the worker does for the archive."""

from celery import shared_task
from django.utils import timezone

from archive.actions.exports import build_export, exports_waiting
from archive.models import Export


@shared_task
def make_export(pk: int) -> None:
    """Make the package of one export."""
    build_export(
        Export.objects.select_related("municipality", "unit").get(pk=pk), now=timezone.now()
    )


@shared_task
def make_waiting_exports() -> None:
    """Make the packages that a worker fell over, or whose message was lost: a message for each.

    One that cannot be made holds up none of the others. What another worker is making is locked
    and left to it.
    """
    for pk in exports_waiting():
        make_export.delay(pk)
