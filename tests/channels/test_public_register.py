"""The public register: for anybody, without a trace of who reads it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.models import Channel
from tests.channels_of_town import open_channel
from tests.town import Town


@pytest.fixture
def register(town: Town) -> Town:
    """The municipality's own channel, the library's, one closed, one internal; in English."""
    town.municipality.locale = "en"
    town.municipality.save(update_fields=["locale"])
    open_channel(town.root, "Ekby kommun", description="Nyheter.")
    open_channel(town.library, platform="instagram", description="Boktips.")
    open_channel(
        town.library,
        "Sommarläsning",
        platform="instagram",
        handle="sommarekby",
        state=Channel.State.CLOSED,
        closed_on=date(2025, 9, 30),
        closed_because="Sommaren är slut.",
    )
    open_channel(
        town.school,
        "Personalrummet",
        platform="instagram",
        handle="ekbyinternt",
        account_class="internal",
    )
    return town


def page(query: str = "", path: str = "/ekby/") -> str:
    answer = Client().get(f"{path}{query}")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    return answer.content.decode()


def test_a_stranger_reads_the_register_and_gets_no_cookie(register: Town) -> None:
    text = page()

    assert "Ekby bibliotek" in text
    assert "Sommaren är slut." in text
    assert "Personalrummet" not in text
    assert text.index("The whole municipality") < text.index("Sektor kultur")


def test_a_channel_has_a_page_of_its_own_and_no_cookie_either(register: Town) -> None:
    assert "Boktips." in page(path="/ekby/ekbybibliotek/")
    assert "no longer answers" in page(path="/ekby/sommarekby/")
    assert Client().get("/ekby/ekbyinternt/").status_code == 404
    assert Client().get("/ekby/nothing/").status_code == 404
    assert Client().get("/nowhere/").status_code == 404


def test_search_and_filters_work_by_address_alone(register: Town) -> None:
    assert "Ekby bibliotek" not in page("?q=nyheter")
    assert "Boktips." in page("?q=BOKTIPS")
    assert "Boktips." not in page("?platform=facebook")
    assert "Nyheter." not in page(f"?unit={register.culture.pk}")
    assert "No account fits" in page("?q=finns+inte")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("https://instagram.com/EkbyBibliotek/?hl=sv", "that account is ours"),
        ("@ekbybibliotek", "that account is ours"),
        ("instagram.com/sommarekby", "was ours and is closed"),
        ("instagram.com/ekby_bibliotek", "that account is not ours"),
        ("instagram.com/ekbyinternt", "that account is not ours"),
        ("<script>alert(1)</script>", "that account is not ours"),
    ],
)
def test_is_it_really_us(register: Town, text: str, verdict: str) -> None:
    answer = Client().get("/ekby/", {"check": text}).content.decode()

    assert verdict in answer
    assert "<script>alert" not in answer


def test_an_account_that_could_be_mistaken_leads_to_the_real_one(register: Town) -> None:
    answer = Client().get("/ekby/", {"check": "instagram.com/ekby_bibliotek"}).content.decode()

    assert "Ours are called:" in answer
    assert "/ekby/ekbybibliotek/" in answer


def test_a_chosen_language_is_kept_apart_and_carried_along(register: Town) -> None:
    page()
    text = page("?lang=sv")

    assert '<html lang="sv"' in text
    assert "/ekby/ekbybibliotek/?lang=sv" in text


def test_the_register_asks_the_same_number_of_questions_however_long(register: Town) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            page("?q=ekby")
        return len(captured)

    questions()
    before = questions()
    for number in range(10):
        open_channel(register.school, f"Ekby klass {number}")

    assert questions() == before


def test_open_data_says_what_the_page_says_and_names_nobody(register: Town) -> None:
    data = Client().get("/ekby/register.json").json()

    assert {row["name"] for row in data["channels"]} == {
        "Ekby kommun",
        "Ekby bibliotek",
        "Sommarläsning",
    }
    assert data["channels"][0].keys() >= {"platform", "address", "unit", "state"}


def test_a_spreadsheet_is_never_made_to_calculate(register: Town) -> None:
    open_channel(register.school, "=1+1")
    answer = Client().get("/ekby/register.csv")
    text = answer.content.decode()

    assert text.startswith("\ufeff")
    assert not answer.cookies
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert [row[0] for row in rows if "1+1" in row[0]] == ["'=1+1"]


@pytest.mark.parametrize("query", ["?q=%00", "?check=a%00b", "?platform=%00"])
def test_a_nul_in_the_address_is_refused_and_asked_of_no_table(register: Town, query: str) -> None:
    assert Client().get(f"/ekby/{query}").status_code == 400


def test_a_row_says_what_its_day_is_the_day_of(register: Town) -> None:
    Channel.objects.update(last_confirmed_on=date(2026, 2, 3))
    assert "Confirmed 3 Feb 2026" in " ".join(page().split())
