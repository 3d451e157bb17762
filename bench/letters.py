"""Writing and sending 1 000 people what is late against a bare loop that sends as many mails.

The floor builds a mail of the same size, as text and HTML, and hands it over on one connection; it
reads nothing and writes nothing down. Ours turns passed steps into one letter for each person,
puts them into the outbox, renders and sends them, and marks them sent.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from smtplib import SMTP
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import override_settings

from bench.ratios import Report, alternate, milliseconds
from governance.digests import gather
from governance.models import Appointment, Escalation, Municipality, Notice, Obligation, Unit, User
from governance.notices import message_of, send_due
from governance.roles import Role
from scripts.services import HOST, free_port

NOW: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE: Final = 1_000
OBLIGATIONS: Final = 10_000


def measure(report: Report) -> None:
    """Goal 2: as fast as 0.6 of the bare loop, in an organisation of 10 000 obligations."""
    report.heading(f"Letters: {PEOPLE} people with something late, of {OBLIGATIONS} obligations")
    _lay_out()
    with _mail_server() as port, override_settings(EMAIL_HOST=HOST, EMAIL_PORT=port):
        _ours()
        assert Notice.objects.filter(sent_at__isnull=False).count() == PEOPLE
        pattern = message_of(Notice.objects.select_related("municipality")[0])
        assert isinstance(pattern, EmailMultiAlternatives)
        text = str(pattern.body)
        ((page, _kind),) = pattern.alternatives

        def floor() -> None:
            with SMTP(HOST, port) as smtp:
                for number in range(PEOPLE):
                    mail = EmailMessage()
                    mail["Subject"], mail["From"] = pattern.subject, pattern.from_email
                    mail["To"] = f"person{number}@bench.example"
                    mail.set_content(text)
                    mail.add_alternative(str(page), subtype="html")
                    smtp.send_message(mail)

        sides = alternate(_ours, floor, before=_rewind, rounds=5)
    report.goal_at_least("letters a second / bare loop", 1 / sides.ratio, at_least=0.6)
    report.note(f"{PEOPLE} letters: {milliseconds(sides.ours)}, floor {milliseconds(sides.floor)}")


def _ours() -> None:
    while gather(NOW):
        pass
    send_due(NOW)


def _rewind() -> None:
    """Nobody has been written to."""
    Notice.objects.all()._raw_delete(using="default")
    Escalation.objects.update(handled_at=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE governance_escalation")
        cursor.execute("VACUUM ANALYZE governance_notice")


@contextmanager
def _mail_server() -> Iterator[int]:
    """A server in a process of its own that takes every mail and forgets it; its port."""
    port = free_port()
    argv = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{port}"]
    server = subprocess.Popen([*argv, "-c", "aiosmtpd.handlers.Sink"])
    try:
        patience = time.monotonic() + 30
        while time.monotonic() < patience:
            try:
                SMTP(HOST, port).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def _lay_out() -> None:
    """A thousand units, each with its manager, and one late look on each."""
    place = Municipality.objects.create(
        slug="bench", name="Bench", country="SE", locale="sv", time_zone="Europe/Stockholm"
    )
    root = Unit.objects.create(municipality=place, name="Bench", kind=Unit.Kind.MUNICIPALITY)
    units = Unit.objects.bulk_create(
        Unit(municipality=place, parent=root, name=f"Enhet {number}", kind=Unit.Kind.UNIT)
        for number in range(PEOPLE)
    )
    people = User.objects.bulk_create(
        User(
            email=f"person{number}@bench.example",
            name=f"Person {number}",
            municipality=place,
            is_active=True,
        )
        for number in range(PEOPLE)
    )
    Appointment.objects.bulk_create(
        Appointment(
            municipality=place,
            user=person,
            unit=unit,
            role=Role.OPERATIONS_MANAGER,
            starts_on=date(2020, 1, 1),
            created_at=NOW,
            decided_by=people[0],
        )
        for person, unit in zip(people, units, strict=True)
    )
    kind = ContentType.objects.get_for_model(Unit)
    rows = Obligation.objects.bulk_create(
        (
            Obligation(
                municipality=place,
                unit=units[number % PEOPLE],
                duty="check_in",
                subject_type=kind,
                subject_id=units[number % PEOPLE].pk,
                subject_label=f"Kanal {number}",
                path=f"/channels/{number}/",
                period=f"{number}",
                clause="2.1 Att använda sociala medier",
                says="Kanalen följs upp minst en gång om dagen.",
                strength="must",
                requirements=["VGD-21"],
                who=Role.RESPONSIBLE_PERSON,
                opened_at=NOW - timedelta(days=1),
                due_on=date(2026, 3, 1),
                due_at=NOW - timedelta(hours=10),
                steps=[],
            )
            for number in range(OBLIGATIONS)
        ),
        batch_size=1000,
    )
    Escalation.objects.bulk_create(
        Escalation(
            obligation=row,
            step=0,
            planned_at=NOW,
            at=NOW,
            who=Role.OPERATIONS_MANAGER,
            kind="tell",
        )
        for row in rows[:PEOPLE]
    )
