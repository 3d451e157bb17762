"""What is owed in a year, worked out without the engine, by the days and clock of `slow_clock`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.governance.slow_clock import DAY
from tests.trips.year import (
    FIRST,
    LAST,
    MUNICIPALITY,
    Key,
    Looks,
    Page,
    Rest,
    Snapshots,
    Step,
    Turn,
    Year,
    days,
)


@dataclass
class Owed:
    """One thing owed, from the minute `since`.

    `met` is the minute at which it was done, `dropped` that at which it was no longer to be done.
    """

    key: Key
    who: str
    since: int
    steps: list[Step]
    page: Page | None = None
    met: int | None = None
    dropped: int | None = None

    @property
    def duty(self) -> str:
        return self.key[0]

    @property
    def late(self) -> int:
        return self.key[4]

    def is_over(self, minute: int) -> bool:
        """Whether by that minute nothing is left to be done."""
        return any(each is not None and each <= minute for each in (self.met, self.dropped))


def owed_in(year: Year, until: date) -> list[Owed]:
    """Everything owed from the first day of the year to that day."""
    found: list[Owed] = []
    for page in year.pages:
        found += _looks(year, page, until)
        found += _floor(year, page, until)
        found += _snapshots(year, page, until)
        found += _custody(year, page, until)
        found += _plan_review(year, page, until)
        found += _register(year, page, until)
    found += _crises(year, until)
    found += _knowing(year, until)
    found += _central(year)
    found += _replies(year, until)
    found += _uncovered(year, until)
    return as_known_on(year, found, until)


def as_known_on(year: Year, found: list[Owed], until: date) -> list[Owed]:
    """Without what is done or let go after that day."""
    end = year.clock.ends(until)
    for each in found:
        if each.met is not None and each.met >= end:
            each.met = None
        if each.dropped is not None and each.dropped >= end:
            each.dropped = None
    return found


def owing(
    year: Year,
    duty: str,
    subject: str,
    who: str,
    since: int,
    due: tuple[date, int] | None,
    *,
    about: str = "",
    ladder: str = "",
    page: Page | None = None,
    reminders_from: int | None = None,
) -> Owed:
    """One thing owed, with the steps of the routine. Without a day it is due on, steps are counted
    from the moment it is owed, and nothing is late.

    What is told before or has no moment is a reminder. A reminder whose moment has passed when
    the thing comes to be owed (or by `reminders_from`) is left out.
    """
    steps = []
    counted_from = due or (year.clock.day(since), since)
    known = since if reminders_from is None else reminders_from
    for side, number, unit, role in year.ladders.get(ladder or duty, ()):
        minute = year.clock.told(*counted_from, side, number, unit)
        if side == "after" or minute > known:
            kind = "remind" if side == "before" or due is None else "tell"
            steps.append((minute, who if role == "duty_holder" else role, kind))
    day, late = (due[0].isoformat(), due[1]) if due else ("", 0)
    steps.sort(key=lambda step: step[0])
    return Owed((duty, subject, about, day, late), who, since, steps, page)


def open_days(year: Year, page: Page, until: date) -> Iterator[date]:
    """The days of the year, to that day, on which the page is open."""
    return (day for day in days(FIRST, until) if page.is_open(day))


def looked_at(year: Year, page: Page, until: date) -> list[int]:
    """The minutes at which somebody looks at the page."""
    return [
        year.minute(day, hour) for day in open_days(year, page, until) for hour in page.looks(day)
    ]


def _parts(year: Year, day: date, times: int, *, office: bool) -> list[Turn]:
    """The turns of a day. What is seen before the office opens is seen on that day."""
    clock = year.clock
    ends = [int(end) for end in clock.ends_of_parts(day, times, office)]
    begins = [clock.begins(day), *ends[:-1]]
    return [(begin, (day, end)) for begin, end in zip(begins, ends, strict=True)]


def looks_on(year: Year, page: Page, day: date) -> Looks | None:
    """What asks for looks at the page on a day as on any other, no crisis counted."""
    return year.season if rest_on(year, page, day) and year.season else year.looks


def rest_on(year: Year, page: Page, day: date) -> Rest | None:
    return next((r for r in year.rests if r.page == page and r.first <= day <= r.last), None)


def turns_of(year: Year, page: Page, day: date) -> list[Turn]:
    """The turns in which the page is looked at on a day, no crisis counted."""
    rule, rest = looks_on(year, page, day), rest_on(year, page, day)
    if rule is None or not _is_looked_at(year, page, rule, day):
        return []
    times = rule.times if rest else max(rule.times, page.times or 0)
    if rest and not year.season:
        # one look in each part of the rest, on the last day of the part that has one
        into = (day - rest.first).days % year.rest_days
        left = days(day + DAY, day + timedelta(days=year.rest_days - 1 - into))
        if any(_is_looked_at(year, page, rule, later) for later in left):
            return []
        times = 1
    return _parts(year, day, times, office=rule.office_hours)


def _is_looked_at(year: Year, page: Page, rule: Looks, day: date) -> bool:
    return year.clock.works(day) or not (rule.working_days or page.office_only)


def _meet_by_looks(year: Year, page: Page, turns: list[tuple[Turn, Owed]], until: date) -> None:
    """Each look is for the last turn of its day that has begun; one before a crisis is declared
    is none for the crisis."""
    for minute in looked_at(year, page, until):
        day = year.clock.day(minute)
        begun = [
            owed
            for (begin, due), owed in turns
            if due[0] == day and begin <= minute and owed.since <= minute
        ]
        if begun and begun[-1].met is None and not begun[-1].is_over(minute):
            begun[-1].met = minute


def _looks(year: Year, page: Page, until: date) -> list[Owed]:
    found = []
    for day in open_days(year, page, until):
        since, rule = year.clock.begins(day), looks_on(year, page, day)
        if rule is None:
            continue
        for begin, due in turns_of(year, page, day):
            who = rule.who
            # the turns of a day are owed from its beginning, but reminded of once they have begun
            owed = owing(
                year, "check_in", page.name, who, since, due, page=page, reminders_from=begin
            )
            found.append(((begin, due), owed))
    _meet_by_looks(year, page, found, until)
    _meet_afterwards(year, page, found)
    return [owed for _turn, owed in found]


def _meet_afterwards(year: Year, page: Page, turns: list[tuple[Turn, Owed]]) -> None:
    """What is written down of a day that is over is for the first turn of it that was missed."""
    for late in year.late:
        missed = [owed for (_b, due), owed in turns if due[0] == late.day and owed.met is None]
        if late.page == page and missed:
            missed[0].met = year.minute(*late.written)


def _floor(year: Year, page: Page, until: date) -> list[Owed]:
    """The longest gap between looks. It is put before people on the second day without one."""
    if year.floor is None:
        return []
    found: list[Owed] = []
    seen = {year.clock.day(minute): minute for minute in reversed(looked_at(year, page, until))}
    last = max(page.opens, FIRST - DAY)
    for day in open_days(year, page, until):
        if (day - last).days == 2:
            due = year.clock.whole(last + timedelta(days=year.floor))
            since = year.clock.begins(day)
            found.append(
                owing(year, "legal_floor", page.name, "responsible_person", since, due, page=page)
            )
        if day in seen:
            last = day
            if found and found[-1].met is None:
                found[-1].met = seen[day]
    return found


def _snapshots(year: Year, page: Page, until: date) -> list[Owed]:
    """One for each period, owed from the day its window opens to whoever has none by then."""
    rule, clock = year.snapshots, year.clock
    if rule is None:
        return []
    found, taken = [], year.done_at("snapshot", page.name)
    for first, last in _periods(year, rule, page, taken):
        opens = max(last - timedelta(days=rule.window - 1), first, page.opens, FIRST)
        begins = clock.begins(opens)
        after = [each for each in taken if each >= (clock.ends(first) if rule.rolling else begins)]
        met = next((each for each in after if rule.rolling or each < clock.ends(last)), None)
        if opens > until or not page.is_open(opens) or (met is not None and met < begins):
            continue
        owed = owing(year, "snapshot", page.name, rule.who, begins, clock.whole(last), page=page)
        owed.met = met
        found.append(owed)
    return found


def _periods(
    year: Year, rule: Snapshots, page: Page, taken: list[int]
) -> Iterator[tuple[date, date]]:
    """The first and the last day of each period; those of a rolling one follow from the last."""
    if rule.rolling:
        for since in [page.opens, *(year.clock.day(minute) for minute in taken)]:
            yield since, year.clock.months_after(since, rule.months)
        return
    first = FIRST
    while first <= LAST:
        last = year.clock.part_of_year_ends(rule.months, first)
        yield first, last
        first = last + DAY


def _custody(year: Year, page: Page, until: date) -> list[Owed]:
    if year.custody is None or page.opens > until:
        return []
    since = year.clock.begins(max(page.opens, FIRST))
    found = []
    for role in year.custody.roles:
        owed = owing(
            year, "custody", page.name, year.custody.who, since, None, about=role, page=page
        )
        owed.met = next(iter(year.done_at("custody", page.name, role)), None)
        found.append(owed)
    return found


def _plan_review(year: Year, page: Page, until: date) -> list[Owed]:
    """The page's plan is looked through so long after it was approved."""
    if year.plan_review is None or page.planned is None:
        return []
    day = year.clock.months_after(page.planned, year.plan_review)
    if day > until or not page.is_open(day):
        return []
    since = year.clock.begins(day)
    return [owing(year, "plan_review", page.name, "channel_owner", since, None, page=page)]


