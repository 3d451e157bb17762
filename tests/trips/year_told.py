"""Who is told of what is owed in a year, and who gets a letter at which hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.governance.slow_clock import HOUR
from tests.trips.year import (
    FIRST,
    HOLDERS,
    MORNING,
    NOBODY,
    QUIET_FROM,
    QUIET_TO,
    Fact,
    Leave,
    Page,
    Step,
    Year,
)
from tests.trips.year_owed import Owed


@dataclass
class Told:
    """What the hours of the year bring: facts, and letters."""

    facts: set[Fact]
    letters: list[tuple[int, str]]
    """The minute, and to whom."""


def away(year: Year, name: str, day: date) -> Leave | None:
    return next((e for e in year.leaves if e.who == name and e.first <= day <= e.last), None)


def stands_in(year: Year, name: str, day: date) -> str | None:
    """Who acts for somebody who is away: the deputy, or theirs; None where nobody does."""
    seen = {name}
    leave = away(year, name, day)
    while leave is not None:
        deputy = leave.deputy
        if deputy is None or deputy in seen:
            return None
        seen.add(deputy)
        name, leave = deputy, away(year, deputy, day)
    return name


def _acting(year: Year, names: Iterable[str], day: date) -> set[str]:
    """The people or who stands in for them; somebody for whom nobody does hears all the same."""
    return {stands_in(year, name, day) or name for name in names}


def readers(year: Year, role: str, owed: Owed, day: date) -> set[str]:
    """Who hears in that role; the communications unit too, where nobody who is there would."""
    names = owed.page.held(role) if owed.page else ()
    if not owed.page and role == owed.who and owed.duty == "acknowledgement":
        names = (owed.key[1],)  # of oneself
    if not names:
        names = tuple(h.name for h in HOLDERS.get(role, ()) if h.first <= day <= h.last)
    acting = _acting(year, names, day)
    return acting | {NOBODY} if all(away(year, name, day) for name in acting) else acting


def hours(year: Year, until: date) -> range:
    """The minutes at which the hours of the year begin, to the end of that day."""
    return range(year.clock.begins(FIRST), year.clock.ends(until), HOUR)


def told_hour_by_hour(year: Year, owed: list[Owed], until: date) -> Told:
    """Hour by hour: what comes to a step while it is not done, and whom one letter tells of it."""
    facts: set[Fact] = set()
    letters = announced(year, until)
    to_come = sorted(owed, key=lambda each: -each.since)
    at_hand: list[Ladder] = []
    written: set[tuple[date, str]] = set()
    for minute in hours(year, until):
        while to_come and to_come[-1].since <= minute:
            at_hand.append(Ladder(to_come.pop()))
        at_hand = [each for each in at_hand if not each.owed.is_over(minute)]
        for each in at_hand:
            facts |= {(each.owed.key, *step, minute) for step in each.climb(minute)}
        letters += [(minute, name) for name in _mornings(year, at_hand, minute, written)]
        letters += [(minute, name) for name in _told(year, at_hand, minute)]
    return Told(facts, sorted(letters))


@dataclass
class Ladder:
    """What is left to come of a thing's steps, and what has come and is in no letter yet."""

    owed: Owed
    left: list[Step] = field(init=False)
    unsaid: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = list(self.owed.steps)

    def climb(self, minute: int) -> list[Step]:
        """The steps that have come by now."""
        come = [step for step in self.left if step[0] <= minute]
        self.left = self.left[len(come) :]
        self.unsaid += come
        return come


def _told(year: Year, at_hand: list[Ladder], minute: int) -> set[str]:
    """Everybody who gets the hour's letter: of each thing the highest step is told."""
    clock = year.clock.wall(minute)
    names: set[str] = set()
    for each in at_hand:
        # the routine for crises asks for no silence
        if each.owed.duty != "crisis_check" and not QUIET_TO <= clock.hour < QUIET_FROM:
            continue
        highest = max((at for at, _who, _kind in each.unsaid), default=None)
        for at, who, _kind in each.unsaid:
            if at == highest:
                names |= readers(year, who, each.owed, clock.date())
        each.unsaid = []
    return names


def _mornings(
    year: Year, at_hand: list[Ladder], minute: int, written: set[tuple[date, str]]
) -> set[str]:
    """Who gets the morning's letter: everybody assigned to a page that is to be looked at today,
    or who stands in for them; nobody who is away."""
    clock = year.clock.wall(minute)
    day = clock.date()
    if not year.morning or clock.hour not in MORNING or not year.clock.works(day):
        return set()
    names: set[str] = set()
    for each in at_hand:
        owed = each.owed
        looks = owed.duty in {"check_in", "crisis_check"}
        if looks and owed.page and owed.key[3] == day.isoformat() and owed.late > minute:
            people = year.assigned(owed.page, day)
            names |= {there for name in people if (there := stands_in(year, name, day))}
    names = {name for name in names if (day, name) not in written}
    written |= {(day, name) for name in names}
    return names


def announced(year: Year, until: date) -> list[tuple[int, str]]:
    """The letters to everybody concerned, when a crisis is declared or ended or a rest declared."""
    letters = []
    told = [who for _side, _number, _unit, who in year.ladders.get("crisis_check", ())]
    central = {role for role in told if role in HOLDERS}
    for crisis in year.crises:
        for said in filter(None, (crisis.first, crisis.ended)):
            letters += _letters_about(year, crisis.page, said, central)
    for plan in year.planned:
        # whoever takes a step hears at once that the plan waits for them
        waits = [plan.submitted, *(taken for _step, _who, taken in plan.steps[:-1] if taken)]
        for (day, hour), (_step, who, _taken) in zip(waits, plan.steps, strict=False):
            held = [h.name for h in HOLDERS[who] if h.first <= day <= h.last]
            letters += [(year.minute(day, hour), name) for name in _acting(year, held, day)]
    for rest in year.rests:
        letters += _letters_about(year, rest.page, (rest.declared, 10), set())
    return [(minute, name) for minute, name in letters if minute < year.clock.ends(until)]


def _letters_about(
    year: Year, page: Page, said: tuple[date, int], roles: set[str]
) -> list[tuple[int, str]]:
    day, _hour = said
    held = {h.name for role in roles for h in HOLDERS[role] if h.first <= day <= h.last}
    names = _acting(year, {*year.assigned(page, day), *held}, day)
    return [(year.minute(*said), name) for name in names]
