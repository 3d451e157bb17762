"""The archive's pages in Chromium: axe, width, the keyboard, and work without script."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from archive.actions.exports import build_export, request_export
from archive.actions.snapshots import return_snapshot, take_snapshot
from archive.models import Snapshot
from moderation.actions import answer_registrar, hand_to_registrar, return_with_question
from moderation.models import Item
from tests.browsers import assert_accessible, sign_in
from tests.channels_of_town import library_page
from tests.moderation.scenes import comment, picture, removed
from tests.pictures import upload
from tests.town import Town

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(town: Town) -> dict[str, str]:
    """Two findings and a snapshot that wait, and a ready export; the addresses of the pages."""
    now = timezone.now()
    channel = library_page(town)
    threat = comment(channel, town.cleo, now=now)
    removed(threat, town.cleo, now=now)
    hand_to_registrar(threat, by=town.cleo, now=now)
    return_with_question(threat, "Vilken dag såg du det först?", by=town.rut, now=now)
    answer_registrar(threat, "I söndags kväll.", by=town.cleo, now=now)
    private = comment(channel, town.cleo, now=now, picture=picture(colour=(1, 2, 3)))
    removed(private, town.cleo, category="confidential", now=now)
    first = take_snapshot(channel, [upload()], by=town.cleo, now=now)
    returned = take_snapshot(channel, [upload()], by=town.cleo, now=now)
    Snapshot.objects.update(must_be_registered=True)
    return_snapshot(returned, "Kommentarerna syns inte.", by=town.rut, now=now)
    day = town.municipality.today(now)
    export = request_export(town.root, day, day, ["removal", "snapshot"], by=town.rut, now=now)
    build_export(export, now=now)
    return {
        "tray": "/archive/tray/",
        "demanded": f"/archive/tray/?item=finding-{private.pk}",
        "snapshot": f"/archive/tray/?item=snapshot-{first.pk}",
        "export": f"/archive/exports/{export.pk}/",
        "returned": f"/archive/snapshots/{returned.pk}/",
        "again": f"/archive/snapshots/new/{channel.pk}/?corrects={returned.pk}",
    }


def test_whatever_stands_in_the_tray_is_accessible_and_fits(
    page: Page, live_server: LiveServer, town: Town, scene: dict[str, str]
) -> None:
    sign_in(page.context, live_server.url, town.rut)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for name in ("tray", "demanded", "snapshot", "export", "returned"):
        page.goto(live_server.url + scene[name])
        assert_accessible(page)
    sign_in(page.context, live_server.url, town.cleo)
    page.goto(live_server.url + scene["again"])
    assert_accessible(page)
    assert [line for line in said if "Content Security Policy" in line] == []


def test_the_tray_is_worked_by_keyboard(
    page: Page, live_server: LiveServer, town: Town, scene: dict[str, str]
) -> None:
    sign_in(page.context, live_server.url, town.rut)
    page.goto(live_server.url + scene["tray"])
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?item=finding-*")
    page.keyboard.press("k")
    page.keyboard.press("o")
    first = page.locator(".tray__item").first
    page.wait_for_function("document.querySelector('.tray__item[aria-current]') !== null")
    assert first.get_attribute("aria-current") == "true"
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.name") == "question"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "number", "there is none yet"
    page.keyboard.type("BN 2026/17")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    page.wait_for_url("**/archive/tray/")
    assert Item.objects.filter(diary_number="BN 2026/17").count() == 1


def test_the_tray_works_without_script(
    browser: Browser, live_server: LiveServer, town: Town, scene: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server.url, town.rut)
    page = context.new_page()
    page.goto(live_server.url + scene["tray"])
    page.locator("summary[data-key=t]").click()
    page.locator("[name=question]").fill("Vem såg det?")
    page.locator("[value=return]").click()
    page.goto(live_server.url + scene["tray"])
    page.locator("[name=number]").fill("BN 2026/18")
    page.locator("[name=number]").press("Enter")
    assert Item.objects.filter(diary_number="BN 2026/18").count() == 1
    context.close()
