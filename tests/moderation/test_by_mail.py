"""The link in a morning mail: what its button does, and when it stops."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from channels.actions.people import revoke_editor
from channels.models import Channel, EditorAssignment
from governance.models import Obligation, User
from governance.obligations import open_due
from governance.signed_links import UNSIGNED
from moderation.actions import check_in
from moderation.models import CheckIn, MorningLink
from tests.channels_of_town import SINCE, assign, open_channel
from tests.moderation.mornings import (
    MORNING,
    Clock,
    address_of,
    link_of,
    stopped_clock,
    wake,
)
from tests.moderation.scenes import logged
from tests.town import POLICIES, Town, adopt_text, at, away, later


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stop = stopped_clock(monkeypatch)
    stop(MORNING)
    return stop


@pytest.fixture
def other(town: Town, channel: Channel) -> Channel:
    """Cleo has two."""
    other = open_channel(town.library, "Ungdomens hus")
    assign(town.cleo, other)
    return other


@pytest.fixture
def address(town: Town, other: Channel, clock: Clock) -> str:
    """What Cleo's mail leads to."""
    User.objects.update(language="en")
    wake()
    return address_of(link_of(town.cleo))


def text(answer: HttpResponseBase) -> str:
    return " ".join(b"".join(answer).decode().split())


def press(address: str, channel: Channel | None = None) -> HttpResponseBase:
    """Somebody without any cookie presses the button, for one channel or all."""
    said = {"channel": str(channel.pk) if channel else "all"}
    return Client(enforce_csrf_checks=True).post(address, said)


# --- the button ----------------------------------------------------------------------------------


def test_the_page_names_the_channels_and_has_one_large_button_and_one_for_each(
    address: str, client: Client
) -> None:
    page = client.get(address)
    assert page.status_code == 200
    words = text(page)
    assert "Ekby bibliotek <span>on Facebook</span>" in words
    assert "Ungdomens hus <span>on Facebook</span>" in words
    assert words.count("Nothing to remark on all 2") == 1
    assert words.count('name="channel"') == 3


def test_looking_at_the_page_records_nothing(address: str, client: Client) -> None:
    for _time in range(2):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert not CheckIn.objects.exists()
    assert client.put(address).status_code == 405


def test_one_press_is_the_person_s_own_look_by_mail_link(
    town: Town, channel: Channel, other: Channel, address: str
) -> None:
    answer = press(address)
    assert answer.status_code == 200
    assert "2 channels looked at, nothing to remark." in text(answer)
    link = link_of(town.cleo)
    for entry in CheckIn.objects.all():
        assert (entry.by, entry.at, entry.mail_link, entry.late) == (
            town.cleo,
            MORNING,
            link,
            False,
        )
        owed = Obligation.objects.get(duty="check_in", subject_id=entry.channel_id)
        assert owed.met_by == town.cleo
    lines = logged("channel.checked_by_mail")
    assert {line.subject_id for line in lines} == {channel.pk, other.pk}
    assert {line.actor_id for line in lines} == {town.cleo.pk}


def test_one_channel_by_itself_leaves_the_other(
    channel: Channel, other: Channel, address: str
) -> None:
    answer = press(address, other)
    assert [entry.channel for entry in CheckIn.objects.all()] == [other]
    assert "1 channel looked at, nothing to remark." in text(answer)
    assert text(answer).count('name="channel"') == 2


def test_pressed_twice_the_second_is_told_when_the_first_was(address: str, clock: Clock) -> None:
    press(address)
    clock(later(MORNING, minutes=25))
    answer = press(address)
    assert answer.status_code == 409
    assert "Already done at 7:30. Nothing more was recorded." in text(answer)
    assert CheckIn.objects.count() == 2


def test_what_a_colleague_did_is_told_without_the_name(
    town: Town, channel: Channel, address: str
) -> None:
    check_in(channel, by=town.dag, now=later(MORNING, minutes=1))
    answer = press(address, channel)
    assert answer.status_code == 409
    assert "Already done at 7:31." in text(answer)
    assert "Dag Åberg" not in text(answer)


