"""The pages of plans in a real browser: by keyboard, saved as one writes, without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import Decision, Plan
from governance.models import User
from tests.browsers import sign_in
from tests.plans_of_town import draft, submitted
from tests.town import PASSWORD, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_page(page: Page, live_server: LiveServer, who: User, address: str) -> None:
    """The page as whoever looks at it sees it, in English."""
    User.objects.filter(pk=who.pk).update(language="en")
    sign_in(page.context, live_server.url, who)
    page.goto(f"{live_server.url}{address}")


def test_a_plan_is_signed_by_keyboard_alone(page: Page, live_server: LiveServer) -> None:
    town = build()
    open_page(page, live_server, town.anna, f"/plans/{submitted(town).pk}/")
    page.locator("#id_resources").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Ekby")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator(".messages .state--done")).to_be_visible()
    assert Decision.objects.get().actor == town.anna


def test_the_draft_saves_itself_and_rows_are_added_without_losing_a_word(
    page: Page, live_server: LiveServer
) -> None:
    town = build()
    open_page(page, live_server, town.cleo, f"/plans/{draft(town).pk}/write/")
    page.locator("#id_audience").fill("Ungdomar")
    page.locator("#saved .state--done").wait_for()
    expect(page.locator("#revision")).to_have_value("2")
    page.locator("#id_administrators-add").click()
    page.locator("#id_administrators-2-name").fill("Eva Ny")
    expect(page.locator("#revision")).to_have_value("3")

    answers = Plan.objects.get().answers
    assert answers["audience"] == "Ungdomar"
    assert [each["name"] for each in answers["administrators"]][2:] == ["Eva Ny"]


def test_the_form_works_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    town = build()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_page(page, live_server, town.cleo, f"/plans/{draft(town).pk}/write/")
    page.locator("#id_administrators-add").click()
    page.locator("#id_administrators-2-name").fill("Eva Ny")
    page.locator("#id_administrators-2-contact").fill("0100-10 02")
    page.get_by_role("button", name="Submit the plan").click()
    context.close()

    plan = Plan.objects.get()
    assert plan.state == Plan.State.SUBMITTED
    assert len(plan.answers["administrators"]) == 3
