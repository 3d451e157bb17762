"""Every component in Chromium: axe, width, size of text, keyboard, no script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.look.previews import PAGES
from tests.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.look.urls")]

INTERNAL = [*[f"/look-preview/{name}/" for name in PAGES], "/look-preview/form/?errors=1"]
PUBLIC = ["/ekby/look-preview/", "/account/login/", "/account/password/reset/"]
ADMIN = [
    "/look-admin/",
    "/look-admin/governance/user/",
    "/look-admin/governance/user/add/",
    "/look-admin/governance/municipality/add/",
    "/look-admin/governance/unit/",
    "/look-admin/governance/unit/add/",
]
EVERY = [*INTERNAL, *PUBLIC, *ADMIN]
AXE_WIDTHS = {1280, 360}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

SMALL_TEXT = """() => [...document.querySelectorAll("body *")].filter((element) =>
  element.checkVisibility() && !element.closest("svg") &&
  [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) &&
  parseFloat(getComputedStyle(element).fontSize) < 14
).map((element) => element.outerHTML.slice(0, 90))"""


@pytest.fixture
def seen(page: Page, live_server: LiveServer, town: Town) -> Page:
    """A page on which Cleo is signed in."""
    client = Client()
    client.force_login(town.cleo, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return page


@pytest.mark.parametrize("address", EVERY)
def test_a_page_is_accessible_fits_every_width_and_keeps_the_strict_policy(
    seen: Page, live_server: LiveServer, address: str
) -> None:
    said: list[str] = []
    seen.on("console", lambda message: said.append(message.text))
    seen.goto(live_server.url + address)
    assert [line for line in said if "Content Security Policy" in line] == []
    for width in (1280, 1024, 360, 320):
        seen.set_viewport_size({"width": width, "height": 900})
        assert seen.evaluate("document.documentElement.scrollWidth") <= width, width
        assert seen.evaluate(SMALL_TEXT) == [], width
        if width in AXE_WIDTHS:
            found = Axe().run(seen, options={"runOnly": RULES}).response["violations"]
            nodes = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
            assert nodes == [], width


def test_the_skip_link_comes_first_and_leads_to_the_content(
    seen: Page, live_server: LiveServer
) -> None:
    seen.goto(f"{live_server.url}/look-preview/work/")
    seen.keyboard.press("Tab")
    assert seen.evaluate("document.activeElement.className") == "skip"
    seen.keyboard.press("Enter")
    assert seen.url.endswith("#main")


def test_whatever_has_focus_shows_it(seen: Page, live_server: LiveServer) -> None:
    seen.goto(f"{live_server.url}/look-preview/form/")
    for _ in range(25):
        seen.keyboard.press("Tab")
        outline = seen.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", seen.evaluate("document.activeElement.outerHTML")


def test_letters_move_through_a_list_and_rest_while_a_field_has_focus(
    seen: Page, live_server: LiveServer
) -> None:
    seen.goto(f"{live_server.url}/look-preview/work/")
    seen.keyboard.press("j")
    seen.keyboard.press("j")
    rows = seen.locator("[data-row]")
    assert rows.nth(1).get_attribute("data-keys-current") == ""
    seen.goto(f"{live_server.url}/look-preview/tray/")
    seen.locator("#id_address").focus()
    seen.keyboard.press("j")
    assert seen.locator("#id_address").input_value() == "j"
    assert seen.locator("[data-keys-current]").count() == 0


def test_letters_can_be_switched_off_and_stay_off(seen: Page, live_server: LiveServer) -> None:
    seen.goto(f"{live_server.url}/look-preview/work/")
    seen.locator("[data-keys-switch]").click()
    seen.reload()
    seen.keyboard.press("j")
    assert seen.locator("[data-keys-current]").count() == 0


def test_a_page_with_errors_begins_at_them(seen: Page, live_server: LiveServer) -> None:
    seen.goto(f"{live_server.url}/look-preview/form/?errors=1")
    assert seen.evaluate("document.activeElement.matches('[data-errors]')")
    seen.locator("[data-errors] a").first.click()
    assert seen.evaluate("document.activeElement.id") == "id_address"


def test_the_menu_of_a_phone_works_without_script(
    browser: Browser, live_server: LiveServer, town: Town
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_server.url}/ekby/look-preview/")
    assert not page.locator(".menu__panel").is_visible()
    page.locator(".menu > summary").click()
    assert page.locator(".menu__panel a").first.is_visible()
    context.close()


def test_colours_chosen_by_the_reader_leave_every_choice_visible(
    browser: Browser, live_server: LiveServer, town: Town
) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{live_server.url}/look-preview/form/")
    look = "getComputedStyle(document.querySelector('[type=radio]')).appearance"
    assert page.evaluate(look) == "auto"
    context.close()
