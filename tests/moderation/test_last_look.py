"""When a channel was last looked at, as *Check today* tells it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone, translation
from django.utils.formats import date_format

from governance.obligations import open_due
from moderation.actions import check_in, check_in_afterwards
from moderation.today import Row, check_today
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.town import Town, at, build, later


def only_row(town: Town, now: datetime) -> Row:
    """The one channel in Cleo's section."""
    section = check_today(town.cleo, now)
    assert section is not None
    rows: list[Row] = section["rows"]
    assert len(rows) == 1
    return rows[0]


def test_it_is_not_when_another_was_written_afterwards(town: Town) -> None:
    channel = library_page(town)
    looked, wrote = at("2026-03-03", "09:00"), at("2026-03-03", "11:00")
    open_due(at("2026-03-02", "08:00"))
    check_in(channel, by=town.cleo, now=looked)
    check_in_afterwards(channel, date(2026, 3, 2), by=town.cleo, now=wrote, note="Jag tittade.")
    assert only_row(town, later(wrote, hours=1)).last == looked


def test_a_look_in_the_evening_is_late_and_the_last(db: None) -> None:
    """Under Vetlanda's guideline a look is made in office hours."""
    town = build("vetlanda")
    channel = library_page(town)
    for day in ("2026-03-02", "2026-03-03"):
        open_due(at(day, "08:00"))
    check_in(channel, by=town.cleo, now=at("2026-03-02", "10:00"))
    evening = at("2026-03-03", "17:40")
    assert check_in(channel, by=town.cleo, now=evening).late
    assert only_row(town, at("2026-03-04")).last == evening


def test_of_a_look_that_was_only_written_afterwards_the_day_is_told(town: Town) -> None:
    channel, now = library_page(town), timezone.now()
    yesterday = now - timedelta(days=1)
    open_due(yesterday)
    day = town.municipality.today(yesterday)
    check_in_afterwards(channel, day, by=town.cleo, now=now, note="Jag tittade.")
    row = only_row(town, now)
    assert (row.last, row.last_day) == (None, day)
    page = client_of(town.cleo).get("/today/").content.decode()
    with translation.override("en"):
        assert f"Last {date_format(day, 'SHORT_WEEKDAY_FORMAT')}" in page
