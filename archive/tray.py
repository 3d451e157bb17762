"""The registrar's tray: what waits for a diary number, and what is known of each. Reading only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Prefetch, QuerySet, Value
from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from archive.models import Snapshot
from archive.records import files_of, snapshot_title, title_of
from governance.files import verify_stored
from governance.models import StoredFile, User
from governance.permissions import permitted, units_where
from governance.policy.in_force import policy_for
from moderation.access import may_see_evidence
from moderation.cases import act_in_force, facts_of
from moderation.closing import demanded
from moderation.models import Action, Item

RIGHT: Final = "register_records"
Words = str | Promise
Record = Item | Snapshot


def waiting(user: User, now: datetime) -> QuerySet:
    """(kind, key, since) of everything that waits for the person, the oldest first."""
    units = units_where(user, RIGHT, now)
    mine = {"municipality": user.municipality_id, "channel__unit__in": units}
    items = Item.objects.filter(**mine).to_register()
    snapshots = Snapshot.objects.filter(**mine).to_register()
    findings = _keys(items, "finding", "handed_over_at")
    everything = findings.union(_keys(snapshots, "snapshot", "stored_at"), all=True)
    return everything.order_by("since", "record", "id")


def _keys(records: QuerySet, kind: str, since: str) -> QuerySet:
    named: QuerySet = records.annotate(record=Value(kind), since=F(since)).order_by()
    return named.values_list("record", "id", "since")


@dataclass(frozen=True, slots=True)
class Line:
    """One record as the list shows it. `key` names it in addresses: `finding-12`."""

    key: str
    place: str
    since: datetime
    title: str
    secrecy: str
    case: str


def lines(keys: list[tuple[str, int, datetime]]) -> list[Line]:
    """The records of the keys in their order, in four queries."""
    wanted = {kind: [pk for each, pk, _at in keys if each == kind] for kind, _pk, _at in keys}
    items = _items().in_bulk(wanted.get("finding", []))
    snapshots = _snapshots().in_bulk(wanted.get("snapshot", []))
    return [
        _finding_line(items[pk], since)
        if kind == "finding"
        else _snapshot_line(snapshots[pk], since)
        for kind, pk, since in keys
        if pk in (items if kind == "finding" else snapshots)
    ]


def _finding_line(item: Item, since: datetime) -> Line:
    acts: list[Action] = item.standing  # type: ignore[attr-defined]
    return Line(
        key=key_of(item),
        place=_place(item),
        since=since,
        title=title_of(item, acts[-1] if acts else None),
        secrecy="" if item.secrecy == Item.Secrecy.NONE else str(item.get_secrecy_display()),
        case=item.case_reference if item.belongs_to_case else "",
    )


def _snapshot_line(snapshot: Snapshot, since: datetime) -> Line:
    title = snapshot_title(snapshot)
    return Line(key_of(snapshot), _place(snapshot), since, title, secrecy="", case="")


def key_of(record: Record) -> str:
    """How addresses name it."""
    return f"{'finding' if isinstance(record, Item) else 'snapshot'}-{record.pk}"


def record_of(key: str, user: User, now: datetime) -> Record:
    """The record of an address, already permitted: Http404 to strangers, NotAllowed to others."""
    kind, _dash, pk = key.partition("-")
    if not pk.isdecimal():
        raise Http404
    if kind == "finding":
        return permitted(_items(), int(pk), RIGHT, user, now=now)
    if kind == "snapshot":
        return permitted(_snapshots(), int(pk), RIGHT, user, now=now)
    raise Http404


def _items() -> QuerySet[Item]:
    standing = Action.objects.filter(reversed_by=None, reverses=None).order_by("acted_at", "pk")
    return Item.objects.select_related(
        "channel__unit__municipality",
        "channel__platform",
        "municipality",
        "found_by",
        "handed_over_by",
        "registered_by",
    ).prefetch_related(Prefetch("actions", standing, to_attr="standing"))


def _snapshots() -> QuerySet[Snapshot]:
    return Snapshot.objects.select_related(
        "channel__unit__municipality",
        "channel__platform",
        "municipality",
        "stored_by",
        "registered_by",
        "returned_by",
    )


def _place(record: Record) -> str:
    return f"{record.channel.name}, {record.channel.platform}"


# --- one record --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and where it comes from."""

    label: Words
    value: Words
    source: Words


