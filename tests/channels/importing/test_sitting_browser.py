"""The sitting in a real browser: with and without script, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import Channel, Plan
from governance.models import User
from tests.browsers import assert_accessible, sign_in
from tests.channels.importing.files import HEADERS, csv_of, many, with_every_fault
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def files(folder: Path) -> tuple[Path, Path]:
    """A file with a fault of every kind, and the same mended."""
    faulty, mended = folder / "kanaler.csv", folder / "kanaler-rättad.csv"
    faulty.write_bytes(with_every_fault(200)[0])
    mended.write_bytes(csv_of([HEADERS, *many(200)]))
    return faulty, mended


def begin(page: Page, live_server: LiveServer, town: Town) -> None:
    """Ben, at the list of channels, in English."""
    User.objects.filter(pk__in=[town.ben.pk, town.cleo.pk]).update(language="en")
    sign_in(page.context, live_server.url, town.ben)
    page.goto(f"{live_server.url}/channels/")


def upload(page: Page, file: Path) -> None:
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()


def test_two_hundred_channels_from_the_faulty_file_to_the_first_plan(
    page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    town = build()
    faulty, mended = files(tmp_path)
    begin(page, live_server, town)
    page.get_by_role("link", name="Bring in from a file").click()
    assert_accessible(page)
    page.get_by_label("Channels, with their unit").check()
    upload(page, faulty)

    expect(page.locator("#faults tbody tr")).to_have_count(18)
    assert_accessible(page)
    upload(page, mended)
    expect(page.locator("#faults")).to_have_count(0)
    assert_accessible(page)
    page.get_by_label("The plans are to be approved by").fill("2099-01-01")
    page.get_by_role("button", name="Bring in", exact=True).click()
    expect(page.get_by_text("200 are brought in")).to_be_visible()
    assert_accessible(page)
    assert Channel.objects.count() == 200

    page.get_by_role("link", name="See the channels without a plan").click()
    page.context.clear_cookies()
    sign_in(page.context, live_server.url, town.cleo)
    page.get_by_role("link", name="Konto 0", exact=True).click()
    expect(page.get_by_role("heading", name="The plan is missing")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Begin the plan").click()
    expect(page.get_by_label("Syfte").first).to_have_value("Berätta om böcker")
    assert Plan.objects.get().channel == Channel.objects.get(name="Konto 0")


def test_the_sitting_works_without_javascript(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    town = build()
    _faulty, mended = files(tmp_path)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    begin(page, live_server, town)
    page.get_by_role("link", name="Bring in from a file").click()
    page.get_by_label("Channels, with their unit").check()
    upload(page, mended)
    page.get_by_label("Purpose").select_option("Not in the file")
    page.get_by_role("button", name="Look again").click()
    page.get_by_label("The plans are to be approved by").fill("2099-01-01")
    page.get_by_role("button", name="Bring in", exact=True).click()
    expect(page.get_by_text("200 are brought in")).to_be_visible()
    context.close()
    assert set(Channel.objects.values_list("purpose", flat=True)) == {""}
