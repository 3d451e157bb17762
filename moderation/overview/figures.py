"""Counting duties kept and not kept, set by set in the database, never row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Self

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear, NullIf, TruncDate
from django.utils.translation import gettext as _

from channels.models import Channel
from governance.models import Municipality, Obligation, Unit, User
from governance.models.obligation import OPEN
from governance.obligations import label_of
from governance.roles import Role
from moderation.cadence import LOOKS
from moderation.models import Inquiry, Item

#: The breach of the floor beneath the daily look: counted apart, since a missed day is none.
FLOOR: Final = "legal_floor"
#: Who looked without an assignment to the channel: in somebody's stead, or by a role on the unit.
DEPUTY: Final = "deputy"
BY_UNIT: Final = "unit"
#: Which assignment counts where a person has several on a channel.
_FIRST: Final = (
    Role.RESPONSIBLE_PERSON,
    Role.CHANNEL_OWNER,
    Role.SUBSTITUTE,
    Role.ADMINISTRATOR,
    Role.EDITOR,
)


# Each look beside the assignments that whoever made it, or whoever they stood in for, had to the
# channel then; of their own the first in order counts. A join for all of them: asked row by row it
# takes a hundred times as long.
_COVERED: Final = """
WITH met (id, channel_id, person_id, met_at, due_at, met_on) AS MATERIALIZED ({met}),
assigned AS (
    SELECT met.id, min(array_position(%s, held.role::text)) AS place
    FROM met JOIN channels_editorassignment AS held
      ON held.channel_id = met.channel_id AND held.user_id = met.person_id
     AND held.starts_on <= met.met_on
     AND (held.ends_on IS NULL OR held.ends_on >= met.met_on)
     AND (held.revoked_at IS NULL OR held.revoked_at > met.met_at)
    GROUP BY met.id
), standing_in AS (
    SELECT DISTINCT met.id
    FROM met JOIN governance_absence AS away
      ON away.deputy_id = met.person_id AND met.met_on BETWEEN away.starts_on AND away.ends_on
    JOIN channels_editorassignment AS held
      ON held.channel_id = met.channel_id AND held.user_id = away.user_id
     AND held.starts_on <= met.met_on
     AND (held.ends_on IS NULL OR held.ends_on >= met.met_on)
     AND (held.revoked_at IS NULL OR held.revoked_at > met.met_at)
)
SELECT CASE WHEN assigned.id IS NOT NULL THEN (%s)[assigned.place]
            WHEN standing_in.id IS NOT NULL THEN %s ELSE %s END AS role,
       CASE WHEN %s THEN met.person_id END AS person,
       count(*) FILTER (WHERE met.due_at IS NULL OR met.met_at < met.due_at) AS in_time,
       count(*) FILTER (WHERE met.met_at >= met.due_at) AS late
