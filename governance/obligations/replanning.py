"""A policy is changed by adopting a new version: what is open moves to it, what is done does not.

So it is with the calendar when a closed day or office hours are entered. Done in Python row by
row, since it happens a few times a year; in short transactions, so that the sweep and people's
work go on beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from governance import audit
from governance.models import Municipality, Obligation, User
from governance.obligations.ground import Ground
from governance.obligations.log import line_about
from governance.obligations.opening import describe, set_steps_to_come
from governance.obligations.registry import duties, duty_of, subjects

logger = logging.getLogger(__name__)

BATCH = 200


def replan_everywhere(now: datetime) -> int:
    """`replan` and `follow_calendar` in every municipality; returns how many rows were moved.

    One that fails is reported in the log and tried again at the next run.
    """
    moved = 0
    for municipality in Municipality.objects.order_by("pk"):
        try:
            moved += replan(municipality, now=now) + follow_calendar(municipality, now=now)
        except Exception:
            logger.exception("what is open could not be moved in %s", municipality.slug)
    return moved


def replan(municipality: Municipality, *, now: datetime) -> int:
    """Move the municipality's open obligations to the policy in force at `now`; returns how many.

    What has been told stays told; due moment, clause and the steps to come are the new version's.
    Where that version no longer asks for the duty, the row is waived and says so. Each leaves a
    row in the log with the version and due moment it had. Safe to repeat, also after a crash:
    what has been moved is not moved again. A row that cannot be planned again says why, stays on
    its version and is tried again at the next run.
    """
    ground = Ground.of(municipality, now)
    if ground.version is None:
        return 0
    moved, last = 0, 0
    while pks := list(_left_behind(ground, after=last).values_list("pk", flat=True)[:BATCH]):
        moved += _replan_batch(pks, ground, now)
        last = pks[-1]
    return moved


def follow_calendar(municipality: Municipality, *, now: datetime) -> int:
    """Move the municipality's open obligations to its calendars, where these were changed since.

    Returns how many were moved. A row that has nothing ahead stays, and so does what has been
    told; one that the calendar no longer asks for is waived and says so. Safe to repeat, also
    after a crash: the change is ticked off when all rows follow it, unless another came meanwhile.
    """
    here = Municipality.objects.filter(pk=municipality.pk)
    changed = here.values_list("calendar_changed_at", flat=True).get()
    if changed is None:
        return 0
    ground = Ground.of(municipality, now)
    moved, last = 0, 0
    if ground.version is not None:
        while pks := list(_ahead(ground, now, after=last).values_list("pk", flat=True)[:BATCH]):
            moved += _follow_batch(pks, ground, now)
            last = pks[-1]
    here.filter(calendar_changed_at=changed).update(calendar_changed_at=None)
    return moved


def _ahead(ground: Ground, now: datetime, *, after: int) -> QuerySet[Obligation]:
    """Open rows that will fall due or be told of, in order of their keys."""
    known = [duty.key for duty in duties()]
    rows = Obligation.objects.open().filter(municipality=ground.municipality, duty__in=known)
    still = Q(due_at__gt=now) | Q(next_step_at__isnull=False)
    return rows.filter(still, pk__gt=after).order_by("pk")


@transaction.atomic
def _follow_batch(pks: list[int], ground: Ground, now: datetime) -> int:
    rows = _held(Obligation.objects.open().filter(pk__in=pks))
    system = User.objects.system()
    with translation.override(ground.municipality.locale):
        gone = _("By the calendar as it is now, nothing is owed then.")
    return _move_changed(rows, ground, by=system, now=now, gone=gone)


def _move_changed(
    rows: Collection[Obligation], ground: Ground, *, by: User, now: datetime, gone: str
) -> int:
    """Move the rows whose moments become others; the others stay and leave nothing in the log."""
    lines, ground = [], ground.for_rows(rows)
    for row in rows:
        due_before, before = row.due_at, _said_by(row)
        act = _move(row, ground, by, now, gone=gone)
        if row.is_open and _said_by(row) == before:
            continue
        row.save()
        if act:
            lines.append(line_about(row, act, due=row.due_at, due_before=due_before))
    return audit.record_many(lines, by=by, now=now)


def _said_by(row: Obligation) -> tuple[Any, ...]:
    """What a reader of the row would see change, beside its clause."""
    return row.due_at, row.steps, row.subject_label, row.problem


def _left_behind(ground: Ground, *, after: int = 0) -> QuerySet[Obligation]:
    """Open rows that still stand on another version, in order of their keys."""
    known = [duty.key for duty in duties()]
    rows = Obligation.objects.open().filter(municipality=ground.municipality, duty__in=known)
    return rows.exclude(policy=ground.version).filter(pk__gt=after).order_by("pk")


@transaction.atomic
def _replan_batch(pks: list[int], ground: Ground, now: datetime) -> int:
    rows = _held(_left_behind(ground).filter(pk__in=pks))
    return _move_all(rows, ground, by=User.objects.system(), now=now)


@transaction.atomic
def plan_anew(subject: Model, *, by: User, now: datetime) -> int:
    """Plan again what is open about a subject, of which something else is known than before.

    Due moment, clause and the steps to come are what its duty plans now, under the policy in
    force. Each row that moves leaves one in the log, as for `replan`; returns how many.
    """
    rows = _held(Obligation.objects.about(subject).open())
    if not rows:
        return 0
    ground = Ground.of(rows[0].municipality, now)
    return _move_changed(rows, ground, by=by, now=now, gone=f"{ground.version}")


def _move_all(rows: Collection[Obligation], ground: Ground, *, by: User, now: datetime) -> int:
    lines, ground = [], ground.for_rows(rows)
    for row in rows:
        before = {"policy_before": row.policy_id, "due_before": row.due_at}
        act = _move(row, ground, by, now, gone=f"{ground.version}")
        row.save()
        if act:
            lines.append(line_about(row, act, due=row.due_at, **before))
    return audit.record_many(lines, by=by, now=now)


def _held(rows: QuerySet[Obligation]) -> list[Obligation]:
    """The rows, locked, with what planning them again asks for."""
    return list(
        rows.order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .select_related("unit", "municipality")
        .prefetch_related(GenericPrefetch("subject", subjects()))
    )


def _move(row: Obligation, ground: Ground, by: User, now: datetime, *, gone: str) -> str:
    """Change the row to what is asked for now; returns the act's name, empty where it could not
    be planned again: then it says why, and all else stays as it was.

    `gone`: why it is waived, where nothing is asked for any more.
    """
    duty = duty_of(row.duty)
    if duty.plan_again is not None:
        try:
            plan = duty.plan_again(row, ground, now)
        except Exception as fault:
            logger.exception("%s could not be planned again", row)
            row.problem = f"{type(fault).__name__}: {fault}"[:300]
            return ""
        if plan is None:
            row.policy = ground.version
            row.waived_at, row.waived_by = now, by
            row.waive_reason = gone
            return "obligation.no_longer_asked"
        describe(row, plan, ground)
    row.policy = ground.version
    set_steps_to_come(row, ground, now=now)
    return "obligation.replanned"
