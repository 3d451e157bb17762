"""The audit log: who did what to what, when, under which clause.

The rows of a municipality are the leaves of its own Merkle tree (RFC 6962); a leaf is the digest
of the row's canonical JSON (RFC 8785). docs/audit.md tells what that proves and what it does not.

**Neither secrets nor what must one day be erased belong in a row.** Of somebody outside the
municipality, and of free text, write an id and `digest(text, municipality)`. The label of the
subject is its `str()`, so that of a row about an outsider must not name them.
"""

from __future__ import annotations

import hmac
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, models, transaction
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _
from django.utils.translation import override

from governance import checkpoint_file, merkle, notices
from governance.models import (
    AuditEntry,
    AuditHead,
    Checkpoint,
    Municipality,
    PolicyVersion,
    User,
)
from governance.signed_note import BadNote, TreeHead, is_note, opened, seeds, sign

logger = logging.getLogger(__name__)

LABEL_LENGTH = 300
#: The whole numbers that JSON keeps exactly (RFC 8785 by way of RFC 7493, 2.2).
LARGEST_NUMBER = 2**53 - 1
#: From here on the order by code point is not the order by UTF-16 that RFC 8785 asks for.
FIRST_UNORDERED = "\ud800"

# one statement for one row as for a thousand: through the ORM a batch costs three times as much
_APPEND = """
INSERT INTO governance_auditentry
    (municipality_id, at, actor_id, actor_name, actor_title, number,
     act, subject_type, subject_id, subject_label, clause, policy_id, facts, leaf)
SELECT %s, %s, %s, %s, %s, each.*
FROM json_to_recordset(%s) AS each (
    number bigint, act text, subject_type text, subject_id bigint, subject_label text, clause text,
    policy_id bigint, facts jsonb, leaf bytea)
"""


class LogFault(Exception):  # noqa: N818 - what is so, not what went wrong here
    """The log is not as it was, so no checkpoint is laid on top; `verify` says more."""


class Clause(Protocol):
    """What an act stands on: a rule, step or field of the policy, or an obligation."""

    @property
    def clause(self) -> str: ...


class Line(NamedTuple):
    """What `record_many` is to write; `line()` makes one from a subject."""

    municipality_id: int
    act: str
    subject_type: str
    subject_id: int
    subject_label: str
    clause: str = ""
    policy_id: int | None = None
    facts: Mapping[str, Any] = MappingProxyType({})


def record(
    act: str,
    subject: models.Model,
    *,
    by: User,
    now: datetime,
    under: Clause | None = None,
    **facts: Any,
) -> AuditEntry:
    """Append one row about `subject` to its municipality's log; last in the transaction.

    Last, because the lock that makes the numbers gapless is held from here to the commit.
    Facts are plain: text, whole numbers, yes and no, dates, lists and maps of these.
    Raises TransactionManagementError outside a transaction, TypeError for a fact that is not
    plain, ValueError where the subject belongs to no municipality or `now` is naive.
    """
    each = line(act, subject, now=now, under=under, **facts)
    return AuditEntry.objects.raw(
        _APPEND + " RETURNING *", _values(each.municipality_id, [each], by, now)
    )[0]


def line(
    act: str, subject: models.Model, *, now: datetime, under: Clause | None = None, **facts: Any
) -> Line:
    """What `record` would write about `subject`, for a batch.

    Where `under` does not say which policy version it comes from, it is the one in force.
    """
    municipality = _municipality_of(subject)
    return Line(
        municipality_id=municipality.pk,
        act=act,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=_cut(str(subject)),
        clause=_clause(under),
        policy_id=_policy_id(under, municipality, now),
        facts=facts,
    )


def record_many(lines: Iterable[Line], *, by: User, now: datetime) -> int:
    """Append a row for each line: one lock and one insert for each municipality's batch.

    Returns how many were written. Raises as `record` does.
    """
    by_municipality: dict[int, list[Line]] = defaultdict(list)
    for each in lines:
        by_municipality[each.municipality_id].append(each)
    with connection.cursor() as cursor:
        # in one order always, so that two batches over several municipalities cannot deadlock
        for municipality_id, batch in sorted(by_municipality.items()):
            cursor.execute(_APPEND, _values(municipality_id, batch, by, now))
    return sum(map(len, by_municipality.values()))


