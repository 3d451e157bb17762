"""What a year under Värmdö's guideline asks for, worked out without the engine.

Written from requirements VMD-09, 11, 16, 23 and 44, from requirements A.9 #10 and #37, and from the
routine of the file, put down here by hand. Time is counted by `slow_clock`. Nothing of the
product is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.governance.slow_clock import DAY, HOUR, SlowClock

CLOCK = SlowClock("SE", "Europe/Stockholm")
YEAR = 2028
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
#: In the evening and at night no letter goes.
QUIET_FROM, QUIET_TO = 20, 7
#: Who stands for whom in the routine: Cleo answers for the page, Dag edits it, Anna is the nearest
#: manager, Sten the head of the sector, Ben and Hanna are the communications unit.
PEOPLE = {
    "responsible_person": ("Cleo",),
    "editor": ("Dag",),
    "nearest_manager": ("Anna",),
    "sector_head": ("Sten",),
    "communications_officer": ("Ben", "Hanna"),
}
#: The routine: before or after, how much, who hears.
CHECK_IN = (
    ("before", 5, "hours", "responsible_person"),
    ("after", 0, "days", "responsible_person"),
    ("after", 1, "working days", "nearest_manager"),
)
SNAPSHOT = (
    ("before", 30, "days", "responsible_person"),
    ("before", 7, "days", "responsible_person"),
    ("after", 0, "days", "nearest_manager"),
    ("after", 10, "working days", "sector_head"),
)
CUSTODY = (
    ("after", 5, "working days", "editor"),
    ("after", 15, "working days", "nearest_manager"),
)
INFORMING = (
    ("after", 5, "working days", "nearest_manager"),
    ("after", 15, "working days", "communications_officer"),
)
#: The last 45 days of a half-year.
WINDOW = 45

Step = tuple[int, str, str]


@dataclass
class Owed:
    """One thing owed: `met` is the minute at which it was done, or none."""

    duty: str
    period: str
    steps: list[Step]
    met: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.duty, self.period


def steps(
    on: date, late: int, routine: Iterable[tuple[str, int, str, str]], *, has_moment: bool = True
) -> list[Step]:
    """The moments of the routine, in order. What is told before, or of no moment, is a reminder."""
    found = []
    for side, number, unit, who in routine:
        kind = "remind" if side == "before" or not has_moment else "tell"
        found.append((CLOCK.told(on, late, side, number, unit), who, kind))
    return sorted(found, key=lambda step: step[0])


def days_until(last: date) -> Iterator[date]:
    """The days of the year, the last one included."""
    day = FIRST
    while day <= last:
        yield day
        day += DAY


def owed_until(
    until: date,
    *,
    looked: dict[date, int],
    handed_over: int,
    informed: dict[str, int],
    snapshot_taken: int,
) -> list[Owed]:
    """Everything owed from the first day of the year to that day.

    `looked`: the minute of the look on each day that had one; `snapshot_taken` is within the
    window of the second half-year.
    """
    begins = CLOCK.begins(FIRST)
    found = [
        Owed("check_in", day.isoformat(), steps(*CLOCK.whole(day), CHECK_IN), looked.get(day))
        for day in days_until(until)
    ]
    halves = ((date(YEAR, 6, 30), "H1", None), (LAST, "H2", snapshot_taken))
    for last, half, taken in halves:
        opens = CLOCK.begins(last - timedelta(days=WINDOW - 1))
        if opens >= CLOCK.ends(until):
            continue
        told = [step for step in steps(*CLOCK.whole(last), SNAPSHOT) if step[0] > opens]
        found.append(Owed("snapshot", f"{YEAR}-{half}", told, taken))
    custody = steps(FIRST, begins, CUSTODY, has_moment=False)
    found.append(Owed("custody", "unit_registrar/0", custody, handed_over))
    for name, minute in informed.items():
        told = steps(FIRST, begins, INFORMING, has_moment=False)
        found.append(Owed("informing", name, told, minute))
    return found


@dataclass
class Told:
    """What the hours of the year bring: facts, and letters."""

    facts: set[tuple[str, str, int, str, str, int]]
    """Duty, period, planned minute, who, kind, and the minute at which it was passed."""
    letters: list[tuple[int, str]]


def told_hour_by_hour(owed: list[Owed], until: date) -> Told:
    """Hour by hour: what comes to a step while it is not done, and whom one letter tells of it."""
    facts, letters = set(), []
    left = {each.key: list(each.steps) for each in owed}
    waiting: dict[tuple[str, str], list[Step]] = defaultdict(list)
    minute = CLOCK.begins(FIRST)
    while minute < CLOCK.ends(until):
        for each in owed:
            if each.met is not None and each.met <= minute:
                left[each.key] = []
                waiting.pop(each.key, None)
            while left[each.key] and left[each.key][0][0] <= minute:
                step = left[each.key].pop(0)
                waiting[each.key].append(step)
                facts.add((*each.key, *step, minute))
        if QUIET_TO <= CLOCK.wall(minute).hour < QUIET_FROM:
            readers = set()
            for passed in waiting.values():
                highest = max(at for at, _who, _kind in passed)
                roles = {who for at, who, _kind in passed if at == highest}
                readers |= {name for role in roles for name in PEOPLE[role]}
            letters += [(minute, name) for name in sorted(readers)]
            waiting.clear()
        minute += HOUR
    return Told(facts, letters)
