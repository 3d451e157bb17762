"""Ladders: the moments at which people are told, computed when an obligation is opened."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, TypedDict

from governance.models import Municipality, Obligation
from governance.working_time import Calendar, Due, tell_at

if TYPE_CHECKING:
    from governance.policy.types import Routine


class Rung(TypedDict):
    """One step of a ladder as it stands on the row: `at` is an ISO moment in UTC."""

    at: str
    who: str
    kind: str


def ladder(row: Obligation, routine: Routine, calendar: Calendar, *, since: datetime) -> list[Rung]:
    """The steps of the routine for the row, in order of time.

    A duty without a moment is reminded of only where the routine gives days for it
    (`give_days`); its steps are counted from the opening and are reminders, since nothing is
    late. A reminder whose moment is not after `since` is left out, for it cannot be given in time
    any more; telling that something is late is never left out.
    """
    due = Due(row.due_on, row.due_at)
    if due.at is None and routine.give_days:
        due = calendar.moment(row.opened_at)
    if due.at is None:
        return []
    steps = [(tell_at(tell, due, calendar), tell) for tell in routine.tell]
    return [
        Rung(
            at=at.isoformat(),
            who=row.who if tell.who == "duty_holder" else tell.who,
            kind="remind" if tell.side == "before" or row.due_at is None else "tell",
        )
        for at, tell in sorted(steps, key=lambda step: step[0])
        if tell.side == "after" or at > since
    ]


def moment_of(steps: list[Rung], step: int) -> datetime | None:
    """The moment of the step with that number, or None past the end of the ladder."""
    return _at(steps[step]) if step < len(steps) else None


def put_back(
    row: Obligation, municipality: Municipality, *, before: date | None = None
) -> list[Rung]:
    """The steps of a row that is put off: its own holder is reminded on the morning of that day and
    not sooner. What has passed and what others hear stay where they are.

    `before`: the day it was put off to until now, of which the reminder goes.
    """
    steps: list[Rung] = row.steps
    if row.put_off_until is None:
        return steps
    morning = _morning(row.put_off_until, municipality)
    quiet_to = max(morning, _morning(before or row.put_off_until, municipality))
    told, left = steps[: row.step], steps[row.step :]
    if any(_at(rung) == morning for rung in told):
        return steps  # that morning has come, and its reminder
    kept = [rung for rung in left if not _is_own(rung, row) or _at(rung) > quiet_to]
    reminder = Rung(at=morning.isoformat(), who=row.who, kind="remind")
    return told + sorted([reminder, *kept], key=_at)


def _morning(day: date, municipality: Municipality) -> datetime:
    return datetime.combine(day, time.min, municipality.zone).astimezone(UTC)


def _at(rung: Rung) -> datetime:
    return datetime.fromisoformat(rung["at"])


def _is_own(rung: Rung, row: Obligation) -> bool:
    return rung["who"] == row.who and rung["kind"] == "remind"
