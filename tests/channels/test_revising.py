"""An approved plan is changed: it stays in force until the change is approved."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from channels.actions.accounts import account_step_waiting
from channels.actions.deciding import reject_plan, return_plan
from channels.actions.documents import documents_missing, render_plan
from channels.actions.people import revoke_editor
from channels.actions.planning import save_draft, start_plan_of, submit_plan, withdraw_plan
from channels.actions.register import change_channel
from channels.checks import NotReady
from channels.models import Channel, Decision, EditorAssignment, Plan
from channels.rights import may_on
from channels.steps import plan_of
from governance.errors import NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Notice, Obligation
from governance.roles import Role
from tests.browsers import client_of
from tests.plans_of_town import (
    anna_approves,
    answers,
    digest_of,
    fresh,
    opened,
    somebody,
    waiting,
)
from tests.plans_revised import WEEK, both_approve, changed, changed_and_submitted
from tests.town import NOW, Town, later

PURPOSE = "Visa vad som händer på biblioteket."


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's page, open under its first plan."""
    return opened(town)


def again(channel: Channel) -> Channel:
    return Channel.objects.get(pk=channel.pk)


def running(channel: Channel, role: Role) -> set[str]:
    rows = EditorAssignment.objects.filter(channel=channel, role=role, revoked_at__isnull=True)
    return set(rows.values_list("name", flat=True))


# --- begun ----------------------------------------------------------------------------------------


def test_a_change_begins_with_the_approved_answers_and_the_plan_stays_in_force(
    channel: Channel, town: Town
) -> None:
    in_force = plan_of(channel)
    plan = start_plan_of(channel, by=town.dag, now=WEEK)
    assert plan.answers == answers(town)
    assert (plan.channel, plan.replaces, plan.author) == (channel, in_force, town.dag)
    assert plan_of(channel) == in_force
    entry = AuditEntry.objects.filter(act="plan.started").latest("number")
    assert in_force is not None
    assert entry.facts["replaces"] == in_force.pk


def test_there_is_one_change_at_a_time_and_the_second_person_is_led_to_it(
    channel: Channel, town: Town
) -> None:
    first = client_of(town.cleo).post(f"/channels/{channel.pk}/plan/")
    second = client_of(town.dag).post(f"/channels/{channel.pk}/plan/", follow=True)
    assert second.redirect_chain[0][0] == first.headers["Location"]
    assert "Cleo Sjö began this plan on" in second.content.decode()
    assert Plan.objects.filter(state=Plan.State.DRAFT).count() == 1


def test_the_database_refuses_a_second_change_of_the_same_plan(
    channel: Channel, town: Town
) -> None:
    plan = start_plan_of(channel, by=town.cleo, now=WEEK)
    plan.pk = None
    plan._state.adding = True
    with pytest.raises(IntegrityError, match="plan_under_way_once"), transaction.atomic():
        plan.save()


def test_the_database_refuses_to_replace_the_plan_of_another_channel(
    channel: Channel, town: Town
) -> None:
    other = waiting(town, address="https://www.instagram.com/ekbybibliotek", medium="instagram")
    plan = start_plan_of(channel, by=town.cleo, now=WEEK)
    plan.replaces = plan_of(other)
    with pytest.raises(IntegrityError, match="same_channel"), transaction.atomic():
        plan.save()
        transaction.get_connection().check_constraints()


def test_a_channel_that_is_not_open_yet_has_no_plan_to_change(town: Town) -> None:
    with pytest.raises(NoLongerPossible):
        start_plan_of(waiting(town), by=town.cleo, now=WEEK)


def test_only_who_may_write_at_the_unit_begins_a_change(channel: Channel, town: Town) -> None:
    with pytest.raises(NotAllowed):
        start_plan_of(channel, by=town.ola, now=WEEK)
    page = client_of(town.ola).get(f"/channels/{channel.pk}/").content.decode()
    assert "Change the plan" not in page
    page = client_of(town.cleo).get(f"/channels/{channel.pk}/").content.decode()
    assert "Change the plan" in page


def test_somebody_whose_assignment_was_ended_is_not_put_forward_again(
    channel: Channel, town: Town
) -> None:
    dag = EditorAssignment.objects.get(channel=channel, user=town.dag, role=Role.ADMINISTRATOR)
    revoke_editor(dag, reason="Slutar", by=town.ben, now=WEEK)
    plan = start_plan_of(channel, by=town.cleo, now=WEEK)
    assert [each["name"] for each in plan.answers["administrators"]] == ["Cleo Sjö"]
    assert [each["name"] for each in plan.answers["operators"]] == ["Dag Åberg"]


