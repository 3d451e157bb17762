"""Taking a snapshot and registering it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from archive.duties import plan_again, snapshot_period
from archive.models import Snapshot, SnapshotFile
from channels.models import Channel
from channels.rights import require_on
from channels.scope import scope_of
from governance import audit
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.files import IMAGES, PDF, store
from governance.models import User
from governance.obligations import Owed, meet, meet_open, open_obligations
from governance.permissions import require
from governance.policy.in_force import policy_for
from governance.policy.types import Stated
from governance.transitions import locked
from moderation.actions.guards import too_late

DIARY_NUMBER_LENGTH = 40
QUESTION_LENGTH = 300


@transaction.atomic
def take_snapshot(
    channel: Channel,
    uploads: Sequence[UploadedFile],
    *,
    by: User,
    now: datetime,
    trigger: str = Snapshot.Trigger.PERIOD,
    taken_at: datetime | None = None,
    note: str = "",
    corrects: Snapshot | None = None,
) -> Snapshot:
    """Keep the files as a snapshot of the channel and meet the period's duty, if it is the time.

    `taken_at` is when the picture was taken, `now` unless given. One taken before the window of
    the period opened is kept as an extra one and meets nothing (requirements A.9 #37).
    Raises NotAllowed, FileRefused for a file that is not what it should be, AgainstPolicy where
    a file is missing or the moment lies ahead, NoLongerPossible for a second correction.
    """
    require_on(by, "take_snapshot", channel, now=now)
    taken_at = taken_at or now
    if not uploads:
        raise AgainstPolicy(_("Choose at least one picture or PDF."), field="files")
    if taken_at > now:
        raise AgainstPolicy(_("The moment lies ahead of us."), field="taken_at")
    if corrects is not None:
        _require_uncorrected(locked(corrects))

    policy = policy_for(channel.unit, now)
    scope = scope_of(channel)
    period = snapshot_period(policy, channel, now)
    counts = (
        trigger == Snapshot.Trigger.PERIOD and period is not None and taken_at >= period.opens_at
    )
    if trigger == Snapshot.Trigger.PERIOD and not counts:
        trigger = Snapshot.Trigger.EXTRA
    to_diary = policy.rule("snapshot.diarise", scope)
    snapshot = Snapshot.objects.create(
        municipality=channel.municipality,
        channel=channel,
        trigger=trigger,
        period=period.key if counts and period else "",
        taken_at=taken_at,
        note=note,
        stored_by=by,
        stored_at=now,
        corrects=corrects,
        must_be_registered=isinstance(to_diary, Stated) and to_diary.value is True,
        clause=to_diary.clause if isinstance(to_diary, Stated) else "",
    )
    files = [
        store(
            upload,
            municipality=channel.municipality,
            name=upload.name or "",
            by=by,
            now=now,
            allow=IMAGES | PDF,
        )
        for upload in uploads
    ]
    SnapshotFile.objects.bulk_create(
        SnapshotFile(snapshot=snapshot, file=file, position=position)
        for position, file in enumerate(files, start=1)
    )
    if counts and period is not None and corrects is None:
        _meet_period(channel, period.key, by=by, now=now)
    if corrects is not None:
        meet_open("snapshot_again", corrects, by=by, now=now)
    rule = policy.rule("snapshot.interval", scope)
    audit.record(
        "snapshot.taken",
        snapshot,
        by=by,
        now=now,
        under=rule if isinstance(rule, Stated) else None,
        trigger=str(trigger),
        period=snapshot.period,
        taken_at=taken_at,
        sha256=[file.sha256 for file in files],
        corrects=corrects.pk if corrects else None,
    )
    return snapshot


def _meet_period(channel: Channel, period: str, *, by: User, now: datetime) -> None:
    try:
        meet(Owed("snapshot", channel, period), by=by, now=now)
    except NoLongerPossible:
        # a second snapshot in the window is kept beside the first, which met the duty
        return


@transaction.atomic
def register_snapshot(snapshot: Snapshot, number: str, *, by: User, now: datetime) -> Snapshot:
    """Write the diary number that the registrar gave the snapshot.

    Raises NotAllowed, AgainstPolicy for an empty or overlong number, NoLongerPossible where it
    has one.
    """
    snapshot = locked(snapshot)
    require(by, "register_records", snapshot.unit, now=now)
    number = number.strip()
    if not number or len(number) > DIARY_NUMBER_LENGTH:
        raise AgainstPolicy(
            _("Write the diary number, at most %(length)d characters.")
            % {"length": DIARY_NUMBER_LENGTH},
            field="number",
        )
    _require_unregistered(snapshot)
    snapshot.diary_number = number
    snapshot.registered_by = by
    snapshot.registered_at = now
    snapshot.save(update_fields=["diary_number", "registered_by", "registered_at"])
    # a registrar who decides after all needs no other snapshot
    meet_open("snapshot_again", snapshot, by=by, now=now)
    audit.record("snapshot.registered", snapshot, by=by, now=now, number=number)
    return snapshot


@transaction.atomic
def return_snapshot(snapshot: Snapshot, question: str, *, by: User, now: datetime) -> Snapshot:
    """Send it back to those who take snapshots of the channel, who hand in a better one.

    Raises NotAllowed, AgainstPolicy without words, NoLongerPossible where it is registered,
    returned or corrected already.
    """
    snapshot = locked(snapshot)
    require(by, "register_records", snapshot.unit, now=now)
    question = question.strip()
    if not question or len(question) > QUESTION_LENGTH:
        raise AgainstPolicy(
            _("Write what you need to know, at most %(length)d characters.")
            % {"length": QUESTION_LENGTH},
            field="question",
        )
    _require_unregistered(snapshot)
    if snapshot.returned_at is not None:
        raise too_late(
            _("It was already returned by %(name)s %(moment)s."),
            by=snapshot.returned_by,
            at=snapshot.returned_at,
            place=snapshot.municipality,
        )
    _require_uncorrected(snapshot)
    snapshot.returned_because = question
    snapshot.returned_by = by
    snapshot.returned_at = now
    snapshot.save(update_fields=["returned_because", "returned_by", "returned_at"])
    open_obligations([plan_again(snapshot)], now=now)
    said = audit.digest(question, snapshot.municipality)
    audit.record("snapshot.returned", snapshot, by=by, now=now, question=said)
    return snapshot


def _require_unregistered(snapshot: Snapshot) -> None:
    if snapshot.registered_at is not None:
        raise too_late(
            _("It was already registered as %(number)s by %(name)s %(moment)s."),
            by=snapshot.registered_by,
            at=snapshot.registered_at,
            place=snapshot.municipality,
            number=snapshot.diary_number,
        )


def _require_uncorrected(snapshot: Snapshot) -> None:
    if Snapshot.objects.filter(corrects=snapshot).exists():
        raise NoLongerPossible(_("This snapshot has been corrected already."))
