"""A text for visitors is copied with one press; without script it stands there to be marked."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import Channel, ChannelCheck
from tests.browsers import assert_accessible, sign_in
from tests.channels_of_town import library_page
from tests.town import Town, adopt_text, build, file_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Vi förbehåller oss rätten"
FIELD = "#outcome_reservation_text"


def _channel(town: Town) -> Channel:
    """The library's page in a municipality with Tyresö's list and text."""
    content = file_of("tyreso").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    return library_page(town)


def _open(page: Page, live_server: LiveServer) -> None:
    town = build()
    channel = _channel(town)
    sign_in(page.context, live_server.url, town.cleo)
    page.goto(f"{live_server.url}/channels/{channel.pk}/visitors/")


def test_one_press_copies_the_text_and_says_so(page: Page, live_server: LiveServer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(page, live_server)
    page.locator("[data-copies=outcome_reservation_text]").click()
    told = page.locator(f".copied:has({FIELD}) [role=status]")
    expect(told).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()").startswith(TEXT)
    assert_accessible(page)


def test_without_script_the_text_stands_there_and_the_form_is_sent(
    browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _open(page, live_server)
    expect(page.locator(FIELD)).to_have_attribute("readonly", "")
    assert page.locator(FIELD).input_value().startswith(TEXT)
    expect(page.locator("[data-copies]").first).to_be_hidden()
    page.locator("input[name=outcome_reservation][value=in_place]").check()
    page.locator("main form .button--primary").click()
    page.wait_for_url("**/#visitors")
    context.close()

    assert ChannelCheck.objects.get().item == "reservation"
