"""The list of channels that everybody in the municipality sees."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels.models import Channel, Platform
from tests.browsers import client_of
from tests.town import NOW, Town


def enter(town: Town, count: int) -> None:
    platforms = list(Platform.objects.all()[:4])
    units = [town.root, town.culture, town.library, town.school]
    Channel.objects.bulk_create(
        Channel(
            municipality=town.municipality,
            unit=units[number % 4],
            platform=platforms[number % 4],
            name=f"Konto {number:03}",
            slug=f"konto-{number}",
            url=f"https://www.example.org/konto{number}",
            state=Channel.State.OPEN,
            opened_on="2026-01-05",
            created_at=NOW,
        )
        for number in range(count)
    )


def questions(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(captured)


def test_the_list_asks_the_same_number_of_questions_however_long(town: Town) -> None:
    client = client_of(town.ben)
    enter(town, 1)
    questions(client, "/channels/")
    before = questions(client, "/channels/")
    Channel.objects.all().delete()
    enter(town, 169)

    assert questions(client, "/channels/") == before
    assert questions(client, "/channels/?page=4&q=konto&state=open") == before


def test_a_page_of_the_list_is_short_and_the_rest_is_on_the_next(town: Town) -> None:
    client = client_of(town.ben)
    enter(town, 169)

    pages = [client.get(f"/channels/?page={number}").content.decode() for number in range(1, 5)]

    assert [page.count("Konto ") for page in pages] == [50, 50, 50, 19]
