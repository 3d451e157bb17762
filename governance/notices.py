"""The outbox: notices are written with what they tell of, and sent after the commit.

The only place that sends mail. A mail is sent **at least once**: a worker claims a notice by
moving its `send_after` on by `LEASE`, hands it to the mail server, and marks it sent. If the
machine dies between the server's yes and the mark, which is one short statement, the notice is
sent again when the lease is over; both copies then carry the same Message-ID, by which most mail
programs show them as one. At every other point a crash loses and doubles nothing.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from email.errors import MessageError
from smtplib import SMTPException
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from governance.files import open_stored
from governance.models import Municipality, Notice, StoredFile, User
from governance.signed_links import UNSIGNED, signed

logger = logging.getLogger(__name__)

#: How long a claim lasts. Longer than a batch can take: `BATCH` mails of `EMAIL_TIMEOUT` seconds.
LEASE = timedelta(minutes=10)
BATCH = 20
#: Minutes until the next attempt, by how many have failed; then every six hours until it goes.
PAUSES = (1, 5, 15, 60, 180, 360)
# written out: to put it together takes the ORM as long as the database takes to run it
_MARK = "UPDATE governance_notice SET sent_at = %s, error = '' WHERE id = %s"
#: Seconds between the tries to mark a notice as sent while the database server is restarted.
_MARKING = (0.2, 1, 3, 10, 30)


def language_of(recipient: User | None, municipality: Municipality) -> str:
    """The language to write in: the person's own choice, else the municipality's."""
    return (recipient.language if recipient is not None else "") or municipality.locale


def post(
    recipient: User | str,
    kind: str,
    subject: str,
    text: str,
    *,
    municipality: Municipality,
    now: datetime,
    attachment: StoredFile | None = None,
    signs: UUID | None = None,
) -> Notice:
    """Write a notice to a person, or to an address of the municipality's own.

    It belongs to the transaction it is called in: what is rolled back is never mailed. Write
    `subject` and `text` in `language_of(recipient)`, without secrets and without names that are
    not shown. `kind` is a word of the caller's, for lists of what has been sent. `signs`: the key
    whose signature the mail is to have in the place of `signed_links.UNSIGNED`.
    """
    notice = draft(recipient, kind, subject, text, municipality=municipality, now=now)
    notice.attachment, notice.signs = attachment, signs
    notice.save(force_insert=True)
    return notice


def draft(
    recipient: User | str,
    kind: str,
    subject: str,
    text: str,
    *,
    municipality: Municipality,
    now: datetime,
) -> Notice:
    """What `post` writes, not yet saved; for batches."""
    person = recipient if isinstance(recipient, User) else None
    return Notice(
        municipality=municipality,
        recipient=person,
        address=recipient.email if isinstance(recipient, User) else recipient,
        kind=kind,
        language=language_of(person, municipality),
        # a line break would begin another header
        subject=" ".join(subject.split())[:200],
        text=text,
        created_at=now,
        send_after=now,
    )


def send_due(now: datetime) -> int:
    """Send every notice whose time has come; returns how many the mail server took.

    Any number of workers may do so at once. What fails keeps its error on the row, stays visible
    as unsent and is tried again, first after minutes, then every six hours.
    """
    sent = 0
    with _Post() as connection:
        while claimed := _claim(now):
            sent += sum(_sent(notice, connection, now) for notice in claimed)
    return sent


class _Post:
    """One connection to the mail server for all of a run, opened when it is first needed."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def __enter__(self) -> _Post:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection; the next mail opens another."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail. Raises SMTPException or OSError where the server does not take it."""
        if self._backend is None:
            self._backend = get_connection()
            self._backend.open()
        message.connection = self._backend
        message.send()


def _claim(now: datetime) -> list[Notice]:
    """Take the next notices for this worker alone, until the lease is over."""
    with transaction.atomic():
        waiting = Notice.objects.filter(sent_at__isnull=True, send_after__lte=now)
        taken = waiting.select_for_update(skip_locked=True, no_key=True).order_by(
            "send_after", "pk"
        )
        pks = list(taken.values_list("pk", flat=True)[:BATCH])
        Notice.objects.filter(pk__in=pks).update(attempts=F("attempts") + 1, send_after=now + LEASE)
    rows = Notice.objects.filter(pk__in=pks).select_related("attachment")
    return list(rows.order_by("pk"))


def _sent(notice: Notice, connection: _Post, now: datetime) -> bool:
    try:
        connection.send(message_of(notice))
    except (SMTPException, OSError, MessageError, ValueError) as fault:
        connection.hang_up()
        _put_off(notice, fault, now)
        return False
    _mark_sent(notice, now)
    return True


def _mark_sent(notice: Notice, now: datetime) -> None:
    """Write down that it went. Tried for a while, for what is not marked is sent again."""
    pauses = iter(_MARKING)
    while True:
        try:
            with database.cursor() as cursor:
                cursor.execute(_MARK, [now, notice.pk])
        except (OperationalError, InterfaceError):
            pause = next(pauses, None)
            if pause is None:
                raise
            database.close()  # a restarted server knows nothing of it; the next try opens another
            time.sleep(pause)
        else:
            return


def _put_off(notice: Notice, fault: Exception, now: datetime) -> None:
    """Keep the fault on the row and try again later."""
    logger.warning("notice %s was not sent: %s", notice.pk, type(fault).__name__)
    pause = PAUSES[min(notice.attempts, len(PAUSES)) - 1]
    Notice.objects.filter(pk=notice.pk).update(
        error=f"{type(fault).__name__}: {fault}"[:300], send_after=now + timedelta(minutes=pause)
    )


def message_of(notice: Notice) -> EmailMessage:
    """The mail that a notice becomes: as plain text and HTML, one Message-ID at every attempt."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        subject=notice.subject,
        body=signed(notice.text, notice.signs),
        to=[notice.address],
        headers={
            "Message-ID": f"<notice-{notice.pk}-{notice.created_at:%Y%m%d%H%M%S}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": notice.language,
        },
    )
    message.attach_alternative(_html(notice), "text/html")
    if notice.attachment is not None:
        with open_stored(notice.attachment) as content:
            message.attach(notice.attachment.name, content.read(), notice.attachment.content_type)
    return message


def _html(notice: Notice) -> str:
    """The text as a page: its paragraphs and headings; an address alone on its line is a link."""
    with translation.override(notice.language):
        page = render_to_string(
            "mail/letter.html",
            {
                "notice": notice,
                "paragraphs": [part.splitlines() for part in notice.text.split("\n\n")],
                "one_tap": f"{notice.signs}/{UNSIGNED}" if notice.signs else None,
            },
        )
    return signed(page, notice.signs)
