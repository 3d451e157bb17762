"""Loaded by the live worker of a run, which outlives the rows of a test.

When a transactional test ends, its tables are emptied and the content types made anew with other
numbers. The test's own process hears of that; the worker beside it would go on with the old ones.
"""

from typing import Any

from celery.signals import task_prerun
from django.contrib.contenttypes.models import ContentType


@task_prerun.connect
def forget_content_types(**_: Any) -> None:
    """Each task asks for the numbers of the test that it runs in."""
    ContentType.objects.clear_cache()
