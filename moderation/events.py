"""What has happened to something so far, as the log tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from governance.models import AuditEntry
from governance.names import with_names
from moderation.models import Inquiry, Item


@dataclass(frozen=True, slots=True)
class Event:
    """One line of what has happened so far."""

    at: datetime
    words: str | Promise
    who: str


def events_of(subject: Item | Inquiry, acts: Mapping[str, str | Promise]) -> list[Event]:
    """The acts about the subject that have words, oldest first."""
    rows = AuditEntry.objects.filter(
        municipality=subject.municipality,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        act__in=acts,
    )
    return [Event(row.at, acts[row.act], row.who) for row in with_names(rows.order_by("number"))]
