"""What the policy's routine calls minor lets the approvals of the plan in force stand."""

from __future__ import annotations

from typing import Any

import pytest
from lxml.html import fromstring

from channels.actions.documents import render_plan
from channels.documents import plan_paper
from channels.models import Channel, Decision, Plan
from channels.steps import plan_of
from governance.models import AuditEntry, Notice
from tests.browsers import client_of
from tests.plans_of_town import answers, opened, somebody
from tests.plans_revised import WEEK, both_approve, changed_and_submitted
from tests.town import POLICIES, Town, adopt_text, later


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's page, open under its first plan."""
    return opened(town)


def test_a_minor_change_is_in_force_when_submitted_and_says_whose_approvals_stand(
    channel: Channel, town: Town
) -> None:
    Notice.objects.all().delete()
    plan = changed_and_submitted(channel, town, weekly_hours=6)
    assert plan_of(channel) == plan
    assert plan.state == Plan.State.APPROVED
    assert plan.current is not None
    for step in ("operations_approval", "sector_approval"):
        decision = plan.current.decisions.get(step=step)
        assert decision.outcome == Decision.Outcome.NOT_APPLICABLE
        assert "version 1" in decision.note
        assert decision.policy.decision in decision.note
    assert not Notice.objects.filter(kind="approval").exists(), "nobody is asked"
    entry = AuditEntry.objects.get(act="plan.approvals_stand")
    assert entry.facts["changed"] == ["weekly_hours"]
    assert entry.facts["approved"] == 1


def test_the_page_and_the_document_say_that_the_approvals_stand_and_nobody_signed(
    channel: Channel, town: Town
) -> None:
    town.municipality.locale = "en"
    town.municipality.save(update_fields=["locale"])
    plan = changed_and_submitted(channel, town, weekly_hours=6)
    version = plan.current
    assert version is not None
    page = client_of(town.anna).get(f"/plans/{plan.pk}/").content.decode()
    assert "The approvals of version 1 stand." in page
    paper = plan_paper(version)
    assert paper.approvals == []
    assert any("The approvals of version 1 stand." in event.what for event in paper.history)
    assert all(check.state == "done" for check in paper.checks), "two different people signed"
    assert render_plan(version.pk, now=WEEK).size


def test_a_change_of_anything_else_beside_it_needs_both_approvals(
    channel: Channel, town: Town
) -> None:
    plan = changed_and_submitted(channel, town, weekly_hours=6, audience="Alla")
    assert plan.state == Plan.State.SUBMITTED
    assert both_approve(plan, town).state == Plan.State.APPROVED
    assert not AuditEntry.objects.filter(act="plan.approvals_stand").exists()


def test_one_minor_change_after_another_rests_on_what_people_approved(
    channel: Channel, town: Town
) -> None:
    changed_and_submitted(channel, town, weekly_hours=6)
    plan = changed_and_submitted(channel, town, weekly_hours=8, now=later(WEEK, days=1))
    assert plan.state == Plan.State.APPROVED
    assert (
        AuditEntry.objects.filter(act="plan.approvals_stand").latest("number").facts["approved"]
        == 1
    ), "version 2 was read by nobody"


def test_what_is_minor_no_longer_cannot_be_reached_in_two_steps(
    channel: Channel, town: Town
) -> None:
    changed_and_submitted(channel, town, weekly_hours=6)
    stricter = (
        (POLICIES / "vargarda.toml")
        .read_text(encoding="utf-8")
        .replace('minor = ["publishing_interval", "weekly_hours", "other"]', 'minor = ["other"]')
    )
    adopt_text(town.municipality, stricter, number=2, in_force_from=WEEK.date())
    plan = changed_and_submitted(
        channel, town, weekly_hours=6, other="Semesterstängt i juli", now=later(WEEK, days=1)
    )
    assert plan.state == Plan.State.SUBMITTED, "the hours were never approved"


def test_a_minor_change_made_on_the_page_is_no_more_than_that(town: Town) -> None:
    """The form sends every question; those left alone come back as they were."""
    cleo, dag = (
        somebody(each.name, each.pk) | {"title": each.title} for each in (town.cleo, town.dag)
    )
    people: dict[str, Any] = {"administrators": [cleo, dag], "operators": [dag]}
    channel = opened(town, **people)
    client = client_of(town.cleo)
    address = client.post(f"/channels/{channel.pk}/plan/").headers["Location"]
    page = client.get(address).content.decode()
    assert "stays in force until the change is approved" in page
    assert "Hur många timmars arbete i veckan?" in page[: page.index('name="revision"')]
    [form] = [each for each in fromstring(page).forms if "revision" in each.fields]
    sent = dict(form.form_values()) | {"weekly_hours": "6", "act": "submit"}
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    plan = channel.plans.latest("pk")
    assert plan.answers == answers(town, weekly_hours=6, **people)
    assert plan_of(channel) == plan