FROM met LEFT JOIN assigned USING (id) LEFT JOIN standing_in USING (id)
GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2
"""


class Period(NamedTuple):
    """Days of the municipality, both included."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Self:
        return cls(date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many duties went how. `late`: met, though after their moment. `missed`: not met, and
    their moment has passed. `waiting`: not met yet, and there is time. `waived`: not to be done.
    """

    in_time: int = 0
    late: int = 0
    missed: int = 0
    waiting: int = 0
    waived: int = 0

    @property
    def owed(self) -> int:
        """Those of which it is known how they went: met, or their moment has passed."""
        return self.in_time + self.late + self.missed

    @property
    def any(self) -> bool:
        return bool(self.owed or self.waiting or self.waived)

    @property
    def missed_share(self) -> float:
        """From 0 to 1; 0 where nothing was owed."""
        return self.missed / self.owed if self.owed else 0.0

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """From a row of `counted`."""
        return cls(**{each.name: row[each.name] for each in fields(cls)})

    @classmethod
    def sum(cls, counts: Iterable[Counts]) -> Self:
        found = list(counts)
        return cls(**{f.name: sum(getattr(each, f.name) for each in found) for f in fields(cls)})


@dataclass(frozen=True, slots=True)
class DutyCounts:
    """One duty. `timed`: it has a moment; one without can be neither late nor missed."""

    label: str
    timed: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class Covered:
    """Whose looks they were: a role on the channel, and on a channel's own page who held it."""

    role: str
    name: str
    in_time: int
    late: int


def of_units(
    municipality: Municipality, units: QuerySet[Unit], period: Period
) -> QuerySet[Obligation]:
    """What was owed in the period at the units that it was opened for."""
    # as keys: of a tree walked inside the statement the planner does not know how much it finds
    keys = list(units.values_list("pk", flat=True))
    return _owed(municipality, period).filter(unit__in=keys)


def of_channel(channel: Channel, period: Period) -> QuerySet[Obligation]:
    """What was owed in the period about the channel, and the findings and questions on it."""
    about = Q(subject_type=ContentType.objects.get_for_model(Channel), subject_id=channel.pk)
    for on_it in (Item.objects, Inquiry.objects):
        kind = ContentType.objects.get_for_model(on_it.model)
        found = on_it.filter(channel=channel).values("pk")
        about |= Q(subject_type=kind, subject_id__in=found)
    return _owed(channel.municipality, period).filter(about)


def of_channels(
    municipality: Municipality, channels: QuerySet[Channel], period: Period
) -> QuerySet[Obligation]:
    """What was owed in the period about these channels themselves."""
    about = ContentType.objects.get_for_model(Channel)
    owed = _owed(municipality, period)
    return owed.filter(subject_type=about, subject_id__in=channels.values("pk"))


def _owed(municipality: Municipality, period: Period) -> QuerySet[Obligation]:
    """Duties of the period by their day, or, where no day is set, by the day they were opened.

    What is left open of a channel from the day it closed is owed no more. Days of a declared rest
    owe what the guideline or routine has for it, and nothing else was ever opened for them.
    """
    opened_on = TruncDate("opened_at", tzinfo=municipality.zone)
    return (
        Obligation.objects.filter(municipality=municipality)
        .annotate(day=Coalesce("due_on", opened_on))
        .filter(Q(due_on__range=period) | Q(due_on__isnull=True, day__range=period))
        .exclude(pk__in=_left_by_closed_channels(municipality, period))
    )


def _left_by_closed_channels(municipality: Municipality, period: Period) -> list[int]:
    """What closing a channel left open from its last day on: few rows, since none are opened then.

    As keys, so that no statement over a year asks for each of its rows whether a channel closed.
    """
    channels = Channel.objects.filter(municipality=municipality, closed_on__lte=period.last)
    rows = Obligation.objects.open().filter(
        municipality=municipality,
        subject_type=ContentType.objects.get_for_model(Channel),
        subject_id__in=channels.values("pk"),
        due_on__range=period,
    )
    closed_on = channels.filter(pk=OuterRef("subject_id")).values("closed_on")
    after = rows.annotate(closed_on=Subquery(closed_on)).filter(due_on__gte=F("closed_on"))
    return list(after.values_list("pk", flat=True))


def looks(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """Those that a look at a channel meets, the breach of the floor apart."""
    return rows.filter(duty__in=LOOKS)


def counted(rows: QuerySet[Obligation], now: datetime, *by: str) -> QuerySet[Any]:
    """`Counts` of the rows at `now`, one row for each value of `by`, in a single statement."""
    met, after = Q(met_at__isnull=False), Q(met_at__gte=F("due_at"))
    kinds = {
        "in_time": met & (Q(due_at__isnull=True) | ~after),
        "late": met & after,
        "missed": OPEN & Q(due_at__lte=now),
        "waiting": OPEN & (Q(due_at__isnull=True) | Q(due_at__gt=now)),
        "waived": Q(waived_at__isnull=False),
    }
    of_kind = {kind: Count("pk", filter=which) for kind, which in kinds.items()}
    found: QuerySet[Any] = rows.order_by().values(*by).annotate(**of_kind)
    return found


def by_day(rows: QuerySet[Obligation], now: datetime) -> dict[date, Counts]:
    """The counts of each day that has any."""
    return {row["due_on"]: Counts.read(row) for row in counted(rows, now, "due_on")}


def by_duty(rows: QuerySet[Obligation], now: datetime) -> list[DutyCounts]:
    """The counts of each duty, the breach of the floor apart; those with most missed first."""
    untimed = Case(When(due_at__isnull=True, then=Value(False)), default=Value(True))
    rows = rows.exclude(duty=FLOOR).annotate(timed=untimed)
    found = [
        DutyCounts(label_of(row["duty"]), row["timed"], Counts.read(row))
        for row in counted(rows, now, "duty", "timed")
    ]
    return sorted(found, key=lambda each: (-each.counts.missed, -each.counts.late, each.label))


def worst_first(rows: QuerySet[Obligation], now: datetime, by: str) -> QuerySet[Any]:
    """The counts by a column, the largest share of missed first, then of late."""
    owed = NullIf(F("in_time") + F("late") + F("missed"), 0)
    found: QuerySet[Any] = (
        counted(rows, now, by)
        .annotate(
            share=Coalesce(Cast("missed", FloatField()) / owed, 0.0),
            late_share=Coalesce(Cast("late", FloatField()) / owed, 0.0),
        )
        .order_by("-share", "-late_share", by)
    )
    return found


def by_month(
    rows: QuerySet[Obligation], now: datetime, by: str, keys: Iterable[int]
) -> dict[int, dict[tuple[int, int], Counts]]:
    """For each of the keys of a column, the counts of its months, by (year, month)."""
    rows = rows.filter(**{f"{by}__in": list(keys)}).annotate(
        year=ExtractYear("due_on"), month=ExtractMonth("due_on")
    )
    found: dict[int, dict[tuple[int, int], Counts]] = {}
    for row in counted(rows, now, by, "year", "month"):
        found.setdefault(row[by], {})[row["year"], row["month"]] = Counts.read(row)
    return found


def breaches(rows: QuerySet[Obligation], now: datetime) -> QuerySet[Obligation]:
    """Where nobody looked for longer than the floor allows: open past it, or met after it."""
    broken = (OPEN & Q(due_at__lte=now)) | Q(met_at__gte=F("due_at"))
    return rows.filter(broken, duty=FLOOR).order_by("due_on", "pk")


def covered_by(
    rows: QuerySet[Obligation], municipality: Municipality, *, named: bool
) -> list[Covered]:
    """Whose looks they were, by the role that each had on the channel that day; most first.

    `named`: also by whom, under the name that is shown.
    """
    met = looks(rows).filter(met_at__isnull=False, met_by__isnull=False)
    met = met.annotate(met_on=TruncDate("met_at", tzinfo=municipality.zone)).order_by()
    columns = met.values_list("pk", "subject_id", "met_by_id", "met_at", "due_at", "met_on")
    statement, given = columns.query.sql_with_params()
    roles = [*map(str, _FIRST), *(str(role) for role in Role if role not in _FIRST)]
    with connection.cursor() as cursor:
        cursor.execute(
            _COVERED.format(met=statement),
            [*given, roles, roles, DEPUTY, BY_UNIT, named],
        )
        found = cursor.fetchall()
    people = User.objects.in_bulk({person for _role, person, _in_time, _late in found if person})
    return [
        Covered(role_words(role), people[person].shown_name if person else "", in_time, late)
        for role, person, in_time, late in found
    ]


def role_words(role: str) -> str:
    """How somebody came to look: the role's name, or what stood in its place."""
    if role == DEPUTY:
        return _("deputy for somebody who was away")
    if role == BY_UNIT:
        return _("by a role at the unit or centrally")
    return str(Role(role).label)
