"""The pages of goals: what each role may read and record, and the overview of every channel's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from channels.models import GoalFollowUp, GoalResult
from governance.models import User
from governance.obligations import open_due
from governance.roles import Role
from tests.browsers import client_of
from tests.channels.goals_of_town import (
    NOT_REACHED,
    REACHED,
    UNDER_WAY,
    channel_with,
    followed,
    goal,
    recorded,
)
from tests.channels.test_goals_of_the_six import with_plan
from tests.channels_of_town import open_channel
from tests.town import NOW, Town, appoint, at

GOALS = reverse("channels:goals")


def address(follow_up: GoalFollowUp) -> str:
    return reverse("channels:goal", args=[follow_up.pk])


def page(who: User, where: str) -> str:
    answer = client_of(who).get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def send(who: User, follow_up: GoalFollowUp, **data: str) -> Any:
    given = {"result": "430", "verdict": UNDER_WAY, "as_of": NOW.date().isoformat(), "seen": ""}
    return client_of(who).post(address(follow_up), given | data)


# --- a goal's page


def test_one_form_puts_a_result_on_record_and_the_page_shows_it(town: Town) -> None:
    follow_up = followed(channel_with(town))
    answer = send(town.cleo, follow_up, result="430 följare", note="Efter kampanjen.")
    assert answer.headers["Location"] == address(follow_up)
    text = page(town.ola, address(follow_up))
    assert "430 följare" in text
    assert "Efter kampanjen." in text
    assert "2.2 Krav för att använda sociala medier" in text


def test_any_colleague_reads_and_only_some_are_asked(town: Town) -> None:
    follow_up = followed(channel_with(town))
    assert 'name="result"' not in page(town.ola, address(follow_up))
    assert 'name="result"' in page(town.anna, address(follow_up))
    answer = send(town.ola, follow_up, result="")
    assert answer.status_code == 403
    assert "written assignment" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("result", " "), ("verdict", ""), ("as_of", "igår"), ("as_of", "2999-01-01"), ("as_of", "")],
)
def test_bad_input_comes_back_beside_its_field_with_every_word(
    town: Town, field: str, value: str
) -> None:
    follow_up = followed(channel_with(town))
    answer = send(town.cleo, follow_up, note="Mina ord.", **{field: value})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'id="id_{field}_error"' in text
    assert "Mina ord." in text
    assert not GoalResult.objects.exists()


def test_the_late_one_is_told_so_before_what_their_answers_lack(town: Town) -> None:
    follow_up = followed(channel_with(town))
    recorded(follow_up, town.anna)
    answer = send(town.cleo, follow_up, result="", note="Mina ord.")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Already done by Anna Ek on" in text
    assert "Mina ord." in text


def test_a_correction_begins_with_what_was_written_and_asks_what_was_wrong(town: Town) -> None:
    row = recorded(followed(channel_with(town)), town.cleo, result="430 följare")
    where = reverse("channels:correct_result", args=[row.follow_up_id, row.pk])
    assert 'value="430 följare"' in page(town.dag, where)
    given = {"result": "403", "verdict": NOT_REACHED, "as_of": "2026-03-02", "note": ""}
    answer = client_of(town.dag).post(where, given)
    assert answer.status_code == 422
    assert 'id="id_note_error"' in answer.content.decode()
    client_of(town.dag).post(where, given | {"note": "Omkastade siffror."})
    assert GoalResult.objects.get(corrects=row).result == "403"
    assert "Corrected by Dag Åberg" in page(town.ola, address(row.follow_up))
    assert client_of(town.ola).get(where).status_code == 403


def test_a_result_of_another_goal_is_not_corrected_through_this_one(town: Town) -> None:
    channel = channel_with(town, goal(), goal("Svara", "Timmar", "24", ""))
    first, second = GoalFollowUp.objects.filter(channel=channel).with_words()
    row = recorded(first, town.cleo)
    where = reverse("channels:correct_result", args=[second.pk, row.pk])
    assert client_of(town.cleo).get(where).status_code == 404


def test_a_person_whose_name_is_not_shown_is_read_by_title(town: Town) -> None:
    follow_up = followed(channel_with(town))
    recorded(follow_up, town.cleo)
    User.objects.filter(pk=town.cleo.pk).update(name_hidden=True)
    assert "Cleo Sjö" not in page(town.ola, address(follow_up))


# --- the overview


def test_the_overview_is_for_those_who_oversee_and_says_so_to_others(town: Town) -> None:
    channel_with(town)
    for who in (town.anna, town.sten, town.ben, town.rut):
        assert "Nå fler unga" in page(who, GOALS)
    answer = client_of(town.cleo).get(GOALS)
    assert answer.status_code == 403
    assert "one of these roles" in answer.content.decode()


def test_nobody_sees_the_goals_of_units_or_municipalities_that_are_not_theirs(town: Town) -> None:
    channel_with(town)
    appoint(town.ola, Role.UNIT_MANAGER, town.school)
    assert "Nå fler unga" not in page(town.ola, GOALS)
    assert "Nå fler unga" not in page(town.otto, GOALS)
    unit = f"{GOALS}?unit={town.library.pk}"
    assert "Nå fler unga" not in page(town.otto, unit)


def test_the_overview_is_narrowed_to_a_unit_and_to_what_is_overdue(town: Town) -> None:
    late = followed(channel_with(town, goal(date="2026-03-10")))
    other = with_plan_at_school(town)
    open_due(at("2026-03-11"))
    assert "Vid skolan" in page(town.ben, GOALS)
    assert "Vid skolan" not in page(town.ben, f"{GOALS}?unit={town.library.pk}")
    overdue = page(town.ben, f"{GOALS}?show=overdue")
    assert "Nå fler unga" in overdue
    assert "Vid skolan" not in overdue
    recorded(other, town.ben, verdict=NOT_REACHED)
    assert "Vid skolan" in page(town.ben, f"{GOALS}?show=not_reached")
    assert "Vid skolan" not in page(town.ben, f"{GOALS}?show=not_recorded")
    recorded(late, town.cleo, at("2026-03-12"), verdict=REACHED)
    assert "Nå fler unga" not in page(town.ben, f"{GOALS}?show=overdue")
    assert "No goal fits" in page(town.ben, f"{GOALS}?show=overdue")
    assert "Nå fler unga" in page(town.ben, f"{GOALS}?show=nonsense&unit=x&page=9")


def with_plan_at_school(town: Town) -> GoalFollowUp:
    channel = with_plan(town, open_channel(town.school, "Skolan", platform="x"), "Vid skolan")
    return GoalFollowUp.objects.with_words().get(channel=channel, goal__position=1)


def test_the_overview_costs_the_same_however_many_goals_there_are(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    channel_with(town, *[goal(f"Mål {number}", "", "", "") for number in range(3)])
    client = client_of(town.ben)
    client.get(GOALS)
    with django_assert_max_num_queries(100) as few:
        client.get(GOALS)
    for number in range(4):
        made = open_channel(town.school, f"Skolan {number}", platform="x")
        follow_up = GoalFollowUp.objects.filter(channel=with_plan(town, made))[0]
        recorded(follow_up, town.ben, as_of=date(2026, 3, 2))
    with django_assert_max_num_queries(len(few)):
        text = client.get(GOALS).content.decode()
    assert text.count("Skolan") >= 8
