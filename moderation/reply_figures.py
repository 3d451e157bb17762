"""How the answers of a channel went in a period: met in time, late or missed.

Read from what was owed and from nothing else. The overview and its document count the same rows
by a statement of their own, the one for every duty (`moderation.overview.figures.counted`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Q, QuerySet

from channels.models import Channel
from governance.models import Obligation
from governance.models.obligation import OPEN
from governance.working_time import Calendar
from moderation.models import Inquiry
from moderation.replies import FIRST, FULL, REFERRAL

ANSWERS = (FIRST, FULL, REFERRAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the answers of a channel went in a period, each clock once.

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


def of_channel(channel: Channel, first: date, last: date, now: datetime) -> Figures:
    """The figures of one channel from `first` to `last`, both included; by one query.

    An answer with a moment belongs to the day it was due, one without to the day it was entered.
    """
    met, dated = Q(met_at__isnull=False), Q(due_at__isnull=False)
    kinds = {
        "in_time": met & Q(met_at__lt=F("due_at")),
        "late": met & Q(met_at__gte=F("due_at")),
        "missed": OPEN & Q(due_at__lte=now),
        "running": OPEN & Q(due_at__gt=now),
        "given": met & ~dated,
        "waiting": OPEN & ~dated,
    }
    rows = _owed(channel, first, last)
    return Figures(**rows.aggregate(**{kind: Count("pk", filter=kinds[kind]) for kind in kinds}))


def _owed(channel: Channel, first: date, last: date) -> QuerySet[Obligation]:
    municipality = channel.municipality
    calendar = Calendar(municipality.country, municipality.zone)
    begins, ends = calendar.start(first), calendar.end(last)
    return Obligation.objects.filter(
        Q(due_on__range=(first, last))
        | Q(due_on__isnull=True, opened_at__gte=begins, opened_at__lt=ends),
        municipality=municipality,
        duty__in=ANSWERS,
        waived_at__isnull=True,
        subject_type=ContentType.objects.get_for_model(Inquiry),
        subject_id__in=Inquiry.objects.filter(channel=channel).values("pk"),
    )
