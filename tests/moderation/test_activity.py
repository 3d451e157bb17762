"""A channel that has gone quiet owes a decision; one of which nobody knows owes a word."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import open_due, replan, waiting_for
from moderation.actions import declare_rest
from moderation.actions.activity import decide_on_quiet_channel, note_latest_post
from moderation.models import ActivityDecision, LatestPost
from tests.browsers import client_of
from tests.channels_of_town import library_page, open_channel
from tests.governance.policy.files import changed, faults
from tests.town import NOW, Town, adopt_text, at, build

#: The ninetieth day without a post after 2 March, and the first on which a decision is owed.
STILL, QUIET = at("2026-05-31"), at("2026-06-01")


RULE = """[closing.inactivity]
value = "activate_or_close"
who = "channel_owner"
clause = "Central samordning"
says = "En kanal som ingen sköter väcks eller avslutas."

[guideline]
"""
ROUTINE = """[routine.inactivity]
says = "En kanal är tyst efter nittio dagar."
inactive_days = 90

[routine.rest]
"""


@pytest.fixture
def town_that_rests(db: None) -> Town:
    """Ekby under Vetlanda's guideline, which has rests, with a word on quiet channels."""
    town = build("vetlanda")
    content = changed('    "closing.inactivity",\n', "", "vetlanda")
    for old, new in (("[guideline]\n", RULE), ("[routine.rest]\n", ROUTINE)):
        assert content.count(old) == 1, old
        content = content.replace(old, new)
    adopt_text(town.municipality, content, number=2, in_force_from=date(2020, 1, 2))
    return town


@pytest.fixture
def resting(town_that_rests: Town) -> Channel:
    """The library's page, which posted on 2 March and rests in the first ten days of April."""
    channel = library_page(town_that_rests)
    posted(channel, "2026-03-02", town_that_rests)
    first, last = date(2026, 4, 1), date(2026, 4, 10)
    declare_rest([channel], why="Påsk", first=first, last=last, by=town_that_rests.ben, now=NOW)
    return channel


def owed(channel: Channel, duty: str = "inactivity") -> list[Obligation]:
    return list(Obligation.objects.about(channel).open().filter(duty=duty))


def posted(channel: Channel, day: str, town: Town, now: Any = NOW) -> LatestPost:
    return note_latest_post(channel, date.fromisoformat(day), by=town.cleo, now=now)


def decided(channel: Channel, town: Town, now: Any = QUIET, **given: Any) -> ActivityDecision:
    newest = ActivityDecision.objects.filter(channel=channel).first()
    values: dict[str, Any] = {
        "outcome": "go_on",
        "reason": "Vi börjar om till hösten.",
        "consulted": "Närmaste chef",
        "seen": newest.pk if newest else None,
        "by": town.cleo,
    }
    return decide_on_quiet_channel(channel, **(values | given), now=now)


# --- what is owed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "clause", "strength"),
    [
        ("vargarda", "3.1 Checklista för användning av sociala medier, punkt 5", "must"),
        ("tyreso", "Avsluta konto", "should"),
    ],
)
def test_more_than_ninety_days_without_a_post_ask_for_a_decision_that_is_never_late(
    db: None, policy: str, clause: str, strength: str
) -> None:
    town = build(policy)
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(STILL)
    assert owed(channel) == []
    open_due(QUIET)
    open_due(at("2026-09-01"))
    (row,) = owed(channel)
    assert (row.clause, row.strength, row.due_at, row.who) == (
        clause,
        strength,
        None,
        "channel_owner",
    )
    assert row.path == reverse("moderation:activity", args=[channel.pk])
    # the tenth working day after 1 June; 6 June is a Saturday, Midsummer's Eve lies behind it
    assert row.steps[0]["at"][:10] == "2026-06-15"


@pytest.mark.parametrize("policy", ["varmdo", "vetlanda", "volda", "ekby"])
def test_where_guideline_or_routine_say_nothing_of_it_nothing_is_ever_owed(
    db: None, policy: str
) -> None:
    town = build(policy)
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(at("2046-03-02"))
    assert owed(channel) + owed(channel, "latest_post") == []


def test_what_is_not_known_is_not_called_quiet_and_is_asked_for_two_months_after_opening(
    town: Town,
) -> None:
    channel = library_page(town)  # open since 7 January
    open_due(at("2026-03-06"))
    assert owed(channel, "latest_post") == []
    open_due(at("2026-03-07"))
    (row,) = owed(channel, "latest_post")
    assert (row.clause, row.due_at) == ("", None)
    assert row.says.startswith("Varannan månad antecknas")
    open_due(at("2027-03-07"))
    assert owed(channel) == []
    assert len(owed(channel, "latest_post")) == 1


def test_saying_it_meets_what_was_asked_and_it_is_asked_again_two_months_later(town: Town) -> None:
    channel = library_page(town)
    open_due(at("2026-03-07"))
    posted(channel, "2026-03-05", town, at("2026-03-08"))
    assert owed(channel, "latest_post") == []
    open_due(at("2026-05-07"))
    assert owed(channel, "latest_post") == []
    open_due(at("2026-05-08"))
    assert len(owed(channel, "latest_post")) == 1


