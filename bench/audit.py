"""What the audit log costs, against bare inserts and bare reading."""

from __future__ import annotations

from itertools import count

from django.db import connection, transaction
from django.utils import timezone

from bench.ratios import Report, alternate
from governance import audit, verification
from governance.models import AuditEntry, AuditHead, Municipality, Unit, User

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


def measure(report: Report) -> None:
    """One row and a batch against bare inserts, and verification against reading the rows."""
    log = Log()
    report.heading("Audit log")
    for what, ours, floor in (
        ("record(), a transaction each / one bare insert", log.record, log.insert),
        (f"record_many() of {BATCH} / one insert", log.record_batch, log.insert_batch),
    ):
        report.ratio(what, alternate(ours, floor))
    log.fill()
    report.ratio(f"verify() of {VERIFIED} rows / reading them", alternate(log.verify, log.read))
