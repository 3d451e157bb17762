"""The tasks of beat, let round by the hour with the clock moved, and the letters they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.core import mail

from channels.tasks import settle_dated_rights
from governance.models import User
from governance.tasks import advance, open_due, send_notices
from moderation.tasks import write_morning_mails
from tests.town import later

#: Month, day and hour on the clock, and who got a letter then.
Letter = tuple[str, str]


@dataclass
class Clock:
    """Lets the tasks come round every hour, as beat would, and tells who got which letter."""

    outbox: list[mail.EmailMessage]
    opens: bool = False
    """Whether what is dated begins and ends, and what is owed is opened, at the first round of each
    day; otherwise the test has done so."""
    mornings: bool = False
    """Whether the morning's letter is written as well."""
    opened_on: date | None = None
    letters: list[tuple[str, str, str]] = field(default_factory=list)
    """Every letter so far: when, to whom, and its subject and text."""

    def run(self, first: datetime, last: datetime, hours: int = 1) -> list[Letter]:
        """Each letter of the time, in order, the names of one hour by the alphabet."""
        begun = len(self.letters)
        now = first
        while now <= last:
            self.turn(now)
            now = later(now, hours=hours)
        return [(moment, name) for moment, name, _text in self.letters[begun:]]

    def turn(self, now: datetime) -> None:
        """One round of beat."""
        self.outbox.clear()
        if self.opens and now.date() != self.opened_on:
            self.opened_on = now.date()
            settle_dated_rights(at=now.isoformat())
            open_due(at=now.isoformat())
        if self.mornings:
            write_morning_mails(at=now.isoformat())
        advance(at=now.isoformat())
        send_notices(at=now.isoformat())
        if not self.outbox:
            return
        names = {user.email: user.get_short_name() for user in User.objects.all()}
        self.letters += sorted(
            (f"{now:%m-%d %H}", names.get(each.to[0], each.to[0]), f"{each.subject}\n{each.body}")
            for each in self.outbox
        )

    def text_to(self, name: str, moment: str) -> str:
        """The one letter that somebody got in that hour."""
        (text,) = (text for at, to, text in self.letters if (at, to) == (moment, name))
        return text
