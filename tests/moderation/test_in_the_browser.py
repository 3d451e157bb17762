"""The pages in Chromium: axe at two widths, keyboard alone, without script, swapped in place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import Channel
from governance.obligations import open_due
from moderation.models import CheckIn, Inquiry, Item
from tests.browsers import assert_accessible, sign_in
from tests.channels_of_town import assign, open_channel
from tests.moderation.scenes import picture
from tests.town import Town

pytestmark = pytest.mark.browser


@pytest.fixture
def cleo_at_work(page: Page, live_server: LiveServer, town: Town, channel: Channel) -> Page:
    """Cleo, with two channels to look at; yesterday nobody did."""
    assign(town.cleo, open_channel(town.library, "Ungdomens hus"))
    now = timezone.now()
    open_due(now - timedelta(days=1))
    open_due(now)
    sign_in(page.context, live_server.url, town.cleo)
    return page


def test_one_tap_is_swapped_in_place_and_one_for_all_does_the_rest(
    cleo_at_work: Page, live_server: LiveServer
) -> None:
    page = cleo_at_work
    page.goto(f"{live_server.url}/today/")
    assert_accessible(page)
    before = page.locator(".lead").inner_text()
    section = page.locator("#check-today")
    assert section.locator(".row .button:not(.button--text)").count() == 2
    section.locator(".row .button:not(.button--text)").first.click()
    expect(section.locator(".state--done").first).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status"
    expect(page.locator(".lead")).not_to_have_text(before)
    assert CheckIn.objects.count() == 1
    assert page.url.endswith("/today/")
    page.reload()  # what is done today stands below, the other channel still waits above
    assert section.locator(".row .button:not(.button--text)").count() == 1
    section.locator(".row .button:not(.button--text)").click()
    expect(section.locator(".row .button:not(.button--text)")).to_have_count(0)
    assert CheckIn.objects.count() == 2
    assert_accessible(page)


def test_the_looks_are_confirmed_by_keyboard_alone(
    cleo_at_work: Page, live_server: LiveServer
) -> None:
    page = cleo_at_work
    page.goto(f"{live_server.url}/today/")
    button = "#check-today .button--primary"
    for _turn in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{button}')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#check-today .row .state--done")).to_have_count(2)
    assert CheckIn.objects.count() == 2


def test_a_look_and_a_remark_work_without_script(
    browser: Browser, live_server: LiveServer, town: Town, channel: Channel
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    sign_in(context, live_server.url, town.cleo)
    page = context.new_page()
    page.goto(f"{live_server.url}/today/")
    page.locator("#check-today .row a.button--text").click()
    assert f"channel={channel.pk}" in page.url
    page.go_back()
    page.locator("#check-today .row .button:not(.button--text)").click()
    assert page.locator("#check-today .row .state--done").count() == 1
    assert CheckIn.objects.count() == 1
    context.close()


def test_a_comment_is_removed_in_one_sitting(
    cleo_at_work: Page, live_server: LiveServer, channel: Channel, tmp_path: Path
) -> None:
    page = cleo_at_work
    shot = tmp_path / "kommentar.png"
    shot.write_bytes(picture().read())
    page.goto(f"{live_server.url}{reverse('moderation:new_finding')}?channel={channel.pk}")
    assert_accessible(page)
    page.locator("#id_author").fill("bengt_o_71")
    page.locator("#id_text").fill("Vi vet var hon parkerar.")
    page.locator("#id_picture").set_input_files(shot)
    page.locator("main form .button--primary").click()
    page.wait_for_url("**/findings/*/")
    assert_accessible(page)
    law = page.locator(".grounds__law:visible")
    assert law.count() == 0
    page.locator("input[value=unlawful_threat]").check()
    expect(law).to_have_count(1)
    assert_accessible(page)
    page.locator("button[value=remove]").click()
    expect(page.locator("#id_obvious_error")).to_be_visible()
    assert_accessible(page)
    page.locator("input[value=yes]").check()
    page.locator("button[value=remove]").click()
    page.locator("button[name=told]").click()
    page.locator("#id_measures").fill("Polisanmälan 5000-K1-26")
    page.locator("button[name=close]").click()
    expect(page.locator(".messages .state--done")).to_be_visible()
    assert Item.objects.get().state == "closed"
    assert_accessible(page)


def test_a_question_is_entered_and_answered_with_one_tap_without_script_on_a_phone(
    browser: Browser, live_server: LiveServer, town: Town, channel: Channel
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    sign_in(context, live_server.url, town.cleo)
    page = context.new_page()
    page.goto(live_server.url + reverse("moderation:new_inquiry"))
    page.fill("[name=about]", "Öppettider i påsk")
    page.locator(".button--main").click()
    expect(page.locator("h1")).to_have_text("Öppettider i påsk")
    page.goto(live_server.url + reverse("moderation:inquiries"))
    answered = page.locator(".row__act button")
    expect(answered).to_have_count(1)
    box = answered.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    answered.click()
    expect(answered).to_have_count(0)
    assert Inquiry.objects.get().outcome == "answered"
    context.close()
