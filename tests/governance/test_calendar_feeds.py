"""What waits, in a calendar program: an address that its owner makes, sees and revokes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar as Read
from icalendar import Event

from governance.actions import change_person
from governance.calendar_feeds import address_of, calendar_of, make_feed, revoke_feed
from governance.errors import NoLongerPossible
from governance.models import AuditEntry, CalendarFeed, Obligation, User
from governance.obligations import meet, open_due, open_obligations
from governance.signed_links import UNSIGNED
from governance.working_time import NOT_DUE, Calendar
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.governance.duties import plan
from tests.town import NOW, Town, at, build


def path_of(feed: CalendarFeed) -> str:
    return address_of(feed).removeprefix(settings.BASE_URL)


@pytest.fixture
def path(town: Town) -> str:
    """The address of Anna's feed."""
    return path_of(make_feed(by=town.anna, now=NOW))


def owe(town: Town, **other: object) -> None:
    open_obligations([plan(town.library, NOW, **{"duty": "administrators", **other})], now=NOW)


def events(user: User, now: datetime = NOW) -> list[Event]:
    assert user.municipality is not None
    read = Read.from_ical(calendar_of(user, user.municipality, now))
    assert isinstance(read, Read)
    return list(read.events)


# --- what is in it -------------------------------------------------------------------------------


def test_what_is_due_on_a_day_is_all_day_and_what_is_due_by_the_clock_has_its_moment(
    town: Town,
) -> None:
    calendar = Calendar.of(town.municipality)
    owe(town, period="friday", due=calendar.whole_day(date(2026, 3, 6)))
    owe(town, period="clock", due=calendar.moment(at("2026-03-05", "16:30")))
    owe(town, period="some day", due=NOT_DUE)
    by_the_clock, all_day = events(town.anna)
    assert all_day.start == date(2026, 3, 6)
    assert by_the_clock.start == at("2026-03-05", "16:30")
    assert str(all_day["SUMMARY"]) == "Appoint another administrator: Ekby bibliotek"
    assert str(all_day["TRANSP"]) == "TRANSPARENT"


def test_an_entry_says_why_cites_the_clause_and_leads_to_where_it_is_met(town: Town) -> None:
    owe(town)
    row = Obligation.objects.get()
    (event,) = events(town.anna)
    assert str(event["DESCRIPTION"]) == f"{row.says}\n{row.clause}"
    assert str(event["URL"]) == f"{settings.BASE_URL}{row.path}"


def test_an_entry_keeps_its_name_and_goes_when_it_is_done(town: Town) -> None:
    owe(town)
    (first,) = events(town.anna)
    Obligation.objects.update(due_on=date(2026, 3, 9))
    (moved,) = events(town.anna)
    assert (first.uid, first.DTSTAMP) == (moved.uid, moved.DTSTAMP)
    assert first.start != moved.start
    meet(Obligation.objects.get(), by=town.anna, now=NOW)
    assert events(town.anna) == []


def test_a_look_that_was_missed_is_not_in_it_and_the_next_is(town: Town) -> None:
    library_page(town)
    tomorrow = NOW + timedelta(days=1)
    open_due(NOW)
    open_due(tomorrow)
    assert Obligation.objects.overdue(tomorrow).filter(duty="check_in").exists()
    looks = [each for each in events(town.cleo, tomorrow) if "Look at" in str(each["SUMMARY"])]
    assert [look.start for look in looks] == [tomorrow.date()]


def test_what_is_late_and_can_still_be_done_stays_in_it(town: Town) -> None:
    """Another thing that is late, and the duty of supervision that is broken."""
    calendar = Calendar.of(town.municipality)
    owe(town, due=calendar.whole_day(date(2026, 2, 20)))
    assert [each.start for each in events(town.anna)] == [date(2026, 2, 20)]
    library_page(town)
    late = NOW + timedelta(days=20)
    for day in range(21):
        open_due(NOW + timedelta(days=day))
    broken = Obligation.objects.overdue(late).get(duty="legal_floor")
    assert broken.due_on in [each.start for each in events(town.cleo, late)]


def test_each_reads_their_own(town: Town) -> None:
    owe(town)
    assert len(events(town.anna)) == 1
    for other in (town.sten, town.cleo, town.otto):
        assert events(other) == []


def test_the_file_is_a_calendar_by_the_standard(town: Town) -> None:
    owe(town, label="Bokbussen, linje 4; och en rad som är längre än sjuttiofem oktetter i filen å")
    content = calendar_of(town.anna, town.municipality, NOW)
    lines = content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert all(len(line) <= 75 for line in lines), "RFC 5545, 3.1"
    assert b"VERSION:2.0" in lines
    assert content.count(b"PRODID:") == 1
    assert b"Bokbussen\\, linje 4\\;" in content.replace(b"\r\n ", b"")


