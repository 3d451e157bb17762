"""Loaded by the workers of a simulation, which count for it the tasks that they have ended."""

from typing import Any

from celery.signals import task_postrun
from django.conf import settings
from redis import Redis

ENDED = "ended"


@task_postrun.connect
def tell(**_: Any) -> None:
    """One task more has ended, well or not."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.incr(ENDED)
