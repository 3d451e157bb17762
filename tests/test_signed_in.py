"""Who comes in, and what becomes of a form whose writer was signed out meanwhile."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from governance.models import User
from governance.tasks import clear_sessions
from tests.browsers import BACKEND
from tests.channels_of_town import library_page
from tests.town import PASSWORD, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_out(town: Town) -> Client:
    """A browser in which Cleo was signed in until a moment ago."""
    client = Client()
    client.force_login(town.cleo, BACKEND)
    client.get(reverse("today"))
    Session.objects.all().delete()
    return client


def kept_in(client: Client) -> str:
    return str(client.session.get("kept_form", ""))


def test_an_operator_sees_no_content(town: Town, client: Client) -> None:
    operator = User.objects.create_user("drift@example.org", PASSWORD, name="Drift")
    User.objects.filter(pk=operator.pk).update(is_active=True, is_operator=True)
    operator.refresh_from_db()
    client.force_login(operator, BACKEND)
    for name in ("today", "channels:plans", "channels:channels", "moderation:findings"):
        assert client.get(reverse(name)).status_code == 404, name


def test_what_was_written_waits_under_its_address(town: Town, signed_out: Client) -> None:
    address = reverse("channels:start")
    answer = signed_out.post(address, {"address": "facebook.com/ekby", "act": "go"})
    assert answer.headers["Location"] == f"/account/login/?next={address}"
    assert "facebook.com" in kept_in(signed_out)
    assert "act" not in kept_in(signed_out)


def test_a_browser_in_which_nobody_was_ever_signed_in_leaves_nothing(
    town: Town, client: Client
) -> None:
    forged = Client()
    forged.cookies["signed_in_before"] = f"{town.cleo.pk}:1uYxYz:forged"
    for stranger in (client, forged):
        answer = stranger.post(reverse("channels:start"), {"address": "facebook.com/ekby"})
        assert answer.headers["Location"].startswith("/account/login/")
    assert not Session.objects.exists()


def test_what_is_too_long_is_not_kept_and_its_writer_is_told(
    town: Town, signed_out: Client
) -> None:
    answer = signed_out.post(reverse("channels:start"), {"address": "x" * 300_000}, follow=True)
    assert kept_in(signed_out) == ""
    assert "Go back in your browser" in answer.content.decode()


def test_a_login_sent_after_the_session_ended_is_kept_nowhere(
    town: Town, signed_out: Client
) -> None:
    signed_out.post(
        reverse("channels:seal", args=[library_page(town).pk]), {"seal-login": "hemligt-1234"}
    )
    assert "hemligt" not in kept_in(signed_out)
    assert not any("hemligt" in str(row.get_decoded()) for row in Session.objects.all())


def test_a_password_sent_after_the_session_ended_is_kept_nowhere(
    town: Town, signed_out: Client
) -> None:
    sent = {"password": PASSWORD, "look-password": PASSWORD, "place": "Ekby"}
    signed_out.post(reverse("channels:plan", args=[1]), sent)
    assert "Ekby" in kept_in(signed_out)
    assert "password" not in kept_in(signed_out)
    assert PASSWORD not in signed_out.session["kept_form"]["data"]


def test_signing_in_leads_back_to_the_page_and_not_to_where_its_form_was_sent(
    town: Town, client: Client
) -> None:
    channel = library_page(town)
    page = reverse("channels:channel", args=[channel.pk])
    answer = client.post(reverse("channels:hand_over", args=[channel.pk]))
    assert answer.headers["Location"] == f"/account/login/?next={page}"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/a", "http://testserver//example.org/a", "http://testserver.example.org/"],
)
def test_nobody_is_led_elsewhere_after_signing_in(
    elsewhere: str, town: Town, client: Client
) -> None:
    address = reverse("channels:start")
    answer = client.post(address, headers={"referer": elsewhere})
    assert answer.headers["Location"] == f"/account/login/?next={address}"


def test_a_fragment_is_answered_with_a_fragment(town: Town, client: Client) -> None:
    answer = client.get(reverse("channels:address"), headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("name", ["today", "channels:plans", "moderation:findings", "admin:index"])
def test_a_page_behind_sign_in_is_its_reader_s_alone(name: str, town: Town, client: Client) -> None:
    client.force_login(town.ben, BACKEND)
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]


def test_ended_sessions_are_cleared_and_running_ones_stay(town: Town) -> None:
    running, ended = SessionStore(), SessionStore()
    for store, seconds in ((running, 60), (ended, -60)):
        store["kept_form"] = {"data": "Halvskrivet"}
        store.set_expiry(seconds)
        store.save()
    clear_sessions()
    assert [row.session_key for row in Session.objects.all()] == [running.session_key]


def test_the_first_page_of_the_installation_leads_to_what_waits(town: Town, client: Client) -> None:
    client.force_login(town.cleo, BACKEND)
    assert client.get("/", follow=True).resolver_match.view_name == "today"
