"""Loads the demo: a past of three months, lived through day by day by the program's own actions.

All municipalities live through the same days together, so that their logs and deadlines stand in
the order in which things happened. What Celery would have done each day is done here with the same
functions and the day's `now`. The work of a day is shared by two processes, as cores mostly are.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone, translation

from channels.models import Channel
from demo import logins, stories
from demo.opening import open_channel, propose
from demo.organisation import SLUGS, Place, build, facts_of
from governance import digests, obligations
from governance.celery import app
from governance.models import Notice
from governance.seal_trial import make_authority
from moderation.actions.check_ins import check_in

Say = Callable[[str], object]

DAYS = 92
FORTNIGHT = 15
#: Of a hundred days on which a look is owed, so many are missed.
MISSED = 3
HANDS = 2
#: The five lie in one zone; the hours at which what is owed is opened, and what is missed is told.
#: Before the quiet hours, in which nobody would be written to.
MORNING, EVENING = (time(6), time(18))
ZONE = ZoneInfo("Europe/Stockholm")


def load(*, say: Say, now: datetime | None = None) -> None:
    """Everything, so that it ends at `now`; says how far it has come."""
    now = now or timezone.now()
    begins = now - timedelta(days=DAYS)
    make_authority(settings.SEAL_DIR, [(slug, facts_of(slug)["name"]) for slug in SLUGS])
    connections.close_all()  # a connection cannot be shared by processes
    crew = ProcessPoolExecutor(HANDS, multiprocessing.get_context("fork"), _ready)
    with crew:
        # the processes are forked here, before this one has a connection of its own
        places = list(crew.map(partial(_build, now=begins - timedelta(days=3)), SLUGS))
        _ready()
        logins.give_operator(begins)
        for place in places:
            say(f"  {place.municipality.name}: {len(place.accounts)} channels to come")
        _live(crew, places, begins, now, say)


def _ready() -> None:
    """Nothing is handed to the worker from here: what it would do is done here, in its time."""
    app.conf.update(broker_url="memory://localhost/")
    translation.activate("sv")
    with connection.cursor() as cursor:
        # thousands of small acts, and nothing is lost that cannot be loaded again
        cursor.execute("SET synchronous_commit = off")


def _build(slug: str, *, now: datetime) -> Place:
    place = build(slug, SLUGS.index(slug) + 1, now)
    logins.give(place, now)
    return place


def _live(crew: Executor, places: list[Place], begins: datetime, now: datetime, say: Say) -> None:
    late_start = now - timedelta(days=FORTNIGHT)
    _all(crew, partial(_open, start=begins, storied=True), places)
    say("  the channels with a history are open")
    day = begins.date() + timedelta(days=1)
    while day <= now.date():
        if day == late_start.date():
            _all(crew, partial(_open, start=late_start, storied=False), places)
            say("  all channels are open")
        _all(crew, partial(_day, day=day, now=now), places)
        _sweep(datetime.combine(day, EVENING, ZONE), now)
        if day.day in {1, 15}:
            say(f"  {day}")
        day += timedelta(days=1)
    # what was mailed while all this happened has long been read
    Notice.objects.filter(sent_at__isnull=True, created_at__lt=now - timedelta(hours=20)).update(
        sent_at=F("created_at")
    )


def _all(crew: Executor, work: Callable[[Place], None], places: Iterable[Place]) -> None:
    """Do the work for every place, the largest first; a fault in one ends the loading."""
    largest_first = sorted(places, key=lambda place: -len(place.accounts))
    list(crew.map(work, largest_first))


def _open(place: Place, *, start: datetime, storied: bool) -> None:
    for account in place.accounts:
        if (account.key in place.facts["storied"]) is storied:
            open_channel(propose(place, account), start, document=storied)


def _sweep(moment: datetime, now: datetime) -> None:
    """What beat does in the evening: tell of what was missed."""
    if moment > now:
        return
    while obligations.advance_due(now=moment):
        pass
    digests.gather(moment)


def _day(place: Place, *, day: date, now: datetime) -> None:
    """What the day asks for is opened, people look at their channels, and things happen."""
    if _at(place, day, MORNING) <= now:
        obligations.open_due(_at(place, day, MORNING), [place.municipality])
    _looks(place, day, now)
    stories.tell(place, (now.date() - day).days, _at(place, day, time(10)), now)


def _looks(place: Place, day: date, now: datetime) -> None:
    chance = Random(f"{place.municipality.slug} {day}")  # noqa: S311 - the same demo every time
    quiet = set(place.facts["quiet"])
    for channel in Channel.objects.filter(
        municipality=place.municipality, state=Channel.State.OPEN, opened_on__lt=day
    ).select_related("unit__municipality", "platform", "municipality"):
        moment = _at(place, day, time(chance.randint(8, 16), chance.randint(0, 59)))
        missed = chance.random() * 100 < MISSED or not stories.looks(channel, day, now)
        silent = f"{channel.unit.name} {channel.platform.key}" in quiet
        if not missed and not silent and moment < now and stories.owed(channel, day):
            editors = place.editors[channel.unit_id][:2]
            check_in(channel, by=editors[day.toordinal() % len(editors)], now=moment)


def _at(place: Place, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, place.municipality.zone)
