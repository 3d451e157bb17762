"""The public pages are kept for the next reader, and never a moment too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from channels.actions.register import change_channel
from channels.models import Channel
from governance import public_pages
from governance.actions import change_municipality, change_unit
from governance.models import Municipality
from governance.policy.adoption import adopt_policy
from tests.browsers import client_of
from tests.channels_of_town import open_channel
from tests.town import NOW, POLICIES, Town

PAGES = [
    "/ekby/",
    "/ekby/?lang=en",
    "/ekby/ekbybibliotek/",
    "/ekby/register.json",
    "/ekby/register.csv",
]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second passes unless a test says so."""
    monkeypatch.setattr(public_pages, "monotonic", lambda: 100.0)


@pytest.fixture
def library(town: Town) -> Channel:
    return open_channel(town.library, description="Boktips.")


def ask(path: str = "/ekby/", **headers: str) -> Any:
    return Client().get(path, headers=headers)


def queries(path: str, client: Client | None = None) -> int:
    with CaptureQueriesContext(connection) as captured:
        (client or Client()).get(path)
    return len(captured)


@pytest.mark.parametrize("path", PAGES)
def test_the_next_reader_gets_the_same_page_without_a_question(library: Channel, path: str) -> None:
    first = ask(path)

    with CaptureQueriesContext(connection) as captured:
        second = ask(path)

    assert len(captured) == 0
    assert (second.status_code, second.content) == (200, first.content)
    assert dict(second.items()) == dict(first.items())
    assert "default-src 'none'" in second.headers["Content-Security-Policy"]
    assert second.headers["X-Frame-Options"] == "DENY"
    assert second.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in second.headers["Vary"]
    assert not second.cookies


def test_the_language_of_the_page_stands_over_it(library: Channel) -> None:
    for _reader in range(2):
        assert ask("/ekby/").headers["Content-Language"] == "sv"
        assert ask("/ekby/?lang=en").headers["Content-Language"] == "en"


def test_another_process_asks_only_whether_the_page_still_holds(library: Channel) -> None:
    first = ask()
    public_pages.forget()  # what a second does, or another process never knew

    with CaptureQueriesContext(connection) as captured:
        assert ask().content == first.content

    assert len(captured) == 1


def test_whoever_has_the_page_is_told_so_and_a_head_gets_no_body(library: Channel) -> None:
    mark = ask().headers["ETag"]

    unchanged = ask("/ekby/", if_none_match=mark)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["ETag"] == mark
    assert "Content-Security-Policy" in unchanged.headers
    assert ask("/ekby/", if_none_match='"another"').status_code == 200
    head = Client().head("/ekby/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == ask().headers["Content-Length"]


def test_a_search_is_answered_anew(library: Channel) -> None:
    for _reader in range(2):
        assert queries("/ekby/?q=bok") > 0


def test_whoever_is_signed_in_neither_gets_nor_leaves_a_kept_page(
    library: Channel, town: Town
) -> None:
    client = Client()
    client.force_login(town.cleo)
    client.get("/ekby/")

    assert queries("/ekby/") > 1, "nothing was kept for strangers"
    assert queries("/ekby/", client) > 1


@pytest.mark.parametrize("path", ["/ekby/nothing/", "/nowhere/", "/nowhere/register.json"])
def test_what_is_not_there_is_not_kept(library: Channel, path: str) -> None:
    for _reader in range(2):
        assert ask(path).status_code == 404


def test_a_host_that_is_not_ours_is_refused_also_where_a_page_is_kept(library: Channel) -> None:
    ask()

    assert ask("/ekby/", host="elsewhere.example").status_code == 400


def test_a_change_shows_at_once_where_it_was_made(
    library: Channel, town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for path in PAGES:
        ask(path)

    with django_capture_on_commit_callbacks(execute=True):
        change_channel(library, by=town.ben, now=NOW, description="Nya boktips.")

    for path in PAGES:
        assert "Nya boktips." in ask(path).content.decode(), path


def test_a_change_shows_elsewhere_within_a_second(
    library: Channel, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its callbacks never run, as where another process made it or this one died."""
    ask()
    change_channel(library, by=town.ben, now=NOW, description="Nya boktips.")

    monkeypatch.setattr(public_pages, "monotonic", lambda: 101.0)

    assert "Nya boktips." in ask().content.decode()


def test_contacts_units_and_policy_stand_on_the_pages_too(library: Channel, town: Town) -> None:
    def version() -> int:
        return Municipality.objects.get(pk=town.municipality.pk).register_version

    seen = [version()]
    change_municipality(town.municipality, by=town.ben, now=NOW, phone="0100-99 99")
    seen.append(version())
    change_unit(town.library, by=town.ben, now=NOW, name="Nya biblioteket")
    seen.append(version())
    adopt_policy(
        town.municipality,
        (POLICIES / "vargarda.toml").read_text(),
        decision="KF § 2",
        adopted_on=NOW.date(),
        in_force_from=NOW.date(),
        by=town.ben,
        now=NOW,
    )
    seen.append(version())

    assert seen == sorted(set(seen))
    public_pages.forget()
    assert "0100-99 99" in ask().content.decode()


def test_a_new_day_makes_new_pages(library: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that is adopted for tomorrow holds from tomorrow, and so do its pages."""
    ask()
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    public_pages.forget()

    assert queries("/ekby/") > 1


def test_without_redis_the_public_still_reads(library: Channel, settings: Settings) -> None:
    nowhere = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock?db=0"}
    settings.CACHES = {"default": nowhere}

    assert "Boktips." in ask().content.decode()


def test_what_redis_has_lost_is_made_again(library: Channel) -> None:
    first = ask()
    cache.clear()
    public_pages.forget()

    assert ask().content == first.content


def test_a_process_holds_no_more_pages_than_it_has_room_for(
    library: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_pages, "_HELD", 2)
    for path in PAGES:
        ask(path)

    assert len(public_pages._believed) <= 2


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_anybody_s_to_keep_only_as_a_stranger_sees_it(
    library: Channel, town: Town, path: str
) -> None:
    reader = client_of(town.cleo)

    assert "public" in ask(path).headers["Cache-Control"]
    for answer in (reader.get(path), reader.get(path)):
        assert "private" in answer.headers["Cache-Control"]
        assert "public" not in answer.headers["Cache-Control"]
    assert "public" in ask(path).headers["Cache-Control"], "nor is hers kept for others"
