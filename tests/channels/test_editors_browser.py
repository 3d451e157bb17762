"""The register and the guideline's page in a real browser: axe at both widths, and by keyboard."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.actions.guideline import acknowledge_guideline
from channels.models import Channel, EditorAssignment
from governance.models import Acknowledgement, User
from governance.obligations import open_due
from governance.roles import Role
from tests.browsers import WIDTHS, assert_accessible, sign_in
from tests.channels_of_town import assign, library_page, open_channel
from tests.town import Town, adopt_text, build, file_of, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Margareta Ann-Charlotte von Hammarskjöld-Lindqvist Östergård"


def scene() -> Town:
    """Ekby with somebody of every kind: in force, to come, about to end, over, without account."""
    town = build("ekby")
    now = timezone.now()
    today = town.municipality.today(now)
    library = library_page(town)
    school = open_channel(town.school, "Ekbackens skola F–6 och fritidshem", platform="instagram")
    long = person(town.municipality, LONG, "verksamhetsutvecklare")
    assign(long, school, Role.EDITOR)
    ending = assign(town.ola, school, Role.RESPONSIBLE_PERSON)
    ending.ends_on = today + timedelta(days=9)
    ending.save()
    assign(town.anna, library, Role.SUBSTITUTE, since=today + timedelta(days=20))
    over = assign(town.ben, library, Role.EDITOR)
    over.revoked_at, over.revoked_by, over.revoke_reason = now, town.anna, "Byter arbete."
    over.save()
    EditorAssignment.objects.create(
        municipality=town.municipality,
        channel=library,
        name="Eva Extern",
        role=Role.EDITOR,
        starts_on=today,
        appointed_by=town.anna,
        appointed_at=now,
        purpose="Bilder från sommarens program.",
        document="Eva Extern utses.\n\nPurpose: Bilder från sommarens program.",
    )
    acknowledge_guideline("1", by=town.cleo, now=now)
    open_due(now)
    return town


def keep(page: Page, name: str) -> None:
    """A picture at both widths, for whoever wants to look: `PICTURES=folder`."""
    folder = os.environ.get("PICTURES")
    if folder:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def open_page(page: Page, live_server: LiveServer, who: User, address: str) -> None:
    User.objects.filter(pk=who.pk).update(language="en")
    sign_in(page.context, live_server.url, who)
    page.goto(f"{live_server.url}{address}")


def test_the_register_and_its_histories_are_read_at_a_desk_and_on_a_phone(
    page: Page, live_server: LiveServer
) -> None:
    town = scene()
    library = Channel.objects.get(unit=town.library)
    for name, address in {
        "register": "/channels/editors/",
        "none": "/channels/editors/?q=nobody+of+this+name",
        "wrong": "/channels/editors/?unit=0",
        "channel": f"/channels/{library.pk}/people/",
        "person": f"/channels/editors/{town.cleo.pk}/",
        "page": f"/channels/{library.pk}/",
    }.items():
        open_page(page, live_server, town.ben, address)
        keep(page, name)
        assert_accessible(page)


def test_the_written_assignment_opens_in_its_row(page: Page, live_server: LiveServer) -> None:
    town = scene()
    open_page(page, live_server, town.ben, "/channels/editors/?q=Extern")
    page.locator(".written summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Bilder från sommarens program")).to_be_visible()
    keep(page, "written")
    assert_accessible(page)


def test_an_editor_reads_what_has_changed_and_confirms_by_keyboard_alone(
    page: Page, live_server: LiveServer
) -> None:
    town = scene()
    adopt_text(
        town.municipality,
        file_of("ekby").read_text().replace("Ingen kanal har fler än tre", "Kanalen har högst tre"),
        number=2,
        in_force_from=timezone.now().date(),
    )
    open_page(page, live_server, town.cleo, "/channels/guideline/")
    keep(page, "guideline")
    assert_accessible(page)
    page.locator("#id_read").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages .state--done")).to_be_visible()
    assert Acknowledgement.objects.filter(user=town.cleo, policy__number=2).count() == 1
    page.goto(f"{live_server.url}/channels/guideline/")
    keep(page, "confirmed")


def test_a_manager_records_that_somebody_was_informed(page: Page, live_server: LiveServer) -> None:
    town = build("varmdo")
    library_page(town)
    open_due(timezone.now())
    open_page(page, live_server, town.anna, "/today/")
    keep(page, "today")
    page.get_by_role("link", name=re.compile("Put on record.*Cleo")).click()
    keep(page, "inform")
    assert_accessible(page)
    page.get_by_label("In what way").fill("Vi läste dem tillsammans.")
    page.get_by_role("button", name="Put on record").click()
    expect(page.get_by_text("Vi läste dem tillsammans.")).to_be_visible()
    keep(page, "informed")