def test_a_change_that_changes_nothing_is_not_submitted(channel: Channel, town: Town) -> None:
    plan = changed(channel, town, by=town.cleo)
    with pytest.raises(NotReady, match="Nothing differs"):
        submit_plan(plan, revision=plan.revision, by=town.cleo, now=WEEK)


def test_another_account_is_another_channel(channel: Channel, town: Town) -> None:
    plan = changed(channel, town, by=town.cleo, address="https://www.facebook.com/annat")
    with pytest.raises(NotReady, match="Another account") as refused:
        submit_plan(plan, revision=plan.revision, by=town.cleo, now=WEEK)
    assert refused.value.field == "address"


# --- approved -------------------------------------------------------------------------------------


def test_an_approved_change_is_in_force_and_the_earlier_plan_shows_what_replaced_it(
    channel: Channel, town: Town
) -> None:
    earlier = plan_of(channel)
    assert earlier is not None
    plan = both_approve(changed_and_submitted(channel, town, purpose=PURPOSE), town)
    assert plan_of(channel) == plan
    assert fresh(earlier).state == Plan.State.REPLACED
    after = again(channel)
    assert (after.state, after.purpose) == (Channel.State.OPEN, PURPOSE)
    page = client_of(town.ola).get(f"/plans/{earlier.pk}/").content.decode()
    assert "Replaced by version 2" in page
    assert f"/plans/{plan.pk}/" in page
    assert AuditEntry.objects.filter(act="channel.replanned").count() == 1


def test_a_replaced_plan_keeps_its_document(channel: Channel, town: Town) -> None:
    earlier = plan_of(channel)
    assert earlier is not None
    version = earlier.current
    assert version is not None
    kept = render_plan(version.pk, now=NOW)
    both_approve(changed_and_submitted(channel, town, purpose=PURPOSE), town)
    version.refresh_from_db()
    assert version.pdf == kept
    answer = client_of(town.ola).get(f"/plans/{earlier.pk}/1.pdf")
    assert answer.status_code == 200
    version.pdf = None
    version.save(update_fields=["pdf"])
    assert version.pk in documents_missing()


def test_nothing_of_the_account_is_asked_again_and_each_step_says_why(
    channel: Channel, town: Town
) -> None:
    plan = both_approve(changed_and_submitted(channel, town, purpose=PURPOSE), town)
    assert account_step_waiting(channel, WEEK) is None
    assert not plan.settles
    assert plan.current is not None
    needless = plan.current.decisions.filter(outcome=Decision.Outcome.NOT_APPLICABLE)
    assert {row.step for row in needless} == {
        "appoint_writers",
        "receive_login",
        "enter_in_register",
    }
    assert all(row.note for row in needless)
    assert not Obligation.objects.open().filter(duty="account_step").exists()


def test_a_new_writer_waits_to_be_appointed(channel: Channel, town: Town) -> None:
    writers = [somebody("Dag Åberg", town.dag.pk), somebody("Cleo Sjö", town.cleo.pk)]
    both_approve(changed_and_submitted(channel, town, operators=writers), town)
    step = account_step_waiting(again(channel), WEEK)
    assert step is not None
    assert step.key == "appoint_writers"
    assert Obligation.objects.open().filter(duty="account_step").count() == 1


def test_people_follow_the_change_and_rights_go_the_same_moment(
    channel: Channel, town: Town
) -> None:
    people = [somebody("Cleo Sjö", town.cleo.pk), somebody("Ola Rönn", town.ola.pk)]
    plan = changed_and_submitted(channel, town, administrators=people, operators=people)
    assert running(channel, Role.ADMINISTRATOR) == {"Cleo Sjö", "Dag Åberg"}
    both_approve(plan, town)
    assert running(channel, Role.ADMINISTRATOR) == {"Cleo Sjö", "Ola Rönn"}
    assert may_on(town.ola, "moderate", channel, WEEK)
    assert not may_on(town.dag, "check_in", channel, WEEK)
    assert not Obligation.objects.open().filter(duty="administrators").exists()


def test_whoever_was_assigned_beside_the_plan_stays(channel: Channel, town: Town) -> None:
    dag = EditorAssignment.objects.filter(channel=channel, user=town.dag)
    before = set(dag.values_list("pk", "revoked_at"))
    both_approve(changed_and_submitted(channel, town, purpose=PURPOSE), town)
    assert set(dag.values_list("pk", "revoked_at")) == before


