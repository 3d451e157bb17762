"""What the document on supervision says: the rules, the figures, the gaps, what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone, translation

from governance.logo import logo_at
from governance.models import (
    Checkpoint,
    Municipality,
    Obligation,
    PolicyVersion,
    StoredFile,
    Unit,
)
from governance.permissions import units_below
from governance.policy.changes import RuleChange, rule_changes
from governance.policy.in_force import policy_of
from governance.policy.types import Policy
from governance.policy.vocabulary import KEYS
from moderation.models import SupervisionReport
from moderation.overview.figures import (
    Counts,
    Period,
    breaches,
    by_month,
    looks,
    of_units,
    worst_first,
)
from moderation.overview.gaps import Gap, gap_rows, gaps
from moderation.overview.maps import months_of
from moderation.overview.pages import Figures, figures_of

#: So many gaps are named one by one; of more, the document says how many it leaves out.
MOST_GAPS: Final = 2_000
#: What an auditor asks of supervision; the rules and routines that answer.
RULES: Final = (
    "monitoring.interval",
    "monitoring.continuous",
    "monitoring.legal_floor",
    "reply.question",
    "reply.criticism",
    "snapshot.interval",
    "crisis.rule",
)
ROUTINES: Final = ("check_in", "legal_floor", "crisis", "rest", "reply", "snapshot")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one version of the policy asked for, while it was in force in the period."""

    version: PolicyVersion
    rules: list[RuleChange]
    silent: list[str]
    routines: list[str]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's looks: in all, and month by month in the order of the document's months."""

    name: str
    counts: Counts
    months: list[Counts]


@dataclass(frozen=True, slots=True)
class Breach:
    """A gap longer than the floor allows. `until` None: nobody has looked since."""

    channel: str
    since: str
    until: datetime | None


@dataclass(frozen=True)
class SupervisionPaper:
    """Everything that the document prints."""

    municipality: Municipality
    logo: StoredFile | None
    unit: Unit
    period: Period
    made_at: datetime
    mark: Checkpoint | None
    asked: list[Asked]
    figures: Figures
    units: list[UnitRow]
    breaches: list[Breach]
    gaps: list[Gap]
    gaps_in_all: int

    @property
    def left_out(self) -> int:
        """How many gaps are not named."""
        return self.gaps_in_all - len(self.gaps)

    @property
    def root_lines(self) -> list[str]:
        """The root of the log in groups of eight, on two lines; none without a checkpoint."""
        if self.mark is None:
            return []
        root = bytes(self.mark.root).hex()
        groups = [root[start : start + 8] for start in range(0, len(root), 8)]
        return [" ".join(groups[:4]), " ".join(groups[4:])]


def supervision_paper(
    report: SupervisionReport, mark: Checkpoint | None, now: datetime
) -> SupervisionPaper:
    """What the document says at `now`, in the municipality's language and time zone.

    `mark`: the checkpoint of the log made just before the figures were counted.
    """
    place = report.municipality
    period = Period(report.starts_on, report.ends_on)
    rows = of_units(place, units_below([report.unit_id]), period)
    with translation.override(place.locale), timezone.override(place.zone):
        named = gap_rows(rows, now)
        return SupervisionPaper(
            municipality=place,
            logo=logo_at(place, now),
            unit=report.unit,
            period=period,
            made_at=timezone.localtime(now),
            mark=mark,
            asked=[_asked(version) for version in _versions(place, period)],
            figures=figures_of(rows, place, period, now),
            units=_units(rows, period, now),
            breaches=[_breach(row) for row in breaches(rows, now)],
            gaps=gaps(named[:MOST_GAPS]),
            gaps_in_all=named.count(),
        )


def _versions(municipality: Municipality, period: Period) -> list[PolicyVersion]:
    """Those in force on some day of the period, in order."""
    until = PolicyVersion.objects.filter(
        municipality=municipality, in_force_from__lte=period.last
    ).order_by("in_force_from", "number")
    found = list(until)
    begun = [each for each in found if each.in_force_from <= period.first]
    return [*begun[-1:], *(each for each in found if each.in_force_from > period.first)]


def _asked(version: PolicyVersion) -> Asked:
    policy = policy_of(version)
    stated = [each for each in rule_changes(None, policy) if each.key in RULES]
    return Asked(version, stated, _silent(policy), _routines(policy))


def _silent(policy: Policy) -> list[str]:
    return [str(KEYS[key].meaning) for key in RULES if key in policy.silent]


def _routines(policy: Policy) -> list[str]:
    return [policy.routine[key].says for key in ROUTINES if key in policy.routine]


def _units(rows: QuerySet[Obligation], period: Period, now: datetime) -> list[UnitRow]:
    found = list(worst_first(looks(rows), now, "unit_id"))
    units = Unit.objects.in_bulk([row["unit_id"] for row in found])
    months = by_month(looks(rows), now, "unit_id", units)
    firsts = _firsts(period)
    return [
        UnitRow(
            units[row["unit_id"]].name,
            Counts.read(row),
            [months[row["unit_id"]].get((day.year, day.month), Counts()) for day in firsts],
        )
        for row in found
    ]


def _firsts(period: Period) -> list[date]:
    return [month.first for month in months_of(period, {}, period.last)]


def _breach(row: Obligation) -> Breach:
    until = timezone.localtime(row.met_at) if row.met_at else None
    return Breach(row.subject_label, row.period, until)
