"""A plan in force is looked through again: owed as policy or plan says, confirmed or changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from channels.actions.reviewing import confirm_plan
from channels.models import Channel, PlanReview
from channels.reviewing import owed_of_plans
from governance.errors import NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, User
from governance.obligations import open_due, waiting_for
from governance.obligations.replanning import replan
from tests.browsers import client_of
from tests.channels.goals_of_town import channel_with, goal, revised
from tests.channels_of_town import library_page
from tests.governance.policy.files import changed as with_passage
from tests.plans_of_town import opened, waiting
from tests.town import NOW, Town, adopt_text, at, later

RULE = """[plan.review]
every = { months = 12, basis = "rolling" }
who = "channel_owner"
clause = "2.2 Krav för att använda sociala medier"
says = "Planen ses över varje år."

[plan.measurable_goals]
"""
ROUTINE = "[routine.plan_review]"
A_YEAR_ON = at("2027-03-02")


def asking(*passages: tuple[str, str]) -> str:
    """Vårgårda's file with a rule that plans are reviewed each year, and other passages changed."""
    content = with_passage("[plan.measurable_goals]\n", RULE)
    for old, new in (('    "plan.review",\n', ""), *passages):
        assert content.count(old) == 1, old
        content = content.replace(old, new)
    return content


def adopted(town: Town, content: str, day: str = "2021-01-01", number: int = 2) -> None:
    adopt_text(town.municipality, content, number=number, in_force_from=date.fromisoformat(day))


def owed(channel: Channel) -> list[Obligation]:
    return list(Obligation.objects.about(channel).open().filter(duty="plan_review"))


def confirmed(channel: Channel, by: User, now: Any = NOW, **given: Any) -> PlanReview:
    newest = channel.plan_reviews.first()
    values = {"version": 1, "seen": newest.pk if newest else None, "note": "Vi gick igenom den."}
    return confirm_plan(channel, **(values | given), by=by, now=now)


# --- what is owed


def test_what_the_guideline_wants_reviewed_each_year_is_due_a_year_after_approval(
    town: Town,
) -> None:
    adopted(town, asking())
    channel = opened(town)
    open_due(at("2027-03-01"))
    assert owed(channel) == []
    open_due(A_YEAR_ON)
    (row,) = owed(channel)
    assert (row.due_on, row.clause) == (
        date(2027, 3, 2),
        "2.2 Krav för att använda sociala medier",
    )
    assert row.path == reverse("channels:review", args=[channel.pk])


def test_it_waits_for_the_owners_and_for_nobody_else(town: Town) -> None:
    adopted(town, asking())
    opened(town)
    open_due(A_YEAR_ON)
    for person, count in ((town.cleo, 1), (town.dag, 1), (town.ola, 0), (town.otto, 0)):
        rows = waiting_for(person, A_YEAR_ON).filter(duty="plan_review")
        assert rows.count() == count, person


def test_confirming_meets_it_and_the_next_year_begins(town: Town) -> None:
    adopted(town, asking())
    channel = opened(town)
    open_due(A_YEAR_ON)
    confirmed(channel, town.dag, at("2027-03-10"))
    assert owed(channel) == []
    row = Obligation.objects.about(channel).get(duty="plan_review")
    assert (row.met_by, row.met_at) == (town.dag, at("2027-03-10"))
    open_due(at("2028-03-09"))
    assert owed(channel) == []
    open_due(at("2028-03-10"))
    assert len(owed(channel)) == 1


def test_an_approved_change_counts_as_looking_through_it(town: Town) -> None:
    adopted(town, asking())
    channel = opened(town)
    open_due(A_YEAR_ON)
    later_on = at("2027-04-01")
    revised(channel, town, goal(date="2099-12-31"), audience="Alla", now=later_on)
    assert owed(channel) == []


def test_by_the_calendar_a_plan_of_the_year_is_not_looked_through_that_year(town: Town) -> None:
    adopted(
        town, asking((', basis = "rolling" }\nwho = "channel_owner"', ' }\nwho = "channel_owner"'))
    )
    channel = opened(town)
    open_due(at("2026-12-31"))
    assert owed(channel) == []
    open_due(at("2027-01-02"))
    assert [each.due_on for each in owed(channel)] == [date(2027, 12, 31)]


def test_a_plan_that_promises_to_be_reviewed_sooner_is_due_by_its_own_word(town: Town) -> None:
    own = ('stands_for = "weekly_hours"', 'stands_for = "review_months"')
    adopted(town, asking(own, ('kind = "hours"', 'kind = "number"')))
    channel = opened(town, weekly_hours=6)
    open_due(at("2026-09-01"))
    assert owed(channel) == []
    open_due(at("2026-09-02"))
    (row,) = owed(channel)
    assert row.due_on == date(2026, 9, 2)
    assert row.clause, "the question of the plan"


def test_our_routine_asks_without_a_clause_and_makes_nothing_late(town: Town) -> None:
    channel = opened(town)
    open_due(at("2028-03-01"))
    assert owed(channel) == []
    open_due(at("2028-03-02"))
    (row,) = owed(channel)
    assert (row.due_at, row.clause) == (None, "")
    assert row.says.startswith("En godkänd aktivitetsplan läses igenom efter två år")
    assert row.next_step_at is not None


def test_where_neither_policy_nor_plan_nor_routine_asks_nothing_is_owed(town: Town) -> None:
    adopted(town, with_passage("recheck_months = 24\n", ""))
    channel = opened(town)
    open_due(at("2046-03-02"))
    assert owed(channel) == []
    confirmed(channel, town.cleo)


