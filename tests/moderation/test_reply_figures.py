"""How answers went, counted: in time, late, missed, for each channel and period."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.models import Channel
from channels.page import promise_rows
from governance.policy.in_force import policy_for
from moderation.actions import answer_inquiry, give_holding_reply, leave_unanswered
from moderation.reply_figures import Figures, of_channel
from tests.channels_of_town import assign, library_page, open_channel
from tests.moderation.inquiries import asked
from tests.town import NOW, Town, at, build, later

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
#: A week on: all that was asked on NOW has been due.
THEN = at("2026-03-09", "09:00")


@pytest.fixture
def varmdo(db: None) -> tuple[Town, Channel]:
    town = build("varmdo")
    return town, library_page(town)


def criticised(
    town: Town, channel: Channel, count: int, *, answered: datetime | None = None
) -> None:
    """So many criticisms, due a day after NOW, answered at a moment or not at all."""
    for number in range(count):
        inquiry = asked(channel, town.cleo, kind="criticism", about=f"{count}/{number}")
        if answered is not None:
            answer_inquiry(inquiry, by=town.cleo, now=answered)


def test_a_channel_has_its_share_met_in_time_and_those_late_and_missed_apart(
    varmdo: tuple[Town, Channel],
) -> None:
    town, channel = varmdo
    due = later(days=1)
    criticised(town, channel, 3, answered=due - timedelta(microseconds=1))
    criticised(town, channel, 2, answered=due)
    criticised(town, channel, 1)
    assert of_channel(channel, FIRST, LAST, THEN) == Figures(in_time=3, late=2, missed=1)
    assert of_channel(channel, FIRST, LAST, THEN).share == 0.5
    before = of_channel(channel, FIRST, LAST, due - timedelta(minutes=1))
    assert (before.missed, before.running) == (0, 1)


def test_what_has_no_moment_is_given_or_waits_and_is_never_late(
    varmdo: tuple[Town, Channel],
) -> None:
    town, channel = varmdo
    answer_inquiry(asked(channel, town.cleo), by=town.cleo, now=THEN)
    give_holding_reply(asked(channel, town.cleo), by=town.cleo, now=THEN)
    found = of_channel(channel, FIRST, LAST, later(days=300))
    assert found == Figures(given=3, waiting=1)  # two clocks each; the full answer's still runs
    assert found.share is None
    assert found.owed == 4


def test_what_needed_no_answer_is_counted_nowhere(varmdo: tuple[Town, Channel]) -> None:
    town, channel = varmdo
    inquiry = asked(channel, town.cleo, kind="criticism")
    leave_unanswered(inquiry, ground="gone", reason="Borta", by=town.cleo, now=NOW)
    assert of_channel(channel, FIRST, LAST, THEN).owed == 0


def test_an_answer_belongs_to_the_day_on_which_it_was_due(varmdo: tuple[Town, Channel]) -> None:
    town, channel = varmdo
    asked(channel, town.cleo, kind="criticism", posted=at("2026-03-31", "12:00"))
    asked(channel, town.cleo, posted=at("2026-03-31", "23:30"))
    march = of_channel(channel, FIRST, LAST, at("2026-05-01"))
    april = of_channel(channel, date(2026, 4, 1), date(2026, 4, 30), at("2026-05-01"))
    assert (march.missed, march.waiting) == (0, 2)
    assert (april.missed, april.waiting) == (1, 0)


def test_a_channel_is_counted_by_one_query_and_no_other_channel_with_it(
    varmdo: tuple[Town, Channel],
) -> None:
    town, channel = varmdo
    other = open_channel(town.school, "Ekbackens skola")
    assign(town.cleo, other)
    theirs = open_channel(town.neighbour_unit, "Grannby")
    asked(theirs, town.otto, kind="criticism")
    criticised(town, channel, 2)
    criticised(town, other, 1, answered=NOW)
    with CaptureQueriesContext(connection) as taken:
        found = of_channel(channel, FIRST, LAST, THEN)
    assert len(taken) == 1
    assert found == Figures(missed=2)
    assert of_channel(other, FIRST, LAST, THEN) == Figures(in_time=1)


def test_the_channels_page_holds_the_promise_beside_how_it_goes(
    varmdo: tuple[Town, Channel],
) -> None:
    town, channel = varmdo

    def practice(now: datetime) -> tuple[str, str]:
        rows = promise_rows(channel, policy_for(channel.unit, now), now)
        (row,) = (each for each in rows if str(each.label) == "Answers to questions")
        return str(row.practice.words), row.practice.state

    assert practice(NOW)[1] == "none"
    criticised(town, channel, 3, answered=NOW)
    assert practice(THEN) == ("3 of 3 answers in time this year (100,0 %)", "done")
    criticised(town, channel, 1)
    assert practice(THEN) == ("3 of 4 answers in time this year (75,0 %)", "late")