def _register(year: Year, page: Page, until: date) -> list[Owed]:
    """That what the register says of the page is right, so long after it was last confirmed."""
    if year.register is None:
        return []
    found, said = [], year.done_at("register", page.name)
    for last in [page.confirmed or page.opens, *(year.clock.day(minute) for minute in said)]:
        day = year.clock.months_after(last, year.register)
        if day <= until and page.is_open(day):
            since = year.clock.begins(day)
            owed = owing(year, "register", page.name, "channel_owner", since, None, page=page)
            owed.met = next((minute for minute in said if minute >= since), None)
            found.append(owed)
    return found


def _uncovered(year: Year, until: date) -> list[Owed]:
    """The absences for which nobody was named to stand in, until they are over."""
    if year.ending is None:
        return []
    found = []
    for leave in year.leaves:
        day = max(leave.first - timedelta(days=year.ending), FIRST)
        if leave.deputy is None and day <= until:
            since = year.clock.begins(day)
            who = "communications_officer"
            owed = owing(year, "uncovered_absence", leave.who, who, since, None)
            owed.dropped = year.clock.ends(leave.last)
            found.append(owed)
    return found


def _central(year: Year) -> list[Owed]:
    since, found = year.clock.begins(FIRST), []
    for each in year.central:
        due = year.clock.whole(each.due) if each.due else None
        owed = owing(year, each.duty, MUNICIPALITY, each.who, since, due, about=each.about)
        owed.met = next(iter(year.done_at(each.duty, MUNICIPALITY, each.about)), None)
        found.append(owed)
    return found


