"""No more administrators than the policy allows: while writing, at submission, and afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from channels.actions.people import assign_editor, revoke_editor
from channels.actions.planning import submit_plan
from channels.checks import NotReady
from channels.models import Channel, EditorAssignment, Plan
from channels.paper import checks
from governance.errors import AgainstPolicy
from governance.models import User
from governance.policy.in_force import policy_for
from governance.roles import Role
from tests import council_of_town as council
from tests.browsers import client_of
from tests.council_of_town import Place
from tests.plans_of_town import somebody
from tests.town import NOW

CLAUSE = "4 Människorna"
TODAY = NOW.date()
FOUR = [somebody(name) for name in ("Alva", "Bo", "Cia", "Dan")]


@pytest.fixture
def place(db: None) -> Place:
    return council.place()


@pytest.fixture
def channel(place: Place) -> Channel:
    """The library's channel, which has Cleo, Dag and Ola as its administrators."""
    town = place.town
    three = [somebody(each.name, each.pk) for each in (town.cleo, town.dag, town.ola)]
    channel = council.approved(town, place.vera, administrators=three).channel
    assert channel is not None
    return channel


def appointed(channel: Channel, user: User, place: Place, **changes: Any) -> EditorAssignment:
    return assign_editor(channel, user, Role.ADMINISTRATOR, by=place.town.ben, now=NOW, **changes)


def test_a_plan_with_four_administrators_is_not_submitted(place: Place) -> None:
    plan = council.drafted(place.town, administrators=FOUR)
    with pytest.raises(NotReady) as caught:
        submit_plan(plan, revision=plan.revision, by=place.town.cleo, now=NOW)
    (fault,) = caught.value.faults
    assert (fault.field, fault.clause) == ("administrators", CLAUSE)


@pytest.mark.parametrize("act", ["save", "row"])
def test_the_fourth_is_told_beside_the_field_while_writing_and_nothing_is_lost(
    place: Place, act: str
) -> None:
    plan = council.drafted(place.town)
    page = _sent(plan, place, act=act)
    assert 'id="id_administrators_error"' in page
    assert CLAUSE in page
    kept = Plan.objects.get(pk=plan.pk).answers["administrators"]
    assert [row["name"] for row in kept] == ["Alva", "Bo", "Cia", "Dan"]


def test_the_fourth_is_told_at_the_next_autosave(place: Place) -> None:
    plan = council.drafted(place.town)
    page = _sent(plan, place, act="autosave")
    assert CLAUSE in page
    assert "at most 3 persons" in page


def _sent(plan: Plan, place: Place, *, act: str) -> str:
    data = {
        f"administrators-{number}-{part}": row[part] or ""
        for number, row in enumerate(FOUR)
        for part in ("name", "title", "contact", "user")
    }
    if act == "row":
        data["add-row"] = "administrators"
    client = client_of(place.town.cleo)
    sent = data | {"act": act, "revision": str(plan.revision)}
    return client.post(f"/plans/{plan.pk}/write/", sent).content.decode()


def test_the_plans_checks_say_how_many_there_may_be(place: Place) -> None:
    policy = policy_for(place.town.library, NOW)
    for administrators, state in ((FOUR, "late"), (FOUR[:3], "done"), ([], "late")):
        answers = council.answers(place.town, administrators=administrators)
        found = checks(policy, answers, place.town.municipality, {})
        (check,) = [each for each in found if each.label.startswith("Vilka är administratörer?")]
        assert check.label.endswith("At least 1 and at most 3.")
        assert check.state == state


def test_a_fourth_is_not_appointed_later(place: Place, channel: Channel) -> None:
    with pytest.raises(AgainstPolicy, match="3 administrators") as caught:
        appointed(channel, place.town.anna, place)
    assert (caught.value.field, caught.value.clause) == ("role", CLAUSE)


def test_a_fourth_may_follow_one_who_has_ended(place: Place, channel: Channel) -> None:
    leaving = channel.assignments.get(user=place.town.dag)
    revoke_editor(leaving, reason="Slutar.", by=place.town.anna, now=NOW)
    assert appointed(channel, place.town.anna, place).role == Role.ADMINISTRATOR


def test_a_fourth_may_begin_when_one_ends_but_not_before(place: Place, channel: Channel) -> None:
    last = TODAY + timedelta(days=10)
    channel.assignments.filter(user=place.town.dag).update(ends_on=last)
    with pytest.raises(AgainstPolicy):
        appointed(channel, place.town.anna, place, starts_on=last)
    assert appointed(channel, place.town.anna, place, starts_on=last + timedelta(days=1))


def test_other_roles_are_not_counted(place: Place, channel: Channel) -> None:
    assert assign_editor(channel, place.town.anna, Role.EDITOR, by=place.town.ben, now=NOW)


def test_the_page_that_ends_an_assignment_says_which_and_that_too_few_are_left(
    place: Place, channel: Channel
) -> None:
    Channel.objects.filter(pk=channel.pk).update(state=Channel.State.OPEN, opened_on=TODAY)
    ben = client_of(place.town.ben)
    *others, last = channel.assignments.filter(role=Role.ADMINISTRATOR)
    there = reverse("channels:revoke", args=[channel.pk, last.pk])
    page = " ".join(ben.get(there).text.split())
    assert f"{last.shown_name}, administrator of " in page
    assert "too few" not in page
    overview = ben.get(reverse("channels:channel", args=[channel.pk])).text
    assert f": {last.shown_name}, administrator</span>" in overview

    for row in others:
        revoke_editor(row, reason="Slutar.", by=place.town.anna, now=NOW)
    page = ben.get(there).text
    assert "has too few: 0 administrators of at least 1." in page
    assert CLAUSE in page
    editor = assign_editor(channel, place.town.anna, Role.EDITOR, by=place.town.ben, now=NOW)
    other = ben.get(reverse("channels:revoke", args=[channel.pk, editor.pk])).text
    assert "too few" not in other
    assert ben.post(there, {"reason": "Slutar."}).status_code == 302
    assert not channel.assignments.filter(role=Role.ADMINISTRATOR, revoked_at=None).exists()
