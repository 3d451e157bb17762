"""Who comes in, and what becomes of a form whose writer was signed out meanwhile."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from governance.models import User
from tests.browsers import BACKEND
from tests.channels_of_town import library_page
from tests.town import PASSWORD, Town

pytestmark = pytest.mark.django_db


def kept_in(client: Client) -> str:
    return str(client.session.get("kept_form", ""))


def test_an_operator_sees_no_content(town: Town, client: Client) -> None:
    operator = User.objects.create_user("drift@example.org", PASSWORD, name="Drift")
    User.objects.filter(pk=operator.pk).update(is_active=True, is_operator=True)
    operator.refresh_from_db()
    client.force_login(operator, BACKEND)
    for name in ("today", "channels:plans", "channels:channels", "moderation:findings"):
        assert client.get(reverse(name)).status_code == 404, name


def test_what_was_written_waits_under_its_address(town: Town, client: Client) -> None:
    address = reverse("channels:start")
    answer = client.post(address, {"address": "facebook.com/ekby", "act": "go"})
    assert answer.headers["Location"] == f"/account/login/?next={address}"
    assert "facebook.com" in kept_in(client)
    assert "act" not in kept_in(client)


def test_a_login_sent_after_the_session_ended_is_kept_nowhere(town: Town, client: Client) -> None:
    client.post(
        reverse("channels:seal", args=[library_page(town).pk]), {"seal-login": "hemligt-1234"}
    )
    assert "hemligt" not in kept_in(client)
    assert not any("hemligt" in str(row.get_decoded()) for row in Session.objects.all())


def test_a_password_sent_after_the_session_ended_is_kept_nowhere(
    town: Town, client: Client
) -> None:
    client.post(reverse("channels:plan", args=[1]), {"password": PASSWORD, "place": "Ekby"})
    assert "Ekby" in kept_in(client)
    assert PASSWORD not in client.session["kept_form"]["data"]
    assert "password" not in kept_in(client)


def test_signing_in_leads_back_to_the_page_and_not_to_where_its_form_was_sent(
    town: Town, client: Client
) -> None:
    channel = library_page(town)
    page = reverse("channels:channel", args=[channel.pk])
    sent_to = reverse("channels:hand_over", args=[channel.pk])
    answer = client.post(sent_to, headers={"referer": f"http://testserver{page}"})
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
