"""The sitting in a real browser: with and without script, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import Channel, Plan
from governance.models import User
from governance.policy.in_force import policy_for
from tests.browsers import assert_accessible, sign_in
from tests.channels.importing.files import HEADERS, csv_of, many, with_every_fault
from tests.town import Town, build
from tests.trips.plans import filled_plan
from tests.trips.steps import Visitor, submit_plan

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

    page.context.clear_cookies()
    sign_in(page.context, live_server.url, town.cleo)
    channel = Channel.objects.get(name="Konto 0")
    cleo = Visitor(page, live_server.url)
    with cleo.counting() as planning:
        cleo.open("/today/")
        cleo.follow("channels:channel", channel.pk)
        expect(page.get_by_role("heading", name="The plan is missing")).to_be_visible()
        assert_accessible(page)
        cleo.send(page.get_by_role("button", name="Begin the plan"))
        expect(page.get_by_label("Syfte").first).to_have_value("Berätta om böcker")
        plan = Plan.objects.get()
        assert plan.channel == channel
        cleo.fill(filled_plan(plan, town.cleo, town.dag))
        submit_plan(cleo)
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUBMITTED
    print(f"\nThe missing plan of a channel, from My work to submitted: {planning}")  # noqa: T201
    questions = len(policy_for(plan.unit, timezone.now()).form("plan").fields)
    # what is known of the channel stands there already
    assert planning.clicks <= 8
    assert planning.fields <= questions + 1
    assert planning.loads <= 4


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
