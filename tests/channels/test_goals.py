"""Goals of approved plans: the channel's own, owed on their day, with what each has come to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from channels.actions.goals import correct_result
from channels.goals import standings, wordings
from channels.models import Channel, GoalFollowUp, GoalResult
from channels.page import timeline
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, User
from governance.obligations import advance_due, open_due, waiting_for
from governance.obligations.replanning import replan
from tests.browsers import client_of
from tests.channels.goals_of_town import (
    DUE,
    NOT_REACHED,
    REACHED,
    UNDER_WAY,
    channel_with,
    followed,
    goal,
    owed,
    recorded,
    revised,
)
from tests.plans_of_town import waiting
from tests.town import NOW, Town, adopt_text, at, away, file_of, later

#: When the follow-up of DUE is open, by the routine's 45 days.
IN_TIME = at("2026-06-01")


def texts(channel: Channel) -> list[str]:
    return [each.goal.text for each in standings(channel, NOW)]


# --- from the plan to the channel


def test_an_approved_plan_s_goals_are_the_channel_s_with_measure_and_day(town: Town) -> None:
    channel = waiting(town, goals=[goal(), goal("Svara snabbare", "", "", "")])
    first, second = standings(channel, NOW)
    assert (first.goal.text, first.goal.target, first.goal.due_on) == ("Nå fler unga", "500", DUE)
    assert first.promise.startswith("Följare: 500, by 30 ")
    assert second.promise == "The plan gives no measure and no day"
    assert first.follow_up.since == date(2026, 3, 2)
    entry = AuditEntry.objects.get(act="channel.entered")
    assert len(entry.facts["goals"]["begun"]) == 2


def test_a_policy_that_asks_for_goals_in_free_words_gets_one_without_measure_or_day(
    town: Town,
) -> None:
    words = 'label = "Vilka är målen för satsningen?"'
    before, after = file_of("vargarda").read_text().split(words)
    after = after.replace('kind = "goals"', 'kind = "long_text"', 1).replace("minimum = 1\n", "", 1)
    adopt_text(town.municipality, before + words + after, number=2, in_force_from=date(2021, 1, 1))
    (standing,) = standings(waiting(town, goals=" Nå fler unga.\nOch svara dem. "), NOW)
    assert standing.goal.text == "Nå fler unga.\nOch svara dem."
    assert standing.promise == "The plan gives no measure and no day"


def test_a_revision_that_keeps_a_goal_keeps_its_results(town: Town) -> None:
    channel = channel_with(town)
    before = followed(channel)
    recorded(before, town.cleo)
    revised(channel, town, goal(), audience="Alla i Ekby.")
    after = followed(channel)
    assert after == before
    assert [each.result for each in after.results.all()] == ["430"]
    assert [each.goal.version.number for each in wordings(after)] == [1], "it says the same"


def test_a_revision_that_changes_a_goal_keeps_it_and_says_what_changed(town: Town) -> None:
    channel = channel_with(town)
    before = followed(channel)
    revised(channel, town, goal(target="800", date="2026-12-31"))
    after = followed(channel)
    assert (after, after.goal.target) == (before, "800")
    newest, first = wordings(after)
    assert (newest.goal.version.number, newest.changed) == (2, ["the target", "the day"])
    assert (first.goal.target, first.changed) == ("500", [])
    entry = AuditEntry.objects.get(act="channel.replanned")
    assert entry.facts["goals"] == {"changed": [before.pk]}


def test_a_goal_worded_anew_goes_on_where_its_indicator_is_the_only_one(town: Town) -> None:
    channel = channel_with(town)
    before = followed(channel)
    revised(channel, town, goal("Nå ännu fler unga"))
    assert followed(channel) == before


def test_of_two_goals_with_one_indicator_none_is_guessed_to_go_on(town: Town) -> None:
    channel = channel_with(town, goal("Nå unga"), goal("Nå äldre"))
    before = set(GoalFollowUp.objects.values_list("pk", flat=True))
    revised(channel, town, goal("Nå ungdomar"), goal("Nå pensionärer"))
    running = GoalFollowUp.objects.running().values_list("pk", flat=True)
    assert len(running) == 2
    assert not before & set(running)


def test_a_revision_that_drops_a_goal_ends_it_and_what_was_recorded_stays(town: Town) -> None:
    channel = channel_with(town, goal(), goal("Fler boktips", "Inlägg", "2 i veckan", ""))
    first = GoalFollowUp.objects.get(goal__text="Nå fler unga")
    recorded(first, town.cleo)
    revised(channel, town, goal("Fler boktips", "Inlägg", "2 i veckan", ""))
    assert texts(channel) == ["Fler boktips"]
    first.refresh_from_db()
    assert first.ended_by is not None
    assert first.ended_by.number == 2
    assert first.results.count() == 1
    with pytest.raises(NoLongerPossible, match="names the goal no longer"):
        recorded(first, town.cleo, later(days=8))


# --- what is owed


def test_a_goal_is_owed_on_the_day_of_the_plan_with_the_guideline_s_clause(town: Town) -> None:
    follow_up = followed(channel_with(town))
    open_due(at("2026-05-15"))
    assert owed(follow_up) == [], "46 days before"
    open_due(at("2026-05-17"))
    (row,) = owed(follow_up)
    assert (row.due_on, row.clause) == (DUE, "2.2 Krav för att använda sociala medier, punkt 3")
    assert row.requirements == ["VGD-25"]
    assert row.path == reverse("channels:goal", args=[follow_up.pk])
    assert row.subject_label.endswith(": Nå fler unga")
    assert not row.is_overdue(at("2026-06-30", "23:00"))
    assert row.is_overdue(at("2026-07-01", "00:01"))


def test_it_waits_for_the_channel_s_owners_and_for_nobody_else(town: Town) -> None:
    channel_with(town)
    open_due(IN_TIME)
    for person, count in ((town.cleo, 1), (town.dag, 1), (town.ola, 0), (town.otto, 0)):
        rows = waiting_for(person, IN_TIME).filter(duty="goals")
        assert rows.count() == count, person


def test_those_who_owe_it_are_reminded_and_then_the_manager_hears(town: Town) -> None:
    follow_up = followed(channel_with(town))
    open_due(at("2026-05-20"))
    (row,) = owed(follow_up)
    told = []
    for day in ("2026-05-31", "2026-06-23", "2026-07-08", "2026-07-15"):
        advance_due(at(day))
        told.append(row.escalations.latest("step").who)
    assert told == ["channel_owner", "channel_owner", "channel_owner", "operations_manager"]
    assert row.escalations.count() == 4


def test_recording_a_result_meets_it(town: Town) -> None:
    follow_up = followed(channel_with(town))
    open_due(IN_TIME)
    recorded(follow_up, town.dag, IN_TIME)
    row = Obligation.objects.about(follow_up).get()
    assert (row.met_by, row.met_at) == (town.dag, IN_TIME)
    open_due(at("2027-01-01"))
    assert owed(follow_up) == [], "once is enough"


def test_a_result_before_the_follow_up_opens_spares_nobody_of_it(town: Town) -> None:
    follow_up = followed(channel_with(town))
    recorded(follow_up, town.cleo)
    open_due(IN_TIME)
    assert len(owed(follow_up)) == 1
    recorded(follow_up, town.cleo, IN_TIME, as_of=date(2026, 5, 16))
    assert len(owed(follow_up)) == 1, "the figure is older than the 45 days"
    recorded(follow_up, town.cleo, IN_TIME, as_of=date(2026, 5, 17))
    assert owed(follow_up) == []


def test_a_result_recorded_before_beat_came_round_opens_nothing(town: Town) -> None:
    follow_up = followed(channel_with(town))
    recorded(follow_up, town.cleo, IN_TIME)
    open_due(IN_TIME)
    assert owed(follow_up) == []


def test_a_channel_that_is_not_open_owes_no_follow_up(town: Town) -> None:
    waiting(town, goals=[goal()])
    open_due(IN_TIME)
    assert not Obligation.objects.filter(duty="goals").exists()


def test_a_goal_without_a_day_is_followed_up_by_our_routine_without_a_clause(town: Town) -> None:
    follow_up = followed(channel_with(town, goal(date="")))
    open_due(at("2027-01-10"))
    assert owed(follow_up) == []
    open_due(at("2027-01-20"))
    (row,) = owed(follow_up)
    assert (row.due_at, row.clause, row.requirements) == (None, "", [])
    assert row.says.startswith("Ett mål utan dag i planen följs upp varje år.")
    recorded(follow_up, town.cleo, at("2027-02-01"))
    assert owed(follow_up) == []
    open_due(at("2027-12-31"))
    assert len(owed(follow_up)) == 1, "a year after the result"


def test_without_a_day_and_without_a_routine_nothing_is_owed(town: Town) -> None:
    content = file_of("vargarda").read_text()
    head, _, rest = content.partition("[routine.goals]")
    content = head + rest[rest.index("[routine.custody]") :]
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    follow_up = followed(channel_with(town, goal(date=""), audience="Alla"))
    open_due(at("2036-01-01"))
    assert owed(follow_up) == []
    other = channel_with(
        town, goal(), medium="instagram", address="https://www.instagram.com/ekbybibliotek"
    )
    open_due(at("2026-06-29"))
    assert owed(followed(other)) == []
    open_due(at("2026-06-30"))
    assert len(owed(followed(other))) == 1, "the plan's own day needs no routine"


def test_a_revision_that_moves_the_day_moves_what_is_owed(town: Town) -> None:
    channel = channel_with(town, goal(date="2026-03-31"))
    open_due(NOW)
    revised(channel, town, goal(date="2026-12-31"))
    follow_up = followed(channel)
    assert owed(follow_up) == []
    row = Obligation.objects.about(follow_up).get()
    assert "another day" in row.waive_reason or "annan dag" in row.waive_reason
    open_due(at("2026-12-01"))
    assert [each.due_on for each in owed(follow_up)] == [date(2026, 12, 31)]


def test_a_revision_that_drops_the_goal_ends_what_is_owed(town: Town) -> None:
    channel = channel_with(town, goal(date="2026-03-31"))
    follow_up = followed(channel)
    open_due(NOW)
    assert len(owed(follow_up)) == 1
    revised(channel, town, goal("Något annat", "Svar", "", ""))
    assert owed(follow_up) == []


def test_a_new_version_of_the_policy_keeps_what_is_owed_of_the_plan_s_day(town: Town) -> None:
    follow_up = followed(channel_with(town))
    open_due(IN_TIME)
    content = file_of("vargarda").read_text() + "\n# ny utgåva\n"
    adopt_text(town.municipality, content, number=2, in_force_from=date(2026, 6, 2))
    replan(town.municipality, now=at("2026-06-02"))
    (row,) = owed(follow_up)
    assert (row.due_on, row.policy and row.policy.number) == (DUE, 2)


# --- recording


def test_a_result_says_by_whom_when_and_as_of_which_day_and_leaves_one_entry(town: Town) -> None:
    channel = channel_with(town)
    row = recorded(followed(channel), town.cleo, result=" 430 följare ", note="Efter kampanjen.")
    assert (row.result, row.note, row.by, row.at) == (
        "430 följare",
        "Efter kampanjen.",
        town.cleo,
        NOW,
    )
    entry = AuditEntry.objects.get(act="goal.result_recorded")
    assert entry.clause == "2.2 Krav för att använda sociala medier, punkt 3"
    assert (entry.facts["verdict"], entry.facts["as_of"]) == (UNDER_WAY, "2026-03-02")
    assert "kampanjen" not in str(entry.facts), "the log keeps no free text"


@pytest.mark.parametrize("who", ["cleo", "dag", "anna", "sten", "ben"])
def test_the_channel_s_people_managers_and_communications_record(town: Town, who: str) -> None:
    follow_up = followed(channel_with(town))
    assert recorded(follow_up, getattr(town, who)).by == getattr(town, who)


def test_a_deputy_records_while_the_other_is_away(town: Town) -> None:
    follow_up = followed(channel_with(town))
    away(town.cleo, town.ola)
    assert recorded(follow_up, town.ola).by == town.ola


def test_otto_and_colleagues_without_the_channel_are_refused_with_the_reason(town: Town) -> None:
    follow_up = followed(channel_with(town))
    for stranger in (town.ola, town.rut, town.otto):
        with pytest.raises(NotAllowed, match="written assignment"):
            recorded(follow_up, stranger)
    assert not GoalResult.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"result": "  "}, "result"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"as_of": date(2026, 3, 3)}, "as_of"),
        ({"as_of": date(2026, 3, 1)}, "as_of"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    town: Town, given: dict[str, Any], field: str
) -> None:
    follow_up = followed(channel_with(town))
    with pytest.raises(AgainstPolicy) as caught:
        recorded(follow_up, town.cleo, **given)
    assert caught.value.field == field
    assert not GoalResult.objects.exists()


def test_the_late_one_is_told_who_recorded_and_when(town: Town) -> None:
    follow_up = followed(channel_with(town))
    recorded(follow_up, town.cleo)
    with pytest.raises(NoLongerPossible, match="Already done by Cleo Sjö on 2 mar") as told:
        recorded(follow_up, town.dag, later(hours=1), seen=None, result="")
    assert (told.value.by, told.value.at) == ("Cleo Sjö", NOW)


def test_the_newest_day_stands_first_whenever_it_was_recorded(town: Town) -> None:
    follow_up = followed(channel_with(town))
    week = later(days=7)
    recorded(follow_up, town.cleo, week, result="440")
    recorded(follow_up, town.cleo, week, result="431", as_of=date(2026, 3, 3))
    assert [each.result for each in follow_up.results.all()] == ["440", "431"]
    (standing,) = standings(follow_up.channel, week)
    assert standing.came_to.startswith("440, as of 9 ")


def correct(entry: GoalResult, by: User, **given: Any) -> GoalResult:
    values: dict[str, Any] = {
        "result": "403",
        "verdict": NOT_REACHED,
        "as_of": entry.as_of,
        "note": "Siffrorna bytte plats.",
    }
    return correct_result(entry, **(values | given), by=by, now=later(hours=2))


def test_a_correction_is_a_row_of_its_own_and_the_first_stays_behind_it(town: Town) -> None:
    follow_up = followed(channel_with(town))
    first = recorded(follow_up, town.cleo)
    second = correct(first, town.dag)
    assert (second.corrects, follow_up.results.count()) == (first, 2)
    (standing,) = standings(follow_up.channel, NOW)
    assert standing.latest == second
    entry = AuditEntry.objects.get(act="goal.result_corrected")
    assert entry.facts["corrects"] == first.pk


def test_what_is_corrected_is_not_corrected_twice_and_needs_its_reason(town: Town) -> None:
    first = recorded(followed(channel_with(town)), town.cleo)
    with pytest.raises(AgainstPolicy) as caught:
        correct(first, town.dag, note=" ")
    assert caught.value.field == "note"
    correct(first, town.dag)
    with pytest.raises(NoLongerPossible, match="Already corrected by Dag Åberg on 2 mar"):
        correct(first, town.cleo)


def test_a_result_is_neither_changed_nor_taken_away(town: Town) -> None:
    recorded(followed(channel_with(town)), town.cleo)
    for act in (GoalResult.objects.all().delete, lambda: GoalResult.objects.update(result="x")):
        with pytest.raises(InternalError, match="stays"), transaction.atomic():
            act()


def test_a_closed_channel_s_goals_are_not_followed_up(town: Town) -> None:
    channel = channel_with(town)
    channel.state, channel.closed_on = Channel.State.CLOSED, date(2026, 3, 2)
    channel.save()
    with pytest.raises(NoLongerPossible):
        recorded(followed(channel), town.cleo)


# --- promise beside practice


def page_of(who: User, channel: Channel) -> str:
    address = reverse("channels:channel", args=[channel.pk])
    return client_of(who).get(address).content.decode()


def test_the_channel_s_page_holds_each_goal_beside_what_came_of_it(town: Town) -> None:
    channel = channel_with(town)
    text = page_of(town.ola, channel)
    assert "the plan, question 6" in text
    assert "Följare: 500, by 30 Jun 2026" in text
    assert "Nothing recorded since 2 Mar 2026" in text
    recorded(followed(channel), town.cleo, verdict=REACHED, result="512 följare")
    assert "512 följare, as of 2 Mar 2026" in page_of(town.ola, channel)


def test_what_nothing_counts_is_said_so(town: Town) -> None:
    text = page_of(town.ola, channel_with(town))
    assert "2 times a week" in text
    assert "Nothing here counts it" in text


def test_the_timeline_tells_of_results_and_reminders(town: Town) -> None:
    channel = channel_with(town)
    open_due(at("2026-05-20"))
    advance_due(at("2026-05-31"))
    recorded(followed(channel), town.cleo, IN_TIME)
    words = [str(each.words) for each in timeline(channel)[0]]
    assert "What a goal has come to was recorded" in words
    assert "Whoever is to do it was reminded" in words


def test_the_standings_cost_the_same_however_many_results_there_are(
    town: Town, django_assert_num_queries: Any
) -> None:
    channel = channel_with(town, *[goal(f"Mål {number}", "", "", "") for number in range(5)])
    for each in GoalFollowUp.objects.with_words():
        for day in range(3):
            recorded(each, town.cleo, later(days=day))
    with django_assert_num_queries(3):
        assert [each.latest and each.latest.by.name for each in standings(channel, NOW)]


def test_recording_a_result_of_another_municipality_s_channel_is_a_404(town: Town) -> None:
    follow_up = followed(channel_with(town))
    row = recorded(follow_up, town.cleo)
    for address in (
        reverse("channels:goal", args=[follow_up.pk]),
        reverse("channels:correct_result", args=[follow_up.pk, row.pk]),
    ):
        assert client_of(town.otto).get(address).status_code == 404
        assert client_of(town.otto).post(address, {"result": "1"}).status_code == 404
