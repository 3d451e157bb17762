"""The page of the morning mail on a telephone: one tap, no sign-in, no script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from moderation.models import CheckIn, MorningLink
from tests.browsers import assert_accessible, assert_fits
from tests.channels_of_town import open_channel
from tests.moderation.mornings import address_of, link_of_today
from tests.town import Town

pytestmark = pytest.mark.browser


@pytest.fixture
def address(live_server: LiveServer, town: Town) -> str:
    """What the mail to Cleo leads to."""
    channels = [
        open_channel(town.library),
        open_channel(town.library, "Ungdomens hus", platform="instagram"),
    ]
    return f"{live_server.url}{address_of(link_of_today(*channels, person=town.cleo))}"


def test_one_tap_on_the_page_from_the_mail_is_enough(
    browser: Browser, address: str, town: Town
) -> None:
    phone = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, java_script_enabled=False
    )
    page = phone.new_page()
    page.goto(address)
    button = page.locator(".button--main")
    assert button.count() == 1
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 740, "it is seen without scrolling"
    button.tap()
    expect(page.locator(".row .state--done")).to_have_count(2)
    assert page.locator("main button").count() == 0
    assert CheckIn.objects.filter(by=town.cleo, mail_link__isnull=False).count() == 2
    assert phone.cookies() == []
    phone.close()


def test_the_page_is_good_before_and_after(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    assert_accessible(page)
    assert_fits(page, 320)
    page.locator("main .row .button").first.click()
    expect(page.locator(".row .state--done")).to_have_count(1)
    assert_accessible(page)
    page.locator(".button--main").click()
    expect(page.locator(".row .state--done")).to_have_count(2)
    assert_accessible(page)
    MorningLink.objects.update(day=timezone.now().date() - timedelta(days=2))
    page.goto(address)
    assert page.locator("h1").inner_text()
    assert page.locator(".row").count() == 0
    assert_accessible(page)
    context.close()
