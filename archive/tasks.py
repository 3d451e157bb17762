"""What the worker does for the archive."""

from celery import shared_task
from django.utils import timezone

from archive.actions.exports import build_export
from archive.models import Export


@shared_task
def make_export(pk: int) -> None:
    """Make the package of one export."""
    build_export(
        Export.objects.select_related("municipality", "unit").get(pk=pk), now=timezone.now()
    )
