"""Taking up a finding: what was written where, and a copy of it before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256

from django.core.files.base import File
from django.db import connection, transaction
from django.utils.translation import gettext as _

from channels.models import Channel
from channels.rights import require_on
from governance import files
from governance.audit import digest, record
from governance.errors import AgainstPolicy
from governance.models import Municipality, User
from governance.transitions import locked
from moderation.actions.guards import require_open, require_order
from moderation.models import Evidence, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What somebody found. Moments are aware; `became_aware_at` None means now.

    `describe_only`: no picture of it may be kept, because keeping one may itself be a crime.
    """

    kind: str = Item.Kind.COMMENT
    direction: str = Item.Direction.RECEIVED
    url: str = ""
    author: str = ""
    text: str = ""
    describe_only: bool = False
    posted_at: datetime | None = None
    became_aware_at: datetime | None = None


@transaction.atomic
def take_up(
    channel: Channel,
    finding: Finding,
    *,
    by: User,
    now: datetime,
    picture: File[bytes] | None = None,
) -> Item:
    """Give the finding a number and keep a copy of it: its words, and a picture if there is one.

    Raises NotAllowed; AgainstPolicy for a moment that cannot be or a picture that nobody may keep
    (nothing is stored then); FileRefused for a file that is no picture.
    """
    require_on(by, "moderate", channel, now=now)
    aware = finding.became_aware_at or now
    require_order(finding.posted_at, aware, now)
    if picture is not None and finding.describe_only:
        raise _never_stored()
    if not finding.text.strip() and picture is None:
        raise AgainstPolicy(_("Write what it says, or add a picture of it."), field="text")
    item = Item.objects.create(
        municipality=channel.municipality,
        channel=channel,
        year=channel.municipality.today(now).year,
        sequence=_next_number(channel.municipality, channel.municipality.today(now).year),
        kind=finding.kind,
        direction=finding.direction,
        url=finding.url,
        author=finding.author,
        text=finding.text,
        describe_only=finding.describe_only,
        posted_at=finding.posted_at,
        received_at=finding.posted_at or aware,
        became_aware_at=aware,
        found_by=by,
        entered_at=now,
    )
    if finding.text.strip():
        _keep_words(item, by, now)
    if picture is not None:
        _keep_picture(item, picture, by, now)
    place = channel.municipality
    record(
        "finding.taken_up",
        item,
        by=by,
        now=now,
        channel=channel.pk,
        kind=item.kind,
        direction=item.direction,
        became_aware=aware,
        author=digest(item.author, place) if item.author else "",
        text=digest(item.text, place) if item.text else "",
        evidence=list(item.evidence.values_list("sha256", flat=True)),
    )
    return item


@transaction.atomic
def add_picture(item: Item, picture: File[bytes], *, by: User, now: datetime) -> Evidence:
    """Keep one more picture of the finding. The same picture twice is kept once.

    Raises NotAllowed, NoLongerPossible for a closed case, AgainstPolicy for what may not be kept
    and FileRefused for a file that is no picture.
    """
    require_on(by, "moderate", item.channel, now=now)
    item = require_open(locked(item))
    if item.describe_only:
        raise _never_stored()
    evidence, new = _keep_picture(item, picture, by, now)
    if new:
        record("evidence.kept", item, by=by, now=now, evidence=evidence.pk, sha256=evidence.sha256)
    return evidence


@transaction.atomic
def look_at_evidence(evidence: Evidence, *, by: User, now: datetime) -> Evidence:
    """Write in the log that somebody looks. The caller has permitted it."""
    record("evidence.looked_at", evidence, by=by, now=now, sha256=evidence.sha256)
    return evidence


def erase_pictures(item: Item, *, now: datetime) -> list[str]:
    """Mark the item never to be pictured and take away its pictures; returns their digests.

    For what turns out to be of a kind that nobody may keep. The rows stay, with the digest that
    the police may ask for; the bytes go when the transaction is committed.
    """
    item.describe_only = True
    item.save(update_fields=["describe_only"])
    kept = item.evidence.filter(file__isnull=False, erased_at__isnull=True).select_related("file")
    erased = []
    for evidence in kept:
        if evidence.file is not None:
            transaction.on_commit(partial(files.erase, evidence.file))
        evidence.erased_at = now
        evidence.save(update_fields=["erased_at"])
        erased.append(evidence.sha256)
    return erased


def _keep_words(item: Item, by: User, now: datetime) -> None:
    Evidence.objects.create(
        municipality=item.municipality,
        item=item,
        words=item.text,
        sha256=sha256(item.text.encode()).hexdigest(),
        taken_by=by,
        taken_at=now,
    )


def _keep_picture(
    item: Item, picture: File[bytes], by: User, now: datetime
) -> tuple[Evidence, bool]:
    stored = files.store(
        picture, municipality=item.municipality, name=picture.name or "", by=by, now=now
    )
    return Evidence.objects.get_or_create(
        item=item,
        sha256=stored.sha256,
        defaults={
            "municipality": item.municipality,
            "file": stored,
            "taken_by": by,
            "taken_at": now,
        },
    )


def _never_stored() -> AgainstPolicy:
    return AgainstPolicy(
        _("No picture of this may be kept. Nothing was stored. Describe it in words instead."),
        field="picture",
    )


def _next_number(municipality: Municipality, year: int) -> int:
    """The next number of the year's series, locked until the commit so that none is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO moderation_itemseries AS series (municipality_id, year, size)"
            " VALUES (%s, %s, 1) ON CONFLICT (municipality_id, year)"
            " DO UPDATE SET size = series.size + 1 RETURNING size",
            [municipality.pk, year],
        )
        return int(cursor.fetchone()[0])
