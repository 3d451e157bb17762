"""The section *Check today*: a person's own channels and whether they have been looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import F, Max, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import ngettext

from channels.models import Channel
from channels.rights import assigned_channels
from governance.calendars import Calendars
from governance.models import Municipality, Obligation, User
from governance.models.obligation import OPEN
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Cited
from governance.today import Section, SectionSource, add_section
from governance.working_time import Period
from moderation.activity import LATEST_POST
from moderation.cadence import LOOKS, asked_of
from moderation.models import CheckIn, DeclaredPeriod

#: Of more channels than this the next that wait are shown, and the others folded.
SHOWN: Final = 20
#: For so long is a look that was missed told of here; the year's table keeps it.
TOLD: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """One channel as it stands today.

    `last` is when somebody last looked and said so that day; `last_day` the latest day of which
    that is known at all. `done` is the entry of the turn that runs, `due` the moment when that is
    over; `crisis` asks for that turn, if one does. `missed` is the last day that nobody looked,
    `breach` the day on which the gap became a breach of the duty of supervision itself.
    """

    channel: Channel
    rule: Cited
    crisis: DeclaredPeriod | None
    due: datetime | None
    last: datetime | None
    last_day: date | None
    done: CheckIn | None
    missed: date | None
    breach: Obligation | None

    @property
    def before(self) -> datetime | None:
        """Until when today it is to be looked at; None where until midnight."""
        local = timezone.localtime(self.due) if self.due else None
        return local if local and local.time() != time.min else None

    @property
    def key(self) -> str:
        """The channel's key, for an address."""
        return str(self.channel.pk)


def check_today(user: User, now: datetime) -> dict[str, Any] | None:
    """The section's context, or None for somebody who owes no look today.

    The number of queries is the same for one channel and for thirty.
    """
    if user.municipality is None:
        return None
    channels = list(
        assigned_channels(user, "check_in", now)
        .filter(state=Channel.State.OPEN)
        .select_related("unit__municipality", "platform")
        .order_by("name", "pk")
    )
    try:
        rows = rows_of(channels, user.municipality, now) if channels else []
    except NoPolicyInForce:
        return None
    if not rows:
        return None
    rows.sort(key=lambda row: row.due or now)  # what is due at once stays by name
    waiting = [row for row in rows if row.done is None]
    shown = rows if len(rows) <= SHOWN else waiting[:SHOWN]
    keys = {row.key for row in shown}
    return {
        "rows": rows,
        "shown": shown,
        "folded": [row for row in rows if row.key not in keys],
        "waiting": waiting,
        "missed": [row for row in rows if row.missed],
        "rules": _different(row.rule for row in rows),
        "unposted": _without_a_word_on_posts(channels),
        "crises": list(dict.fromkeys(row.crisis for row in rows if row.crisis)),
    }


def section(user: User, now: datetime) -> Section | None:
    """The section for *My work*, or None for somebody who owes no look today."""
    context = check_today(user, now)
    if context is None:
        return None
    count = len(context["waiting"])
    lead = ngettext("%(n)d channel to look at.", "%(n)d channels to look at.", count)
    return Section("moderation/_check_today.html", context, lead % {"n": count} if count else "")


def add() -> None:
    """Put the section on top of the page. What it shows is left out of the list below."""
    duties = frozenset({*LOOKS, "legal_floor"})
    add_section(SectionSource(order=10, duties=duties, make=section))


def rows_of(channels: list[Channel], municipality: Municipality, now: datetime) -> list[Row]:
    """The channels on which a turn runs today, as they stand; by a bounded number of queries.

    Raises NoPolicyInForce.
    """
    calendars = Calendars.of(municipality)
    day = calendars.whole.day_of(now)
    policy = policy_for(municipality, now)
    asked = asked_of(channels, policy, now)
    entries = _entries(channels, day)
    missed, breaches = _open_before(channels, day, now)
    last = _last_looks(channels, municipality)
    rows = []
    for channel in channels:
        asks = asked[channel.pk]
        running = asks.running(day, calendars.at(channel.unit_id), now)
        if not running:
            continue
        duty, turn = running[0]
        rows.append(
            Row(
                channel=channel,
                rule=asks.rule(duty),
                crisis=asks.crisis if duty == "crisis_check" else None,
                due=turn.due.at,
                last=last[channel.pk][0],
                last_day=last[channel.pk][1],
                done=_look_in(turn, entries.get(channel.pk, ())),
                missed=missed.get(channel.pk),
                breach=breaches.get(channel.pk),
            )
        )
    return rows


def _last_looks(
    channels: list[Channel], municipality: Municipality
) -> dict[int, tuple[datetime | None, date | None]]:
    """When each channel was last looked at, and on which day; one query.

    What is written on another day, or in the place of another entry, was seen before its moment. A
    look after the turn is late and was made when it was written.
    """
    written_on = TruncDate("at", tzinfo=municipality.zone)
    that_day = Q(corrects__isnull=True, written_on=F("day"))
    looks = CheckIn.objects.filter(channel__in=channels).annotate(written_on=written_on)
    by_channel = (
        looks.order_by()
        .values("channel")
        .annotate(last=Max("at", filter=that_day), last_day=Max("day"))
    )
    found = {row["channel"]: (row["last"], row["last_day"]) for row in by_channel}
    return defaultdict(lambda: (None, None), found)


def _look_in(turn: Period, entries: Iterable[CheckIn]) -> CheckIn | None:
    """The entry of the turn: its own, or one that was made for a crisis meanwhile."""
    for entry in entries:
        for_crisis = not entry.period.startswith(entry.day.isoformat())
        within = turn.due.at is not None and turn.opens_at <= entry.at < turn.due.at
        if entry.period == turn.key or (for_crisis and within):
            return entry
    return None


def _entries(channels: list[Channel], day: date) -> dict[int, list[CheckIn]]:
    """The standing entries of a day, by the channel's key."""
    found: dict[int, list[CheckIn]] = defaultdict(list)
    for entry in CheckIn.objects.filter(
        channel__in=channels, day=day, corrected_by__isnull=True
    ).select_related("by"):
        found[entry.channel_id].append(entry)
    return found


def _open_before(
    channels: list[Channel], today: date, now: datetime
) -> tuple[dict[int, date], dict[int, Obligation]]:
    """The last day each channel was missed of late, and its breach of the floor, if it has one."""
    rows = Obligation.objects.filter(
        OPEN,
        duty__in=(*LOOKS, "legal_floor"),
        subject_id__in=[channel.pk for channel in channels],
        municipality__in={channel.municipality_id for channel in channels},
        due_at__lt=now,
    ).order_by("due_at")
    missed, breaches = {}, {}
    for row in rows:
        if row.duty == "legal_floor":
            breaches[row.subject_id] = row
        elif row.due_on is not None and today - row.due_on <= TOLD:
            missed[row.subject_id] = row.due_on
    return missed, breaches


def _without_a_word_on_posts(channels: list[Channel]) -> list[Channel]:
    """Those of which the day of the latest post is asked for, no more than are shown at once."""
    rows = Obligation.objects.open().filter(
        duty=LATEST_POST, subject_id__in=[channel.pk for channel in channels]
    )
    asked = set(rows.values_list("subject_id", flat=True))
    return [channel for channel in channels if channel.pk in asked][:SHOWN]


def _different(rules: Iterable[Cited]) -> list[Cited]:
    return list({(rule.clause, rule.says): rule for rule in rules}.values())
