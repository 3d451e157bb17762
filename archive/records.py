"""What a diary export is made of: a row for each record, read in bounded pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from archive.models import Export, Snapshot, SnapshotFile
from archive.packages import DiaryRow
from channels.models import Decision, Plan, PlanVersion
from governance.models import Municipality, Unit, User

PIECE = 200


@dataclass(frozen=True)
class Period:
    """The records of these units between two moments, the second not included."""

    municipality: Municipality
    units: RawSQL
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, unit: Unit, starts_on: date, ends_on: date) -> Period:
        """The days, both included, in the municipality's zone; the unit and all below it."""
        zone = unit.municipality.zone
        below = RawSQL(
            "WITH RECURSIVE below AS (SELECT id FROM governance_unit WHERE id = %s"
            " UNION SELECT u.id FROM governance_unit u JOIN below b ON u.parent_id = b.id"
            ") SELECT id FROM below",
            [unit.pk],
        )
        return cls(
            municipality=unit.municipality,
            units=below,
            begins=datetime.combine(starts_on, time.min, zone),
            ends=datetime.combine(ends_on + timedelta(days=1), time.min, zone),
        )


def shown_name(user: User) -> str:
    """The name, or the title alone of somebody whose name is not to be shown."""
    if user.name_hidden:
        return user.title or _("an official")
    return f"{user.name}, {user.title}" if user.title else user.name


# --- snapshots ---------------------------------------------------------------------------------


def _snapshots(period: Period) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(
        municipality=period.municipality,
        channel__unit__in=period.units,
        taken_at__gte=period.begins,
        taken_at__lt=period.ends,
    ).order_by("taken_at", "pk")


def _snapshot_rows(period: Period) -> Iterator[DiaryRow]:
    files = Prefetch("files", SnapshotFile.objects.select_related("file").order_by("position"))
    zone = period.municipality.zone
    for snapshot in (
        _snapshots(period)
        .select_related("channel__platform", "stored_by")
        .prefetch_related(files)
        .iterator(chunk_size=PIECE)
    ):
        taken = snapshot.taken_at.astimezone(zone)
        yield DiaryRow(
            diary_number=snapshot.diary_number,
            date=taken,
            direction=_("Drawn up"),
            subject=_("Snapshot of %(channel)s, %(platform)s")
            % {"channel": snapshot.channel.name, "platform": snapshot.channel.platform.name},
            kind=_("snapshot"),
            channel=f"{snapshot.channel.name}, {snapshot.channel.platform.name}",
            address=snapshot.channel.url,
            acted=snapshot.stored_at.astimezone(zone),
            category=str(snapshot.get_trigger_display()),
            ground=snapshot.clause,
            responsible=shown_name(snapshot.stored_by),
            files=tuple(each.file for each in snapshot.files.all()),
        )


# --- approved plans ----------------------------------------------------------------------------


def _plans(period: Period) -> QuerySet[PlanVersion]:
    """The version that was approved, of each plan whose last approval fell in the period."""
    approved_at = Max("decisions__at", filter=Q(decisions__outcome=Decision.Outcome.APPROVED))
    return (
        PlanVersion.objects.filter(
            plan__municipality=period.municipality,
            plan__unit__in=period.units,
            plan__state=Plan.State.APPROVED,
        )
        .annotate(approved_at=approved_at)
        .filter(approved_at__gte=period.begins, approved_at__lt=period.ends)
        .order_by("approved_at", "pk")
    )


def _plan_rows(period: Period) -> Iterator[DiaryRow]:
    zone = period.municipality.zone
    for version in (
        _plans(period)
        .select_related("plan__channel__platform", "plan__author", "pdf")
        .iterator(chunk_size=PIECE)
    ):
        channel = version.plan.channel
        approved = version.approved_at.astimezone(zone)  # type: ignore[attr-defined]
        yield DiaryRow(
            date=approved,
            direction=_("Drawn up"),
            subject=version.plan.title,
            kind=_("approved plan"),
            channel=f"{channel.name}, {channel.platform.name}" if channel else "",
            address=channel.url if channel else "",
            received=version.submitted_at.astimezone(zone),
            acted=approved,
            responsible=shown_name(version.plan.author),
            files=(version.pdf,) if version.pdf else (),
        )


KINDS: dict[str, tuple[Callable[[Period], QuerySet], Callable[[Period], Iterator[DiaryRow]]]] = {
    Export.Kind.SNAPSHOT: (_snapshots, _snapshot_rows),
    Export.Kind.PLAN: (_plans, _plan_rows),
}


def count_records(period: Period, kinds: Sequence[str]) -> dict[str, int]:
    """How many records of each kind there are, kind to number."""
    return {kind: KINDS[kind][0](period).count() for kind in kinds}


def rows(period: Period, kinds: Sequence[str]) -> Iterator[DiaryRow]:
    """Every record of the kinds, one kind after the other, each in order of time."""
    for kind in kinds:
        yield from KINDS[kind][1](period)
