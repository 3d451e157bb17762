"""Who operates the installation: entered from the command line, at home in the administration."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from governance.models import User
from governance.permissions import OPERATE, rights_of
from tests.browsers import client_of
from tests.town import NOW, PASSWORD, Town, operator

pytestmark = pytest.mark.django_db


def test_an_operator_is_entered_and_chooses_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("operator", "add", "Drift", "Drift@Uppsikt.example")
    drift = User.objects.get(email="drift@uppsikt.example")
    assert (drift.is_operator, drift.is_active, drift.has_usable_password()) == (True, True, False)
    assert reverse("account_reset_password") in capsys.readouterr().out
    assert rights_of(drift, NOW) == {OPERATE}
    with pytest.raises(CommandError, match="email"):
        call_command("operator", "add", "Drift", "drift@uppsikt.example")


def test_an_operator_who_is_dismissed_signs_in_no_more() -> None:
    drift = operator()
    call_command("operator", "dismiss", drift.email)
    drift.refresh_from_db()
    assert not drift.is_active
    assert rights_of(drift, NOW) == frozenset()
    with pytest.raises(CommandError, match="No operator"):
        call_command("operator", "dismiss", drift.email)


def test_whoever_works_for_a_municipality_is_no_operator_to_dismiss(town: Town) -> None:
    with pytest.raises(CommandError, match="No operator"):
        call_command("operator", "dismiss", town.ben.email)


def test_signing_in_leads_an_operator_to_the_administration_and_others_to_their_work(
    town: Town,
) -> None:
    for person, home in ((operator(), "admin:index"), (town.cleo, "today")):
        answer = Client().post(
            reverse("account_login"), {"login": person.email, "password": PASSWORD}, follow=True
        )
        assert answer.status_code == 200
        assert answer.resolver_match.view_name == home


def test_the_administration_shows_an_operator_nobody_and_nothing_of_a_municipality(
    town: Town,
) -> None:
    client = client_of(operator())
    front = client.get(reverse("admin:index"))
    assert "Anna Ek" not in front.content.decode()
    assert [each.url for each in front.context["nav"]] == [reverse("admin:index")]
    for model in ("governance_user", "governance_municipality", "channels_channel"):
        assert client.get(reverse(f"admin:{model}_changelist")).status_code == 403
