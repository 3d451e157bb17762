"""Access in safe keeping, by its pages: put on record, tried, ended, and the sealed login."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from channels.actions.custody import store_secret
from channels.models import Channel, Custody, Secret, SecretLook
from governance.models import AuditEntry, User
from governance.roles import Role
from tests.browsers import client_of
from tests.plans_of_town import opened, waiting
from tests.town import NOW, PASSWORD, Town

LOGIN = "bibliotek@ekby.example / korrekt häst batteri"
REASON = "Cleo är sjuk och kontot måste svara."


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's open channel, its login sealed."""
    found = opened(town)
    store_secret(found, LOGIN, by=town.cleo, now=NOW)
    return found


def send(who: User, name: str, *args: int, **data: Any) -> Any:
    return client_of(who).post(reverse(f"channels:{name}", args=args), data)


def look(who: User, channel: Channel, **data: str) -> Any:
    return send(
        who, "look", channel.pk, **{"look-reason": REASON, "look-password": PASSWORD} | data
    )


def test_access_is_put_on_record_from_the_channel_s_page(town: Town) -> None:
    channel = waiting(town)
    data = {"hand-role": Role.CENTRAL_REGISTRAR, "hand-holder": town.rut.pk, "hand-kind": "login"}
    answer = send(town.ben, "hand_over", channel.pk, **{**data, "hand-where": "Kassaskåpet"})
    assert answer.headers["Location"].endswith(f"/channels/{channel.pk}/#custody")
    custody = Custody.objects.get(channel=channel)
    assert (custody.holder, custody.where) == (town.rut, "Kassaskåpet")


def test_what_cannot_be_put_on_record_comes_back_beside_its_field(town: Town) -> None:
    channel = waiting(town)
    data = {"hand-role": Role.CENTRAL_REGISTRAR, "hand-holder": town.cleo.pk, "hand-kind": "login"}
    answer = send(town.ben, "hand_over", channel.pk, **{**data, "hand-where": "Kassaskåpet"})
    assert answer.status_code == 422
    assert 'value="Kassaskåpet"' in answer.content.decode()
    assert not Custody.objects.exists()


def test_a_second_record_of_the_same_access_tells_who_was_first_and_keeps_the_words(
    town: Town, channel: Channel
) -> None:
    data = {"hand-role": Role.CENTRAL_REGISTRAR, "hand-holder": town.rut.pk, "hand-kind": "login"}
    answer = send(town.ben, "hand_over", channel.pk, **{**data, "hand-where": "I det blå kuvertet"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "I det blå kuvertet" in page
    assert f'href="{reverse("channels:channel", args=[channel.pk])}"' in page


def test_trying_and_ending_are_noted_by_the_pages(town: Town, channel: Channel) -> None:
    custody = Custody.objects.get(channel=channel, holder=town.rut)
    assert send(town.rut, "verify", channel.pk, custody.pk).status_code == 302
    page = client_of(town.rut).get(reverse("channels:end_custody", args=[channel.pk, custody.pk]))
    assert page.status_code == 200
    assert send(town.rut, "end_custody", channel.pk, custody.pk).status_code == 302
    custody.refresh_from_db()
    assert custody.verified_by == town.rut
    assert custody.ended_at is not None
    late = send(town.ben, "end_custody", channel.pk, custody.pk)
    assert late.status_code == 409
    assert "Rut Asp" in late.content.decode()


def test_access_of_another_channel_is_not_there(town: Town, channel: Channel) -> None:
    other = waiting(town, medium="x", address="https://x.com/ekbybibliotek")
    custody = Custody.objects.get(channel=channel, holder=town.rut)
    for name in ("verify", "end_custody"):
        assert send(town.rut, name, other.pk, custody.pk).status_code == 404


def test_a_login_that_is_refused_is_not_sent_back(town: Town, channel: Channel) -> None:
    answer = send(town.cleo, "seal", channel.pk, **{"seal-login": LOGIN * 100})
    assert answer.status_code == 422
    assert "korrekt häst" not in answer.content.decode()


def test_a_login_is_opened_with_a_reason_and_the_password_once_more(
    town: Town, channel: Channel
) -> None:
    answer = look(town.rut, channel)
    assert answer.status_code == 200
    assert LOGIN in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert LOGIN not in client_of(town.rut).get(f"/channels/{channel.pk}/").content.decode()


def test_each_look_stands_in_the_log(town: Town, channel: Channel) -> None:
    look(town.rut, channel)
    look(town.rut, channel)
    look(town.cleo, channel)
    looks = AuditEntry.objects.filter(act="secret.looked_at").order_by("number")
    assert [each.actor_id for each in looks] == [town.rut.pk, town.rut.pk, town.cleo.pk]
    assert SecretLook.objects.count() == 3


@pytest.mark.parametrize("password", ["", "fel lösenord"])
def test_without_the_right_password_the_login_stays_sealed(
    town: Town, channel: Channel, password: str
) -> None:
    answer = look(town.rut, channel, **{"look-password": password})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert LOGIN not in page
    assert REASON in page, "the reason need not be written again"
    assert "fel lösenord" not in page
    assert not SecretLook.objects.exists()


def test_a_colleague_s_password_opens_nothing(town: Town, channel: Channel) -> None:
    town.cleo.set_password("någon annans lösenord")
    town.cleo.save()
    answer = look(town.rut, channel, **{"look-password": "någon annans lösenord"})
    assert answer.status_code == 422
    assert not SecretLook.objects.exists()


def test_who_holds_no_access_does_not_see_it_whatever_the_password(
    town: Town, channel: Channel
) -> None:
    assert look(town.dag, channel).status_code == 403
    assert look(town.otto, channel).status_code == 404
    Secret.objects.all().delete()
    assert look(town.rut, channel).status_code == 404
