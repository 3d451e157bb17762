"""Signs of life: of the web process and its stores, and of beat and worker together."""

import time

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

HEARTBEAT = "heartbeat"


def note_heartbeat() -> None:
    """Called by a task that beat sends: the two of them work, and Redis between them."""
    cache.set(HEARTBEAT, time.time(), timeout=None)


def last_heartbeat() -> float | None:
    """When the last heartbeat was noted, in seconds since 1970; None if none ever was."""
    found: float | None = cache.get(HEARTBEAT)
    return found


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """For the machine that watches: 200 with the last heartbeat, or 503. No names, no versions."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"heartbeat": last_heartbeat()})
    except (DatabaseError, RedisError):
        return JsonResponse({"heartbeat": None}, status=503)
