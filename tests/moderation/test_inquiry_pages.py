"""The pages on which questions are entered, listed and answered."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels.models import Channel
from moderation.actions import answer_inquiry, enter_inquiry, take_up
from moderation.actions.findings import Finding
from moderation.actions.inquiries import Received
from moderation.models import Inquiry
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.moderation.inquiries import asked, owed
from tests.town import NOW, Town, build, later

LIST, NEW = "moderation:inquiries", "moderation:new_inquiry"


@pytest.fixture
def cleo(town: Town) -> Client:
    return client_of(town.cleo)


def there(inquiry: Inquiry, verb: str = "inquiry") -> str:
    return reverse(f"moderation:{verb}", args=[inquiry.pk])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_question_is_entered_on_one_screen_and_its_page_says_what_is_owed(
    channel: Channel, cleo: Client
) -> None:
    form = cleo.get(reverse(NEW)).context["form"]
    assert form["channel"].value() == channel.pk, "her only channel"
    answer = cleo.post(
        reverse(NEW),
        {
            "channel": channel.pk,
            "kind": "media",
            "about": "Skolmaten",
            "posted_at": "2026-03-02T08:15",
            "became_aware_at": "2026-03-02T09:00",
            "url": "https://www.facebook.com/ekby/posts/1",
        },
    )
    inquiry = Inquiry.objects.get()
    assert answer.headers["Location"] == there(inquiry)
    assert inquiry.posted_at == later(minutes=-45)
    page = text(cleo, there(inquiry))
    for words in ("Skolmaten", "Massmedia", "Must", "Late", "Refer the media", "Entered"):
        assert words in page, words


def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(
    channel: Channel, cleo: Client
) -> None:
    sent = {"channel": channel.pk, "kind": "question", "about": "Skolmaten i Ekby"}
    for more, words in (
        ({"posted_at": "2999-01-01T10:00"}, "after it became known"),
        ({"became_aware_at": "2999-01-01T10:00"}, "has not come yet"),
        ({"posted_at": "igår"}, "Enter a valid"),
    ):
        answer = cleo.post(reverse(NEW), sent | more)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "Skolmaten i Ekby" in answer.content.decode()
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(("policy", "kinds"), [("varmdo", 3), ("tyreso", 0), ("volda", 2)])
def test_kinds_are_offered_as_the_guideline_tells_them_apart(
    policy: str, kinds: int, db: None
) -> None:
    town = build(policy)
    library_page(town)
    form = client_of(town.cleo).get(reverse(NEW)).context["form"]
    offered = form.fields["kind"].choices if "kind" in form.fields else []
    assert len(offered) == kinds


def test_one_tap_in_the_list_says_that_it_is_answered(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo)
    page = text(cleo, reverse(LIST))
    assert f'action="{there(inquiry, "answer_inquiry")}"' in page
    answer = cleo.post(there(inquiry, "answer_inquiry"), {"list": "1"})
    assert answer.headers["Location"] == reverse(LIST)
    inquiry.refresh_from_db()
    assert inquiry.outcome == "answered"
    assert inquiry.about not in text(client_of(town.dag), reverse(LIST))
    assert inquiry.about in text(cleo, f"{reverse(LIST)}?state=closed")


def test_of_what_the_media_ask_it_is_first_said_to_whom_it_was_referred(
    town: Town, channel: Channel, cleo: Client
) -> None:
    """VGD-06: the media are referred the same day; VGD-08: some questions one answers oneself."""
    inquiry = asked(channel, town.cleo, kind="media")
    listed = text(cleo, reverse(LIST))
    assert "Refer or answer" in listed
    assert there(inquiry, "answer_inquiry") not in listed
    page = text(cleo, there(inquiry))
    assert "Answered by ourselves" in page
    assert page.count("button--main") == 1
    assert cleo.post(there(inquiry, "refer_inquiry"), {"to": "Pressjouren"}).status_code == 302
    inquiry.refresh_from_db()
    assert inquiry.outcome == "referred"


def test_getting_the_address_of_an_answer_changes_nothing(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo)
    for verb in ("answer_inquiry", "hold_inquiry", "refer_inquiry", "leave_unanswered"):
        assert cleo.get(there(inquiry, verb)).status_code == 405
    inquiry.refresh_from_db()
    assert inquiry.is_open
    assert inquiry.held_at is None


def test_the_late_are_told_who_answered_and_when(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo)
    answer_inquiry(inquiry, by=town.dag, now=timezone.now())
    for verb, sent in (
        ("answer_inquiry", {}),
        ("hold_inquiry", {}),
        ("leave_unanswered", {"no-answer-ground": "gone", "no-answer-reason": "Borttagen fråga"}),
    ):
        late = cleo.post(there(inquiry, verb), sent)
        assert late.status_code == 409
        assert "Already answered by Dag Åberg" in late.content.decode()
    assert "Borttagen fråga" in late.content.decode(), "what was typed is shown"


def test_the_list_is_in_order_of_due_time_and_late_ones_say_so(db: None) -> None:
    town = build("varmdo")
    channel = library_page(town)
    now = timezone.now()
    for about, kind, hours in (
        ("Undrar", "question", -3),
        ("Sen kritik", "criticism", -30),
        ("Ny kritik", "criticism", -2),
    ):
        asked(channel, town.cleo, about=about, kind=kind, posted=later(now, hours=hours), now=now)
    page = text(client_of(town.cleo), reverse(LIST))
    found = re.findall(r"data-open>([^<]+)</a></h3>", page)
    assert found == ["Sen kritik", "Ny kritik", "Undrar"]
    assert "was due" in page
    assert "When you can" in page


def test_a_list_of_one_channel_shows_only_its_own(
    town: Town, channel: Channel, cleo: Client
) -> None:
    asked(channel, town.cleo, about="Lånekort")
    page = text(cleo, f"{reverse(LIST)}?channel={channel.pk}")
    assert "Lånekort" in page
    other = library_page(town, name="Ekby läser")
    assert "Lånekort" not in text(cleo, f"{reverse(LIST)}?channel={other.pk}")
    assert "Lånekort" in text(cleo, f"{reverse(LIST)}?channel=abc")


def test_a_page_of_the_list_costs_the_same_for_one_question_and_for_twenty(
    town: Town, channel: Channel, cleo: Client
) -> None:
    asked(channel, town.cleo)
    text(cleo, reverse(LIST))
    with CaptureQueriesContext(connection) as one:
        text(cleo, reverse(LIST))
    for number in range(19):
        asked(channel, town.cleo, about=str(number))
    with CaptureQueriesContext(connection) as twenty:
        text(cleo, reverse(LIST))
    assert len(twenty) == len(one)


def test_the_manager_reads_what_she_is_told_of_and_cannot_answer_it(
    town: Town, channel: Channel
) -> None:
    inquiry = asked(channel, town.cleo)
    anna = client_of(town.anna)
    assert "Answered</span>" not in text(anna, there(inquiry))
    assert inquiry.about in text(anna, reverse(LIST))
    refused = anna.post(there(inquiry, "answer_inquiry"))
    assert refused.status_code == 403
    assert "written assignment" in refused.content.decode()


def test_a_colleague_is_told_who_sees_it_and_a_stranger_finds_nothing(
    town: Town, channel: Channel
) -> None:
    inquiry = asked(channel, town.cleo)
    ola = client_of(town.ola)
    for verb in ("inquiry", "answer_inquiry"):
        answer = ola.get(there(inquiry)) if verb == "inquiry" else ola.post(there(inquiry, verb))
        assert answer.status_code == 403
        assert "those who moderate it" in answer.content.decode()
    assert inquiry.about not in text(ola, reverse(LIST))
    assert ola.get(reverse(NEW)).status_code == 403
    assert client_of(town.otto).get(there(inquiry)).status_code == 404
    assert inquiry.about not in text(client_of(town.otto), reverse(LIST))


def test_a_holding_reply_is_one_tap_and_the_page_says_what_is_still_owed(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo)
    assert "counts as the first answer" in text(cleo, there(inquiry))
    assert cleo.post(there(inquiry, "hold_inquiry")).status_code == 302
    page = text(cleo, there(inquiry))
    assert "Holding reply given" in page
    assert there(inquiry, "hold_inquiry") not in page
    assert owed(inquiry)["full_answer"].is_open


def test_of_what_is_answered_nothing_more_is_said_of_being_late(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo)
    assert "it is never late" in text(cleo, there(inquiry))
    cleo.post(there(inquiry, "answer_inquiry"))
    page = text(cleo, there(inquiry))
    assert "it is never late" not in page
    assert ".. " not in page


def test_it_is_left_without_an_answer_only_for_the_reasons_that_the_guideline_leaves(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo)
    grounds = cleo.get(there(inquiry)).context["no_answer_form"].fields["ground"].choices
    assert "judged" not in dict(grounds)
    sent = {"no-answer-ground": "judged", "no-answer-reason": "Ingen fråga"}
    answer = cleo.post(there(inquiry, "leave_unanswered"), sent)
    assert answer.status_code == 422
    assert "Ingen fråga" in answer.content.decode()
    sent["no-answer-ground"] = "gone"
    assert cleo.post(there(inquiry, "leave_unanswered"), sent).status_code == 302
    assert "Ingen fråga" in text(cleo, there(inquiry))


def test_moments_left_as_they_stand_keep_their_seconds_and_the_first_are_shown_beside_the_new(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = enter_inquiry(channel, Received(about="Snön"), by=town.cleo, now=later(seconds=42))
    sent = {
        "times-posted_at": "2026-03-01T21:00",
        "times-became_aware_at": "2026-03-02T09:00",
        "times-why": "Den är från i går",
    }
    assert cleo.post(there(inquiry, "correct_times"), sent).status_code == 302
    correction = inquiry.corrections.get()
    assert correction.became_aware_at == later(seconds=42)
    page = text(cleo, there(inquiry))
    for words in ("First entered", "Den är från i går", "The moments were corrected"):
        assert words in page, words


def test_a_question_is_entered_from_the_finding_that_it_is_about(
    town: Town, channel: Channel, cleo: Client
) -> None:
    item = take_up(
        channel, Finding(text="När öppnar ni?", posted_at=NOW), by=town.cleo, now=later(hours=1)
    )
    link = f"{reverse(NEW)}?finding={item.pk}"
    assert link in text(cleo, reverse("moderation:finding", args=[item.pk]))
    form = cleo.get(link).context["form"]
    assert form["channel"].value() == channel.pk
    assert form["posted_at"].value() == NOW.replace(tzinfo=None)
    sent = {"channel": channel.pk, "kind": "question", "about": "Öppettider"}
    assert cleo.post(link, sent).status_code == 302
    assert Inquiry.objects.get().item == item
    assert "Öppettider" in text(cleo, reverse("moderation:finding", args=[item.pk]))


def test_it_has_its_place_in_the_menu_on_my_work_and_on_the_channels_page(
    town: Town, channel: Channel, cleo: Client
) -> None:
    inquiry = asked(channel, town.cleo, now=timezone.now())
    today = text(cleo, reverse("today"))
    assert reverse(LIST) in today
    assert there(inquiry) in today
    page = text(cleo, reverse("channels:channel", args=[channel.pk]))
    assert f"{reverse(LIST)}?channel={channel.pk}" in page
    assert "1 waits for an answer" in page
    ola = text(client_of(town.ola), reverse("channels:channel", args=[channel.pk]))
    assert "waits for an answer" not in ola
    assert f'href="{reverse(LIST)}"' not in ola
