"""The graphic profile in a browser: a deviation is refused without its reason, then stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import ChannelCheck
from tests.browsers import assert_accessible, sign_in
from tests.channels_of_town import library_page
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_appearance_is_looked_at_and_a_changed_profile_asks_again(
    page: Page, live_server: LiveServer
) -> None:
    town = build()
    channel = library_page(town)
    here = f"{live_server.url}/channels/{channel.pk}/"
    sign_in(page.context, live_server.url, town.ben)

    page.goto(f"{here}graphic-profile/")
    assert_accessible(page)
    page.locator("input[name=outcome_logotype][value=in_place]").check()
    page.locator("input[name=outcome_typefaces][value=deviates]").check()
    page.locator("main form .button--primary").click()
    expect(page.locator("#id_reason_typefaces_error")).to_be_visible()
    expect(page.locator("input[name=outcome_logotype][value=in_place]")).to_be_checked()
    assert_accessible(page)
    page.locator("#id_reason_typefaces").fill("Facebook har egna typsnitt.")
    page.locator("main form .button--primary").click()
    page.wait_for_url("**/#appearance")
    expect(page.locator("#appearance")).to_contain_text("Facebook har egna typsnitt.")
    assert_accessible(page)

    page.goto(f"{live_server.url}/channels/graphic-profile/")
    assert_accessible(page)
    page.locator("#id_reason").fill("Ny logotyp från och med i dag.")
    page.locator("main form .button--primary").click()
    expect(page.locator("main")).to_contain_text("Ny logotyp från och med i dag.")
    assert_accessible(page)
    page.goto(f"{here}#appearance")
    expect(page.locator("#appearance")).to_contain_text("Ny logotyp från och med i dag.")
    assert_accessible(page)
    assert ChannelCheck.objects.count() == 2