def test_a_channel_without_a_plan_in_force_owes_none(town: Town) -> None:
    adopted(town, asking())
    waiting(town)
    library_page(town, name="Gammal sida", platform="instagram")
    open_due(at("2029-03-02"))
    assert not Obligation.objects.filter(duty="plan_review").exists()


def test_what_a_new_version_no_longer_asks_for_is_no_longer_owed(town: Town) -> None:
    adopted(town, asking())
    channel = opened(town)
    open_due(A_YEAR_ON)
    adopted(town, with_passage("recheck_months = 24\n", ""), "2027-03-02", number=3)
    replan(town.municipality, now=A_YEAR_ON)
    assert owed(channel) == []


def test_a_year_that_is_over_stays_owed_under_a_new_version(town: Town) -> None:
    adopted(town, asking())
    channel = opened(town)
    open_due(A_YEAR_ON)
    adopted(town, asking() + "\n# ny utgåva\n", "2027-03-05", number=3)
    replan(town.municipality, now=at("2027-03-05"))
    (row,) = owed(channel)
    assert (row.due_on, row.is_overdue(at("2027-03-05"))) == (date(2027, 3, 2), True)


def test_opening_costs_the_same_however_many_plans_there_are(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    adopted(town, asking())
    opened(town)
    for medium in ("instagram", "x"):
        address = f"https://www.{medium}.com/ekbybibliotek"
        opened(town, medium=medium, address=address)
    with django_assert_max_num_queries(6):
        assert len(list(owed_of_plans(town.municipality, A_YEAR_ON))) == 3


# --- confirming


def test_it_is_recorded_who_found_it_to_stand_and_when_with_one_entry(town: Town) -> None:
    channel = opened(town)
    review = confirmed(channel, town.anna)
    assert (review.by, review.at, review.version.number) == (town.anna, NOW, 1)
    entry = AuditEntry.objects.get(act="plan.confirmed")
    assert (entry.facts["version"], entry.facts["digest"]) == (1, review.version.digest)
    assert "igenom" not in str(entry.facts), "the log keeps no free text"


@pytest.mark.parametrize("who", ["cleo", "dag", "anna", "sten", "ben"])
def test_owners_managers_and_communications_confirm(town: Town, who: str) -> None:
    assert confirmed(opened(town), getattr(town, who)).by == getattr(town, who)


def test_otto_and_colleagues_without_the_channel_are_refused_with_the_reason(town: Town) -> None:
    channel = opened(town)
    for stranger in (town.ola, town.rut, town.otto):
        with pytest.raises(NotAllowed, match="assignment as responsible person"):
            confirmed(channel, stranger)


def test_the_late_one_is_told_who_came_first(town: Town) -> None:
    channel = opened(town)
    confirmed(channel, town.cleo)
    with pytest.raises(NoLongerPossible, match="Already done by Cleo Sjö on 2 mar"):
        confirmed(channel, town.dag, later(hours=1), seen=None)


def test_nobody_confirms_a_version_that_was_not_before_them(town: Town) -> None:
    channel = channel_with(town)
    revised(channel, town, goal(target="800"))
    with pytest.raises(NoLongerPossible, match="Version 2"):
        confirmed(channel, town.cleo, later(days=8))
    assert confirmed(channel, town.cleo, later(days=8), version=2).version.number == 2


def test_a_channel_without_a_plan_has_nothing_to_confirm(town: Town) -> None:
    with pytest.raises(NoLongerPossible, match="no approved plan"):
        confirmed(library_page(town), town.cleo)


def test_a_review_is_neither_changed_nor_taken_away(town: Town) -> None:
    confirmed(opened(town), town.cleo)
    for act in (PlanReview.objects.all().delete, lambda: PlanReview.objects.update(note="x")):
        with pytest.raises(InternalError, match="stays"), transaction.atomic():
            act()


# --- the page


def test_the_page_shows_promise_and_practice_and_takes_the_word_that_it_stands(
    town: Town,
) -> None:
    channel = channel_with(town)
    page = reverse("channels:review", args=[channel.pk])
    text = client_of(town.cleo).get(page).content.decode()
    assert "Följare: 500, by 30 Jun 2026" in text
    assert "Our routine" in text
    answer = client_of(town.cleo).post(page, {"version": "1", "seen": "", "note": "Håller."})
    assert answer.headers["Location"] == reverse("channels:channel", args=[channel.pk])
    assert PlanReview.objects.get().note == "Håller."
    assert "Håller." in client_of(town.cleo).get(page).content.decode()


def test_a_colleague_reads_and_is_refused_with_the_reason(town: Town) -> None:
    page = reverse("channels:review", args=[opened(town).pk])
    assert "It stands as it is" not in client_of(town.ola).get(page).content.decode()
    answer = client_of(town.ola).post(page, {"version": "1"})
    assert answer.status_code == 403
    assert "assignment as responsible person" in answer.content.decode()


def test_the_second_of_two_sees_who_came_first_and_what_they_wrote(town: Town) -> None:
    channel = opened(town)
    page = reverse("channels:review", args=[channel.pk])
    confirmed(channel, town.anna)
    answer = client_of(town.cleo).post(page, {"version": "1", "seen": "", "note": "Mina ord."})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Already done by Anna Ek" in text
    assert "Mina ord." in text
