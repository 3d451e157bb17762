"""The outbox: what is written is sent once the work is committed, and is tried until it goes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import get_connection
from django.db import connection, transaction
from pytest_django import Settings

from governance import notices
from governance.models import Notice
from governance.notices import LEASE, PAUSES, language_of, post, send_due
from tests.live import Mailbox
from tests.town import NOW, Town, later
from tests.trips.steps import body


def write(town: Town, subject: str = "Ett ärende") -> Notice:
    return post(town.anna, "test", subject, "Hej Anna", municipality=town.municipality, now=NOW)


def test_a_notice_goes_to_the_person_once(town: Town, mailbox: Mailbox) -> None:
    write(town)
    assert send_due(NOW) == 1
    assert send_due(later(days=1)) == 0
    (mail,) = mailbox.messages
    assert mail["To"] == town.anna.email
    assert mail["Subject"] == "Ett ärende"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Hej Anna" in body(mail)
    assert Notice.objects.get().sent_at == NOW


def test_a_notice_may_go_to_an_address_of_the_municipality(town: Town, mailbox: Mailbox) -> None:
    address = town.municipality.registrar_email
    post(address, "checkpoint", "Kontrollpunkt", "…", municipality=town.municipality, now=NOW)
    send_due(NOW)
    assert [mail["To"] for mail in mailbox.messages] == [address]


def test_what_is_rolled_back_is_never_mailed(town: Town, mailbox: Mailbox) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(town)
        raise ZeroDivisionError
    assert send_due(NOW) == 0
    assert mailbox.messages == []


def test_a_line_break_in_a_subject_begins_no_header(town: Town, mailbox: Mailbox) -> None:
    write(town, "Ett\r\nBcc: alla@example.org")
    send_due(NOW)
    (mail,) = mailbox.messages
    assert mail["Subject"] == "Ett Bcc: alla@example.org"
    assert mail["Bcc"] is None


def test_the_person_s_language_wins_over_the_municipality_s(town: Town) -> None:
    assert language_of(town.anna, town.municipality) == "sv"
    town.anna.language = "nn"
    assert language_of(town.anna, town.municipality) == "nn"
    assert language_of(None, town.municipality) == "sv"


def test_what_the_server_refuses_stays_visible_and_is_tried_again(
    town: Town, mailbox: Mailbox
) -> None:
    write(town)
    mailbox.refuse = True
    assert send_due(NOW) == 0
    notice = Notice.objects.get()
    assert (notice.sent_at, notice.attempts) == (None, 1)
    assert "451" in notice.error
    assert send_due(NOW) == 0, "not at once"
    mailbox.refuse = False
    assert send_due(later(minutes=PAUSES[0])) == 1
    notice.refresh_from_db()
    assert (notice.attempts, notice.error) == (2, "")
    assert len(mailbox.messages) == 1


def test_one_mail_that_fails_keeps_no_other_from_going(town: Town, mailbox: Mailbox) -> None:
    broken = write(town)
    Notice.objects.filter(pk=broken.pk).update(address="not an address\n")
    post(town.ben, "test", "Ett annat", "Hej Ben", municipality=town.municipality, now=NOW)
    assert send_due(NOW) == 1
    assert [mail["To"] for mail in mailbox.messages] == [town.ben.email]
    broken.refresh_from_db()
    assert broken.error


def test_while_the_mail_server_is_away_nothing_is_lost(
    town: Town, mailbox: Mailbox, settings: object
) -> None:
    for number in range(25):
        write(town, f"Ärende {number}")
    port = settings.EMAIL_PORT  # type: ignore[attr-defined]
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    assert send_due(NOW) == 0
    assert Notice.objects.exclude(error="").count() == 25
    settings.EMAIL_PORT = port  # type: ignore[attr-defined]
    assert send_due(later(minutes=PAUSES[0])) == 25
    assert len(mailbox.messages) == 25


def test_the_pauses_grow_and_it_never_gives_up(town: Town, mailbox: Mailbox) -> None:
    write(town)
    mailbox.refuse = True
    now = NOW
    for pause in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        send_due(now)
        now += timedelta(minutes=pause)
        assert Notice.objects.get().send_after == now
    mailbox.refuse = False
    assert send_due(now) == 1


def test_a_run_uses_one_connection(town: Town, mailbox: Mailbox) -> None:
    for number in range(45):
        write(town, f"Ärende {number}")
    opened: list[int] = []

    def counting() -> object:
        opened.append(1)
        return get_connection()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("governance.notices.get_connection", counting)
        assert send_due(NOW) == 45
    assert len(opened) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_notice_once(town: Town, mailbox: Mailbox) -> None:
    for number in range(60):
        write(town, f"Ärende {number}")
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            send_due(NOW)
        finally:
            connection.close()

    senders = [threading.Thread(target=work) for _number in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    subjects = [mail["Subject"] for mail in mailbox.messages]
    assert len(subjects) == len(set(subjects)) == 60


class Cutting(Mailbox):
    """A mail server that takes each mail, and ends a database connection before it says so."""

    def __init__(self, backend: int) -> None:
        super().__init__()
        self.backend = backend

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [self.backend])
        finally:
            connection.close()
        return answer


@pytest.mark.django_db(transaction=True)
def test_what_went_while_the_database_was_restarted_is_not_sent_again(
    town: Town, settings: Settings
) -> None:
    write(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        post_office = Cutting(cursor.fetchone()[0])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post_office.port
    post_office.start()
    try:
        assert send_due(NOW) == 1
        assert send_due(NOW + 2 * LEASE) == 0
    finally:
        post_office.stop()
    assert len(post_office.messages) == 1
    assert Notice.objects.get().sent_at == NOW


def test_a_sender_killed_before_the_server_s_yes_leaves_the_notice_to_the_next(
    town: Town, mailbox: Mailbox
) -> None:
    write(town)
    claimed = notices._claim(NOW)
    assert len(claimed) == 1  # and here the worker dies
    assert send_due(NOW) == 0, "nobody else touches it while the claim lasts"
    assert send_due(NOW + LEASE) == 1
    assert len(mailbox.messages) == 1


def test_a_sender_killed_after_the_server_s_yes_sends_again_under_the_same_message_id(
    town: Town, mailbox: Mailbox
) -> None:
    """The one window in which a mail can come twice, as docs/deadlines.md says."""
    write(town)
    (claimed,) = notices._claim(NOW)
    notices.message_of(claimed).send()  # taken, and here the worker dies
    send_due(NOW + LEASE)
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