def test_what_the_register_was_told_stays_where_the_plan_is_unchanged(
    channel: Channel, town: Town
) -> None:
    change_channel(channel, audience="Alla i Ekby", stable_id="4711", by=town.cleo, now=WEEK)
    both_approve(changed_and_submitted(channel, town, purpose=PURPOSE), town)
    after = again(channel)
    assert (after.audience, after.stable_id, after.purpose) == ("Alla i Ekby", "4711", PURPOSE)


def test_a_rejected_or_withdrawn_change_leaves_the_plan_in_force_and_another_can_follow(
    channel: Channel, town: Town
) -> None:
    in_force = plan_of(channel)
    plan = changed_and_submitted(channel, town, purpose=PURPOSE)
    reject_plan(
        plan,
        "operations_approval",
        digest=digest_of(plan),
        note="Behövs inte",
        by=town.anna,
        now=WEEK,
    )
    assert plan_of(channel) == in_force
    withdraw_plan(start_plan_of(channel, by=town.cleo, now=WEEK), by=town.cleo, now=WEEK)
    third = both_approve(changed_and_submitted(channel, town, purpose=PURPOSE), town)
    assert plan_of(channel) == third
    assert third.current is not None
    assert third.current.number == 3, "the rejected one was the second"


# --- what changed ---------------------------------------------------------------------------------


def test_the_approver_reads_what_changed_since_the_approved_version_and_which_that_is(
    channel: Channel, town: Town
) -> None:
    plan = changed_and_submitted(channel, town, purpose=PURPOSE, weekly_hours=6)
    page = client_of(town.anna).get(f"/plans/{plan.pk}/").content.decode()
    assert "Shows changes since version 1, which was approved." in page
    assert "2 changes since version 1" in page
    assert "Berätta om böcker och svara på frågor." in page, "what it was stands beside"


def test_the_letter_says_how_many_answers_changed(channel: Channel, town: Town) -> None:
    town.anna.language = "en"
    town.anna.save(update_fields=["language"])
    Notice.objects.all().delete()
    changed_and_submitted(channel, town, purpose=PURPOSE, weekly_hours=6)
    letter = Notice.objects.get(recipient=town.anna, kind="approval")
    assert "2 answers have changed since version 1." in letter.text


def test_a_returned_change_is_compared_with_what_was_returned_or_with_what_was_approved(
    channel: Channel, town: Town
) -> None:
    plan = changed_and_submitted(channel, town, purpose=PURPOSE)
    return_plan(
        plan,
        "operations_approval",
        digest=digest_of(plan),
        note="Och målgruppen?",
        by=town.anna,
        now=later(WEEK, hours=1),
    )
    plan, now = fresh(plan), later(WEEK, hours=2)
    plan = save_draft(
        plan,
        answers=answers(town, purpose=PURPOSE, audience="Alla"),
        revision=plan.revision,
        by=town.cleo,
        now=now,
    )
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=now)
    client = client_of(town.anna)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "Shows changes since version 2." in page
    assert "One change since version 2" in page
    page = client.get(f"/plans/{plan.pk}/?since=1").content.decode()
    assert "2 changes since version 1" in page
    assert anna_approves(fresh(plan), town, now=now).state == Plan.State.SUBMITTED


def test_a_goal_whose_day_has_come_stays_in_a_changed_plan(town: Town) -> None:
    goal = {"goal": "Nå fler unga", "indicator": "", "target": "", "date": "2026-03-05"}
    channel = opened(town, goals=[goal])
    plan = changed_and_submitted(channel, town, goals=[goal], purpose=PURPOSE)
    assert plan.state == Plan.State.SUBMITTED


def test_an_address_written_in_another_way_is_no_change(town: Town) -> None:
    channel = opened(town, address="facebook.com/EkbyBibliotek?ref=1")
    plan = start_plan_of(channel, by=town.cleo, now=WEEK)
    assert plan.answers["address"] == "facebook.com/EkbyBibliotek?ref=1"
    change_channel(channel, url="https://www.facebook.com/nyttnamn", by=town.cleo, now=WEEK)
    withdraw_plan(plan, by=town.cleo, now=WEEK)
    plan = start_plan_of(again(channel), by=town.cleo, now=WEEK)
    assert plan.answers["address"] == "https://www.facebook.com/nyttnamn"
