"""Mitt arbete: what waits, late first, with its clause and one button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from governance import today
from governance.models import Obligation, User
from governance.obligations import meet, open_obligations
from governance.roles import Role
from governance.today import PER_PAGE, Section, SectionSource, page_for
from governance.working_time import NOT_DUE, Calendar
from tests.governance.duties import LOOK, adopt_ladder, only, plan
from tests.town import NOW, Town, at, later


@pytest.fixture(autouse=True)
def look(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    adopt_ladder(town.municipality)
    # the sections of the apps above would take the duty off the list
    monkeypatch.setattr(today, "_sources", [])
    with only(LOOK), translation.override("en"), timezone.override(town.municipality.zone):
        yield


def owe(town: Town, **other: object) -> None:
    open_obligations([plan(town.library, NOW, **other)], now=NOW)


def rows(user: User, now: object = NOW) -> dict[str, list[tuple[str, str, str]]]:
    groups = page_for(user, now)["groups"]  # type: ignore[arg-type]
    return {
        group.title: [(row.state, row.when, row.near) for row in group.rows] for group in groups
    }


def test_what_waits_is_grouped_by_how_near_it_is(town: Town) -> None:
    calendar = Calendar.of(town.municipality)
    owe(town)
    owe(town, period="clock", due=calendar.moment(at("2026-03-02", "16:30")))
    owe(town, period="friday", due=calendar.whole_day(at("2026-03-06").date()))
    owe(town, period="some day", due=NOT_DUE)
    owe(town, period="missed", due=calendar.whole_day(at("2026-02-27").date()))
    assert rows(town.anna) == {
        "Late": [("late", "Late", "was due 27 February")],
        "Today": [("soon", "Today 16:30", ""), ("soon", "Today", "")],
        "Later": [("", "Fri 6 Mar", "")],
        "Without a day": [("", "When you can", "has waited since 2 March")],
    }


def test_a_row_cites_its_clause_and_leads_to_where_it_is_met(town: Town) -> None:
    owe(town)
    (group,) = page_for(town.anna, NOW)["groups"]
    (row,) = group.rows
    obligation = Obligation.objects.get()
    assert row.what == "Look at the unit: Ekby bibliotek"
    assert (row.why, row.clause, row.url, row.act) == (
        obligation.says,
        obligation.clause,
        obligation.path,
        "Open",
    )


def test_the_lead_counts_what_waits_and_what_is_late(town: Town) -> None:
    assert page_for(town.anna, NOW)["lead"].endswith("Nothing waits for you.")
    owe(town)
    assert page_for(town.anna, NOW)["lead"].endswith("1 thing waits.")
    assert page_for(town.anna, later(days=1))["lead"].endswith("1 of them is late.")


def test_what_is_done_today_is_seen_today_only(town: Town) -> None:
    owe(town)
    meet(Obligation.objects.get(), by=town.anna, now=NOW)
    (done,) = page_for(town.anna, later(hours=1))["done"]
    assert (done["at"], done["late"]) == (NOW, False)
    assert page_for(town.anna, later(days=1))["done"] == []
    assert page_for(town.sten, later(hours=1))["done"] == []


def test_a_deputy_sees_for_whom_and_until_when(town: Town) -> None:
    absence = {"starts_on": NOW.date(), "ends_on": later(days=3).date()}
    town.anna.absences.create(deputy=town.dag, entered_by=town.anna, entered_at=NOW, **absence)
    assert page_for(town.dag, NOW)["stands_in"] == ["You stand in for Anna Ek until 5 March."]
    User.objects.filter(pk=town.anna.pk).update(name_hidden=True)
    assert "Anna" not in page_for(town.dag, NOW)["stands_in"][0]


def test_a_ladder_that_could_not_be_planned_says_so(town: Town) -> None:
    owe(town)
    Obligation.objects.update(problem="OverflowError: date value out of range")
    (group,) = page_for(town.anna, NOW)["groups"]
    assert "No reminder could be planned, because: OverflowError" in group.rows[0].why


def test_a_long_list_has_pages_in_order_of_due_time_and_costs_no_more_queries(town: Town) -> None:
    calendar = Calendar.of(town.municipality)
    owe(town)
    with CaptureQueriesContext(connection) as few:
        page_for(town.anna, NOW)
    days = [later(days=n).date() for n in range(300)]
    plans = [plan(town.library, NOW, period=str(day), due=calendar.whole_day(day)) for day in days]
    open_obligations(reversed(plans), now=NOW)
    with CaptureQueriesContext(connection) as many:
        first = page_for(town.anna, NOW)
    assert len(many) == len(few)
    assert (first["page"].paginator.count, first["page"].paginator.num_pages) == (300, 6)
    assert "300 things wait." in first["lead"]
    second = page_for(town.anna, NOW, number="2")
    whens = [row.when for page in (first, second) for group in page["groups"] for row in group.rows]
    assert len(whens) == 2 * PER_PAGE
    assert whens[:2] == ["Today", "Tomorrow"]
    assert whens[PER_PAGE] == date_format(days[PER_PAGE], "SHORT_WEEKDAY_FORMAT")
    assert page_for(town.anna, NOW, number="99")["page"].number == 6


def test_the_lead_tells_what_sections_show_apart_from_what_the_menu_counts(town: Town) -> None:
    owe(town)
    today.add_section(
        SectionSource(
            order=1,
            duties=frozenset(),
            make=lambda _user, _now: Section("components/empty_state.html", {}, "4 boxes to open."),
        )
    )
    assert page_for(town.anna, NOW)["lead"].endswith("4 boxes to open. 1 thing waits.")
    assert today.lead_for(town.anna, NOW) == page_for(town.anna, NOW)["lead"]


def test_the_numbers_are_told_by_themselves_for_the_page_that_is_open(
    town: Town, client: Client
) -> None:
    now = timezone.now()
    client.force_login(town.anna)
    said = client.get("/today/counts/", headers={"HX-Request": "true"}).content.decode()
    assert "Nothing waits for you." in said
    assert 'hx-swap-oob="outerHTML:[data-count=' in said
    open_obligations([plan(town.library, now)], now=now)
    said = client.get("/today/counts/", headers={"HX-Request": "true"}).content.decode()
    assert "1 thing waits." in said
    assert '<span class="count" data-count="today" hx-swap-oob' in said


def test_an_upper_app_s_section_takes_its_duty_out_of_the_list(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "_sources", [])
    owe(town)
    today.add_section(
        SectionSource(
            order=1,
            duties=frozenset({"check_in"}),
            make=lambda _user, _now: Section("components/empty_state.html", {"title": "Checks"}),
        )
    )
    page = page_for(town.anna, NOW)
    assert page["groups"] == []
    assert [section.context["title"] for section in page["sections"]] == ["Checks"]


def test_the_page_shows_what_waits_and_nobody_else_s(town: Town, client: Client) -> None:
    now = timezone.now()
    open_obligations([plan(town.library, now)], now=now)
    client.force_login(town.anna)
    page = client.get("/today/")
    assert page.status_code == 200
    assert "Look at the unit: Ekby bibliotek" in page.content.decode()
    assert f'href="/units/{town.library.pk}/look/"' in page.content.decode()
    for other in (town.sten, town.cleo, town.otto):
        client.force_login(other)
        assert "Look at the unit" not in client.get("/today/").content.decode()


def test_a_stranger_is_sent_to_the_login_page(client: Client) -> None:
    answer = client.get("/today/")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_the_menu_counts_what_waits(town: Town, client: Client) -> None:
    now = timezone.now()
    open_obligations(
        [plan(town.library, now, period=str(n), who=Role.OPERATIONS_MANAGER) for n in range(7)],
        now=now,
    )
    client.force_login(town.anna)
    assert client.get("/today/").context["nav"][0].count == 7
