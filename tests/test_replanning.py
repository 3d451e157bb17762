"""Moving what is open to another version costs as many queries for many rows as for few, the one
that writes each row apart; and what cannot be planned again leaves the others alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.models import Channel
from governance.models import Obligation, Unit
from governance.obligations import Ground, Plan, by_turn, duty_of, open_due, replan
from tests.channels_of_town import assign, open_channel
from tests.governance.duties import LOOK, adopt_ladder, only, plan
from tests.moderation.inquiries import asked
from tests.town import NOW, POLICIES, Town, adopt_text, at, build

#: A day on which all of these are owed of a channel that opened half a year before.
A_YEAR_ON = at("2027-06-15")
COMMON = ("check_in", "snapshot", "custody", "register", "reply", "full_answer")


def open_pages(town: Town, count: int) -> None:
    for number in range(count):
        channel = open_channel(town.library, f"Sida {count}-{number}", opened_on=date(2026, 1, 5))
        assign(town.cleo, channel)


def owe(town: Town) -> None:
    """Let every page owe all of these duties."""
    open_due(A_YEAR_ON, [town.municipality])
    for channel in Channel.objects.filter(inquiries=None):
        asked(channel, town.cleo, posted=A_YEAR_ON)


def asked_by_moving(town: Town, policy: str, number: int) -> int:
    """The queries of moving all that is open to another version, without those that write rows."""
    adopted = A_YEAR_ON.date() - timedelta(days=9 - number)
    text = (POLICIES / f"{policy}.toml").read_text() + f"\n# {number}\n"
    adopt_text(town.municipality, text, number=number, in_force_from=adopted)
    open_rows = Obligation.objects.open().count()
    with CaptureQueriesContext(connection) as captured:
        assert replan(town.municipality, now=A_YEAR_ON) == open_rows
    assert not Obligation.objects.exclude(problem="").exists()
    written = 'UPDATE "governance_obligation"'
    return sum(not query["sql"].startswith(written) for query in captured.captured_queries)


@pytest.mark.parametrize("policy", ["vargarda", "varmdo"])
def test_no_row_of_a_common_duty_is_asked_about_by_itself(policy: str, db: None) -> None:
    with only(*map(duty_of, COMMON)):
        town = build(policy)
        open_pages(town, 2)
        owe(town)
        asked_by_moving(town, policy, 2)  # what is kept for later is kept now
        few = asked_by_moving(town, policy, 3)
        open_pages(town, 4)
        owe(town)
        rows = Counter(Obligation.objects.open().values_list("duty", flat=True))
        assert set(COMMON) - set(rows) <= {"full_answer"}, "not every guideline asks for that"
        assert asked_by_moving(town, policy, 4) == few
    assert min(rows.values()) >= 6, "the new pages owe it too"


def looks_again(row: Obligation, ground: Ground, now: datetime, together: list[int]) -> Plan | None:
    """Looks at all units together, of which the school's cannot be planned; `together` gets the
    number of units of each try."""

    def looks(units: Collection[Unit]) -> list[Plan]:
        together.append(len(units))
        if any(unit.activity == "school" for unit in units):
            raise ValueError("no look at the school")
        return [plan(unit, now) for unit in units]

    found = by_turn(ground.once(row, looks))
    return found.get((row.subject_id, row.period))


def test_what_cannot_be_planned_again_leaves_the_others_their_plans(town: Town) -> None:
    together: list[int] = []
    with only(replace(LOOK, plan_again=partial(looks_again, together=together))):
        open_due(NOW, [town.municipality])
        adopt_ladder(town.municipality)
        replan(town.municipality, now=NOW)
    assert standing() == {
        town.library.pk: ("", 2),
        town.school.pk: ("ValueError: no look at the school", 1),
    }
    assert sorted(together) == [1, 1, 2], "all together once, and then each by itself"
    with only(replace(LOOK, plan_again=None)):
        replan(town.municipality, now=NOW)
    assert standing() == {town.library.pk: ("", 2), town.school.pk: ("", 2)}, "tried again"


def standing() -> dict[int, tuple[str, int]]:
    """Why a row could not be planned, and the version it stands on, by its subject."""
    rows = Obligation.objects.values_list("subject_id", "problem", "policy__number")
    return {subject: (problem, number) for subject, problem, number in rows}
