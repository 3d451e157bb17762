"""The page of letters: to whom, why, when, what waits with its error, and never what they said."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Notice, User
from governance.notices import post
from governance.outbox import RIGHT, STATES
from governance.permissions import RIGHTS
from governance.roles import Role
from tests.browsers import client_of
from tests.test_letters import kinds_written
from tests.town import NOW, Town, appoint, later


def written(town: Town, to: User | str, subject: str, **changes: Any) -> Notice:
    kind = changes.pop("kind", "digest")
    notice = post(to, kind, subject, "Hemligt.", municipality=town.municipality, now=NOW)
    Notice.objects.filter(pk=notice.pk).update(**changes)
    return notice


def text(answer: HttpResponseBase) -> str:
    return " ".join(b"".join(answer).decode().split())


def page(town: Town, **asked: str) -> str:
    answer = client_of(town.ben).get(reverse("notices"), asked)
    assert answer.status_code == 200
    return text(answer)


def test_a_letter_is_told_of_by_whom_it_went_to_why_and_when_and_not_by_what_it_said(
    town: Town,
) -> None:
    written(town, town.anna, "Late: Snapshot", sent_at=later(minutes=2))
    seen = page(town)
    for words in ("Late: Snapshot", "Anna Ek", town.anna.email, "Something is to be done or late"):
        assert words in seen
    assert "9:02" in seen
    assert "Hemligt" not in seen


def test_what_waits_stands_there_with_its_error_and_the_next_try(town: Town) -> None:
    refused = {"error": "SMTPDataError: 451 Try again", "attempts": 2}
    written(town, town.anna, "Ett ärende", send_after=later(minutes=5), **refused)
    seen = page(town)
    assert "Tried 2 times" in seen
    assert "SMTPDataError: 451 Try again" in seen
    assert "9:05" in seen


def test_a_letter_to_the_municipality_s_own_address_stands_by_it(town: Town) -> None:
    written(town, town.municipality.registrar_email, "Kontrollpunkt", kind="checkpoint")
    assert town.municipality.registrar_email in page(town)


def test_the_list_is_narrowed_by_words_kind_and_state(town: Town) -> None:
    written(town, town.anna, "Första", sent_at=NOW)
    written(town, town.cleo, "Andra", kind="morning")
    written(town, town.cleo, "Tredje", error="OSError: away")
    for asked, found in [
        ({"words": "anna"}, {"Första"}),
        ({"words": "ANDRA"}, {"Andra"}),
        ({"words": town.cleo.email}, {"Andra", "Tredje"}),
        ({"kind": "morning"}, {"Andra"}),
        ({"state": "waiting"}, {"Andra", "Tredje"}),
        ({"state": "failed"}, {"Tredje"}),
        ({"state": "sent"}, {"Första"}),
        ({"state": "sent", "words": "cleo"}, set()),
        ({"state": "unheard of"}, {"Första", "Andra", "Tredje"}),
    ]:
        seen = page(town, **asked)
        subjects = {each for each in ("Första", "Andra", "Tredje") if f'row">{each}' in seen}
        assert subjects == found, asked
    assert "No letter fits" in page(town, words="finns inte")
    assert set(STATES) == {"waiting", "failed", "sent"}


def test_somebody_whose_name_is_not_shown_is_read_by_title_and_found_by_neither_name_nor_address(
    town: Town,
) -> None:
    error = f"SMTPRecipientsRefused: {town.cleo.email}"
    written(town, town.cleo, "Ett ärende", error=error)
    User.objects.filter(pk=town.cleo.pk).update(name_hidden=True)
    seen = page(town)
    assert "bibliotekarie" in seen
    assert "Cleo" not in seen
    assert town.cleo.email not in seen
    for words in ("Cleo", town.cleo.email):
        assert "No letter fits" in page(town, words=words)


def test_communications_and_overseers_see_it_and_others_are_told_why_not(town: Town) -> None:
    appoint(town.ola, Role.AUDITOR, town.root)
    for reader, status in [(town.ben, 200), (town.ola, 200), (town.cleo, 403), (town.anna, 403)]:
        assert client_of(reader).get(reverse("notices")).status_code == status
    assert reverse("notices") in text(client_of(town.ben).get(reverse("today")))
    assert reverse("notices") not in text(client_of(town.cleo).get(reverse("today")))
    assert RIGHT in RIGHTS


def test_the_neighbours_see_their_own_letters_only(town: Town) -> None:
    written(town, town.anna, "Ekbys ärende")
    post(town.otto, "digest", "Grannbys", "…", municipality=town.neighbour, now=NOW)
    seen = text(client_of(town.otto).get(reverse("notices")))
    assert "Grannbys" in seen
    assert "Ekbys" not in seen
    assert "Grannbys" not in page(town)


def test_every_kind_of_letter_has_words_for_why(town: Town) -> None:
    kinds = kinds_written()
    for kind in kinds:
        written(town, town.anna, "Ett ärende", kind=kind)
    client = client_of(town.ben)
    told = dict(client.get(reverse("notices")).context["kinds"])
    assert told.keys() == kinds
    assert [kind for kind, words in told.items() if words == kind] == []


def test_a_long_list_has_pages_and_costs_no_more_questions(town: Town) -> None:
    client = client_of(town.ben)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("notices")).status_code == 200
        return len(asked)

    written(town, town.anna, "Ett ärende")
    cost()  # what is read once in a process
    few = cost()
    for number in range(120):
        written(town, town.cleo if number % 2 else town.dag, f"Ärende {number}")
    assert cost() == few
    assert "Page 1 of 3" in page(town)


@pytest.mark.parametrize("page_number", ["0", "99", "x"])
def test_a_page_that_is_not_there_shows_one_that_is(town: Town, page_number: str) -> None:
    written(town, town.anna, "Ett ärende")
    assert "Ett ärende" in page(town, page=page_number)
