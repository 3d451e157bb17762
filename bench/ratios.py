"""Timing two sides by turns, and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

ROUNDS = 11


@dataclass(frozen=True, slots=True)
class Sides:
    """Seconds of each round: ours, and the floor's taken between them."""

    ours: list[float]
    floor: list[float]

    @property
    def ratio(self) -> float:
        """How many times the floor's time ours takes, by medians."""
        return median(self.ours) / median(self.floor)

    @property
    def worst(self) -> float:
        """The worst of the ratios of one round."""
        return max(mine / its for mine, its in zip(self.ours, self.floor, strict=True))


def alternate(
    ours: Callable[[], None],
    floor: Callable[[], None],
    *,
    before: Callable[[], object] = object,
    rounds: int = ROUNDS,
) -> Sides:
    """Time both by turns after one round to warm up; `before` sets the stage and is not timed."""
    sides = Sides([], [])
    for number in range(rounds + 1):
        for act, taken in ((ours, sides.ours), (floor, sides.floor)):
            before()
            began = perf_counter()
            act()
            if number:
                taken.append(perf_counter() - began)
    return sides


@dataclass(slots=True)
class Report:
    """Prints a line for each measure and remembers which goals were missed."""

    missed: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """What is measured next."""
        print(f"\n{text}", flush=True)

    def note(self, text: str) -> None:
        """Something to know that is no goal."""
        print(f"  {text}", flush=True)

    def ratio(self, what: str, sides: Sides) -> None:
        """A ratio without a goal."""
        self.note(f"{what}: {sides.ratio:.2f}; ours {milliseconds(sides.ours)}")

    def goal(self, what: str, value: float, *, at_most: float, detail: str = "") -> None:
        """A figure that should be no more than `at_most`."""
        self._judge(what, value, f"at most {at_most:g}", value <= at_most, detail)

    def goal_at_least(self, what: str, value: float, *, at_least: float, detail: str = "") -> None:
        """A figure that should be no less than `at_least`."""
        self._judge(what, value, f"at least {at_least:g}", value >= at_least, detail)

    def _judge(self, what: str, value: float, goal: str, met: bool, detail: str) -> None:
        verdict = "met" if met else "MISSED"
        self.note(f"{what}: {value:.2f} (goal: {goal}) {verdict}{f'; {detail}' if detail else ''}")
        if not met:
            self.missed.append(what)


def milliseconds(seconds: list[float]) -> str:
    """`12.3 ms (11.9-14.0)`: median, least and most."""
    low, mid, high = (1000 * each for each in (min(seconds), median(seconds), max(seconds)))
    return f"{mid:.2f} ms ({low:.2f}-{high:.2f})"
