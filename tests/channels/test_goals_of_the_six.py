"""The same goals under each of the five guidelines and a sixth: what is owed, of whom, by which
clause."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction

from channels.actions.goals import take_up_goals
from channels.models import Channel, Goal, GoalFollowUp, Plan, PlanVersion
from governance.models import Obligation
from governance.obligations import open_due
from governance.policy.in_force import version_in_force
from tests.channels_of_town import library_page
from tests.town import NOW, Town, adopt_text, at, build, file_of

DUE = date(2026, 6, 30)


@dataclass(frozen=True)
class Expected:
    """What a policy asks: under which clause, of whom, from which day on, and of goals without a
    day also (by routine)."""

    clause: str
    who: str
    opens: str
    yearly: bool
    reviewed: bool


EXPECTED = {
    "varmdo": Expected(
        "Principer; Checklista med förhållningsregler vid användande av sociala medier i "
        "tjänsten, punkt 1",
        "channel_owner",
        "2026-05-17",
        yearly=True,
        reviewed=True,
    ),
    "vargarda": Expected(
        "2.2 Krav för att använda sociala medier, punkt 3",
        "channel_owner",
        "2026-05-17",
        yearly=True,
        reviewed=True,
    ),
    "volda": Expected(
        "1. Oppretting og bruk av nye sosiale mediekanalar, punkt 1",
        "channel_owner",
        "2026-05-17",
        yearly=False,
        reviewed=False,
    ),
    # its plan asks for no goals; a channel that came with some owes them to the manager
    "tyreso": Expected(
        "Uppstart av ny kanal", "nearest_manager", "2026-06-30", yearly=False, reviewed=True
    ),
    "vetlanda": Expected(
        "Att starta ett konto", "unit_manager", "2026-05-17", yearly=True, reviewed=True
    ),
    # says nothing of goals, and that plans are reviewed each year
    "ekby": Expected("", "channel_owner", "2026-06-30", yearly=False, reviewed=True),
}


def with_plan(town: Town, channel: Channel | None = None, first: str = "Fler unga") -> Channel:
    """A channel with an approved plan that names a goal with a day and one without; the library's
    page unless given."""
    channel = channel or library_page(town)
    plan = Plan.objects.create(
        municipality=town.municipality,
        unit=channel.unit,
        author=town.cleo,
        channel=channel,
        kind="activity_plan",
        title="Biblioteket",
        state=Plan.State.APPROVED,
        created_at=NOW,
        saved_at=NOW,
        saved_by=town.cleo,
    )
    version = PlanVersion.objects.create(
        plan=plan,
        number=1,
        content=json.dumps({"answers": {}}),
        digest="0" * 64,
        policy=version_in_force(town.library, NOW),
        submitted_by=town.cleo,
        submitted_at=NOW,
    )
    Goal.objects.create(version=version, position=1, text=first, due_on=DUE)
    Goal.objects.create(version=version, position=2, text="Svara snabbare")
    with transaction.atomic():
        take_up_goals(version, channel, by=town.ben, now=NOW)
    return channel


def _owed(duty: str) -> list[Obligation]:
    return list(Obligation.objects.open().filter(duty=duty).order_by("pk"))


@pytest.mark.django_db
@pytest.mark.parametrize("policy", EXPECTED)
def test_each_policy_asks_for_its_goals_and_no_more(policy: str) -> None:
    expected = EXPECTED[policy]
    town = build(policy)
    dated = GoalFollowUp.objects.get(channel=with_plan(town), goal__position=1)
    open_due(at(expected.opens, "00:00"))
    (row,) = _owed("goals")
    assert (row.subject_id, row.due_on) == (dated.pk, DUE)
    assert (row.clause, row.who) == (expected.clause, expected.who)


@pytest.mark.django_db
@pytest.mark.parametrize("policy", EXPECTED)
def test_only_our_routine_asks_for_a_goal_without_a_day_and_cites_no_clause(policy: str) -> None:
    town = build(policy)
    undated = GoalFollowUp.objects.get(channel=with_plan(town), goal__position=2)
    open_due(at("2027-03-02"))
    rows = [row for row in _owed("goals") if row.subject_id == undated.pk]
    assert [(row.clause, row.due_at) for row in rows] == (
        [("", None)] if EXPECTED[policy].yearly else []
    )


@pytest.mark.django_db
@pytest.mark.parametrize("policy", EXPECTED)
def test_a_plan_is_looked_through_where_policy_or_routine_says_so(policy: str) -> None:
    channel = with_plan(build(policy))
    open_due(at("2029-03-02"))
    rows = Obligation.objects.about(channel).filter(duty="plan_review")
    assert rows.count() == EXPECTED[policy].reviewed
    binds = policy == "ekby"
    assert all(bool(row.clause) == bool(row.due_on) == binds for row in rows)


def test_a_day_of_the_plan_outlives_the_guideline_that_asked_for_it(town: Town) -> None:
    with_plan(town)
    content = file_of("ekby").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2026, 3, 5))
    open_due(at("2026-06-30"))
    (row,) = _owed("goals")
    assert (row.due_on, row.clause) == (DUE, "")
