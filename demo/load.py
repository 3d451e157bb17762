"""Loads the demo: a past of three months, lived through day by day by the program's own actions.

All municipalities live through the same days together, so that their logs and deadlines stand in
the order in which things happened. What Celery would have done each day is done here with the same
functions and the day's `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.utils import timezone

from channels.models import Channel
from demo import logins, stories
from demo.opening import open_channel, propose
from demo.organisation import SLUGS, Place, build
from governance import digests, obligations
from governance.celery import app
from governance.models import Notice
from moderation.actions.check_ins import check_in

Say = Callable[[str], object]

DAYS = 92
FORTNIGHT = 15
#: Of a hundred days on which a look is owed, so many are missed.
MISSED = 3


def load(*, say: Say, now: datetime | None = None) -> None:
    """Everything, so that it ends at `now`; says how far it has come."""
    now = now or timezone.now()
    begins = now - timedelta(days=DAYS)
    with _no_worker():
        places = []
        for number, slug in enumerate(SLUGS, start=1):
            place = build(slug, number, begins - timedelta(days=3))
            logins.give(place)
            places.append(place)
            say(f"  {place.municipality.name}: {len(place.accounts)} channels to come")
        _live(places, begins, now, say)


def _live(places: list[Place], begins: datetime, now: datetime, say: Say) -> None:
    chance = Random(2026)  # noqa: S311 - the same demo every time
    late_start = now - timedelta(days=FORTNIGHT)
    _open(places, begins, storied=True)
    say("  the channels with a history are open")
    day = begins.date() + timedelta(days=1)
    while day <= now.date():
        if day == late_start.date():
            _open(places, late_start, storied=False)
            say("  all channels are open")
        _day(places, day, now, chance)
        for place in places:
            stories.tell(place, (now.date() - day).days, _at(place, day, time(10)), now)
        if day.day in {1, 15}:
            say(f"  {day}")
        day += timedelta(days=1)
    # what was mailed while all this happened has long been read
    Notice.objects.filter(sent_at__isnull=True, created_at__lt=now - timedelta(hours=20)).update(
        sent_at=now
    )


def _open(places: list[Place], start: datetime, *, storied: bool) -> None:
    for place in places:
        for account in place.accounts:
            if (account.key in place.facts["storied"]) is storied:
                open_channel(propose(place, account), start)


def _day(places: list[Place], day: date, now: datetime, chance: Random) -> None:
    """Morning: what is owed is opened. In the course of it people look. Evening: who did not."""
    for hour in (6, 22):
        moment = datetime.combine(day, time(hour), ZoneInfo("Europe/Stockholm"))
        if moment > now:
            return
        if hour == 6:
            obligations.open_due(moment)
        while obligations.advance_due(now=moment):
            pass
        digests.gather(moment)
        if hour == 6:
            for place in places:
                _looks(place, day, now, chance)


def _looks(place: Place, day: date, now: datetime, chance: Random) -> None:
    quiet = set(place.facts["quiet"])
    for channel in Channel.objects.filter(
        municipality=place.municipality, state=Channel.State.OPEN, opened_on__lt=day
    ).select_related("unit__municipality", "platform", "municipality"):
        if f"{channel.unit.name} {channel.platform.key}" in quiet or chance.random() * 100 < MISSED:
            continue
        if not stories.looks(channel, day, now):
            continue
        moment = _at(place, day, time(chance.randint(8, 16), chance.randint(0, 59)))
        if moment < now and stories.owed(channel, day):
            editors = place.editors[channel.unit_id]
            check_in(channel, by=editors[day.toordinal() % min(2, len(editors))], now=moment)


def _at(place: Place, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, place.municipality.zone)


@contextmanager
def _no_worker() -> Iterator[None]:
    """Nothing is handed to the worker meanwhile: what it would do is done here, in its time."""
    before = app.conf.broker_url
    app.conf.broker_url = "memory://"
    try:
        yield
    finally:
        app.conf.broker_url = before
