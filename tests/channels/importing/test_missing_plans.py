"""A channel that was there gets its plan: begun from its page, approved onto it, the duty met."""

from __future__ import annotations

from datetime import date

import pytest

from channels.actions.accounts import account_step_waiting, do_account_step
from channels.actions.importing import begin_import, carry_out
from channels.actions.planning import save_draft, start_plan_of, submit_plan
from channels.models import Channel, Custody, EditorAssignment, Plan
from governance.errors import NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import open_due, replan
from governance.roles import Role
from tests.browsers import client_of
from tests.channels.importing.files import HEADERS, channel, csv_of
from tests.channels_of_town import open_channel
from tests.plans_of_town import (
    ADDRESS,
    anna_approves,
    answers,
    appoint_writers,
    draft,
    fresh,
    hand_over_to_all,
    sten_approves,
)
from tests.town import NOW, POLICIES, Town, adopt_text, later

DUE = date(2026, 9, 1)


@pytest.fixture
def existing(town: Town) -> Channel:
    """The library's page, brought in from a file; Cleo answers for it."""
    rows = [HEADERS, channel(url=ADDRESS, responsible_email=town.cleo.email)]
    begun = begin_import(
        town.municipality, "channels", csv_of(rows), name="k.csv", by=town.ben, now=NOW
    )
    carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    return Channel.objects.get()


def owed() -> Obligation:
    return Obligation.objects.get(duty="missing_plan")


def approved(existing: Channel, town: Town) -> Plan:
    plan = start_plan_of(existing, by=town.cleo, now=NOW)
    plan = save_draft(plan, answers=answers(town), revision=plan.revision, by=town.cleo, now=NOW)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    return sten_approves(anna_approves(fresh(plan), town), town)


def test_the_plan_begins_with_what_is_known_of_the_channel(existing: Channel, town: Town) -> None:
    plan = start_plan_of(existing, by=town.cleo, now=NOW)
    assert plan.channel == existing
    assert plan.answers["address"] == ADDRESS
    assert plan.answers["medium"] == "facebook"
    assert plan.answers["purpose"] == "Berätta om böcker"
    assert plan.answers["operation"]["unit"] == town.library.pk
    assert [each["user"] for each in plan.answers["administrators"]] == [town.cleo.pk]
    assert start_plan_of(existing, by=town.dag, now=NOW) == plan, "there is one, whoever asks"


def test_the_approved_plan_is_the_existing_channels_and_the_duty_is_met(
    existing: Channel, town: Town
) -> None:
    plan = approved(existing, town)
    assert Channel.objects.get() == existing == plan.channel
    after = Channel.objects.get()
    assert (after.state, after.opened_on) == (Channel.State.OPEN, date(2019, 5, 3))
    assert after.audience == "Unga i Ekby."
    assert after.slug == existing.slug
    assert owed().met_at == NOW
    roles = EditorAssignment.objects.filter(user=town.cleo).values_list("role", flat=True)
    assert sorted(roles) == [Role.ADMINISTRATOR, Role.RESPONSIBLE_PERSON]
    assert AuditEntry.objects.filter(act="channel.planned").exists()


def test_what_the_policy_asks_of_the_account_is_asked_and_the_channel_stays_open(
    existing: Channel, town: Town
) -> None:
    plan = approved(existing, town)
    page = Channel.objects.get()
    waiting = account_step_waiting(page, NOW)
    assert waiting is not None
    assert waiting.key == "appoint_writers"
    appoint_writers(page, town)
    hand_over_to_all(page, town)
    do_account_step(page, "receive_login", by=town.ben, now=NOW)
    do_account_step(page, "enter_in_register", by=town.ben, now=NOW)
    page = Channel.objects.get()
    assert (page.state, page.opened_on) == (Channel.State.OPEN, date(2019, 5, 3))
    assert account_step_waiting(page, NOW) is None
    assert not fresh(plan).settles
    assert Custody.objects.count() == 3


def test_a_new_policy_keeps_the_duty_and_its_day(existing: Channel, town: Town) -> None:
    before = owed()
    newer = (POLICIES / "tyreso.toml").read_text(encoding="utf-8")
    adopt_text(town.municipality, newer, number=2, in_force_from=NOW.date())
    replan(town.municipality, now=later(hours=1))
    after = owed()
    assert after.is_open
    assert (after.due_on, after.due_at) == (before.due_on, before.due_at)
    assert after.policy != before.policy


def test_nobody_is_told_of_years_in_which_the_channel_was_not_known(
    existing: Channel, town: Town
) -> None:
    open_due(later(days=3), [town.municipality])
    assert not Obligation.objects.filter(due_at__lt=NOW).exists()


def test_a_closed_channel_gets_no_plan(town: Town) -> None:
    closed = open_channel(town.library, "stängd", state="closed", closed_on=NOW.date())
    with pytest.raises(NoLongerPossible):
        start_plan_of(closed, by=town.cleo, now=NOW)


def test_only_who_may_write_at_the_unit_begins_it(existing: Channel, town: Town) -> None:
    with pytest.raises(NotAllowed):
        start_plan_of(existing, by=town.ola, now=NOW)


def test_the_channels_page_says_that_the_plan_is_missing_and_leads_to_it(
    existing: Channel, town: Town
) -> None:
    client = client_of(town.cleo)
    page = client.get(f"/channels/{existing.pk}/").content.decode()
    assert "The plan is missing" in page
    assert "1 September 2026" in page
    answer = client.post(f"/channels/{existing.pk}/plan/")
    plan = Plan.objects.get()
    assert answer.headers["Location"] == f"/plans/{plan.pk}/write/"
    assert "Go on with the plan" in client.get(f"/channels/{existing.pk}/").content.decode()


def test_the_list_can_be_narrowed_to_what_lacks_its_plan(existing: Channel, town: Town) -> None:
    client = client_of(town.ben)
    listed = client.get("/channels/?state=plan_missing").content.decode()
    assert f"/channels/{existing.pk}/" in listed
    approved(existing, town)
    listed = client.get("/channels/?state=plan_missing").content.decode()
    assert f"/channels/{existing.pk}/" not in listed


def test_a_plan_of_a_new_channel_is_as_it_was(town: Town) -> None:
    plan = draft(town)
    assert plan.channel is None
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    new = sten_approves(anna_approves(fresh(plan), town), town).channel
    assert new is not None
    assert new.state == Channel.State.WAITING