def test_an_old_post_said_today_asks_for_a_decision_today_and_for_nothing_before(
    town: Town,
) -> None:
    channel = library_page(town)
    posted(channel, "2025-06-01", town)
    open_due(NOW)
    (row,) = owed(channel)
    assert (row.opened_at, row.period) == (NOW, "2025-06-01")


def test_youtube_has_longer_as_the_routine_says_of_that_platform(town: Town) -> None:
    film = library_page(town, platform="youtube")
    posted(film, "2026-03-02", town)
    open_due(at("2026-08-31"))
    assert owed(film) == []
    open_due(at("2026-09-01"))
    assert len(owed(film)) == 1


def test_a_kind_of_account_may_have_a_number_of_its_own(town: Town) -> None:
    unless = changed(
        'scope = { platform = "youtube" }\ninactive_days = 182',
        'scope = { account_class = "campaign" }\ninactive_days = 14',
    )
    adopt_text(town.municipality, unless, number=2, in_force_from=date(2020, 1, 2))
    campaign = open_channel(town.library, "Läsveckan", account_class="campaign")
    page = library_page(town)
    for channel in (campaign, page):
        note_latest_post(channel, date(2026, 3, 2), by=town.ben, now=NOW)
    open_due(at("2026-03-17"))
    assert (len(owed(campaign)), owed(page)) == (1, [])


def test_days_of_a_declared_rest_are_not_counted(resting: Channel) -> None:
    open_due(at("2026-06-10"))
    assert owed(resting) == []
    open_due(at("2026-06-11"))
    assert len(owed(resting)) == 1


def test_in_a_rest_nothing_is_asked_of_a_channel_that_was_quiet_before(
    resting: Channel, town_that_rests: Town
) -> None:
    posted(resting, "2025-03-02", town_that_rests)
    open_due(at("2026-04-05"))
    assert owed(resting) == []
    open_due(at("2026-04-11"))
    assert len(owed(resting)) == 1


