"""`manage.py alive`: the health check of a worker or beat container."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.health import last_heartbeat

SILENCE = 120  # seconds; beat sends every five


class Command(BaseCommand):
    """Ends with an error if beat and worker have been silent for two minutes."""

    help = "Fails unless a task that beat sent has run in a worker within two minutes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compares the last heartbeat with the clock."""
        last = last_heartbeat()
        if last is None or time.time() - last > SILENCE:
            raise CommandError("Beat or worker is silent.")
