"""The morning mail: what waits today for whoever is to look at a channel, and one link."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.models import Channel
from channels.rights import people_assigned
from governance.calendars import Calendars
from governance.digests import is_quiet
from governance.models import Municipality, Obligation, User
from governance.notices import language_of, post
from governance.obligations import waiting_for
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.today import in_words, listed_for
from moderation.cadence import LOOKS
from moderation.models import MorningLink

logger = logging.getLogger(__name__)

#: From here on it is no longer morning, and nobody is written to.
NOON: Final = time(12)
#: How many other things a mail names; of the rest it tells the number.
NAMED: Final = 10
#: For so long a link that was never used can still say that it has stopped.
KEPT: Final = timedelta(days=30)


def write_morning_mails(now: datetime) -> int:
    """Write to everybody who is to look at a channel today; returns how many were written to.

    Safe to repeat, and with several workers at once: nobody gets two on a day.
    """
    return sum(_write_in(each, now) for each in Municipality.objects.order_by("pk"))


def forget_old_links(now: datetime) -> None:
    """Forget which channels links of days that are over were for, and in time the unused links.

    A link by which a look was entered stays with the look.
    """
    over = now.date() - timedelta(days=1)  # a day that is over in every zone
    MorningLink.channels.through.objects.filter(morninglink__day__lt=over).delete()
    old = MorningLink.objects.filter(day__lt=(now - KEPT).date(), looks__isnull=True)
    old.delete()


def _write_in(municipality: Municipality, now: datetime) -> int:
    if not _is_time(municipality, now):
        return 0
    owed = _owed_today(municipality, now)
    day = municipality.today(now)
    links = MorningLink.objects.filter(municipality=municipality, day=day)
    told = set(links.values_list("person", flat=True))
    people = people_assigned(owed, "check_in", municipality, now)
    return sum(
        _write_or_report(person, [owed[pk] for pk in theirs], municipality, now)
        for person, theirs in people.items()
        if person.pk not in told
    )


def _is_time(municipality: Municipality, now: datetime) -> bool:
    """Whether it is morning, past the time that our routine names and not quiet."""
    clock = now.astimezone(municipality.zone).time()
    if clock >= NOON:
        return False
    try:
        policy = policy_for(municipality, now)
    except NoPolicyInForce:
        return False
    routine = policy.routine.get("check_in")
    if routine is None or not routine.morning:
        return False
    return clock >= time.fromisoformat(routine.morning) and not is_quiet(policy, "check_in", clock)


def _owed_today(municipality: Municipality, now: datetime) -> dict[int, Obligation]:
    """The look that is due next on each channel (key) whose unit works and owes one today."""
    rows = Obligation.objects.open().filter(
        municipality=municipality,
        duty__in=LOOKS,
        due_on=municipality.today(now),
        due_at__gt=now,
    )
    # the earliest comes last and stands
    rows = rows.select_related("municipality").order_by("-due_at")
    calendars, today = Calendars.of(municipality), municipality.today(now)
    return {row.subject_id: row for row in rows if calendars.at(row.unit_id).is_working(today)}


def _write_or_report(
    person: User, owed: Collection[Obligation], municipality: Municipality, now: datetime
) -> bool:
    """One whose mail cannot be written keeps nobody else from theirs."""
    try:
        return _write(person, owed, municipality, now)
    except Exception:
        logger.exception("the morning mail to %s could not be written", person.pk)
        return False


@transaction.atomic
def _write(
    person: User, owed: Collection[Obligation], municipality: Municipality, now: datetime
) -> bool:
    # of two workers the second waits here, and then finds the first one's
    link, is_first = MorningLink.objects.get_or_create(
        person=person,
        day=municipality.today(now),
        defaults={"municipality": municipality, "written_at": now},
    )
    if not is_first:
        return False
    link.channels.set(row.subject_id for row in owed)
    with (
        translation.override(language_of(person, municipality)),
        timezone.override(municipality.zone),
    ):
        subject, text = _letter(link, owed, now)
    post(person, "morning", subject, text, municipality=municipality, now=now, signs=link.key)
    return True


# --- what it says --------------------------------------------------------------------------------


def _letter(link: MorningLink, owed: Collection[Obligation], now: datetime) -> tuple[str, str]:
    subject = ngettext(
        "Today: %(n)d channel to look at", "Today: %(n)d channels to look at", len(owed)
    )
    paragraphs = [
        _("Hello %(name)s,") % {"name": link.person.get_short_name()},
        _("TO LOOK AT TODAY"),
        *_channels(owed),
        _("NOTHING TO REMARK?"),
        _("Say so on this page, without signing in:\n%(link)s")
        % {"link": _whole(link.unsigned_path)},
        _("The link is yours alone, so do not pass it on. It works today."),
        *_others(link.person, now),
        _("Everything that waits for you: %(link)s") % {"link": _whole("/today/")},
        _("Uppsikt writes this for %(municipality)s, as its own routine says.")
        % {"municipality": link.municipality},
    ]
    return subject % {"n": len(owed)}, "\n\n".join(paragraphs) + "\n"


def _channels(owed: Iterable[Obligation]) -> Iterator[str]:
    """A paragraph for each channel, what is due first first."""
    rows = sorted(owed, key=lambda row: (row.due_at, row.subject_label))
    channels = Channel.objects.select_related("platform").in_bulk([row.subject_id for row in rows])
    for row in rows:
        channel = channels[row.subject_id]
        name = _("%(channel)s on %(platform)s") % {"channel": channel, "platform": channel.platform}
        yield "\n".join(filter(None, (name, _by(row), channel.url)))


def _by(row: Obligation) -> str:
    """By what time of day, where it is not the end of the day."""
    due = timezone.localtime(row.due_at)
    if due.date() != row.due_on:
        return ""
    return _("By %(time)s.") % {"time": time_format(due, "TIME_FORMAT")}


def _others(person: User, now: datetime) -> Iterator[str]:
    """What else is late or due today, in order of time, and how much more *My work* lists."""
    waiting = waiting_for(person, now).exclude(duty__in=LOOKS)
    due = list(waiting.filter(due_on__lte=timezone.localdate(now))[:NAMED])
    if due:
        yield _("ALSO TODAY")
    for row in (in_words(each, now) for each in due):
        yield f"{row.what}\n{', '.join(filter(None, (row.when, row.near)))}\n{_whole(row.url)}"
    # what a look meets is listed with the looks
    if more := listed_for(person, now).exclude(pk__in=[each.pk for each in due]).count():
        words = ngettext("%(n)d more thing waits.", "%(n)d more things wait.", more)
        yield words % {"n": more}


def _whole(path: str) -> str:
    return f"{settings.BASE_URL}{path}"