def test_it_waits_for_the_owners_and_for_nobody_else(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(QUIET)
    (row,) = owed(channel)
    for person, waits in ((town.cleo, True), (town.dag, True), (town.ola, False)):
        assert (row in waiting_for(person, QUIET)) is waits, person


def test_a_channel_that_is_not_open_owes_nothing(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    Channel.objects.filter(pk=channel.pk).update(state="closed", closed_on=date(2026, 4, 1))
    open_due(QUIET)
    assert owed(channel) == []


def test_a_new_version_without_the_routine_asks_no_longer(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(QUIET)
    longer = changed("inactive_days = 90", "inactive_days = 180")
    adopt_text(town.municipality, longer, number=2, in_force_from=date(2026, 6, 1))
    replan(town.municipality, now=QUIET)
    assert owed(channel) == []


def test_under_a_longer_time_it_is_owed_again_when_that_is_over_too(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(QUIET)
    longer = changed("inactive_days = 90", "inactive_days = 180")
    adopt_text(town.municipality, longer, number=2, in_force_from=date(2026, 6, 1))
    replan(town.municipality, now=QUIET)
    open_due(at("2026-08-29"))
    assert owed(channel) == []
    open_due(at("2026-08-30"))
    (row,) = owed(channel)
    assert (row.opened_at, row.waive_reason) == (at("2026-08-30"), "")
    moved = AuditEntry.objects.filter(act="obligation.replanned", facts__duty="inactivity")
    assert moved.get().subject_id == channel.pk


# --- what meets it -------------------------------------------------------------------------------


def test_a_newer_post_meets_it_and_the_days_begin_anew(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(QUIET)
    posted(channel, "2026-06-02", town, at("2026-06-02"))
    assert owed(channel) == []
    open_due(at("2026-08-31"))
    assert owed(channel) == []
    open_due(at("2026-09-01"))
    assert len(owed(channel)) == 1


def test_a_post_that_is_itself_too_old_leaves_it_owed_once(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2025-03-02", town)
    open_due(NOW)
    posted(channel, "2025-04-02", town)
    open_due(NOW)
    assert len(owed(channel)) == 1


def test_a_decision_to_go_on_meets_it_and_gives_as_many_days_again(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(QUIET)
    decided(channel, town)
    assert owed(channel) == []
    open_due(at("2026-08-30"))
    assert owed(channel) == []
    open_due(at("2026-08-31"))
    assert len(owed(channel)) == 1


def test_a_channel_to_be_closed_is_asked_no_more_also_after_its_farewell(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-02", town)
    open_due(QUIET)
    decided(channel, town, outcome="close")
    posted(channel, "2026-06-02", town, at("2026-06-02"))
    open_due(at("2027-06-02"))
    assert owed(channel) + owed(channel, "latest_post") == []


def test_a_decision_leaves_one_row_with_its_clause_and_without_its_words(town: Town) -> None:
    channel = library_page(town)
    decision = decided(channel, town)
    entry = AuditEntry.objects.get(act="channel.goes_on")
    assert entry.clause == "3.1 Checklista för användning av sociala medier, punkt 5"
    assert decision.reason not in str(entry.facts)


def test_it_needs_a_reason_and_closing_those_whom_the_guideline_wants_consulted(db: None) -> None:
    town = build("tyreso")
    channel = library_page(town)
    with pytest.raises(AgainstPolicy) as refused:
        decided(channel, town, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(AgainstPolicy) as refused:
        decided(channel, town, outcome="close", consulted="")
    assert (refused.value.field, refused.value.clause) == ("consulted", "Avsluta konto")
    decided(channel, town, consulted="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityDecision.objects.bulk_create(
            [
                ActivityDecision(
                    municipality=channel.municipality,
                    channel=channel,
                    outcome="close",
                    reason="",
                    policy=ActivityDecision.objects.get(channel=channel).policy,
                    by=town.cleo,
                    at=NOW,
                )
            ]
        )


def test_a_day_that_lies_ahead_is_refused(town: Town) -> None:
    with pytest.raises(AgainstPolicy) as refused:
        posted(library_page(town), "2026-03-03", town)
    assert refused.value.field == "on"


def test_colleagues_and_neighbours_are_refused(town: Town) -> None:
    channel = library_page(town)
    for person in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            note_latest_post(channel, date(2026, 3, 1), by=person, now=NOW)
        with pytest.raises(NotAllowed):
            decided(channel, town, by=person)


def test_the_second_of_two_is_told_who_came_first(town: Town) -> None:
    channel = library_page(town)
    decided(channel, town)
    with pytest.raises(NoLongerPossible, match="Cleo"):
        decided(channel, town, by=town.dag, seen=None)


def test_what_was_said_and_decided_stays(town: Town) -> None:
    channel = library_page(town)
    posted(channel, "2026-03-01", town)
    decided(channel, town)
    for model in (LatestPost, ActivityDecision):
        with pytest.raises(InternalError), transaction.atomic():
            model.objects.update(at=QUIET)


# --- the file ------------------------------------------------------------------------------------


def test_two_numbers_that_tie_are_refused() -> None:
    twice = changed(
        'scope = { platform = "youtube" }\ninactive_days = 182',
        'scope = { platform = "youtube" }\ninactive_days = 182\n\n[[routine.inactivity.unless]]\n'
        'scope = { account_class = "main" }\ninactive_days = 30',
    )
    assert any("two scopes tie" in fault for fault in faults(twice))


def test_the_routine_says_after_how_many_days_and_no_other_does() -> None:
    without = changed("inactive_days = 90\n", "").replace(
        '[[routine.inactivity.unless]]\nscope = { platform = "youtube" }\ninactive_days = 182\n', ""
    )
    assert any("inactive_days: is missing" in fault for fault in faults(without))
    elsewhere = changed("recheck_months = 24\n", "recheck_months = 24\ninactive_days = 3\n")
    assert any("belongs under routine.inactivity" in fault for fault in faults(elsewhere))


# --- the pages -----------------------------------------------------------------------------------


def test_one_tap_on_the_channels_page_says_that_there_is_a_post_today(town: Town) -> None:
    channel = library_page(town)
    client = client_of(town.cleo)
    address = reverse("moderation:latest_post", args=[channel.pk])
    assert address in client.get(reverse("channels:channel", args=[channel.pk])).content.decode()
    assert client.post(address, {"today": "1"}).status_code == 302
    assert LatestPost.objects.get(channel=channel).by == town.cleo


def test_the_daily_look_asks_for_it_where_it_is_owed_and_goes_back_there(town: Town) -> None:
    channel = library_page(town)
    client = client_of(town.cleo)
    address = reverse("moderation:latest_post", args=[channel.pk])
    assert address not in client.get(reverse("today")).content.decode()
    open_due(at("2026-03-07"))
    assert address in client.get(reverse("today")).content.decode()
    answer = client.post(address, {"today": "1", "next": "today"})
    assert answer.headers["Location"] == reverse("today")


def test_the_page_takes_another_day_and_a_decision_and_loses_nothing_typed(town: Town) -> None:
    channel = library_page(town)
    client = client_of(town.cleo)
    post = reverse("moderation:latest_post", args=[channel.pk])
    page = reverse("moderation:activity", args=[channel.pk])
    assert client.post(post, {"on": "2999-01-01"}).status_code == 422
    assert client.post(post, {"on": "2026-01-09"}).status_code == 302
    refused = client.post(
        page, {"outcome": "go_on", "reason": "", "consulted": "Chefen", "seen": ""}
    )
    assert refused.status_code == 422
    assert "Chefen" in refused.content.decode()
    done = client.post(
        page, {"outcome": "go_on", "reason": "Snart igen", "consulted": "", "seen": ""}
    )
    assert done.status_code == 302
    late = client.post(page, {"outcome": "close", "reason": "Nej", "consulted": "", "seen": ""})
    assert late.status_code == 409


def test_a_colleague_reads_the_page_and_has_no_button(town: Town) -> None:
    channel = library_page(town)
    client = client_of(town.ola)
    page = client.get(reverse("moderation:activity", args=[channel.pk])).content.decode()
    assert 'name="reason"' not in page
    assert client.post(reverse("moderation:activity", args=[channel.pk]), {}).status_code == 403
