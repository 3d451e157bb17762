"""The pages of channels in a real browser: axe, width, keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import Decision, Plan
from governance.models import User
from tests import plans_of_town
from tests.channels.filling import sign_in
from tests.town import PASSWORD, Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: A page: what must have happened, who looks (nobody for public pages), and its address.
Scene = Callable[[Town], tuple[User | None, str]]


def _open(town: Town, who: User | None, address: str) -> tuple[User | None, str]:
    channel = plans_of_town.opened(town)
    plan = channel.plans.get()
    return who, address.format(plan=plan.pk, channel=channel.pk, slug=channel.slug)


SCENES: dict[str, Scene] = {
    "start": lambda town: (town.cleo, "/plans/new/"),
    "write": lambda town: (town.cleo, f"/plans/{plans_of_town.draft(town).pk}/write/"),
    "waiting": lambda town: (town.cleo, f"/plans/{plans_of_town.submitted(town).pk}/"),
    "sign": lambda town: (town.sten, f"/plans/{plans_of_town.second_version(town).pk}/"),
    "approved": lambda town: _open(town, town.ola, "/plans/{plan}/"),
    "waiting_for_anna": lambda town: (town.anna, f"/plans/{plans_of_town.submitted(town).pk}/"),
    "withdraw": lambda town: (town.cleo, f"/plans/{plans_of_town.submitted(town).pk}/withdraw/"),
    "plans": lambda town: _open(town, town.anna, "/plans/"),
    "no_plans": lambda town: (town.ola, "/plans/"),
    "channels": lambda town: _open(town, town.ola, "/channels/"),
    "channel": lambda town: _open(town, town.ben, "/channels/{channel}/"),
    "register": lambda town: _open(town, None, "/ekby/?check=instagram.com/ekbybiblo"),
    "empty_register": lambda town: (None, "/ekby/"),
    "public_channel": lambda town: _open(town, None, "/ekby/{slug}/"),
}


def go(page: Page, live_server: LiveServer, name: str, town: Town) -> None:
    """Open the scene's page as whoever looks at it."""
    who, address = SCENES[name](town)
    if who is not None:
        client = sign_in(who)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
    page.goto(f"{live_server.url}{address}")


@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    name: str, page: Page, live_server: LiveServer
) -> None:
    go(page, live_server, name, build())
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page)
        assert not found.response["violations"], (width, found.generate_report())
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_plan_is_signed_by_keyboard_alone(page: Page, live_server: LiveServer) -> None:
    town = build()
    go(page, live_server, "waiting_for_anna", town)
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
    go(page, live_server, "write", build())
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
    go(page, live_server, "write", town)
    page.locator("#id_administrators-add").click()
    page.locator("#id_administrators-2-name").fill("Eva Ny")
    page.locator("#id_administrators-2-contact").fill("0100-10 02")
    page.get_by_role("button", name="Submit the plan").click()
    context.close()

    plan = Plan.objects.get()
    assert plan.state == Plan.State.SUBMITTED
    assert len(plan.answers["administrators"]) == 3