@transaction.atomic
def checkpoint(municipality: Municipality, *, now: datetime) -> Checkpoint | None:
    """Sign how many rows the log has and the root over them, and send that out of the system.

    The note goes into the file outside the database and into the registrar's mail, both once the
    transaction has committed. Where nothing was recorded since, the last checkpoint is returned
    and only the file is made good; where nothing was ever recorded, None. Costs what the rows
    added since the last one cost. Raises LogFault where the log is visibly not as it was.
    """
    head = (
        AuditHead.objects.select_for_update(no_key=True).filter(municipality=municipality).first()
    )
    if head is None:
        return None
    last = Checkpoint.objects.filter(municipality=municipality).order_by("-size").first()
    _refuse_if_wound_back(municipality)
    if last is None or head.size > last.size:
        last = _next_checkpoint(municipality, head.size, last, now)
        _mail(last)
    elif head.size < last.size:
        raise LogFault(f"the log has {head.size} rows, its last checkpoint counted {last.size}")

    def keep_outside() -> None:
        made = Checkpoint.objects.filter(municipality=municipality).order_by("size")
        checkpoint_file.append(municipality, made.values_list("note", flat=True))

    # robust: an act that has committed does not fail for a full disk; what the file then lacks is
    # logged, shown by `audit verify` and added with the next checkpoint
    transaction.on_commit(keep_outside, robust=True)
    return last


def checkpoint_or_tell(municipality: Municipality, *, now: datetime) -> Checkpoint | None:
    """A checkpoint, or, where the log is not as it was, a mail to the registrar that says so."""
    try:
        return checkpoint(municipality, now=now)
    except LogFault:
        logger.exception("No checkpoint of the audit log of %s", municipality.slug)
        _mail_fault(municipality, now)
        return None


def leaf_of(entry: AuditEntry) -> bytes:
    """The leaf that belongs to what the row says."""
    return _leaf(
        municipality_id=entry.municipality_id,
        number=entry.number,
        at=entry.at,
        actor=(entry.actor_id, entry.actor_name, entry.actor_title),
        act=entry.act,
        subject=(entry.subject_type, entry.subject_id, entry.subject_label),
        clause=entry.clause,
        policy_id=entry.policy_id,
        facts=entry.facts,
    )


def digest(text: str, municipality: Municipality) -> str:
    """What the log keeps of an outsider's name or of free text: it tells equal from different.

    HMAC-SHA-256 under a key that is the municipality's own and is derived from CHECKPOINT_KEY,
    outside the database. Without that key nobody can try guesses on it; with the key it shows
    only whether a text that somebody still has is the one that was meant.
    """
    key = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=f"uppsikt digest {municipality.pk}".encode()
    ).derive(seeds()[-1])  # the oldest, so that digests stay comparable when the key is rotated
    return "hmac-sha256:" + hmac.digest(key, text.encode(), "sha256").hex()