def test_a_name_that_is_no_longer_shown_does_not_stand_in_it(db: None) -> None:
    town = build("varmdo")  # where Anna is to inform each editor
    library_page(town)
    open_due(NOW)
    due = Calendar.of(town.municipality).whole_day(NOW.date())
    Obligation.objects.filter(duty="informing").update(due_on=due.on, due_at=due.at)
    assert b"Cleo" in calendar_of(town.anna, town.municipality, NOW)
    change_person(town.cleo, name_hidden=True, by=town.ben, now=NOW)
    read = calendar_of(town.anna, town.municipality, NOW)
    assert b"Cleo" not in read
    assert b"bibliotekarie" in read


def test_it_costs_the_same_for_many_as_for_few(town: Town) -> None:
    owe(town)
    with CaptureQueriesContext(connection) as few:
        calendar_of(town.anna, town.municipality, NOW)
    for number in range(300):
        owe(town, period=str(number))
    with CaptureQueriesContext(connection) as many:
        assert calendar_of(town.anna, town.municipality, NOW).count(b"BEGIN:VEVENT") == 301
    assert len(many) == len(few)


# --- its address ---------------------------------------------------------------------------------


def test_a_calendar_program_reads_it_without_signing_in_and_has_304_for_what_it_knows(
    town: Town, path: str
) -> None:
    stranger = Client()
    first = stranger.get(path)
    assert first.status_code == 200
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in first.headers["Cache-Control"]
    assert not first.cookies
    known = {"If-None-Match": first.headers["ETag"]}
    again = stranger.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    owe(town)
    assert stranger.get(path, headers=known).status_code == 200
    assert stranger.head(path).status_code == 200
    assert stranger.post(path).status_code == 405


def test_a_revoked_address_is_not_there_and_neither_is_the_one_before_a_new_one(
    town: Town, path: str
) -> None:
    again = path_of(make_feed(by=town.anna, now=NOW))
    assert Client().get(path).status_code == 404
    assert Client().get(again).status_code == 200
    revoke_feed(by=town.anna, now=NOW)
    assert Client().get(again).status_code == 404
    with pytest.raises(NoLongerPossible):
        revoke_feed(by=town.anna, now=NOW)
    acts = AuditEntry.objects.filter(act__startswith="calendar.").order_by("number")
    assert [each.act for each in acts] == ["calendar.made", "calendar.made", "calendar.revoked"]


def test_it_stops_for_whoever_may_no_longer_sign_in(town: Town, path: str) -> None:
    User.objects.filter(pk=town.anna.pk).update(is_active=False)
    assert Client().get(path).status_code == 404


def test_a_forged_address_is_not_there(town: Town, path: str) -> None:
    feed = CalendarFeed.objects.get()
    signature = path.split("/")[4]
    other = make_feed(by=town.sten, now=NOW)
    for key, word in [(feed.key, UNSIGNED), (feed.key, signature[:-1]), (other.key, signature)]:
        assert Client().get(reverse("calendar_feed", args=[key, word])).status_code == 404


def test_neither_the_database_nor_the_log_holds_what_opens_it(town: Town, path: str) -> None:
    signature = path.split("/")[4]
    assert signature not in str(CalendarFeed.objects.values().get())
    assert signature not in str(list(AuditEntry.objects.values()))


def test_the_database_holds_a_person_to_one_address(town: Town, path: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(person=town.anna, made_at=NOW)


# --- the person's own page -----------------------------------------------------------------------


def test_it_is_made_seen_once_seen_once_more_on_asking_and_revoked(town: Town) -> None:
    client = client_of(town.cleo)
    page = reverse("calendar")

    def press(act: str) -> str:
        answer = client.post(page, {"act": act}, follow=True)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        return answer.content.decode()

    assert "/today/calendar/" not in client.get(page).content.decode()
    made = press("make")
    address = address_of(CalendarFeed.objects.get())
    assert address in made
    assert address not in client.get(page).content.decode(), "not by itself"
    assert address in press("show")
    assert address not in client.get(page).content.decode()
    assert "The address no longer works." in press("revoke")
    assert client.post(page, {"act": "revoke"}).status_code == 409
    assert client.post(page, {"act": "show"}, follow=True).status_code == 200


def test_one_sees_and_revokes_one_s_own_only(town: Town, path: str) -> None:
    client = client_of(town.cleo)
    assert (
        path not in client.post(reverse("calendar"), {"act": "show"}, follow=True).content.decode()
    )
    client.post(reverse("calendar"), {"act": "make"})
    assert Client().get(path).status_code == 200
