"""What a diary export is made of: a row for each record, read in bounded pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from archive.models import Export, Snapshot, SnapshotFile
from archive.packages import DiaryRow
from channels.actions.documents import approved_versions
from channels.models import Decision, PlanVersion
from governance.models import Municipality, Unit
from moderation.models import Action, Evidence, Item

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


# --- removed or hidden content -----------------------------------------------------------------


def title_of(item: Item, act: Action | None) -> str:
    """What a diary may call the finding: never a name, and no category where it may be secret."""
    values = {
        "kind": capfirst(item.get_kind_display()),
        "channel": item.channel.name,
        "platform": str(item.channel.platform),
        "number": item.number,
    }
    if act is None:
        return _("%(kind)s on %(channel)s, %(platform)s (%(number)s)") % values
    values["done"] = act.get_decision_display()
    if act.category_label and item.secrecy == Item.Secrecy.NONE:
        values["category"] = act.category_label
        words = _("%(kind)s on %(channel)s, %(platform)s: %(done)s, %(category)s (%(number)s)")
    else:
        words = _("%(kind)s on %(channel)s, %(platform)s: %(done)s (%(number)s)")
    return words % values


def files_of(municipality: Municipality) -> QuerySet[Evidence]:
    """Kept pictures whose bytes are there: what was erased is gone from every row that had it."""
    erased = Evidence.objects.filter(municipality=municipality, erased_at__isnull=False)
    return (
        Evidence.objects.filter(municipality=municipality, file__isnull=False)
        .exclude(sha256__in=erased.values("sha256"))
        .select_related("file__stored_by")
        .order_by("taken_at", "pk")
    )


def _removals(period: Period) -> QuerySet[Action]:
    """The act that stands for each finding, where it took something away in the period.

    What was shown again, and what an editor hid before removing it, is told by its last act.
    """
    last = Action.objects.filter(item=OuterRef("item"), reversed_by=None, reverses=None)
    return Action.objects.filter(
        municipality=period.municipality,
        item__channel__unit__in=period.units,
        decision__in=Action.TAKEN_AWAY,
        acted_at__gte=period.begins,
        acted_at__lt=period.ends,
        pk=Subquery(last.order_by("-acted_at", "-pk").values("pk")[:1]),
    ).order_by("acted_at", "pk")


def _removal_rows(period: Period) -> Iterator[DiaryRow]:
    files = Prefetch("item__evidence", files_of(period.municipality), to_attr="pictures")
    for act in (
        _removals(period)
        .select_related("item__channel__platform", "by")
        .prefetch_related(files)
        .iterator(chunk_size=PIECE)
    ):
        yield _removal_row(act, period.municipality.zone)


def _removal_row(act: Action, zone: ZoneInfo) -> DiaryRow:
    item, channel = act.item, act.item.channel
    received = item.direction == Item.Direction.RECEIVED
    open_to_all = item.secrecy == Item.Secrecy.NONE
    pictures: list[Evidence] = item.pictures  # type: ignore[attr-defined]
    return DiaryRow(
        diary_number=item.diary_number,
        date=act.acted_at.astimezone(zone),
        direction=pgettext("document", "Received" if received else "Drawn up"),
        # OSL 5 kap. 2 §: what would tell a secret is left out of the diary; an address names people
        counterpart=item.author if open_to_all and received else "",
        subject=title_of(item, act),
        kind=_("removed or hidden content"),
        channel=f"{channel.name}, {channel.platform}",
        address=item.url if open_to_all else "",
        received=item.received_at.astimezone(zone) if received else None,
        became_aware=item.became_aware_at.astimezone(zone),
        acted=act.acted_at.astimezone(zone),
        category=act.category_label,
        ground=", ".join(each for each in (act.statute, act.clause) if each),
        secrecy="" if open_to_all else str(item.get_secrecy_display()),
        paragraph=item.secrecy_paragraph,
        responsible=act.by.shown_in_full,
        files=tuple(each.file for each in pictures if each.file is not None),
    )


# --- snapshots ---------------------------------------------------------------------------------


def snapshot_title(snapshot: Snapshot) -> str:
    """What a diary may call the snapshot."""
    channel = snapshot.channel
    return _("Snapshot of %(channel)s, %(platform)s") % {
        "channel": channel.name,
        "platform": str(channel.platform),
    }


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
            direction=pgettext("document", "Drawn up"),
            subject=snapshot_title(snapshot),
            kind=_("snapshot"),
            channel=f"{snapshot.channel.name}, {snapshot.channel.platform}",
            address=snapshot.channel.url,
            acted=snapshot.stored_at.astimezone(zone),
            category=str(snapshot.get_trigger_display()),
            ground=snapshot.clause,
            responsible=snapshot.stored_by.shown_in_full,
            files=tuple(each.file for each in snapshot.files.all()),
        )


# --- approved plans ----------------------------------------------------------------------------


def _plans(period: Period) -> QuerySet[PlanVersion]:
    """The version that was approved, of each plan whose last approval fell in the period."""
    approved_at = Max("decisions__at", filter=Q(decisions__outcome=Decision.Outcome.APPROVED))
    return (
        approved_versions()
        .filter(plan__municipality=period.municipality, plan__unit__in=period.units)
        .annotate(approved_at=approved_at)
        .filter(approved_at__gte=period.begins, approved_at__lt=period.ends)
        .order_by("approved_at", "pk")
    )


def plans_without_document(period: Period) -> list[int]:
    """The approved versions of the period whose document is not made yet."""
    return list(_plans(period).filter(pdf__isnull=True).values_list("pk", flat=True))


def _plan_rows(period: Period) -> Iterator[DiaryRow]:
    zone = period.municipality.zone
    minuted = Prefetch("decisions", Decision.objects.exclude(body=""), to_attr="minuted")
    for version in (
        _plans(period)
        .select_related("plan__channel__platform", "plan__author", "pdf")
        .prefetch_related(minuted)
        .iterator(chunk_size=PIECE)
    ):
        channel = version.plan.channel
        approved = version.approved_at.astimezone(zone)  # type: ignore[attr-defined]
        yield DiaryRow(
            date=approved,
            direction=pgettext("document", "Drawn up"),
            subject=version.plan.title,
            kind=_("approved plan"),
            channel=f"{channel.name}, {channel.platform}" if channel else "",
            address=channel.url if channel else "",
            received=version.submitted_at.astimezone(zone),
            acted=approved,
            ground="; ".join(each.minuted for each in version.minuted),
            responsible=version.plan.author.shown_in_full,
            files=(version.pdf,) if version.pdf else (),
        )


KINDS: dict[str, tuple[Callable[[Period], QuerySet], Callable[[Period], Iterator[DiaryRow]]]] = {
    Export.Kind.REMOVAL: (_removals, _removal_rows),
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