def _replies(year: Year, until: date) -> list[Owed]:
    """What is owed of what was asked, from the moment it was entered, counted from its posting."""
    found = []
    for asked in year.asked:
        if asked.entered[0] > until:
            continue
        posted, since = year.minute(*asked.posted), year.minute(*asked.entered)
        done = [year.minute(*each) for each in (asked.held, asked.answered) if each]
        for reply in year.replies[asked.kind]:
            due = reply.within(year.clock, posted) if reply.within else None
            ladder = reply.ladder if due or reply.reminded else "none"
            owed = owing(
                year, reply.duty, asked.about, reply.who, since, due, ladder=ladder, page=asked.page
            )
            enough = done if reply.first else done[-1:] if asked.answered else []
            owed.met = min(enough, default=None)
            owed.dropped = year.minute(*asked.needless) if asked.needless else None
            found.append(owed)
    return found


def _crises(year: Year, until: date) -> list[Owed]:
    """The turns that a crisis adds: those that are late while it lasts."""
    found: list[Owed] = []
    for crisis in year.crises:
        begins = year.minute(*crisis.first)
        named = year.minute(*crisis.until) if crisis.until else None
        ended = year.minute(*crisis.ended) if crisis.ended else None
        over = named or ended
        assert over is not None
        turns = []
        for day in days(crisis.first[0], min(until, year.clock.day(over))):
            since = max(begins, year.clock.begins(day))
            for turn in _parts(year, day, year.crisis_times, office=False):
                late = turn[1][1]
                if late <= begins or since >= over or (named is not None and late > named):
                    continue
                page = crisis.page
                owed = owing(
                    year,
                    "crisis_check",
                    page.name,
                    "responsible_person",
                    since,
                    turn[1],
                    page=page,
                )
                turns.append((turn, owed))
        _meet_by_looks(year, crisis.page, turns, until)
        for _turn, owed in turns:
            if ended is not None and owed.late > ended and not owed.is_over(ended):
                owed.met, owed.dropped = None, ended
        found += [owed for _turn, owed in turns]
    return found


def _knowing(year: Year, until: date) -> list[Owed]:
    """Everybody who is assigned, or answers, is to know the guideline from their first day on."""
    if year.knowing is None:
        return []
    begins: dict[str, date] = {}
    for page in year.pages:
        people = {page.responsible} | ({page.second} if year.knowing.everybody else set())
        for name in people:
            begins[name] = min(begins.get(name, LAST), max(page.opens, FIRST))
    found = []
    for name, day in begins.items():
        if day <= until:
            since = year.clock.begins(day)
            owed = owing(year, year.knowing.duty, name, year.knowing.who, since, None)
            owed.met = next(iter(year.done_at(year.knowing.duty, name)), None)
            found.append(owed)
    return found