def test_the_link_works_once_for_a_channel_also_where_several_looks_a_day_are_owed(
    town: Town, channel: Channel, other: Channel, clock: Clock
) -> None:
    twice = "every = { times_per_day = 1"
    policy = (POLICIES / "vargarda.toml").read_text()
    assert twice in policy
    adopt_text(
        town.municipality,
        policy.replace(twice, twice.replace("1", "2")),
        number=2,
        in_force_from=SINCE,
    )
    wake()
    address = address_of(link_of(town.cleo))
    press(address, channel)
    clock(at("2026-03-02", "13:00"))
    assert "Already done at 7.30" in text(press(address, channel)).replace("7:30", "7.30")
    assert CheckIn.objects.filter(channel=channel).count() == 1
    assert press(address, other).status_code == 200, "the link was not used for that one"
    entry = check_in(channel, by=town.cleo, now=at("2026-03-02", "13:00"))
    assert entry.period == "2026-03-02/2"


# --- when it stops -------------------------------------------------------------------------------


def assert_stopped(address: str) -> None:
    before = CheckIn.objects.count()
    for answer in (Client().get(address), press(address)):
        assert answer.status_code == 410
        words = text(answer)
        assert "The link has stopped" in words
        assert f'href="{reverse("today")}"' in words, "it offers to sign in"
        assert "bibliotek" not in words
        assert "Ungdomens" not in words
    assert CheckIn.objects.count() == before


def test_it_stops_at_midnight_where_the_municipality_is(address: str, clock: Clock) -> None:
    clock(at("2026-03-02", "23:59"))
    assert Client().get(address).status_code == 200
    clock(at("2026-03-03", "00:00"))
    assert_stopped(address)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_on_a_day_on_which_the_clocks_change_it_stops_at_midnight_too(
    town: Town, other: Channel, clock: Clock, day: str, hours: int
) -> None:
    """Clocks change on Sundays, when no mail goes; a link of such a day is held to it all the
    same."""
    open_due(at(day, "07:30"))
    link = MorningLink.objects.create(
        municipality=town.municipality,
        person=town.cleo,
        day=date.fromisoformat(day),
        written_at=at(day, "07:30"),
    )
    link.channels.set([other])
    clock(later(at(day, "00:00"), hours=hours, seconds=-1))
    assert Client().get(address_of(link)).status_code == 200
    clock(later(at(day, "00:00"), hours=hours))
    assert_stopped(address_of(link))


def test_a_channel_goes_from_it_when_the_role_ends_between_mail_and_click(
    town: Town, channel: Channel, other: Channel, address: str
) -> None:
    held = EditorAssignment.objects.get(channel=channel, user=town.cleo)
    revoke_editor(held, reason="Slutar.", by=town.anna, now=later(MORNING, minutes=5))
    words = text(Client().get(address))
    assert "Ekby bibliotek" not in words.partition("<main")[2].partition("</main>")[0]
    assert press(address, channel).status_code == 409
    press(address)
    assert [entry.channel for entry in CheckIn.objects.all()] == [other]


def test_it_stops_when_the_last_role_on_its_channels_does(
    town: Town, channel: Channel, other: Channel, address: str
) -> None:
    for held in EditorAssignment.objects.filter(user=town.cleo):
        revoke_editor(held, reason="Slutar.", by=town.anna, now=later(MORNING, minutes=5))
    assert_stopped(address)


def test_it_stops_for_whoever_may_no_longer_sign_in(town: Town, address: str) -> None:
    User.objects.filter(pk=town.cleo.pk).update(is_active=False)
    assert_stopped(address)


def test_it_stops_for_whoever_goes_away(town: Town, address: str) -> None:
    away(town.cleo, None)
    assert_stopped(address)


def test_a_deputy_s_link_stops_when_the_absent_one_is_back(
    town: Town, channel: Channel, clock: Clock
) -> None:
    absence = away(town.cleo, town.ola)
    wake()
    address = address_of(link_of(town.ola))
    assert Client().get(address).status_code == 200
    absence.ends_on = date(2026, 3, 1)
    absence.save()
    assert_stopped(address)


