"""What the audit log costs: `python -m bench.audit`.

Ratios of medians, from rounds that alternate between the log and its floor so that both meet the
same disturbances. Runs in a database of its own that is removed afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - Django first
from django.test.runner import DiscoverRunner  # noqa: E402
from django.utils import timezone  # noqa: E402

from governance import audit, verification  # noqa: E402
from governance.models import AuditEntry, AuditHead, Municipality, Unit, User  # noqa: E402

ROUNDS = 9
SINGLES = 100
BATCH = 500
VERIFIED = 20_000

# the same row into the same table, with its indexes and trigger, but without number and digest
_BARE = """
INSERT INTO governance_auditentry
    (municipality_id, at, actor_id, actor_name, actor_title, number,
     act, subject_type, subject_id, subject_label, clause, facts, leaf)
SELECT %s, %s, %s, 'Uppsikt', '', %s + n, 'channel.checked', 'channels.channel', n,
       'Ekby bibliotek on Facebook', 'Daily monitoring, 6', '{"period": "2026-03-02"}', ''
FROM generate_series(1, %s) AS n
"""


class Log:
    """Two municipalities: one written through the log, one by bare inserts."""

    def __init__(self) -> None:
        self.by = User.objects.system()
        self.now = timezone.now()
        self.recorded, self.bare = (
            Municipality.objects.create(
                slug=slug, name=slug, country="SE", locale="sv", time_zone="Europe/Stockholm"
            )
            for slug in ("recorded", "bare")
        )
        self.subject = Unit.objects.create(
            municipality=self.recorded, name="Ekby bibliotek", kind=Unit.Kind.MUNICIPALITY
        )
        self._numbers = count(0, BATCH)

    def record(self) -> None:
        for _ in range(SINGLES):
            with transaction.atomic():
                audit.record(
                    "channel.checked", self.subject, by=self.by, now=self.now, period="2026-03-02"
                )

    def insert(self) -> None:
        for _ in range(SINGLES):
            with transaction.atomic():
                self._insert(1)

    def record_batch(self) -> None:
        lines = [
            audit.Line(
                municipality_id=self.recorded.pk,
                act="channel.checked",
                subject_type="channels.channel",
                subject_id=number,
                subject_label="Ekby bibliotek on Facebook",
                clause="Daily monitoring, 6",
                facts={"period": "2026-03-02"},
            )
            for number in range(BATCH)
        ]
        with transaction.atomic():
            audit.record_many(lines, by=self.by, now=self.now)

    def insert_batch(self) -> None:
        with transaction.atomic():
            self._insert(BATCH)

    def verify(self) -> None:
        faults = verification.verify(self.recorded).faults
        if faults:
            raise SystemExit(f"the log that was measured is not sound: {faults}")

    def read(self) -> None:
        rows = AuditEntry.objects.filter(municipality=self.recorded).order_by("number")
        for _row in rows.iterator():
            pass

    def fill(self) -> None:
        while AuditHead.objects.get(municipality=self.recorded).size < VERIFIED:
            self.record_batch()

    def _insert(self, rows: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BARE, [self.bare.pk, self.now, self.by.pk, next(self._numbers), rows])


def compare(name: str, measured: Callable[[], None], floor: Callable[[], None]) -> None:
    """Print how many times its floor something costs."""
    measured()  # once each, so that both are warm
    floor()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for act, found in zip((measured, floor), times, strict=True):
            start = perf_counter()
            act()
            found.append(perf_counter() - start)
    print(f"{name:<60} {median(times[0]) / median(times[1]):6.2f} x")


def main() -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        log = Log()
        compare("record(), a transaction each / one bare insert", log.record, log.insert)
        compare(
            f"record_many() of {BATCH} / one bare insert of {BATCH}",
            log.record_batch,
            log.insert_batch,
        )
        log.fill()
        compare(f"verify() of {VERIFIED} rows / reading them", log.verify, log.read)
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