@dataclass(frozen=True, slots=True)
class Kept:
    """A file, who put it here, and whether its bytes are still those. `url` empty: not to see."""

    file: StoredFile
    url: str
    intact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the registrar sees of one record."""

    key: str
    title: str
    handed_over_by: str
    since: datetime
    facts: list[Fact]
    files: list[Kept]
    rule: str
    clause: str
    demanded: bool
    is_finding: bool
    url: str


def detail_of(record: Record, user: User, now: datetime) -> Detail:
    """Everything about one record; the bytes of its files are read and held against the digest."""
    if isinstance(record, Item):
        return _finding(record, user, now)
    return _snapshot(record)


def _finding(item: Item, user: User, now: datetime) -> Detail:
    policy, act = policy_for(item.unit, now), act_in_force(item)
    demand = demanded(policy, facts_of(item, act, policy)).get("diary_number")
    advice = [each for each in policy.recommendations if each.about == "removal.diarise"]
    return Detail(
        key=key_of(item),
        title=title_of(item, act),
        handed_over_by=item.handed_over_by.shown_in_full if item.handed_over_by else "",
        since=item.handed_over_at or item.entered_at,
        facts=list(_facts_of_finding(item, act)),
        files=list(_pictures(item, user, now)),
        rule=demand.says if demand else " ".join(each.says for each in advice),
        clause=demand.clause if demand else "",
        demanded=demand is not None,
        is_finding=True,
        url=reverse("moderation:finding", args=[item.pk]),
    )


def _facts_of_finding(item: Item, act: Action | None) -> Iterator[Fact]:
    finder = _("said by %(name)s") % {"name": item.found_by.shown_in_full}
    received = item.direction == Item.Direction.RECEIVED
    yield Fact(pgettext("record", "Title"), title_of(item, act), _("proposed"))
    if item.posted_at is not None:
        yield Fact(_("Written"), _moment(item.posted_at, item), finder)
    if received:
        source = _("when it was written") if item.posted_at else _("when it became known")
        yield Fact(_("Received"), _moment(item.received_at, item), source)
    aware_then = item.became_aware_at == item.entered_at
    source = _("when it was entered here") if aware_then else finder
    yield Fact(_("Became known"), _moment(item.became_aware_at, item), source)
    if act is not None:
        done = f"{capfirst(act.get_decision_display())} {_moment(act.acted_at, item)}"
        yield Fact(_("Done"), done, _("said by %(name)s") % {"name": act.by.shown_in_full})
        if act.category_label:
            yield Fact(_("Ground"), act.category_label, act.statute or act.clause)
    if received:
        yield Fact(_("From"), item.author or _("Not known"), str(item.channel.platform))
        yield Fact(_("Document"), pgettext("document", "Received"), _("somebody else wrote it"))
    else:
        yield Fact(_("Document"), pgettext("document", "Drawn up"), _("we wrote it"))


def _snapshot(snapshot: Snapshot) -> Detail:
    return Detail(
        key=key_of(snapshot),
        title=snapshot_title(snapshot),
        handed_over_by=snapshot.stored_by.shown_in_full,
        since=snapshot.stored_at,
        facts=list(_facts_of_snapshot(snapshot)),
        files=[
            Kept(
                row.file,
                reverse("archive:snapshot_file", args=[snapshot.pk, row.position]),
                verify_stored(row.file),
            )
            for row in snapshot.files.select_related("file__stored_by")
        ],
        rule=_("The guideline sends its snapshots to the diary."),
        clause=snapshot.clause,
        demanded=True,
        is_finding=False,
        url=reverse("archive:snapshot", args=[snapshot.pk]),
    )


def _facts_of_snapshot(snapshot: Snapshot) -> Iterator[Fact]:
    said = _("said by %(name)s") % {"name": snapshot.stored_by.shown_in_full}
    yield Fact(pgettext("record", "Title"), snapshot_title(snapshot), _("proposed"))
    yield Fact(_("Taken"), _moment(snapshot.taken_at, snapshot), said)
    yield Fact(_("Handed in"), _moment(snapshot.stored_at, snapshot), _("our clock"))
    yield Fact(_("Occasion"), capfirst(snapshot.get_trigger_display()), snapshot.period)
    yield Fact(_("Document"), pgettext("document", "Drawn up"), _("we took it"))


def _pictures(item: Item, user: User, now: datetime) -> Iterator[Kept]:
    readable = may_see_evidence(user, item, now)
    for evidence in files_of(item.municipality).filter(item=item):
        if evidence.file is not None:
            url = reverse("moderation:evidence", args=[evidence.pk]) if readable else ""
            yield Kept(evidence.file, url, verify_stored(evidence.file))


def _moment(at: datetime | None, record: Record) -> str:
    return date_format(at.astimezone(record.municipality.zone), "DATETIME_FORMAT") if at else ""
