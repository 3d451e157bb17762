"""A session that ends over a half-filled form: nothing typed is lost, and no password is kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from channels.models import Plan
from governance.models import User
from tests.browsers import BACKEND
from tests.plans_of_town import digest_of, draft, submitted
from tests.town import PASSWORD, Town

TYPED = "Halvskrivet om unga som läser"


def browser(user: User, path: str) -> tuple[Client, str]:
    """A browser in which the person has the page open, and its form's token."""
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, BACKEND)
    assert client.get(path).status_code == 200
    return client, client.cookies["csrftoken"].value


def sign_in_again(client: Client, user: User, path: str) -> None:
    """On the page that the browser was sent to."""
    address = f"/account/login/?next={quote(path)}"
    client.get(address)
    token = client.cookies["csrftoken"].value
    values = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = client.post(address, values)
    assert answer.headers.get("Location") == path, answer.content.decode()


@pytest.fixture
def plan(town: Town) -> Plan:
    return draft(town)


def test_what_was_written_is_there_again_after_signing_in_once(town: Town, plan: Plan) -> None:
    path = f"/plans/{plan.pk}/write/"
    client, token = browser(town.cleo, path)
    Session.objects.all().delete()

    answer = client.post(path, {"purpose": TYPED, "act": "save", "csrfmiddlewaretoken": token})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")
    plan.refresh_from_db()
    assert plan.answers["purpose"] != TYPED, "nobody was signed in, so nothing was saved"
    sign_in_again(client, town.cleo, path)
    page = client.get(path).content.decode()
    assert TYPED in page
    assert "What you had written is here again" in page
    assert TYPED not in client.get(path).content.decode(), "only once"


def test_a_signature_is_kept_without_its_password(town: Town) -> None:
    plan = submitted(town)
    path = f"/plans/{plan.pk}/"
    client, token = browser(town.anna, path)
    Session.objects.all().delete()

    client.post(
        path,
        {
            "step": "operations_approval",
            "digest": digest_of(plan),
            "act": "approve",
            "place": "Ekbackens gård",
            "password": PASSWORD,
            "csrfmiddlewaretoken": token,
        },
    )

    kept = client.session["kept_form"]["data"]
    assert "place=" in kept
    for never in ("password", "csrfmiddlewaretoken", "act="):
        assert never not in kept
    assert quote(PASSWORD) not in kept
    sign_in_again(client, town.anna, path)
    page = client.get(path).content.decode()
    assert "Ekbackens gård" in page
    assert PASSWORD not in page
    assert not plan.versions.get().decisions.exists()


def test_what_waits_is_shown_at_its_own_address_only(town: Town, plan: Plan) -> None:
    path = f"/plans/{plan.pk}/write/"
    client, token = browser(town.cleo, path)
    other = draft(town)
    Session.objects.all().delete()
    client.post(path, {"purpose": TYPED, "csrfmiddlewaretoken": token})

    sign_in_again(client, town.cleo, path)

    assert TYPED not in client.get(f"/plans/{other.pk}/write/").content.decode()
    assert TYPED in client.get(path).content.decode()


def test_somebody_else_at_the_same_machine_is_not_let_in_by_it(town: Town, plan: Plan) -> None:
    path = f"/plans/{plan.pk}/write/"
    client, token = browser(town.cleo, path)
    Session.objects.all().delete()
    client.post(path, {"purpose": TYPED, "csrfmiddlewaretoken": token})

    sign_in_again(client, town.otto, path)

    answer = client.get(path)
    assert answer.status_code == 404
    assert TYPED not in answer.content.decode()


def test_the_page_s_own_saving_says_that_the_session_has_ended(town: Town, plan: Plan) -> None:
    path = f"/plans/{plan.pk}/write/"
    client, token = browser(town.cleo, path)
    Session.objects.all().delete()

    answer = client.post(
        path,
        {"purpose": TYPED, "act": "autosave", "csrfmiddlewaretoken": token},
        headers={"hx-request": "true"},
    )

    assert answer.status_code == 200
    assert 'class="state state--late"' in answer.content.decode()


def test_more_than_any_form_holds_is_not_kept_for_a_stranger(town: Town, plan: Plan) -> None:
    client = Client()

    client.post(f"/plans/{plan.pk}/write/", {"purpose": "x" * 300_000})

    assert "kept_form" not in client.session
