"""What the queue adds: a sweep sent to a worker against the same sweep called in this process.

The worker, its broker and its database are those of production; both sides move on the same rows
and leave the same facts. The clock of the sent one runs from the sending until the last step has
been handed to the sender of letters.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery.signals import before_task_publish
from django.db import connection

from bench import sweep
from bench.ratios import Report, Sides, alternate, milliseconds
from governance.models import Escalation, Obligation
from governance.tasks import advance
from scripts.services import free_port
from tests.live import running_worker

THERE, DUE = 100_000, 10_000
#: Due obligations for each message, at least.
FOR_EACH_MESSAGE = 500
#: Seconds after which a sweep that was sent is taken for lost.
PATIENCE = 120


def measure(report: Report) -> None:
    """Goal 15: a message for every 500 due at most; at most 1.1 of the call in this process."""
    report.heading(f"Tasks: {DUE} due obligations, sent to a worker")
    sweep.lay_out()
    sweep.open_rows(THERE, DUE)
    with running_worker(free_port()), _sent() as messages:
        sides = alternate(_send, _call, before=_rewind, rounds=9)
        count = len(messages) / (len(sides.ours) + 1)
    report.goal("messages", count, at_most=DUE / FOR_EACH_MESSAGE)
    report.goal("sent / called", sides.ratio, at_most=1.1, detail=_detail(sides))


def _call() -> None:
    advance(at=sweep.NOW.isoformat())
    assert _is_done()


def _send() -> None:
    advance.delay(at=sweep.NOW.isoformat())
    late = time.monotonic() + PATIENCE
    while not _is_done():
        assert time.monotonic() < late, "the worker does not answer"
        time.sleep(0.02)  # more often, and the asking would take a core of the worker


def _is_done() -> bool:
    """Whether every step was passed and handed on."""
    waits = Obligation.objects.open().filter(next_step_at__lte=sweep.NOW)
    return not waits.exists() and not Escalation.objects.filter(handled_at=None).exists()


def _rewind() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE governance_heldback, governance_notice")
    sweep.rewind(DUE)


@contextmanager
def _sent() -> Iterator[list[str]]:
    """The names of the tasks that this process sends."""
    names: list[str] = []

    def note(sender: str, **_: object) -> None:
        names.append(sender)

    before_task_publish.connect(note)
    try:
        yield names
    finally:
        before_task_publish.disconnect(note)


def _detail(sides: Sides) -> str:
    return f"sent {milliseconds(sides.ours)}, called {milliseconds(sides.floor)}"
