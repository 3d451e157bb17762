"""Personal data in a browser: six questions answered, supplemented, gone stale, answered again."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from channels.models import LocalSupplement, PersonalDataAssessment
from tests.browsers import assert_accessible, sign_in
from tests.channels_of_town import library_page
from tests.town import adopt_text, build, file_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTIONS = ("which", "basis", "necessity", "risks", "ending")


def test_a_processing_is_assessed_supplemented_and_asked_for_again(
    page: Page, live_server: LiveServer
) -> None:
    town = build()
    content = file_of("vetlanda").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    channel = library_page(town)
    here = f"{live_server.url}/channels/{channel.pk}/"
    sign_in(page.context, live_server.url, town.ben)
    send = page.locator("main form .button--primary")

    page.goto(here)
    page.locator("#personal-data a.button").click()
    assert_accessible(page)
    page.locator("main .actions a.button").first.click()
    page.locator("#id_processing").fill("Frågor från besökare")
    page.locator("#id_which").fill("Namn och bild på den som skriver")
    send.click()
    expect(page.locator("#id_basis_error")).to_be_visible()
    expect(page.locator("#id_which")).to_have_value("Namn och bild på den som skriver")
    assert_accessible(page)
    for key in QUESTIONS:
        page.locator(f"#id_{key}").fill(f"Svar om {key}.")
    page.locator("input[name=information-answer][value=yes]").check()
    page.locator("[name=information-reason]").fill("Länk i presentationen.")
    send.click()
    expect(page.locator(".assessed")).to_have_count(1)
    assert_accessible(page)

    row = PersonalDataAssessment.objects.get()
    page.goto(f"{here}personal-data/{row.pk}/")
    page.locator("#id_text").fill("Här skriver barn.")
    page.locator("#id_exempt").check()
    assert_accessible(page)
    send.click()
    expect(page.locator(f"#processing-{row.pk}")).to_contain_text("Här skriver barn.")

    page.goto(f"{live_server.url}/channels/on/facebook/basis/")
    page.locator("input[name=basis][value=transfer]").check()
    page.locator("#id_reason").fill("Domstolen ogiltigförklarade beslutet.")
    assert_accessible(page)
    send.click()
    page.goto(f"{here}personal-data/")
    stale = page.locator(f"#processing-{row.pk}")
    expect(stale).to_contain_text("Domstolen ogiltigförklarade beslutet.")
    assert_accessible(page)
    page.goto(here)
    assert_accessible(page)
    assert LocalSupplement.objects.count() == 1
