"""The page of advice: what each policy says to those who write, with its clause."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from governance.guidance import guidance
from governance.policy.types import Policy
from tests.browsers import assert_accessible, client_of, sign_in
from tests.channels_of_town import library_page
from tests.governance.policy.files import policy
from tests.moderation.scenes import comment, removed
from tests.town import Town, adopt_text, build, file_of

#: The subjects of each guideline, and the demands for advice that the page must carry.
SUBJECTS = {
    "varmdo": (["tone", "replies", "private_use"], ["VMD-07", "VMD-15", "VMD-25"]),
    "vargarda": (["tone", "private_use"], ["VGD-07", "VGD-09", "VGD-15", "VGD-55"]),
    "volda": (
        ["tone", "signature", "private_use"],
        ["VOL-14", "VOL-15", "VOL-16", "VOL-19", *(f"VOL-{n}" for n in range(23, 30))],
    ),
    "tyreso": (
        ["tone", "signature", "private_use"],
        ["TYR-03", "TYR-17", "TYR-24", "TYR-26", "TYR-37", "TYR-38", "TYR-39"],
    ),
    "vetlanda": (["tone", "private_use"], ["VET-07", "VET-08", "VET-22"]),
}


def page(town: Town, name: str = "") -> str:
    """The page as Ola reads it, under the policy of that name."""
    if name:
        content = file_of(name).read_text()
        adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    return client_of(town.ola).get(reverse("advice")).content.decode()


def cited(found: Policy) -> set[str]:
    return {
        each
        for section in guidance(found)
        for advice in section.advice
        for each in advice.cited.requirements
    }


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_subject_and_every_demand_for_advice_has_its_place(name: str) -> None:
    subjects, demands = SUBJECTS[name]
    assert [section.key for section in guidance(policy(name))] == subjects
    assert set(demands) <= cited(policy(name))


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_page_says_all_of_it_with_the_clause_in_the_policy_s_language(
    town: Town, name: str
) -> None:
    text = page(town, name)
    for section in guidance(policy(name)):
        for advice in section.advice:
            assert escape(advice.cited.says) in text
            assert escape(advice.cited.clause) in text
    assert f'<span lang="{policy(name).locale}">' in text


def test_the_signature_is_told_by_its_parts(town: Town) -> None:
    assert "first name, title, unit" in page(town, "tyreso")


def test_a_prescribed_reply_stands_word_for_word(town: Town) -> None:
    assert "Tack för ditt inlägg, vi återkommer med svar" in page(town, "varmdo")


def test_a_sixth_without_advice_says_what_would_stand_there(town: Town) -> None:
    assert "gives no advice" in page(town, "ekby")


def test_a_stranger_is_sent_to_the_login_page_and_otto_reads_his_own_municipality_s(
    town: Town,
) -> None:
    content = file_of("tyreso").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    there = reverse("advice")
    assert Client().get(there).status_code == 302
    assert "Tyresö" not in client_of(town.otto).get(there).content.decode()


def test_the_page_is_a_click_from_where_people_work_and_write(town: Town) -> None:
    channel = library_page(town)
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="unlawful_threat")
    for there in (
        reverse("today"),
        reverse("channels:channel", args=[channel.pk]),
        reverse("moderation:finding", args=[item.pk]),
    ):
        assert reverse("advice") in client_of(town.cleo).get(there).content.decode(), there


def test_no_table_has_room_for_an_employee_s_private_account() -> None:
    names = [field.name for model in apps.get_models() for field in model._meta.get_fields()]
    assert not [name for name in names if "private" in name or "personal_account" in name]


def test_the_page_costs_the_same_however_much_advice_there_is(town: Town) -> None:
    counts = []
    for number, name in enumerate(("volda", "vetlanda"), start=2):
        content = file_of(name).read_text()
        day = date(2021, 1, number)
        adopt_text(town.municipality, content, number=number, in_force_from=day)
        client = client_of(town.ola)
        client.get(reverse("advice"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("advice"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_reads_well_at_a_desk_and_on_a_phone(page: Page, live_server: LiveServer) -> None:
    town = build("tyreso")
    sign_in(page.context, live_server.url, town.ola)
    page.goto(f"{live_server.url}/today/")
    page.locator("main a", has_text="Advice to those who write").click()
    expect(page.locator("h1")).to_be_visible()
    assert_accessible(page)
