"""Opening what is owed. Safe to repeat: a duty is owed once for its subject and period."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse

from governance import audit
from governance.models import Municipality, Obligation, User
from governance.models.people import SYSTEM
from governance.obligations.ground import Ground
from governance.obligations.ladder import Rung, ladder, moment_of, put_back
from governance.obligations.log import line_about
from governance.obligations.registry import Duty, Plan, duties, duty_of
from governance.obligations.writing import write_new
from governance.policy.law import acts_of
from governance.policy.types import Cited

logger = logging.getLogger(__name__)

Key = tuple[str, int, int, str]
Faults = type[Exception] | tuple[type[Exception], ...]


def open_obligations(
    plans: Iterable[Plan], *, now: datetime, ground: Ground | None = None, new: bool = False
) -> int:
    """Open what is planned and not there yet, whether open, met or waived; returns how many.

    What a policy or calendar before this one did not ask for, and nobody waived, is opened again.

    `ground`: that of the plans' municipality, where the caller has it at hand. `new`: the subjects
    were made in this transaction, so that nothing can be there of them.

    An obligation whose ladder cannot be computed is opened without one, says why in `problem` and
    is reported in the log; it never keeps the others from being opened.
    """
    by_key = {_key(plan): plan for plan in plans}
    there = {} if new else _there_already(by_key)
    grounds = {ground.municipality.pk: ground} if ground else {}
    rows, again = [], []
    for key, plan in by_key.items():
        gone = there.get(key)
        if key in there and gone is None:
            continue
        place = plan.unit.municipality_id
        if place not in grounds:
            grounds[place] = Ground.of(plan.unit.municipality, now)
        if gone is None:
            rows.append(planned(plan, grounds[place], now=now))
        else:
            again.append((gone, plan, grounds[place]))
    # somebody else may open the same at this moment: the constraint decides, not the look above
    write_new(rows)
    return len(rows) + (_open_again(again, now) if again else 0)


@transaction.atomic
def _open_again(asked: list[tuple[int, Plan, Ground]], now: datetime) -> int:
    """Open the rows (keys) that are asked for again, each as if it came now; returns how many.

    What has been told of them stays told. Each leaves a row in the log.
    """
    gone = Obligation.objects.no_longer_asked().filter(pk__in=[pk for pk, _plan, _ground in asked])
    held = gone.select_for_update(of=("self",), no_key=True).order_by("pk").in_bulk()
    lines = []
    for pk, plan, ground in asked:
        if (row := held.get(pk)) is None:
            continue  # somebody else was quicker
        before = {"policy_before": row.policy_id, "due_before": row.due_at}
        row.opened_at = now
        row.waived_at, row.waived_by, row.waive_reason = None, None, ""
        row.put_off_on, row.put_off_until = None, None
        row.put_off_by, row.put_off_reason = None, ""
        describe(row, plan, ground)
        set_steps_to_come(row, ground, now=now)
        row.save()
        lines.append(line_about(row, "obligation.replanned", due=row.due_at, **before))
    return audit.record_many(lines, by=User.objects.system(), now=now)


def open_due(
    now: datetime,
    municipalities: Iterable[Municipality] | None = None,
    *,
    let_through: Faults = (),
) -> int:
    """Open what the policies ask for at `now` in every municipality, or in those given.

    Returns how many obligations were opened.

    A duty or municipality that fails is reported in the log and tried again at the next run.
    `let_through`: faults that are raised instead, for a caller that has no next run.
    """
    opened = 0
    for municipality in Municipality.objects.all() if municipalities is None else municipalities:
        opened += _opened_in(municipality, now, let_through)
    return opened


def _opened_in(municipality: Municipality, now: datetime, let_through: Faults) -> int:
    try:
        ground = Ground.of(municipality, now)
    except let_through:
        raise
    except Exception:
        logger.exception("nothing could be opened in %s", municipality.slug)
        return 0
    if ground.version is None:
        return 0  # nothing binds them yet
    return sum(_opened_by(duty, ground, now, let_through) for duty in duties())


def _opened_by(duty: Duty, ground: Ground, now: datetime, let_through: Faults) -> int:
    if duty.opener is None:
        return 0
    municipality = ground.municipality
    try:
        with transaction.atomic():
            return open_obligations(duty.opener(municipality, now), now=now, ground=ground)
    except let_through:
        raise
    except Exception:
        logger.exception("%s could not be opened in %s", duty.key, municipality.slug)
        return 0


def planned(plan: Plan, ground: Ground, *, now: datetime) -> Obligation:
    """The row that a plan asks for, not yet saved."""
    row = Obligation(
        municipality=ground.municipality,
        unit=plan.unit,
        duty=plan.duty,
        subject_type=ContentType.objects.get_for_model(plan.subject),
        subject_id=plan.subject.pk,
        period=plan.period,
        opened_at=now,
    )
    describe(row, plan, ground)
    set_ladder(row, ground, since=plan.since or now)
    return row


def describe(row: Obligation, plan: Plan, ground: Ground) -> None:
    """Write on the row what the plan and its rule say, the ladder apart."""
    rule = plan.rule or Cited()
    row.subject_label = _cut(plan.label or str(plan.subject), 300)
    row.path = plan.path or reverse(duty_of(plan.duty).where, args=[plan.subject.pk])
    row.policy = ground.version
    # what comes from an act alone is cited by the act
    row.clause = _cut(rule.clause or "; ".join(acts_of(rule)), 200)
    row.says = rule.says
    row.strength = rule.strength if plan.rule else ""
    row.requirements = list(rule.requirements)
    row.who = plan.who
    row.blocks = plan.blocks
    row.due_on, row.due_at = plan.due


def set_ladder(row: Obligation, ground: Ground, *, since: datetime) -> None:
    """Compute the steps of the row from its due moment and the municipality's routine.

    Where that fails the row has none and says why. `since`: reminders before it are left out.
    """
    row.steps, row.problem = [], ""
    try:
        routine = ground.policy and ground.policy.routine.get(duty_of(row.duty).routine_key)
        if routine:
            calendar = ground.calendars.at(row.unit_id)
            row.steps = ladder(row, routine, calendar, since=since)
    except Exception as fault:
        logger.exception("no reminder could be planned for %s", row)
        row.problem = _cut(f"{type(fault).__name__}: {fault}", 300)
    row.next_step_at = moment_of(row.steps, 0)


def set_steps_to_come(row: Obligation, ground: Ground, *, now: datetime) -> None:
    """Compute the steps anew after those that have been told, which stay told."""
    told = row.steps[: row.step]
    set_ladder(row, ground, since=now)
    row.steps = told + _still_to_tell(row.steps, told, now)
    row.steps = put_back(row, ground.municipality)
    row.next_step_at = moment_of(row.steps, row.step)


def _still_to_tell(fresh: list[Rung], told: list[Rung], now: datetime) -> list[Rung]:
    """The new ladder without what has been told: nobody hears twice that the same thing is late."""
    heard = {(rung["who"], rung["kind"]) for rung in told}
    return [
        rung
        for rung in fresh
        if datetime.fromisoformat(rung["at"]) > now or (rung["who"], rung["kind"]) not in heard
    ]


def _key(plan: Plan) -> Key:
    kind = ContentType.objects.get_for_model(plan.subject)
    return plan.duty, kind.pk, plan.subject.pk, plan.period


def _there_already(wanted: dict[Key, Plan]) -> dict[Key, int | None]:
    """The keys that have a row, asked duty by duty so that the unique index answers; with the row
    (its key) where it was waived by nobody and may be opened again.
    """
    subjects: dict[tuple[str, int], set[int]] = defaultdict(set)
    periods: dict[tuple[str, int], set[str]] = defaultdict(set)
    for duty, kind, subject, period in wanted:
        subjects[duty, kind].add(subject)
        periods[duty, kind].add(period)
    found: dict[Key, int | None] = {}
    for (duty, kind), ids in subjects.items():
        rows = Obligation.objects.filter(
            duty=duty, subject_type=kind, subject_id__in=ids, period__in=periods[duty, kind]
        )
        for pk, subject, period, waiver in rows.values_list(
            "pk", "subject_id", "period", "waived_by__email"
        ):
            found[duty, kind, subject, period] = pk if waiver == SYSTEM else None
    return found


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
