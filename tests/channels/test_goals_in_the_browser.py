"""Following up a goal in a real browser: by keyboard, read by axe, at a desk and on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import GoalResult, PlanReview
from governance.models import User
from tests.browsers import assert_accessible, sign_in
from tests.channels.goals_of_town import channel_with, goal, recorded
from tests.town import build, later

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def go(page: Page, live_server: LiveServer, who: User, where: str) -> None:
    User.objects.filter(pk=who.pk).update(language="en")
    sign_in(page.context, live_server.url, who)
    page.goto(f"{live_server.url}{where}")


def test_a_goal_is_followed_up_by_keyboard_and_the_plan_found_to_stand(
    page: Page, live_server: LiveServer
) -> None:
    town = build()
    channel = channel_with(town, goal(), goal("Svara samma dag", "", "", ""))
    follow_up = channel.goals.get(goal__position=1)
    recorded(follow_up, town.dag, later(days=1), result="402 följare", note="Från sidans statistik")
    go(page, live_server, town.cleo, reverse("channels:goal", args=[follow_up.pk]))
    assert_accessible(page)
    page.locator("#id_result").focus()
    page.keyboard.type("512 följare")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#id_note").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages .state--done")).to_be_visible()
    assert GoalResult.objects.latest("pk").result == "512 följare"
    assert_accessible(page)

    page.goto(f"{live_server.url}{reverse('channels:review', args=[channel.pk])}")
    assert_accessible(page)
    page.locator("#id_note").fill("Vi gick igenom den tillsammans.")
    page.get_by_role("button", name="It stands as it is").click()
    expect(page.locator(".messages .state--done")).to_be_visible()
    assert PlanReview.objects.get().by == town.cleo
    assert_accessible(page)

    go(page, live_server, town.anna, reverse("channels:goals"))
    expect(page.get_by_text("512 följare")).to_be_visible()
    assert_accessible(page)
