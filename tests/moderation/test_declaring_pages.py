"""The pages on which crises and rests are declared, read and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from channels.models import Channel
from governance.models import Obligation
from moderation.actions import declare_crisis, end_period
from moderation.models import DeclaredPeriod
from tests.browsers import client_of
from tests.channels_of_town import library_page, open_channel
from tests.town import Town, build, later

LIST = "moderation:periods"


@pytest.fixture
def ben(town: Town) -> Client:
    return client_of(town.ben)


def crisis(town: Town, channel: Channel) -> DeclaredPeriod:
    return declare_crisis([channel], why="Brand", by=town.ben, now=timezone.now())


def test_a_crisis_is_declared_from_the_channels_page_and_stands_there_and_on_my_work(
    town: Town, channel: Channel, ben: Client
) -> None:
    page = reverse("channels:channel", args=[channel.pk])
    declare = f"{reverse('moderation:declare_crisis')}?channel={channel.pk}"
    assert declare in ben.get(page).content.decode()
    form = ben.get(declare)
    assert form.context["form"]["channels"].value() == [str(channel.pk)]
    for words in ("checked", "2.3 Krisinformation", "Our routine"):
        assert words in form.content.decode()
    answer = ben.post(
        declare, {"channels": [channel.pk], "why": "Brand", "until": "2099-12-31T12:00"}
    )
    period = DeclaredPeriod.objects.get()
    assert answer.headers["Location"] == reverse("moderation:period", args=[period.pk])
    assert period.ends_at is not None
    assert period.ends_at.astimezone(town.municipality.zone).hour == 12
    there = reverse("moderation:period", args=[period.pk])
    for address, client in ((page, ben), ("/today/", client_of(town.cleo))):
        assert there in client.get(address).content.decode(), address
    assert declare not in ben.get(page).content.decode(), "it is in one already"
    assert "A crisis was declared" in ben.get(page).content.decode()
    assert there in client_of(town.ola).get(reverse(LIST)).content.decode()


def test_all_channels_that_are_free_are_chosen_at_once(
    town: Town, channel: Channel, ben: Client
) -> None:
    crisis(town, channel)
    others = [open_channel(town.school, "Skolan"), open_channel(town.culture, "Kultur")]
    address = reverse("moderation:declare_crisis")
    assert "Choose all 2 channels" in ben.get(address).content.decode()
    form = ben.get(address, {"all": "1"}).context["form"]
    chosen = form["channels"].value()
    assert sorted(chosen) == sorted(each.pk for each in others)
    sent = {"channels": chosen, "why": "Brand"}
    assert ben.post(address, sent).status_code == 302
    assert {each.channel for each in DeclaredPeriod.objects.latest("pk").parts.all()} == set(others)


def test_channels_whose_rest_is_to_come_are_not_chosen_again_and_are_named_together(
    db: None,
) -> None:
    """Under Värmdö's routine schools rest in the holidays."""
    town = build("varmdo")
    schools = [open_channel(town.school, name) for name in ("Ekskolan", "Björkskolan")]
    pages = [open_channel(town.library, "Biblioteket"), open_channel(town.culture, "Kultur")]
    client, address = client_of(town.ben), reverse("moderation:declare_rest")
    first, last = (timezone.now().date() + timedelta(days=days) for days in (30, 50))
    dated = {"why": "Lov", "first": first.isoformat(), "last": last.isoformat()}
    sent = dated | {"channels": [each.pk for each in schools]}
    assert client.post(address, sent).status_code == 302
    form = client.get(address, {"all": "1"}).context["form"]
    assert set(form["channels"].value()) == {each.pk for each in pages}
    refused = client.post(address, dated | {"channels": [each.pk for each in (*schools, *pages)]})
    assert refused.status_code == 409
    assert "Björkskolan, Ekskolan: Already declared" in refused.content.decode()


def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(
    channel: Channel, ben: Client
) -> None:
    sent = {"channels": [channel.pk], "why": "Brand vid ån", "until": "2020-01-01T12:00"}
    answer = ben.post(reverse("moderation:declare_crisis"), sent)
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "Choose a moment that is still to come." in words
    assert "Brand vid ån" in words
    assert not DeclaredPeriod.objects.exists()


@pytest.mark.parametrize("who", ["cleo", "anna"])
def test_a_colleague_without_the_role_is_told_which_it_takes(
    who: str, town: Town, channel: Channel
) -> None:
    client = client_of(getattr(town, who))
    answer = client.get(reverse("moderation:declare_crisis"))
    assert answer.status_code == 403
    assert "communications unit" in answer.content.decode()
    period = crisis(town, channel)
    shown = client.get(reverse("moderation:period", args=[period.pk]))
    assert shown.status_code == 200
    assert "End the crisis" not in shown.content.decode()
    refused = client.post(reverse("moderation:period", args=[period.pk]), {"reason": "Nu"})
    assert refused.status_code == 403


def test_where_the_policy_has_no_rest_the_page_says_that_nobody_declares_one(ben: Client) -> None:
    answer = ben.get(reverse("moderation:declare_rest"))
    assert answer.status_code == 403
    assert "Neither the guideline nor our routine" in answer.content.decode()


def test_a_channel_of_another_municipality_cannot_be_chosen(
    town: Town, channel: Channel, ben: Client
) -> None:
    theirs = library_page(
        Town(**{**vars(town), "library": town.neighbour_unit, "cleo": town.otto, "dag": town.otto})
    )
    sent = {"channels": [theirs.pk], "why": "Brand"}
    assert ben.post(reverse("moderation:declare_crisis"), sent).status_code == 422
    assert not DeclaredPeriod.objects.exists()


def test_it_is_ended_with_a_reason_and_the_late_are_told_who_came_first(
    town: Town, channel: Channel, ben: Client
) -> None:
    period = crisis(town, channel)
    address = reverse("moderation:period", args=[period.pk])
    assert ben.post(address, {"reason": " "}).status_code == 422
    assert ben.post(address, {"reason": "Falskt alarm"}).status_code == 302
    assert not Obligation.objects.open().filter(duty="crisis_check").exists()
    assert "Falskt alarm" in ben.get(address).content.decode()
    late = ben.post(address, {"reason": "Igen"})
    assert late.status_code == 409
    assert "Already ended by" in late.content.decode()


def test_a_rest_is_declared_by_days(db: None) -> None:
    town = build("varmdo")
    channel = library_page(town)
    first = town.municipality.today(later(timezone.now(), days=30))
    sent = {"channels": [channel.pk], "why": "Sommarlov", "first": first, "last": first}
    answer = client_of(town.ben).post(reverse("moderation:declare_rest"), sent)
    period = DeclaredPeriod.objects.get()
    assert answer.headers["Location"] == reverse("moderation:period", args=[period.pk])
    assert (period.first_day, period.last_day) == (first, first)
    assert "To come" in client_of(town.ola).get(reverse(LIST)).content.decode()


def test_one_period_that_is_over_is_told_in_words_of_its_own(
    town: Town, channel: Channel, ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same word heads a group on the list, and languages tell one and several apart."""
    period = crisis(town, channel)
    end_period(period, reason="Släckt", by=town.ben, now=timezone.now())
    read = vars(trans_real.translation("en"))["_catalog"]._catalogs[0]
    monkeypatch.setitem(read, "Over", "Avslutade")
    monkeypatch.setitem(read, "one period\x04Over", "Avslutad")
    page = ben.get(reverse("moderation:period", args=[period.pk])).content.decode()
    assert "Avslutad<" in page
    assert "Avslutade<" not in page
    assert "Avslutade<" in ben.get(reverse("moderation:periods")).content.decode()
