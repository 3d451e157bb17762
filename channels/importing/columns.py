"""The columns that each kind of file has, and which of a file's own columns they are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS = Path(__file__).with_name("words.toml")


class Kind(models.TextChoices):
    """What the lines of a file are; in the order in which they are brought in."""

    UNITS = "units", _("units")
    PEOPLE = "people", _("people")
    CHANNELS = "channels", _("channels")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the municipality's register knows it. `longest` is in characters."""

    key: str
    label: str | Promise
    longest: int = 120
    required: bool = False


#: Column key to the place of the file's column that it is, counted from 0.
Mapped = Mapping[str, int]

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    Kind.UNITS: (
        Column("name", _("Name"), required=True),
        Column("kind", _("Kind")),
        Column("activity", _("Activity")),
        Column("parent", _("Unit above"), 300),
    ),
    Kind.PEOPLE: (
        Column("name", _("Name"), required=True),
        Column("email", _("E-mail"), 254, required=True),
        Column("title", _("Title")),
        Column("phone", _("Telephone"), 40),
        Column("unit", _("Unit"), 300),
        Column("role", _("Role")),
    ),
    Kind.CHANNELS: (
        Column("url", _("Address"), 500),
        Column("platform", _("Platform"), 60),
        Column("name", _("Name of the account")),
        Column("unit", _("Unit"), 300, required=True),
        Column("purpose", _("Purpose"), 5_000),
        Column("audience", _("Audience"), 5_000),
        Column("responsible", _("Responsible person")),
        Column("responsible_email", _("E-mail of the responsible person"), 254),
        Column("contact_email", _("E-mail for the public"), 254),
        Column("contact_phone", _("Telephone for the public"), 40),
        Column("opened_on", _("Opened on"), 40),
    ),
}


def guess(kind: str, headers: Sequence[str]) -> dict[str, int]:
    """Which of the headers each column is, as far as their words tell; each at most once.

    A whole header is believed before a part of one, and of parts the longest.
    """
    plain = [simple(header) for header in headers]
    found: dict[str, int] = {}
    for fits in (_is_whole, _is_part):
        offers = [
            (-fits(words, header), place, key)
            for key, words in _words()["headers"][kind].items()
            for place, header in enumerate(plain)
            if fits(words, header)
        ]
        for _weight, place, key in sorted(offers):
            if key not in found and place not in found.values():
                found[key] = place
    return found


def _is_whole(words: Sequence[str], header: str) -> int:
    """How early in the list of words the header stands; 0 where it does not."""
    return len(words) - words.index(header) if header in words else 0


def _is_part(words: Sequence[str], header: str) -> int:
    """The length of the longest of the words that stands in the header; 0 where none does."""
    return max((len(word) for word in words if f" {word} " in f" {header} "), default=0)


def meant_by(what: str, text: str) -> str:
    """The key that a cell's words mean (`unit_kind`, `activity`, `role`), or nothing."""
    plain = simple(text)
    found: Mapping[str, Sequence[str]] = _words()["words"][what]
    return next((key for key, words in found.items() if plain in (*words, simple(key))), "")


def missing(kind: str, mapped: Mapped) -> list[Column]:
    """The columns without which nothing can be brought in and that the file does not have."""
    lacking = [each for each in COLUMNS[kind] if each.required and each.key not in mapped]
    if kind == Kind.CHANNELS and not {"url", "platform"} & mapped.keys():
        lacking.insert(0, COLUMNS[kind][0])
    return lacking


def simple(text: str) -> str:
    """Small letters and single spaces, no punctuation: how words are compared."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
