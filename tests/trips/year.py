"""A year in words: what a guideline and its routine ask for, and what happens to people in it.

Written from the requirements (A.2, A.3, A.9), the guidelines and the routines that the
municipalities adopted with them. Nothing of the product is asked. What one guideline asks for
stands in a file of its own, `year_of_….py`; `year_owed` and `year_told` work it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tests.governance.slow_clock import DAY, HOUR, SlowClock

#: A leap year that begins on a Saturday; Easter is on 16 April.
NUMBER = 2028
FIRST, LAST = date(NUMBER, 1, 1), date(NUMBER, 12, 31)
#: In the evening and at night no letter goes, unless the duty's own routine says otherwise.
QUIET_FROM, QUIET_TO = 20, 7
#: From half past seven on a working day to noon: the hours at which beat comes round.
MORNING = range(8, 12)
#: The address of the unit that hears of what would reach nobody.
NOBODY = "kommunikation@ekby.example"
MUNICIPALITY = "Ekby kommun"

Rung = tuple[str, int, str, str]
"""A line of a routine: before or after, how much, of what, who hears."""
Step = tuple[int, str, str]
"""The minute at which somebody is told, in which role, and as a reminder or that it is late."""
Key = tuple[str, str, str, str, int]
"""Duty, about what, which of several, the day it is due and the minute from which it is late."""
Turn = tuple[int, tuple[date, int]]
"""From which minute a look is for the turn, and when the turn is due."""
Fact = tuple[Key, int, str, str, int]
"""What came to a step: planned when, who hears, in what way, and when it was noticed."""


def on(month: int, day: int) -> date:
    return date(NUMBER, month, day)


def days(first: date, last: date) -> Iterator[date]:
    """The days from the first to the last, both included."""
    while first <= last:
        yield first
        first += DAY


# --- the story: what people do and what happens to them -------------------------------------------


def nearly_daily(day: date) -> tuple[int, ...]:
    """At ten, but every ninth day and on the days on which counting is hard."""
    hard = {(2, 29), (3, 25), (3, 26), (4, 13), (4, 28), (6, 23), (6, 30), (10, 28), (10, 29)}
    left_out = day.toordinal() % 9 == 0 or (day.month, day.day) in hard | {(12, 24), (12, 25)}
    return () if left_out else (10,)


def with_gaps(day: date) -> tuple[int, ...]:
    """At eleven, but for ten days in January and three weeks in July nobody looks."""
    alone = on(1, 19) <= day <= on(1, 28) or on(7, 3) <= day <= on(7, 24)
    return () if alone or day.toordinal() % 7 == 0 else (11,)


@dataclass(frozen=True)
class Page:
    """A page of the library: who answers for it, who else is assigned, when somebody looks."""

    name: str
    responsible: str
    second: str
    looks: Callable[[date], tuple[int, ...]] = nearly_daily
    opens: date = FIRST - DAY
    closes: date | None = None
    office_only: bool = False
    times: int | None = None
    """How often a day the plan says that it is looked at, where it says more than the guideline."""
    planned: date | None = None
    """The day on which that plan was approved."""
    confirmed: date | None = None
    """The day before the year on which somebody said that its particulars are right."""

    def is_open(self, day: date) -> bool:
        return self.opens <= day and not (self.closes and self.closes <= day)

    def held(self, role: str) -> tuple[str, ...]:
        """Who is meant by a role on the page; nobody by a role of the organisation."""
        if role in {"responsible_person", "channel_owner"}:
            return (self.responsible,)
        return (self.second,) if role in {"editor", "substitute", "administrator"} else ()


LIBRARY = Page("Ekby bibliotek", "Cleo", "Dag", confirmed=date(2027, 1, 7))
NEW = Page("Ekby läser", "Dag", "Cleo", with_gaps, opens=on(1, 17))
OLD = Page("Bokbussen", "Cleo", "Dag", closes=on(1, 24))


@dataclass(frozen=True)
class Leave:
    """Somebody is away from the first day to the last, with a deputy or without."""

    who: str
    deputy: str | None
    first: date
    last: date


LEAVES = (
    Leave("Cleo", "Ola", on(1, 10), on(1, 16)),
    Leave("Anna", None, on(1, 24), on(1, 30)),
    Leave("Dag", None, on(1, 26), on(1, 30)),
    Leave("Anna", "Ola", on(1, 17), on(1, 23)),
    Leave("Ola", "Ben", on(1, 17), on(1, 21)),
    Leave("Sten", "Frans", on(4, 3), on(4, 9)),
    Leave("Cleo", None, on(7, 10), on(7, 30)),
    Leave("Dag", "Cleo", on(7, 17), on(7, 23)),
)


@dataclass(frozen=True)
class Held:
    """Somebody holds a role of the organisation, always or for a time."""

    name: str
    first: date = date.min
    last: date = date.max


#: On the last day of August Anna leaves the library to Ola.
MANAGER = (Held("Anna", last=on(8, 31)), Held("Ola", on(9, 1)))
#: Who stands for whom: the manager of the library is its manager by whatever name a routine has
#: for one, the communications unit is everybody in it.
HOLDERS = {
    "nearest_manager": MANAGER,
    "unit_manager": MANAGER,
    "operations_manager": MANAGER,
    "sector_head": (Held("Sten"),),
    "head_of_administration": (Held("Frans"),),
    "department_manager": (Held("Disa"),),
    "unit_communicator": (Held("Ulla"),),
    "unit_registrar": (Held("Rolf"),),
    "central_registrar": (Held("Rut"),),
    "information_officer": (Held("Ben"),),
    "head_of_communications": (Held("Hanna"),),
    "communications_officer": (Held("Ben"), Held("Hanna")),
}


@dataclass(frozen=True)
class Crisis:
    """Declared for a page by the communications unit at an hour, and ended at another.

    `until`: the hour that was named beforehand; then nobody ends it.
    """

    page: Page
    first: tuple[date, int]
    ended: tuple[date, int] | None = None
    until: tuple[date, int] | None = None


@dataclass(frozen=True)
class Rest:
    """Declared for a page at ten on a day, for whole days."""

    page: Page
    declared: date
    first: date
    last: date


@dataclass(frozen=True)
class Asked:
    """Something was asked on a page, entered, perhaps put off with a first reply, and answered or
    found to need no answer; each on a day at an hour."""

    about: str
    kind: str
    page: Page
    posted: tuple[date, int]
    entered: tuple[date, int]
    held: tuple[date, int] | None = None
    answered: tuple[date, int] | None = None
    needless: tuple[date, int] | None = None


@dataclass(frozen=True)
class Late:
    """A look at a page on a day that was over when somebody wrote it down, on a day at an hour."""

    page: Page
    day: date
    written: tuple[date, int]


@dataclass(frozen=True)
class Goal:
    """A goal of a page's plan, approved on a day: to be followed up by another, or as the routine
    says."""

    text: str
    page: Page
    since: date
    due: date | None = None


@dataclass(frozen=True)
class Post:
    """Somebody says of a page, on a day at an hour, on which day it last had a post: that day,
    or an earlier one."""

    page: Page
    said: tuple[date, int]
    posted: date | None = None


@dataclass(frozen=True)
class Term:
    """Somebody is assigned to a page besides the others from a day to another, unless that is
    prolonged without an end, on a day at an hour."""

    page: Page
    who: str
    first: date
    last: date
    prolonged: tuple[date, int] | None = None

    def runs(self, day: date) -> bool:
        return self.first <= day and (self.prolonged is not None or day <= self.last)


@dataclass(frozen=True)
class Planned:
    """Cleo submits a plan for a new page at the address, on a day at an hour; each step of the
    guideline, with the role that takes it, is taken on another, or never."""

    address: str
    submitted: tuple[date, int]
    steps: tuple[tuple[str, str, tuple[date, int] | None], ...]


@dataclass(frozen=True)
class Done:
    """Somebody does something else that was owed: the duty, about what, which of several, when."""

    duty: str
    subject: str
    day: date
    hour: int = 10
    about: str = ""


# --- what a guideline and its routine ask for -----------------------------------------------------


@dataclass(frozen=True)
class Looks:
    """How often a page is looked at: so often a day, on which days, within which hours."""

    times: int = 1
    working_days: bool = False
    office_hours: bool = False
    who: str = "responsible_person"


@dataclass(frozen=True)
class Snapshots:
    """One in each part of the year of so many months, in its last so many days; or, `rolling`, so
    many months after the one before."""

    months: int
    window: int
    who: str = "responsible_person"
    rolling: bool = False


@dataclass(frozen=True)
class Custody:
    """Which roles are to have access to a page, and who owes it."""

    roles: tuple[str, ...]
    who: str


@dataclass(frozen=True)
class Knowing:
    """Who is to know the guideline: of whom it is owed, and by whom."""

    duty: str
    who: str
    everybody: bool
    """Everybody assigned to a page, or only whoever answers for it."""


@dataclass(frozen=True)
class Checkup:
    """Something on a page is looked at again every so many months: in each part of the year or,
    `rolling`, so long after the last look; in the last so many days, if that is said."""

    duty: str
    item: str
    months: int
    rolling: bool = False
    window: int | None = None
    stated: bool = True
    """Whether the guideline says so; of what only the routine says nothing falls due."""


@dataclass(frozen=True)
class Reply:
    """What is owed of something asked: by when after it was posted, or without a moment.

    Without one it is reminded of only where the routine gives days for that (`reminded`). A first
    reply that puts the answer off is enough for what is `first`. `ladder`: whose routine it is.
    """

    duty: str
    who: str
    within: Callable[[SlowClock, int], tuple[date, int] | None] | None = None
    reminded: bool = False
    first: bool = False
    ladder: str = "reply"


@dataclass(frozen=True)
class Central:
    """What is owed once in the year by somebody for the municipality as a whole."""

    duty: str
    who: str
    due: date | None = None
    about: str = ""


@dataclass(frozen=True)
class Year:
    """What one municipality's guideline and routine ask for, and what happens there."""

    policy: str
    ladders: dict[str, tuple[Rung, ...]]
    second: str
    """The role on the page of whoever is assigned beside the one who answers for it."""
    clock: SlowClock = field(default_factory=lambda: SlowClock("SE", "Europe/Stockholm"))
    looks: Looks | None = None
    season: Looks | None = None
    """What the guideline itself asks for in a declared rest; else the routine's `rest_days` do."""
    floor: int | None = None
    """After so many days without a look the duty of supervision itself is broken."""
    snapshots: Snapshots | None = None
    custody: Custody | None = None
    checkups: tuple[Checkup, ...] = ()
    administrators: int | None = None
    """A page has at least so many; its nearest manager is to see to it."""
    plan_review: int | None = None
    """So many months after it was approved, a plan is looked through."""
    knowing: Knowing | None = None
    register: int | None = None
    """So many months after they were confirmed, a page's particulars are to be confirmed again."""
    central: tuple[Central, ...] = ()
    latest_post: int | None = None
    """So many months after it opened or was last asked, it is asked when a page last had a post."""
    quiet_after: int | None = None
    """After so many days without a post it is asked whether the page goes on."""
    ending: int | None = None
    """So many days before an absence without a deputy, it is asked who stands in; and as many
    before an assignment ends, whether it goes on."""
    appoints: str = "communications_officer"
    """The role of whoever is asked that of an assignment."""
    goals_who: str = "channel_owner"
    goals_window: int = 45
    """So many days, the last included, in which a goal is followed up."""
    goals_again: int | None = None
    """So many months after the last time, a goal without a day is followed up."""
    replies: dict[str, tuple[Reply, ...]] = field(default_factory=dict)
    """What is owed of each kind of thing that is asked."""
    crisis_times: int = 3
    rest_days: int = 7
    morning: bool = False
    pages: tuple[Page, ...] = (LIBRARY, NEW, OLD)
    leaves: tuple[Leave, ...] = LEAVES
    crises: tuple[Crisis, ...] = ()
    rests: tuple[Rest, ...] = ()
    asked: tuple[Asked, ...] = ()
    late: tuple[Late, ...] = ()
    goals: tuple[Goal, ...] = ()
    posts: tuple[Post, ...] = ()
    terms: tuple[Term, ...] = ()
    planned: tuple[Planned, ...] = ()
    done: tuple[Done, ...] = ()

    def minute(self, day: date, hour: int) -> int:
        """The minute of an hour on the clock of a day."""
        return self.clock.at(day, hour * HOUR)

    def assigned(self, page: Page, day: date) -> tuple[str, ...]:
        """Everybody assigned to a page on a day."""
        for_a_time = (term.who for term in self.terms if term.page == page and term.runs(day))
        return page.responsible, page.second, *for_a_time

    def done_at(self, duty: str, subject: str, about: str = "") -> list[int]:
        """When that was done, in order."""
        wanted = (duty, subject, about)
        return sorted(
            self.minute(each.day, each.hour)
            for each in self.done
            if (each.duty, each.subject, each.about) == wanted
        )
