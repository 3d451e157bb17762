"""The person's choice wins, the municipality's own language is the default, no cookie is set."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from governance.language import UnknownLanguage, choose_language
from governance.models import Municipality
from tests.browsers import BACKEND
from tests.town import NOW, Town

pytestmark = pytest.mark.urls("tests.look.urls")
PAGE = "/look-preview/empty/"


def language_of(answer: Any) -> str:
    return str(answer.content.decode().split('<html lang="')[1].split('"')[0])


@pytest.mark.parametrize("locale", ["sv", "nn"])
def test_a_public_page_speaks_the_municipalitys_language(
    town: Town, client: Client, locale: str
) -> None:
    Municipality.objects.filter(pk=town.municipality.pk).update(locale=locale)
    answer = client.get(f"/{town.municipality.slug}/look-preview/")
    assert language_of(answer) == locale
    assert answer.headers["Content-Language"] == locale


def test_a_stranger_chooses_a_language_without_a_cookie(town: Town, client: Client) -> None:
    answer = client.get(f"/{town.municipality.slug}/look-preview/?lang=en")
    assert language_of(answer) == "en"
    assert not answer.cookies
    assert '<input type="hidden" name="lang" value="en">' in answer.content.decode()


@pytest.mark.parametrize("asked", ["xx", "de", "../", ""])
def test_a_language_we_do_not_have_leaves_the_default(
    town: Town, client: Client, asked: str
) -> None:
    answer = client.get(f"/{town.municipality.slug}/look-preview/", {"lang": asked})
    assert language_of(answer) == "sv"


def test_an_unknown_municipality_still_gets_a_page(town: Town, client: Client) -> None:
    assert client.get("/nowhere/look-preview/").status_code == 200


def test_the_persons_choice_wins_over_the_municipality(town: Town, client: Client) -> None:
    choose_language("nn", by=town.cleo, now=NOW)
    client.force_login(town.cleo, BACKEND)
    assert language_of(client.get(PAGE)) == "nn"
    choose_language("", by=town.cleo, now=NOW)
    assert language_of(client.get(PAGE)) == "sv"


@pytest.mark.parametrize("address", ["/account/login/", "/no/such/page/", "/nowhere/"])
@pytest.mark.parametrize(
    ("wishes", "spoken"),
    [("nb-NO,nb;q=0.9,nn;q=0.8,en;q=0.7", "nn"), ("en-GB", "en"), ("de-DE,de", "sv"), ("", "sv")],
)
@pytest.mark.urls("governance.urls")
def test_where_no_municipality_is_known_the_browsers_wish_decides(
    town: Town, client: Client, address: str, wishes: str, spoken: str
) -> None:
    answer = client.get(address, headers={"accept-language": wishes})
    assert language_of(answer) == spoken
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("address", ["/no/such/page/", "/nowhere/"])
@pytest.mark.urls("governance.urls")
def test_a_page_that_is_not_there_says_so_in_the_persons_language(
    town: Town, client: Client, address: str
) -> None:
    Municipality.objects.filter(pk=town.municipality.pk).update(locale="nn")
    client.force_login(town.cleo, BACKEND)
    answer = client.get(address, headers={"accept-language": "sv-SE"})
    assert (answer.status_code, language_of(answer)) == (404, "nn")


def test_the_choice_is_kept_in_the_persons_history(town: Town) -> None:
    choose_language("en", by=town.cleo, now=NOW)
    row = town.cleo.history.get(language="en")
    assert row.history_date == NOW


def test_a_language_that_does_not_exist_is_refused(town: Town) -> None:
    with pytest.raises(UnknownLanguage):
        choose_language("tlh", by=town.cleo, now=NOW)


def test_choosing_leads_back_to_the_page_without_the_language_in_its_address(
    town: Town, client: Client
) -> None:
    client.force_login(town.cleo, BACKEND)
    answer = client.post(
        reverse("choose_language"), {"language": "en", "next": "/plans/?lang=sv&page=2"}
    )
    assert answer.headers["Location"] == "/plans/?page=2"
    town.cleo.refresh_from_db()
    assert town.cleo.language == "en"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", ""])
def test_choosing_never_leads_out_of_the_installation(
    town: Town, client: Client, away: str
) -> None:
    client.force_login(town.cleo, BACKEND)
    answer = client.post(reverse("choose_language"), {"language": "sv", "next": away})
    assert answer.headers["Location"] == "/"


def test_an_unknown_language_is_answered_as_a_bad_request(town: Town, client: Client) -> None:
    client.force_login(town.cleo, BACKEND)
    assert client.post(reverse("choose_language"), {"language": "tlh"}).status_code == 400


def test_nothing_of_one_page_colours_the_next(town: Town, client: Client) -> None:
    with translation.override("sv"):
        client.get(f"/{town.municipality.slug}/look-preview/?lang=en")
        assert translation.get_language() == "sv"
