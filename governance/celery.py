"""The Celery application. Tasks are found in each app's `tasks.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

app = Celery("uppsikt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def drop_dead_connections(**_kwargs: Any) -> None:
    """A worker outlives a restart of PostgreSQL only if somebody drops its dead connections."""
    from django.db import close_old_connections, connection

    if not connection.in_atomic_block:
        close_old_connections()


@app.task(name="governance.heartbeat", expires=30)
def heartbeat() -> None:
    """Sent by beat, run by a worker: proof that both are there."""
    from governance.health import note_heartbeat

    note_heartbeat()
