"""What is owed in a year of keeping a page up: its goals, its latest post, who is assigned to it.

Worked out without the engine, as everything in `year_owed` is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.governance.slow_clock import DAY
from tests.trips.year import FIRST, LAST, Checkup, Goal, Page, Year
from tests.trips.year_owed import Owed, as_known_on, owing


def kept_up(year: Year, until: date) -> list[Owed]:
    """All of it, from the first day of the year to that day."""
    found = [owed for goal in year.goals for owed in _goal(year, goal, until)]
    for page in year.pages:
        found += _latest_post(year, page, until)
        found += _quiet(year, page, until)
        found += _administrators(year, page, until)
        found += _checkups(year, page, until)
    found += _terms(year, until) + decided_on(year, until)
    return as_known_on(year, found, until)


def decided_on(year: Year, until: date) -> list[Owed]:
    """The steps that submitted plans wait for, each from the moment it is the next."""
    found = []
    for plan in year.planned:
        since: tuple[date, int] | None = plan.submitted
        for step, who, taken in plan.steps:
            if since is None or since[0] > until:
                break
            owed = owing(year, "approval", "", who, year.minute(*since), None, about=step)
            owed.met = year.minute(*taken) if taken else None
            found.append(owed)
            since = taken
    return found


# --- goals ---------------------------------------------------------------------------------------


def _goal(year: Year, goal: Goal, until: date) -> Iterator[Owed]:
    """A result by the day that the plan gives or, without one, so long after the last."""
    results = year.done_at("goals", goal.text)
    if goal.due is not None:
        opens = max(_window_opens(year, goal.due), goal.since, FIRST)
        yield from _followed_up(year, goal, opens, until, results, goal.due)
    elif year.goals_again is not None:
        for since, after in _turns(year, goal.since, results):
            last = year.clock.months_after(since, year.goals_again)
            opens = max(_window_opens(year, last), FIRST)
            if after is None or year.clock.begins(opens) <= after:
                yield from _followed_up(year, goal, opens, until, results, None)


def _window_opens(year: Year, last: date) -> date:
    return last - timedelta(days=year.goals_window - 1)


def _turns(year: Year, since: date, done: list[int]) -> Iterator[tuple[date, int | None]]:
    """From which day a turn is counted, and when it was done next."""
    days = [since, *(year.clock.day(minute) for minute in done)]
    yield from zip(days, [*done, None], strict=True)


def _followed_up(
    year: Year, goal: Goal, opens: date, until: date, results: list[int], due: date | None
) -> Iterator[Owed]:
    since = year.clock.begins(opens)
    if opens > until or not goal.page.is_open(opens):
        return
    whole = year.clock.whole(due) if due else None
    owed = owing(year, "goals", goal.text, year.goals_who, since, whole, page=goal.page)
    owed.met = next((minute for minute in results if minute >= since), None)
    yield owed


# --- the latest post -----------------------------------------------------------------------------


def _latest_post(year: Year, page: Page, until: date) -> Iterator[Owed]:
    """When the page last had a post, so long after it opened or somebody last said so."""
    if year.latest_post is None:
        return
    said = [year.minute(*each.said) for each in year.posts if each.page == page]
    for since, after in _turns(year, page.opens, said):
        day = year.clock.months_after(since, year.latest_post)
        begins = year.clock.begins(day)
        if day > until or not page.is_open(day) or (after is not None and after < begins):
            continue
        owed = owing(year, "latest_post", page.name, "channel_owner", begins, None, page=page)
        owed.met = after
        yield owed


def _quiet(year: Year, page: Page, until: date) -> Iterator[Owed]:
    """Whether a page without a post for so many days goes on, as far as its posts are known."""
    if year.quiet_after is None:
        return
    known = [
        (year.minute(*each.said), each.posted or each.said[0])
        for each in year.posts
        if each.page == page
    ]
    known += [(minute, year.clock.day(minute)) for minute in year.done_at("inactivity", page.name)]
    known.sort()
    for place, (said, last) in enumerate(known):
        after = next(iter(known[place + 1 :]), None)
        day = max(last + timedelta(days=year.quiet_after + 1), year.clock.day(said) + DAY)
        begins = year.clock.begins(day)
        if day > until or not page.is_open(day) or (after is not None and after[0] < begins):
            continue
        owed = owing(year, "inactivity", page.name, "channel_owner", begins, None, page=page)
        owed.met = after[0] if after else None
        yield owed


# --- what visitors see, and how the page looks ---------------------------------------------------


def _checkups(year: Year, page: Page, until: date) -> Iterator[Owed]:
    """That each thing is looked at again, in each part of the year or so long after the last."""
    for asked in year.checkups:
        looks = year.done_at(asked.duty, page.name, asked.item)
        for first, last, after in _times_of(year, asked, page, looks):
            # what comes so long after the last look is owed on its day, unless a window is said
            days = asked.window or (1 if asked.rolling else None)
            opens = last - timedelta(days=days - 1) if days else first
            opens = max(opens, first, page.opens, FIRST)
            begins = year.clock.begins(opens)
            done = [minute for minute in after if minute >= begins]
            if opens > until or not page.is_open(opens) or (asked.rolling and done != after):
                continue
            due = year.clock.whole(last) if asked.stated else None
            owner, what = "channel_owner", asked.item
            owed = owing(year, asked.duty, page.name, owner, begins, due, about=what, page=page)
            owed.met = next(iter(done), None)
            yield owed


def _times_of(
    year: Year, asked: Checkup, page: Page, looks: list[int]
) -> Iterator[tuple[date, date, list[int]]]:
    """The first and the last day of each turn, and the looks that may be for it."""
    if asked.rolling:
        for place, (since, _after) in enumerate(_turns(year, page.opens, looks)):
            yield since, year.clock.months_after(since, asked.months), looks[place:]
        return
    first = FIRST
    while first <= LAST:
        last = year.clock.part_of_year_ends(asked.months, first)
        yield first, last, looks
        first = last + DAY


# --- who is assigned -----------------------------------------------------------------------------


def _administrators(year: Year, page: Page, until: date) -> Iterator[Owed]:
    """That there are as many as there must be; whoever is assigned beside the first is one."""
    there = 1 if year.second == "administrator" else 0
    if year.administrators is None or there >= year.administrators or page.opens > until:
        return
    since = year.clock.begins(max(page.opens, FIRST))
    who, ladder = "nearest_manager", "approval"
    yield owing(year, "administrators", page.name, who, since, None, ladder=ladder, page=page)


def _terms(year: Year, until: date) -> list[Owed]:
    """Whether an assignment that is about to end is prolonged; when it has ended nobody asks."""
    if year.ending is None:
        return []
    found = []
    for term in year.terms:
        day = max(term.last - timedelta(days=year.ending), term.first, FIRST)
        if day <= until and term.page.is_open(day):
            since = year.clock.begins(day)
            owed = owing(year, "ending_assignment", term.who, year.appoints, since, None)
            owed.met = year.minute(*term.prolonged) if term.prolonged else None
            owed.dropped = None if term.prolonged else year.clock.ends(term.last)
            found.append(owed)
    return found