def test_a_closed_channel_goes_from_it(channel: Channel, address: str) -> None:
    Channel.objects.filter(pk=channel.pk).update(state="closed", closed_on=date(2026, 3, 2))
    assert press(address, channel).status_code == 409
    assert not CheckIn.objects.exists()


# --- whose it is ---------------------------------------------------------------------------------


def test_what_is_forged_or_another_s_is_not_there(
    town: Town, channel: Channel, address: str
) -> None:
    theirs = open_channel(town.neighbour_unit, "Grannby bibliotek")
    assign(town.otto, theirs)
    wake(later(MORNING, minutes=1))
    cleo, dag, otto = (link_of(person) for person in (town.cleo, town.dag, town.otto))
    signature = address.rstrip("/").rpartition("/")[2]
    for key in (dag.key, otto.key):
        forged = reverse("morning:looks", args=[key, signature])
        assert Client().get(forged).status_code == press(forged).status_code == 404
    for word in (UNSIGNED, signature[:-1], signature.swapcase(), "å"):
        forged = reverse("morning:looks", args=[cleo.key, word])
        assert Client().get(forged).status_code == press(forged).status_code == 404
    assert not CheckIn.objects.exists()


def test_a_link_records_nothing_on_channels_that_are_not_its_own(
    town: Town, channel: Channel, other: Channel, clock: Clock
) -> None:
    wake()
    address = address_of(link_of(town.dag))
    assert press(address, other).status_code == 409
    assert Client().post(address, {"channel": "x"}).status_code == 404
    assert Client().post(address).status_code == 404
    assert not CheckIn.objects.exists()


def test_the_database_holds_a_look_by_mail_to_the_link_s_person_and_to_once(
    town: Town, channel: Channel, address: str
) -> None:
    press(address, channel)
    entry = CheckIn.objects.get()
    entry.pk, entry.period = None, "2026-03-02/2"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
    entry.channel, entry.by = Channel.objects.get(name="Ungdomens hus"), town.dag
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
        connection.check_constraints()


# --- what it gives away --------------------------------------------------------------------------


def test_whoever_comes_upon_it_reads_the_channels_names_and_gets_in_nowhere(
    town: Town, channel: Channel, address: str
) -> None:
    stranger = Client()
    page = stranger.get(address)
    press(address)
    for answer in (page, stranger.get(address)):
        words = answer.content.decode()
        for secret in (town.cleo.name, town.cleo.email, "Cleo", channel.url, "csrfmiddleware"):
            assert secret not in words
        assert not answer.cookies
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "<script" not in words
        assert 'name="robots" content="noindex"' in words
    assert stranger.get(reverse("today")).status_code == 302


def test_a_name_that_is_not_shown_is_not_told_by_it_either(
    town: Town, channel: Channel, address: str
) -> None:
    User.objects.filter(pk__in=[town.cleo.pk, town.dag.pk]).update(name_hidden=True)
    check_in(channel, by=town.dag, now=MORNING)
    words = text(press(address))
    assert not any(name in words for name in ("Cleo", "Dag", "Sjö", "Åberg"))


@pytest.mark.parametrize("language", ["sv", "nn"])
def test_the_page_speaks_the_person_s_language(town: Town, address: str, language: str) -> None:
    User.objects.filter(pk=town.cleo.pk).update(language=language)
    page = Client().get(address)
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in page.content.decode()


# --- where it is read ----------------------------------------------------------------------------


def test_by_mail_link_is_read_wherever_the_look_is(
    town: Town, channel: Channel, address: str
) -> None:
    press(address)
    entry = CheckIn.objects.get(channel=channel)
    pages: dict[User, list[tuple[str, list[int], str]]] = {
        town.cleo: [
            ("today", [], "by you, by mail link"),
            ("moderation:correct_check_in", [entry.pk], "entered by Cleo Sjö by mail link"),
            ("channels:channel", [channel.pk], "Looked at, by mail link"),
        ],
        town.dag: [("today", [], "by Cleo Sjö, by mail link")],
    }
    for reader, read in pages.items():
        client = Client()
        client.force_login(reader, "allauth.account.auth_backends.AuthenticationBackend")
        for name, args, words in read:
            assert words in text(client.get(reverse(name, args=args))), name
