"""A year at a glance: each day's state, laid out as a calendar to be drawn as SVG.

Every state has a mark of its own beside its colour; each month says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from moderation.overview.figures import Counts, Period

State = Literal["done", "late", "missed", "waiting", "waived", "rest", "off", "ahead"]

#: The states as the legend names them, in its order.
LEGEND: Final[dict[State, str | Promise]] = {
    "done": gettext_lazy("all in time"),
    "late": gettext_lazy("written afterwards"),
    "missed": gettext_lazy("missed, as high as the share"),
    "waiting": gettext_lazy("not yet"),
    "waived": gettext_lazy("waived"),
    "rest": gettext_lazy("declared rest"),
    "off": gettext_lazy("nothing owed"),
}
#: Side of a cell and of the square drawn in it, in the units of the drawing.
CELL: Final = 20
SQUARE: Final = 18


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the drawing: where it stands, what it shows, how high the missed part is."""

    x: int
    y: int
    state: State
    height: int = 0

    @property
    def top(self) -> int:
        """Where the missed part begins, counted from the top of the cell."""
        return CELL - 1 - self.height


@dataclass(frozen=True, slots=True)
class Month:
    """A month as a drawing of weeks, the sentence that says the same, and its counts."""

    first: date
    cells: tuple[Cell, ...]
    counts: Counts
    resting: int

    @property
    def key(self) -> str:
        return self.first.strftime("%Y-%m")

    @property
    def name(self) -> str:
        return date_format(self.first, "F").capitalize()

    @property
    def words(self) -> str:
        return sentence(self.counts, self.resting)


@dataclass(frozen=True, slots=True)
class Strip:
    """The months of a year in a row: one square each."""

    cells: tuple[Cell, ...]

    @property
    def width(self) -> int:
        return CELL * len(self.cells)


def legend() -> list[tuple[Cell, str]]:
    """A square of each state with its words."""
    return [
        (Cell(0, 0, state, SQUARE if state == "missed" else 0), str(words))
        for state, words in LEGEND.items()
    ]


def months_of(
    period: Period, days: Mapping[date, Counts], today: date, resting: Collection[date] = ()
) -> list[Month]:
    """The months that the period touches, with the days of the period in them."""
    return [_month(first, period, days, today, resting) for first in _firsts(period)]


def strip_of(period: Period, months: Mapping[tuple[int, int], Counts], today: date) -> Strip:
    """A square for each month that the period touches."""
    firsts = enumerate(_firsts(period))
    return Strip(
        tuple(
            _cell(CELL * place, 0, months.get((first.year, first.month), Counts()), first > today)
            for place, first in firsts
        )
    )


def sentence(counts: Counts, resting: int = 0) -> str:
    """How looks or other duties went, in words that leave nothing of the drawing out."""
    parts = [
        (counts.late, ngettext("%(n)s afterwards", "%(n)s afterwards", counts.late)),
        (counts.missed, ngettext("%(n)s missed", "%(n)s missed", counts.missed)),
        (counts.waiting, ngettext("%(n)s not yet", "%(n)s not yet", counts.waiting)),
        (counts.waived, ngettext("%(n)s waived", "%(n)s waived", counts.waived)),
        (resting, ngettext("%(n)s day of rest", "%(n)s days of rest", resting)),
    ]
    said = [words % {"n": number} for number, words in parts if number]
    if counts.owed:
        in_time = ngettext(
            "%(n)s of %(owed)s in time", "%(n)s of %(owed)s in time", counts.owed
        ) % {"n": counts.in_time, "owed": counts.owed}
        said = [in_time, *said]
    return ", ".join(said) or _("nothing owed")


def _firsts(period: Period) -> Iterator[date]:
    first = period.first.replace(day=1)
    while first <= period.last:
        yield first
        first = (first + timedelta(days=32)).replace(day=1)


def _month(
    first: date,
    period: Period,
    days: Mapping[date, Counts],
    today: date,
    resting: Collection[date],
) -> Month:
    after = (first + timedelta(days=32)).replace(day=1)
    dates = [first + timedelta(days=number) for number in range((after - first).days)]
    dates = [day for day in dates if period.first <= day <= period.last]
    cells = []
    for day in dates:
        week, weekday = divmod(first.weekday() + day.day - 1, 7)
        counts = days.get(day, Counts())
        cells.append(_cell(CELL * weekday, CELL * week, counts, day > today, day in resting))
    rested = sum(cell.state == "rest" for cell in cells)
    return Month(first, tuple(cells), Counts.sum(days.get(d, Counts()) for d in dates), rested)


def _cell(x: int, y: int, counts: Counts, ahead: bool, resting: bool = False) -> Cell:
    state = _state(counts, ahead, resting)
    # also one missed of many is seen
    height = max(4, round(SQUARE * counts.missed_share)) if state == "missed" else 0
    return Cell(x, y, state, height)


def _state(counts: Counts, ahead: bool, resting: bool) -> State:
    if counts.missed:
        return "missed"
    if counts.late:
        return "late"
    if counts.waiting:
        return "waiting"
    if counts.in_time:
        return "done"
    if counts.waived:
        return "waived"
    if resting:
        return "rest"
    return "ahead" if ahead else "off"
