"""The gaps named one by one: each look that was missed or written afterwards, and why, if known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from channels.models import Channel
from governance.models import Obligation
from governance.models.obligation import OPEN
from moderation.models import CheckIn, DeclaredPeriod, PeriodChannel
from moderation.overview.figures import Period, looks


@dataclass(frozen=True, slots=True)
class Gap:
    """A look that did not come in time. `written_at` None: it never came. `why`: their words.

    `afterwards`: it was written when its day was over, so on somebody's word.
    """

    channel: str
    platform: str
    channel_id: int
    day: date
    written_at: datetime | None
    afterwards: bool
    who: str
    why: str


def gap_rows(rows: QuerySet[Obligation], now: datetime) -> QuerySet[Obligation]:
    """The looks missed, or met after their moment, in order of their day."""
    gone = (OPEN & Q(due_at__lte=now)) | Q(met_at__gte=F("due_at"))
    found = looks(rows).filter(gone).select_related("met_by")
    return found.order_by("due_on", "subject_label", "period", "pk")


def gaps(rows: Iterable[Obligation]) -> list[Gap]:
    """The rows told, by three queries whatever their number: a page of them, not all."""
    found = list(rows)
    near = Channel.objects.select_related("platform", "municipality")
    channels = near.in_bulk({row.subject_id for row in found})
    entries = {
        (entry.channel_id, entry.period): entry
        for entry in CheckIn.objects.standing()
        .filter(
            channel__in=channels,
            day__in={row.due_on for row in found if row.due_on},
            late=True,
        )
        .select_related("by")
    }
    return [_told(row, channels[row.subject_id], entries) for row in found]


def _told(row: Obligation, channel: Channel, entries: dict[tuple[int, str], CheckIn]) -> Gap:
    entry = entries.get((row.subject_id, row.period))
    # a look can be one for other turns too, and is entered for the first of them alone
    looker = entry.by if entry else row.met_by
    assert row.due_on is not None  # noqa: S101 - a look is owed for a day
    return Gap(
        channel=channel.name,
        platform=str(channel.platform),
        channel_id=channel.pk,
        day=row.due_on,
        written_at=row.met_at,
        afterwards=row.met_at is not None and channel.municipality.today(row.met_at) > row.due_on,
        who=looker.shown_name if looker else "",
        why=entry.note if entry else "",
    )


def days_of_rest(channel: Channel, period: Period) -> set[date]:
    """The days of the period on which the channel had a declared rest."""
    parts = PeriodChannel.objects.filter(channel=channel, kind=DeclaredPeriod.Kind.REST)
    found: set[date] = set()
    for part in parts.select_related("period__municipality"):
        first = max(part.period.first_day, period.first)
        last = min(part.period.last_day or period.last, period.last)
        found |= {date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)}
    return found
