"""Every component in Chromium: axe, width, size of text, keyboard, no script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from tests.browsers import assert_accessible, assert_fits, enter, session_of, standing_town
from tests.look.previews import PAGES

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


@dataclass(frozen=True)
class Place:
    """Where the pages answer, and Cleo's session there."""

    address: str
    session: str


SMALL_TEXT = """() => [...document.querySelectorAll("body *")].filter((element) =>
  element.checkVisibility() && !element.closest("svg") &&
  [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) &&
  parseFloat(getComputedStyle(element).fontSize) < 14
).map((element) => element.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    """Ekby, where Cleo has signed in; looking changes nothing."""
    with standing_town(django_db_blocker) as (town, address):
        yield Place(address, session_of(town.cleo))


@pytest.fixture
def seen(page: Page, place: Place) -> Page:
    """A page on which Cleo is signed in."""
    enter(page.context, place.address, place.session)
    return page


@pytest.mark.parametrize("address", EVERY)
def test_a_page_is_accessible_fits_every_width_and_keeps_the_strict_policy(
    seen: Page, place: Place, address: str
) -> None:
    said: list[str] = []
    seen.on("console", lambda message: said.append(message.text))
    seen.goto(place.address + address)
    assert [line for line in said if "Content Security Policy" in line] == []
    for width in (1280, 1024, 360, 320):
        assert_fits(seen, width)
        assert seen.evaluate(SMALL_TEXT) == [], width
    assert_accessible(seen)


def test_the_skip_link_comes_first_and_leads_to_the_content(seen: Page, place: Place) -> None:
    seen.goto(f"{place.address}/look-preview/work/")
    seen.keyboard.press("Tab")
    assert seen.evaluate("document.activeElement.className") == "skip"
    seen.keyboard.press("Enter")
    assert seen.url.endswith("#main")


def test_whatever_has_focus_shows_it(seen: Page, place: Place) -> None:
    seen.goto(f"{place.address}/look-preview/form/")
    for _ in range(25):
        seen.keyboard.press("Tab")
        outline = seen.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", seen.evaluate("document.activeElement.outerHTML")


def test_letters_move_through_a_list_and_rest_while_a_field_has_focus(
    seen: Page, place: Place
) -> None:
    seen.goto(f"{place.address}/look-preview/work/")
    seen.keyboard.press("j")
    seen.keyboard.press("j")
    rows = seen.locator("[data-row]")
    assert rows.nth(1).get_attribute("data-keys-current") == ""
    seen.goto(f"{place.address}/look-preview/tray/")
    seen.locator("#id_address").focus()
    seen.keyboard.press("j")
    assert seen.locator("#id_address").input_value() == "j"
    assert seen.locator("[data-keys-current]").count() == 0


def test_letters_can_be_switched_off_and_stay_off(seen: Page, place: Place) -> None:
    seen.goto(f"{place.address}/look-preview/work/")
    seen.locator("[data-keys-switch]").click()
    seen.reload()
    seen.keyboard.press("j")
    assert seen.locator("[data-keys-current]").count() == 0


def test_a_page_with_errors_begins_at_them(seen: Page, place: Place) -> None:
    seen.goto(f"{place.address}/look-preview/form/?errors=1")
    assert seen.evaluate("document.activeElement.matches('[data-errors]')")
    seen.locator("[data-errors] a").first.click()
    assert seen.evaluate("document.activeElement.id") == "id_address"


def test_the_menu_of_a_phone_works_without_script(browser: Browser, place: Place) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{place.address}/ekby/look-preview/")
    assert not page.locator(".menu__panel").is_visible()
    page.locator(".menu > summary").click()
    assert page.locator(".menu__panel a").first.is_visible()
    context.close()


def test_colours_chosen_by_the_reader_leave_every_choice_visible(
    browser: Browser, place: Place
) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{place.address}/look-preview/form/")
    look = "getComputedStyle(document.querySelector('[type=radio]')).appearance"
    assert page.evaluate(look) == "auto"
    context.close()
