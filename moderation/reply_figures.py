"""How answers went: met in time, late or missed, for each channel, in a period.

Read from what was owed and from nothing else, so that a page, a report and the log say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from channels.models import Channel
from governance.models import Municipality, Obligation
from governance.models.obligation import OPEN
from governance.working_time import Calendar
from moderation.models import Inquiry
from moderation.replies import FIRST, FULL, REFERRAL

ANSWERS = (FIRST, FULL, REFERRAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the answers of a channel, a unit or a municipality went in a period, each clock once.

    Of those that had a moment: `in_time`, `late` (met at that moment or after), `missed` (open
    when it came), `running` (open, and it has not come). Of those without one: `given` and
    `waiting`; they are never late. What needed no answer is counted nowhere.
    """

    in_time: int = 0
    late: int = 0
    missed: int = 0
    running: int = 0
    given: int = 0
    waiting: int = 0

    @property
    def due(self) -> int:
        """How many had to be there by now."""
        return self.in_time + self.late + self.missed

    @property
    def owed(self) -> int:
        """How many there were, with a moment or without."""
        return self.due + self.running + self.given + self.waiting

    @property
    def share(self) -> float | None:
        """The share of those due that were met in time, 0 to 1; None where none was due."""
        return self.in_time / self.due if self.due else None

    @classmethod
    def sum(cls, figures: Iterable[Self]) -> Figures:
        """All of these together."""
        each = list(figures)
        return Figures(
            **{name: sum(getattr(one, name) for one in each) for name in Figures.__slots__}
        )


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """How one channel answered; `unit` is the key of the unit that owed it."""

    channel: int
    unit: int
    figures: Figures


def by_channel(
    municipality: Municipality, first: date, last: date, now: datetime
) -> list[ChannelFigures]:
    """The figures of every channel and unit that owed an answer from `first` to `last`, both
    included; by one query.

    An answer with a moment belongs to the day it was due, one without to the day it was entered.
    """
    return _figures(_owed(municipality, first, last), now)


def of_channel(channel: Channel, first: date, last: date, now: datetime) -> Figures:
    """The figures of one channel; by one query."""
    asked = Inquiry.objects.filter(channel=channel).values("pk")
    rows = _owed(channel.municipality, first, last).filter(subject_id__in=asked)
    return Figures.sum(row.figures for row in _figures(rows, now))


def _owed(municipality: Municipality, first: date, last: date) -> QuerySet[Obligation]:
    calendar = Calendar(municipality.country, municipality.zone)
    begins, ends = calendar.start(first), calendar.end(last)
    return Obligation.objects.filter(
        Q(due_on__range=(first, last))
        | Q(due_on__isnull=True, opened_at__gte=begins, opened_at__lt=ends),
        municipality=municipality,
        duty__in=ANSWERS,
        waived_at__isnull=True,
    )


def _figures(rows: QuerySet[Obligation], now: datetime) -> list[ChannelFigures]:
    met, dated = Q(met_at__isnull=False), Q(due_at__isnull=False)
    asked = Inquiry.objects.filter(pk=OuterRef("subject_id")).values("channel_id")
    counted = (
        rows.filter(subject_type=ContentType.objects.get_for_model(Inquiry))
        .annotate(channel=Subquery(asked))
        .values("channel", "unit_id")
        .order_by("channel", "unit_id")
        .annotate(
            in_time=Count("pk", filter=met & Q(met_at__lt=F("due_at"))),
            late=Count("pk", filter=met & Q(met_at__gte=F("due_at"))),
            missed=Count("pk", filter=OPEN & Q(due_at__lte=now)),
            running=Count("pk", filter=OPEN & Q(due_at__gt=now)),
            given=Count("pk", filter=met & ~dated),
            waiting=Count("pk", filter=OPEN & ~dated),
        )
    )
    return [
        ChannelFigures(
            row["channel"],
            row["unit_id"],
            Figures(
                in_time=row["in_time"],
                late=row["late"],
                missed=row["missed"],
                running=row["running"],
                given=row["given"],
                waiting=row["waiting"],
            ),
        )
        for row in counted
    ]
