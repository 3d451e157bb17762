"""A year of looks at one channel: each day's state, month by month, and the whole in numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from channels.models import Channel
from governance.models import Obligation
from moderation.cadence import LOOKS
from moderation.models import CheckIn

State = Literal["done", "afterwards", "missed", "today", "ahead", "off"]


@dataclass(frozen=True, slots=True)
class Day:
    """A day and how it went. `off`: nothing was owed, or the channel was not open yet."""

    date: date
    state: State


@dataclass(frozen=True, slots=True)
class Month:
    """The days of a month by how they went."""

    first: date
    days: tuple[Day, ...]

    def of(self, state: State) -> list[date]:
        """The days of the month in that state."""
        return [day.date for day in self.days if day.state == state]

    @property
    def done(self) -> int:
        return len(self.of("done"))

    @property
    def afterwards(self) -> list[date]:
        return self.of("afterwards")

    @property
    def missed(self) -> list[date]:
        return self.of("missed")


@dataclass(frozen=True, slots=True)
class Year:
    """A channel's year, by two queries whatever its length."""

    number: int
    days: tuple[Day, ...]

    def count(self, state: State) -> int:
        return sum(day.state == state for day in self.days)

    @property
    def looked(self) -> int:
        """Days with a look, in time or written afterwards."""
        return self.count("done") + self.count("afterwards")

    @property
    def owed(self) -> int:
        """Days that are over, or done, on which a look was owed or made."""
        return self.looked + self.missed

    @property
    def missed(self) -> int:
        return self.count("missed")

    @property
    def afterwards(self) -> int:
        return self.count("afterwards")

    @property
    def months(self) -> list[Month]:
        """The months on a day of which something was owed or done."""
        by_month: dict[int, list[Day]] = defaultdict(list)
        for day in self.days:
            by_month[day.date.month].append(day)
        return [
            Month(days[0].date, tuple(days))
            for days in by_month.values()
            if any(day.state not in ("ahead", "off") for day in days)
        ]


def year_of(channel: Channel, number: int, now: datetime) -> Year:
    """The days of the year `number` as they stand at `now`."""
    first = date(number, 1, 1)
    last = date(number, 12, 31)
    today = channel.municipality.today(now)
    late_by_day = _looked(channel, first, last)
    missed = _missed(channel, first, last, now)
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        days.append(Day(day, _state(day, today, late_by_day.get(day), day in missed)))
    return Year(number, tuple(days))


def _state(day: date, today: date, late: bool | None, missed: bool) -> State:
    if day > today:
        return "ahead"
    if missed:
        return "missed"
    if late is not None:
        return "afterwards" if late else "done"
    return "today" if day == today else "off"


def _looked(channel: Channel, first: date, last: date) -> dict[date, bool]:
    """The days that were looked at, and whether any of their turns was written afterwards."""
    entries = CheckIn.objects.filter(
        channel=channel, day__range=(first, last), corrected_by__isnull=True
    ).values_list("day", "late")
    found: dict[date, bool] = {}
    for day, late in entries:
        found[day] = found.get(day, False) or late
    return found


def _missed(channel: Channel, first: date, last: date, now: datetime) -> set[date]:
    rows = Obligation.objects.filter(
        municipality=channel.municipality_id,
        duty__in=LOOKS,
        subject_id=channel.pk,
        due_on__range=(first, last),
        due_at__lte=now,
        met_at__isnull=True,
        waived_at__isnull=True,
    )
    return {day for day in rows.values_list("due_on", flat=True) if day is not None}
