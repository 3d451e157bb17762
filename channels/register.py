"""The public register: the municipality's channels as anybody may see them. Reading only."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.addresses import recognise_address
from channels.models import Channel
from channels.models.channel import called, on_platform_called
from channels.platforms import AddressRefused
from governance.models import Municipality, Unit
from governance.spreadsheets import write_csv

#: What the pages and the open data say of a channel. No person is among it.
COLUMNS: Final = (
    "name",
    "slug",
    "url",
    "handle",
    "description",
    "purpose",
    "state",
    "comments_open",
    "language",
    "opened_on",
    "closed_on",
    "closed_because",
    "last_confirmed_on",
    "contact_email",
    "contact_phone",
    "platform__key",
    "platform__name",
    "unit_id",
    "unit__name",
)

Row = dict[str, Any]


@dataclass
class Group:
    """The open channels under one heading: a sector, or the municipality as a whole."""

    key: int
    name: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Register:
    """What one reader asked to see. `groups` are open channels, `closed` the latest first."""

    groups: list[Group]
    closed: list[Row]
    shown: int
    all_open: int
    all_closed: int
    platforms: dict[str, str]
    units: dict[int, str]


def read(
    municipality: Municipality, *, words: str = "", platform: str = "", unit: int | None = None
) -> Register:
    """The register, searched and filtered. Three queries, whatever its size."""
    rows = list(_rows(municipality))
    headings = _headings(municipality)
    days = {row["last_confirmed_on"] for row in rows} - {None}
    # once a day, not once a row
    written = {day: date_format(day, "SHORT_DATE_FORMAT") for day in days}
    for row in rows:
        row["group"] = headings[row["unit_id"]]
        row["about"] = row["description"] or row["purpose"]
        row["confirmed"] = written.get(row["last_confirmed_on"], "")
    opened = [row for row in rows if row["state"] == Channel.State.OPEN]
    found = set(_matching(municipality, words)) if words else None
    shown = [
        row
        for row in opened
        if (found is None or row["slug"] in found)
        and platform in ("", row["platform__key"])
        and unit in (None, row["group"][0])
    ]
    closed = [row for row in rows if row["state"] == Channel.State.CLOSED]
    return Register(
        groups=_groups(shown),
        closed=sorted(closed, key=lambda row: row["closed_on"], reverse=True),
        shown=len(shown),
        all_open=len(opened),
        all_closed=len(closed),
        platforms=dict(sorted({(r["platform__key"], r["platform__name"]) for r in opened})),
        units={group.key: group.name for group in _groups(opened)},
    )


def _rows(municipality: Municipality) -> Iterator[Row]:
    channels = Channel.objects.filter(municipality=municipality).in_register()
    for row in channels.order_by("name", "platform__name").values(*COLUMNS):
        yield {**row, "platform__name": called(row["platform__key"], row["platform__name"])}


def _matching(municipality: Municipality, words: str) -> Iterable[str]:
    """The slugs of what a reader searches for, by the database's own comparison of letters."""
    sought = (
        Q(name__icontains=words)
        | Q(unit__name__icontains=words)
        | Q(description__icontains=words)
        | Q(purpose__icontains=words)
        | Q(handle__icontains=words)
        | on_platform_called(words)
    )
    return Channel.objects.filter(sought, municipality=municipality).values_list("slug", flat=True)


def _headings(municipality: Municipality) -> dict[int, tuple[int, str]]:
    """Under which heading each unit's channels stand: its sector, else the highest unit below
    the municipality and its boards, else the municipality as a whole."""
    units: dict[int, Row] = {
        row["pk"]: dict(row)
        for row in Unit.objects.filter(municipality=municipality).values(
            "pk", "parent_id", "name", "kind"
        )
    }
    whole = _("The whole municipality")
    return {pk: _heading(pk, units, whole) for pk in units}


def _heading(pk: int, units: Mapping[int, Row], whole: str) -> tuple[int, str]:
    unit: Row | None = units[pk]
    found: Row | None = None
    while unit is not None:
        if unit["kind"] not in (Unit.Kind.MUNICIPALITY, Unit.Kind.BOARD):
            found = unit
        if unit["kind"] == Unit.Kind.SECTOR:
            break
        unit = units.get(unit["parent_id"])
    return (found["pk"], found["name"]) if found else (0, whole)


def _groups(rows: Iterable[Row]) -> list[Group]:
    groups: dict[int, Group] = {}
    for row in rows:
        key, name = row["group"]
        groups.setdefault(key, Group(key, name)).rows.append(row)
    return sorted(groups.values(), key=lambda group: (group.key != 0, group.name))


# --- "is it really you?" ----------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """Whether an account is the municipality's: `yes`, `closed` or `no`, and which ones to see."""

    verdict: str
    rows: list[Row]


def is_it_us(text: str, municipality: Municipality) -> Answer:
    """The answer to a pasted address or the name of an account."""
    rows = list(_rows(municipality))
    try:
        account = recognise_address(text, municipality).account
        url, found = account.url, [row for row in rows if row["url"] in account.urls]
    except AddressRefused:
        url = ""
        found = [row for row in rows if row["handle"] and row["handle"] == _handle(text)]
    ours = [row for row in found if row["state"] == Channel.State.OPEN]
    if ours:
        return Answer("yes", ours)
    if found:
        return Answer("closed", found)
    return Answer("no", _alike(_handle(url or text), rows))


def _handle(text: str) -> str:
    return text.strip().rstrip("/").rpartition("/")[2].lstrip("@").casefold()


def _alike(handle: str, rows: list[Row]) -> list[Row]:
    """Open accounts whose names could be mistaken for this one."""
    names = {row["handle"]: row for row in rows if row["state"] == Channel.State.OPEN}
    return [names[name] for name in get_close_matches(handle, names, n=3, cutoff=0.75)]


# --- open data --------------------------------------------------------------------------------

_OPEN_DATA: Final = {
    "name": "name",
    "platform": "platform__name",
    "address": "url",
    "handle": "handle",
    "unit": "unit__name",
    "description": "description",
    "state": "state",
    "comments_open": "comments_open",
    "language": "language",
    "opened": "opened_on",
    "closed": "closed_on",
    "last_confirmed": "last_confirmed_on",
    "contact_email": "contact_email",
    "contact_phone": "contact_phone",
}


def open_data(municipality: Municipality) -> list[Row]:
    """The register as plain rows: dates as ISO 8601, nothing about persons."""
    return [
        {key: _plain(row[column]) for key, column in _OPEN_DATA.items()}
        for row in _rows(municipality)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def as_csv(rows: Iterable[Row]) -> bytes:
    """The rows for a spreadsheet."""
    out = io.BytesIO()
    write_csv(out, list(_OPEN_DATA), ([_in_words(value) for value in row.values()] for row in rows))
    return out.getvalue()


def _in_words(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value
