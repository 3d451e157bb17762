"""What a page asks many times is asked once, and never of what is being written."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from governance.asked_once import asking_once, once, reading_asks_once
from governance.models import Appointment
from governance.permissions import rights_of
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.town import NOW, Town


class Asked:
    """A question that counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_within_it_the_same_is_asked_once_and_afterwards_anew() -> None:
    ask = Asked()
    assert [once("it", ask), once("it", ask)] == [1, 2]
    with asking_once():
        with asking_once():
            assert once("it", ask) == 3
        assert [once("it", ask), once("another", ask)] == [3, 4]
    assert once("it", ask) == 5


@pytest.mark.parametrize(("method", "times"), [("GET", 1), ("HEAD", 1), ("POST", 2)])
def test_only_a_request_that_reads_asks_once(method: str, times: int) -> None:
    ask = Asked()

    def answer(_request: HttpRequest) -> HttpResponse:
        once("it", ask)
        once("it", ask)
        return HttpResponse()

    reading_asks_once(answer)(RequestFactory().generic(method, "/"))
    assert ask.times == times


def test_my_work_with_its_menu_asks_nothing_again_and_again(town: Town) -> None:
    library_page(town)
    client = client_of(town.cleo)
    client.get("/today/")  # what is read once in a process
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/today/").status_code == 200
    asked = Counter(query["sql"] for query in queries)
    assert max(asked.values()) <= 2, asked.most_common(3)


def test_what_changed_since_is_seen_by_the_next_who_asks(town: Town) -> None:
    client = client_of(town.anna)
    assert "Duties" in client.get("/today/").content.decode()
    with asking_once():
        assert "see_overview" in rights_of(town.anna, NOW)
        Appointment.objects.filter(user=town.anna).delete()
    assert "see_overview" not in rights_of(town.anna, NOW)
    assert "Duties" not in client.get("/today/").content.decode()
