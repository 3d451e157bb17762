"""What waits for a person as a calendar (RFC 5545), under an address that they make and revoke."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from governance.audit import record
from governance.errors import NoLongerPossible
from governance.models import CalendarFeed, Municipality, Obligation, User
from governance.notices import language_of
from governance.obligations import label_of
from governance.signed_links import UNSIGNED, is_signed, signed
from governance.today import dated_for

#: Entries of one feed, the nearest in time first: calendar programs read all of it each time.
MOST: Final = 500
#: How often a calendar program is asked to read again.
AGAIN: Final = timedelta(hours=1)


@transaction.atomic
def make_feed(*, by: User, now: datetime) -> CalendarFeed:
    """An address for the person's calendar program; one they had before no longer works."""
    _end(by, now)
    feed = CalendarFeed.objects.create(person=by, made_at=now)
    record("calendar.made", by, by=by, now=now)
    return feed


@transaction.atomic
def revoke_feed(*, by: User, now: datetime) -> None:
    """Let the address no longer work. Raises NoLongerPossible where there is none."""
    if not _end(by, now):
        raise NoLongerPossible(_("There is no address that works."))
    record("calendar.revoked", by, by=by, now=now)


def _end(person: User, now: datetime) -> int:
    # two requests of one person at once: the second waits, and ends what the first made
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    return feeds_in_use().filter(person=person).update(revoked_at=now)


def feeds_in_use() -> QuerySet[CalendarFeed]:
    """The feeds whose address works, as far as the feed itself goes."""
    return CalendarFeed.objects.filter(revoked_at__isnull=True)


def feed_of(person: User) -> CalendarFeed | None:
    """The person's feed that is in use, if they have one."""
    return feeds_in_use().filter(person=person).first()


def address_of(feed: CalendarFeed) -> str:
    """The whole address with what makes it secret."""
    path = reverse("calendar_feed", args=[feed.key, UNSIGNED])
    return f"{settings.BASE_URL}{signed(path, feed.key)}"


def owner_of(key: UUID, signature: str) -> User | None:
    """Whose calendar the address is; None where it is no address that works."""
    if not is_signed(key, signature):
        return None
    feeds = feeds_in_use().select_related("person__municipality")
    feed = feeds.filter(key=key, person__is_active=True).first()
    return feed.person if feed is not None else None


# --- the calendar --------------------------------------------------------------------------------


def calendar_of(person: User, municipality: Municipality, now: datetime) -> bytes:
    """What waits for the person and has a due day, in their language; of the looks those of today
    and later.

    The same for as long as the same waits: no moment of reading stands in it.
    """
    due = dated_for(person, municipality.today(now), now)[:MOST]
    with translation.override(language_of(person, municipality)):
        return bytes(_calendar(due, municipality).to_ical())


def _calendar(rows: Iterable[Obligation], municipality: Municipality) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Uppsikt//My work//EN")
    calendar.add("version", "2.0")
    name = _("My work, %(municipality)s") % {"municipality": municipality}
    calendar.add("name", name)  # RFC 7986; the older name of it is what most programs read
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(AGAIN))
    for row in rows:
        calendar.add_component(_event(row, municipality))
    return calendar


def _event(row: Obligation, municipality: Municipality) -> Event:
    """All day where a day is due; at the moment where the clock counts. It takes no time."""
    event = Event()
    event.add("uid", f"obligation-{row.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", row.opened_at)
    event.add("dtstart", _start(row, municipality))
    event.add("summary", f"{label_of(row.duty)}: {row.subject_label}")
    event.add("description", "\n".join(filter(None, (row.says, row.clause))))
    event.add("url", f"{settings.BASE_URL}{row.path}")
    event.add("transp", "TRANSPARENT")
    return event


def _start(row: Obligation, municipality: Municipality) -> date | datetime | None:
    """The day, or the moment where that is within the day and not its end."""
    at = row.due_at
    by_the_clock = at is not None and municipality.today(at) == row.due_on
    return at if by_the_clock else row.due_on