def _grow(municipality_id: int, count: int) -> int:
    """Take the log's next `count` numbers and return the last, locked until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE governance_audithead SET size = size + %s"
            " WHERE municipality_id = %s RETURNING size",
            [count, municipality_id],
        )
        row = cursor.fetchone()
    if row is None:
        # the municipality's first act; whoever comes second waits here for the first
        AuditHead.objects.bulk_create(
            [AuditHead(municipality_id=municipality_id)], ignore_conflicts=True
        )
        return _grow(municipality_id, count)
    return int(row[0])


def _next_checkpoint(
    municipality: Municipality, size: int, last: Checkpoint | None, now: datetime
) -> Checkpoint:
    frontier = _frontier_at(last)
    leaves = (
        AuditEntry.objects.filter(
            municipality=municipality, number__gt=frontier.size, number__lte=size
        )
        .order_by("number")
        .values_list("number", "leaf")
    )
    for number, leaf in leaves.iterator():
        frontier.append(bytes(leaf))
        if frontier.size != number:
            raise LogFault(f"row {frontier.size} of the log is missing")
    if frontier.size != size:
        raise LogFault(f"row {frontier.size + 1} of the log is missing")
    head = TreeHead(checkpoint_file.origin_of(municipality), size, frontier.root())
    return Checkpoint.objects.create(
        municipality=municipality,
        size=size,
        root=head.root,
        frontier=frontier.packed(),
        at=now,
        note=sign(head),
    )


def _refuse_if_wound_back(municipality: Municipality) -> None:
    """What has left the database must still be in it: no second history is ever signed."""
    known = set(Checkpoint.objects.filter(municipality=municipality).values_list("note", flat=True))
    for note in checkpoint_file.read(municipality):
        if is_note(note) and note not in known:
            raise LogFault("the database lacks a checkpoint that the file outside it holds")


def _frontier_at(last: Checkpoint | None) -> merkle.Frontier:
    """The tree as the last checkpoint left it, believed only as far as its signature goes."""
    if last is None:
        return merkle.Frontier()
    try:
        signed = opened(last.note)
        frontier = merkle.Frontier.unpack(last.size, bytes(last.frontier))
    except (BadNote, ValueError) as fault:
        raise LogFault(f"the checkpoint over {last.size} rows was changed") from fault
    if (signed.size, signed.root) != (last.size, frontier.root()):
        raise LogFault(f"the checkpoint over {last.size} rows was changed")
    return frontier


def _mail(made: Checkpoint) -> None:
    place = made.municipality
    with override(place.locale):
        text = _(
            "This is a signed checkpoint of the audit log of %(municipality)s. Please keep it. "
            "With it, it can be shown whether any of the first %(size)s rows was changed or "
            "removed afterwards, even by somebody who rules the database."
        ) % {"municipality": place.name, "size": made.size}
        notices.post(
            place.registrar_email,
            "checkpoint",
            _("Checkpoint of the audit log: %(size)s rows") % {"size": made.size},
            f"{text}\n\n{made.note}",
            municipality=place,
            now=made.at,
        )


def _mail_fault(place: Municipality, now: datetime) -> None:
    with override(place.locale):
        notices.post(
            place.registrar_email,
            "checkpoint_refused",
            _("The audit log is not as it was"),
            _(
                "No checkpoint of the audit log of %(municipality)s could be made today: rows "
                "that were recorded, or the last checkpoint, are missing or changed. Whoever "
                "operates the installation finds out more with the command “audit verify”."
            )
            % {"municipality": place.name},
            municipality=place,
            now=now,
        )


def _values(municipality_id: int, batch: Sequence[Line], by: User, now: datetime) -> list[Any]:
    """What `_APPEND` takes to write the batch, under numbers that are now its own."""
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "An audit row is written in the transaction of the act it tells of."
        )
    if now.tzinfo is None:
        raise ValueError("`now` must be an aware moment")
    facts = [_plain(each.facts) for each in batch]
    last = _grow(municipality_id, len(batch))
    rows = []
    for number, (each, plain) in enumerate(zip(batch, facts, strict=True), last - len(batch) + 1):
        leaf = _leaf(
            municipality_id=municipality_id,
            number=number,
            at=now,
            actor=(by.pk, by.name, by.title),
            act=each.act,
            subject=(each.subject_type, each.subject_id, each.subject_label),
            clause=each.clause,
            policy_id=each.policy_id,
            facts=plain,
        )
        rows.append(
            {
                "number": number,
                "act": each.act,
                "subject_type": each.subject_type,
                "subject_id": each.subject_id,
                "subject_label": each.subject_label,
                "clause": each.clause,
                "policy_id": each.policy_id,
                "facts": plain,
                "leaf": rf"\x{leaf.hex()}",
            }
        )
    return [municipality_id, now, by.pk, by.name, by.title, canonical(rows).decode()]


def _leaf(
    *,
    municipality_id: int,
    number: int,
    at: datetime,
    actor: tuple[int, str, str],
    act: str,
    subject: tuple[str, int, str],
    clause: str,
    policy_id: int | None,
    facts: Any,
) -> bytes:
    """The digest, as a leaf of RFC 6962, of the canonical JSON of all that a row says."""
    actor_id, actor_name, actor_title = actor
    subject_type, subject_id, subject_label = subject
    content = {
        "municipality": municipality_id,
        "number": number,
        "at": _written(at),
        "actor": {"id": actor_id, "name": actor_name, "title": actor_title},
        "act": act,
        "subject": {"type": subject_type, "id": subject_id, "label": subject_label},
        "clause": clause,
        "policy": policy_id,
        "facts": facts,
    }
    return merkle.leaf_hash(canonical(content))


@lru_cache(maxsize=16)
def _written(at: datetime) -> str:
    """A moment as the row's JSON has it; a batch asks for the same one again and again."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(content: Any) -> bytes:
    """RFC 8785, to the letter, for what a row may hold (`_plain`).

    Without fractions, and with names that sort alike by code point and by UTF-16, orjson's sorted
    writing is the same at a fraction of the cost; the tests hold it against the library rfc8785.
    """
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    """The value as JSON gives it back from the database: the leaf must come out the same."""
    if value is None or type(value) in (str, bool):  # the most of what a batch asks about
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            raise TypeError(f"{value} is too large for a fact; write it as text")
        return int(value)
    if isinstance(value, str):
        return str.__str__(value)  # of a choice, the value and not the name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_plain_name(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item) for item in value]
    # a fraction would come back from the database in another spelling
    raise TypeError(f"{type(value).__name__} is not a plain fact; write it as text")


@lru_cache(maxsize=1024)
def _plain_name(key: Any) -> str:
    if not isinstance(key, str) or max(key, default="") >= FIRST_UNORDERED:
        raise TypeError(f"{key!r} cannot be the name of a fact")
    return str.__str__(key)


def _municipality_of(subject: models.Model) -> Municipality:
    found = subject if isinstance(subject, Municipality) else getattr(subject, "municipality", None)
    if not isinstance(found, Municipality):
        raise ValueError(f"{subject._meta.label} {subject.pk} belongs to no municipality")  # noqa: TRY004
    return found


def _clause(under: Clause | None) -> str:
    """The clause, or the act's short name for what comes from law alone."""
    if under is None:
        return ""
    return under.clause or ", ".join(getattr(under, "law", ()))


def _policy_id(under: Clause | None, municipality: Municipality, now: datetime) -> int | None:
    if under is None:
        return None
    given: int | None = getattr(under, "policy_id", None)
    if given is not None:
        return given
    day = municipality.today(now)
    return PolicyVersion.objects.in_force(municipality, day).values_list("pk", flat=True).first()


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"
