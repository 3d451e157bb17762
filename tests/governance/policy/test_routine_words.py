"""The words of a routine's figures: another figure, other words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import Any, Literal, get_args

import pytest

from governance.policy.routine_words import routine_words
from governance.policy.types import ANYWHERE, OffsetUnit, Routine, Scope, Side, Tell, Threshold
from governance.roles import Role

PLAIN = Routine(key="check_in", says="Någon tittar.")
WHO: tuple[Role | Literal["duty_holder"], ...] = ("duty_holder", Role.UNIT_MANAGER)
STEPS = [
    Tell(side=side, count=count, unit=unit, who=who)
    for side, count, unit, who in product(get_args(Side), (0, 1, 2), get_args(OffsetUnit), WHO)
]
#: At the moment itself an hour and a day are the same.
SAME = [{("after", 0, "hours"), ("after", 0, "days")}]
FIGURES: list[dict[str, Any]] = [
    *({name: days} for name in ("window_days", "change_days", "give_days") for days in (1, 2)),
    *({name: n} for name in ("recheck_months", "times_per_day") for n in (1, 3)),
    *({name: n} for name in ("every_days", "snooze_days") for n in (1, 7)),
    {"who": (Role.UNIT_MANAGER,)},
    {"who": (Role.SECTOR_HEAD,)},
    {"inactive": (Threshold(days=90, scope=ANYWHERE),)},
    {"inactive": (Threshold(days=90, scope=Scope(platform="x")),)},
    {"inactive": (Threshold(days=182, scope=ANYWHERE),)},
    {"morning": "07:30"},
    {"urgent": True},
    {"quiet_from": "18:00", "quiet_to": "07:00"},
    {"quiet_from": "00:00", "quiet_to": "00:00"},
    {},
]


def words(**figures: Any) -> list[str]:
    return list(routine_words(replace(PLAIN, **figures)))


def test_two_steps_that_differ_read_differently() -> None:
    for one, other in combinations(STEPS, 2):
        moments = {(each.side, each.count, each.unit) for each in (one, other)}
        same = one.who == other.who and moments in SAME
        assert (words(tell=(one,)) == words(tell=(other,))) is same, (one, other)


def test_two_routines_that_differ_in_a_figure_read_differently() -> None:
    for one, other in combinations(FIGURES, 2):
        assert words(**one) != words(**other)


@pytest.mark.parametrize(
    ("key", "said"), [("crisis", "decided by"), ("rest", "decided by"), ("gaps", "owed by")]
)
def test_whoever_owes_it_has_not_decided_it(key: str, said: str) -> None:
    routine = Routine(key=key, says="", who=(Role.COMMUNICATIONS_OFFICER,))
    assert list(routine_words(routine)) == [f"{said} {Role.COMMUNICATIONS_OFFICER.label}"]


def test_of_what_ends_the_window_lies_ahead() -> None:
    assert list(routine_words(Routine(key="ending", says="", window_days=14))) == ["14 days ahead"]
