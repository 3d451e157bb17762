"""The pages: what each person sees, what comes back beside the field, what htmx swaps in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from channels.models import Channel
from channels.page import promise_rows
from governance.models import StoredFile, User
from governance.obligations import open_due
from governance.policy.in_force import policy_for
from moderation.actions import check_in, hand_to_registrar, leave
from moderation.channel_page import _practice_words
from moderation.models import Action, CheckIn, Item
from moderation.today import SHOWN, check_today
from moderation.year import year_of
from tests.browsers import BACKEND
from tests.channels_of_town import assign, channels_of, open_channel
from tests.moderation.scenes import comment, logged, picture, removed
from tests.town import NOW, Town, at


@pytest.fixture
def signed_in(client: Client) -> Any:
    def sign_in(user: User) -> Client:
        client.force_login(user, BACKEND)
        return client

    return sign_in


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def form(channel: Channel, **fields: Any) -> dict[str, Any]:
    return {
        "channel": channel.pk,
        "kind": "comment",
        "direction": "received",
        "author": "bengt_o_71",
        "text": "Vi vet var hon parkerar.",
    } | fields


# --- looks -------------------------------------------------------------------------------------


def test_the_section_lists_my_channels_and_who_has_looked(town: Town, channel: Channel) -> None:
    other = open_channel(town.library, "Ungdomens hus")
    assign(town.cleo, other)
    open_channel(town.school, "Skolan")
    check_in(channel, by=town.dag, now=NOW)
    section = check_today(town.cleo, NOW)
    assert section is not None
    assert [(row.channel, row.done is not None) for row in section["rows"]] == [
        (channel, True),
        (other, False),
    ]
    assert check_today(town.ola, NOW) is None


def test_of_many_channels_the_next_are_shown_and_the_others_folded(town: Town) -> None:
    few = channels_of(town.cleo, town.library, 3)
    with CaptureQueriesContext(connection) as asked:
        check_today(town.cleo, NOW)
    channels_of(town.cleo, town.library, 300)
    check_in(few[0], by=town.cleo, now=NOW)
    with CaptureQueriesContext(connection) as asked_of_many:
        section = check_today(town.cleo, NOW)
    assert len(asked_of_many) == len(asked)
    assert section is not None
    assert len(section["waiting"]) == 302
    assert len(section["shown"]) == SHOWN
    assert all(row.done is None for row in section["shown"])
    assert len(section["folded"]) == 303 - SHOWN
    assert [row.channel for row in section["rows"] if row.done] == [few[0]]


def test_three_hundred_channels_are_one_tap_and_the_page_costs_no_more_questions(
    town: Town, signed_in: Any
) -> None:
    channels_of(town.cleo, town.library, 2)
    client = signed_in(town.cleo)
    client.get(reverse("today"))  # what is read once in a process
    with CaptureQueriesContext(connection) as few:
        assert client.get(reverse("today")).status_code == 200
    channels_of(town.cleo, town.library, 298)
    with CaptureQueriesContext(connection) as many:
        page = text(client.get(reverse("today")))
    assert len(many) == len(few)
    assert "Nothing to remark on all 300" in page
    assert "280 more channels" in page
    assert "300 channels to look at." in page


def test_a_tap_in_the_fold_leaves_it_open(town: Town, signed_in: Any) -> None:
    channels = channels_of(town.cleo, town.library, SHOWN + 2)
    client = signed_in(town.cleo)
    assert '<details class="fold">' in text(client.get(reverse("today")))
    address = f"{reverse('moderation:check_in')}?unfolded=1"
    answer = client.post(address, {"channel": channels[-1].pk}, headers={"HX-Request": "true"})
    assert '<details class="fold" open>' in text(answer)
    assert "done" in answer.headers["HX-Trigger"], "so that the page counts anew"


def test_the_section_tells_of_the_missed_day_and_of_the_breach(
    town: Town, channel: Channel
) -> None:
    check_in(channel, by=town.cleo, now=at("2026-02-20"))
    for day in range(21, 29):
        open_due(at(f"2026-02-{day}"))
    section = check_today(town.cleo, NOW)
    assert section is not None
    row = section["rows"][0]
    assert (row.missed, row.last) == (at("2026-02-28").date(), at("2026-02-20"))
    assert row.breach is not None
    assert row.breach.due_on == at("2026-02-27").date()


def test_the_section_costs_the_same_for_one_channel_and_for_thirty(
    town: Town, channel: Channel
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            check_today(town.cleo, NOW)
        return len(caught)

    queries()
    before = queries()
    for number in range(30):
        assign(town.cleo, open_channel(town.library, f"Sida {number}"))
    assert queries() == before


def test_a_tap_without_script_comes_back_to_my_work(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    answer = signed_in(town.cleo).post(reverse("moderation:check_in"), {"channel": channel.pk})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/today/")
    assert CheckIn.objects.get().by == town.cleo


def test_a_tap_never_leads_out_of_the_installation(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    values = {"channel": channel.pk, "next": "https://evil.example/"}
    answer = signed_in(town.cleo).post(reverse("moderation:check_in"), values)
    assert answer.headers["Location"].startswith("/today/")


def test_with_htmx_the_section_is_put_in_place_and_the_second_tap_is_told(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    client = signed_in(town.cleo)
    first = client.post(
        reverse("moderation:check_in"), {"channel": channel.pk}, headers={"HX-Request": "true"}
    )
    assert 'id="check-today"' in text(first)
    assert "<html" not in text(first)
    second = client.post(
        reverse("moderation:check_in"), {"channel": channel.pk}, headers={"HX-Request": "true"}
    )
    assert "Cleo Sjö" in text(second)
    assert CheckIn.objects.count() == 1


def test_one_tap_for_all_takes_my_own_channels_only(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    open_channel(town.school, "Skolan")
    signed_in(town.cleo).post(reverse("moderation:check_in"), {"channel": "all"})
    assert [entry.channel for entry in CheckIn.objects.all()] == [channel]


@pytest.mark.parametrize("asked", ["", "x", "999999"])
def test_a_tap_on_nothing_is_not_found(
    town: Town, channel: Channel, signed_in: Any, asked: str
) -> None:
    answer = signed_in(town.cleo).post(reverse("moderation:check_in"), {"channel": asked})
    assert answer.status_code == 404


def test_a_colleague_without_the_assignment_is_told_why(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    answer = signed_in(town.ola).post(reverse("moderation:check_in"), {"channel": channel.pk})
    assert answer.status_code == 403
    assert "Ekby bibliotek" in text(answer)


def test_correcting_and_writing_afterwards_keep_what_was_typed(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    entry = check_in(channel, by=town.cleo, now=NOW)
    client = signed_in(town.cleo)
    page = reverse("moderation:correct_check_in", args=[entry.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"result": "remark", "note": " "}).status_code == 422
    assert client.post(page, {"result": "remark", "note": "En fråga."}).status_code == 302
    late = reverse("moderation:check_in_afterwards", args=[channel.pk, "2099-01-01"])
    answer = client.post(late, {"note": "Jag tittade."})
    assert answer.status_code == 422
    assert "Jag tittade." in text(answer)
    bad = reverse("moderation:check_in_afterwards", args=[channel.pk, "i-dag"])
    assert client.get(bad).status_code == 404


def test_the_year_tells_done_afterwards_missed_and_before_the_start(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    for day in ("2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"):
        open_due(at(day))
    check_in(channel, by=town.cleo, now=at("2026-02-27"))
    year = year_of(channel, 2026, NOW)
    states = {day.date.isoformat(): day.state for day in year.days}
    assert states["2026-01-06"] == "off"
    assert states["2026-02-27"] == "done"
    assert states["2026-02-28"] == "missed"
    assert states["2026-03-02"] == "today"
    assert states["2026-03-03"] == "ahead"
    assert (year.looked, year.owed, year.missed) == (1, 3, 2)
    page = signed_in(town.ola).get(reverse("moderation:check_ins", args=[channel.pk]))
    assert page.status_code == 200
    assert "<table" in text(page)


def looking_after(channel: Channel, now: datetime = NOW) -> tuple[str, str, str]:
    """State, its words and the practice of the promise to look, as the page tells them."""
    rows = promise_rows(channel, policy_for(channel.unit, now), now)
    practice = next(row.practice for row in rows if row.label == "Looking after the channel")
    return practice.state, str(practice.state_words), str(practice.words)


def test_a_missed_day_is_counted_and_late_only_until_a_later_look(
    town: Town, channel: Channel
) -> None:
    for day in ("2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"):
        open_due(at(day))
        if day in ("2026-02-26", "2026-02-28"):
            check_in(channel, by=town.cleo, now=at(day))
    assert looking_after(channel, at("2026-02-28", "12:00"))[:2] == ("late", "1 day missed")
    state, state_words, words = looking_after(channel)
    assert (state, state_words) == ("late", "2 days missed")
    assert words.endswith("Missed 2 of 4 days (50,0 %)")
    check_in(channel, by=town.cleo, now=NOW)
    tomorrow = at("2026-03-03")
    assert looking_after(channel, tomorrow)[:2] == ("noted", "2 days missed")
    assert looking_after(channel, tomorrow)[2].endswith("Missed 2 of 5 days (40,0 %)")


@pytest.mark.parametrize(("missed", "share"), [(2, "2.2"), (1, "1.1"), (91, "100.0")])
def test_the_share_of_missed_days_is_rounded_and_not_cut(
    channel: Channel, missed: int, share: str
) -> None:
    with translation.override("en"):
        assert f"({share} %)" in _practice_words(channel, owed=91, missed=missed)


def test_no_missed_day_leaves_no_remark(town: Town, channel: Channel) -> None:
    open_due(NOW)
    assert looking_after(channel)[0] == "soon"
    check_in(channel, by=town.cleo, now=NOW)
    assert looking_after(channel, at("2026-03-03"))[0] == "done"


def test_a_year_in_which_nothing_was_owed_says_so(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    page = text(signed_in(town.ola).get(reverse("moderation:check_ins", args=[channel.pk])))
    assert "No look has been owed yet." in page
    assert "0 of 0" not in page


# --- findings ----------------------------------------------------------------------------------


def test_a_finding_is_taken_up_with_its_picture(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    client = signed_in(town.cleo)
    page = reverse("moderation:new_finding")
    assert client.get(f"{page}?channel={channel.pk}").status_code == 200
    answer = client.post(page, form(channel, picture=picture()))
    item = Item.objects.get()
    assert answer.headers["Location"] == reverse("moderation:finding", args=[item.pk])
    assert item.evidence.count() == 2


def test_nobody_is_told_to_take_away_what_has_not_been_judged(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    client = signed_in(town.cleo)
    taken_up = client.post(reverse("moderation:new_finding"), form(channel), follow=True)
    item = Item.objects.get()
    [said] = taken_up.context["messages"]
    assert str(said) == "Taken up. Decide now whether it stays or goes."
    assert f"<h1>Comment {item.number}</h1>" in text(taken_up)


def test_a_broken_picture_is_told_beside_its_field_and_what_was_typed_stays(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    broken = SimpleUploadedFile("bild.png", picture().read()[:60], content_type="image/png")
    answer = signed_in(town.cleo).post(
        reverse("moderation:new_finding"), form(channel, picture=broken)
    )
    assert answer.status_code == 422
    assert "Vi vet var hon parkerar." in text(answer)
    assert "id_picture_error" in text(answer)
    assert not Item.objects.exists()


def test_a_picture_of_a_child_is_refused_beside_its_field_and_not_stored(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    answer = signed_in(town.cleo).post(
        reverse("moderation:new_finding"), form(channel, picture=picture(), describe_only="on")
    )
    assert answer.status_code == 422
    assert "id_picture_error" in text(answer)
    assert not StoredFile.objects.exists()


def test_a_channel_that_is_not_mine_is_no_choice(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    other = open_channel(town.school, "Skolan")
    answer = signed_in(town.cleo).post(reverse("moderation:new_finding"), form(other))
    assert answer.status_code == 422
    assert not Item.objects.exists()
    assert signed_in(town.ola).get(reverse("moderation:new_finding")).status_code == 403


def test_the_whole_sitting_goes_through_the_page(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo, now=timezone.now())
    client = signed_in(town.cleo)
    here = reverse("moderation:finding", args=[item.pk])
    assert "Brottsbalken 4 kap. 5 §" in text(client.get(here))
    values = {"category": "unlawful_threat", "obvious": "yes", "decision": "remove"}
    assert client.post(f"{here}act/", values).status_code == 302
    assert "hot" in text(client.get(here))
    closing = client.post(f"{here}papers/", {"measures": "Polisanmälan 1", "close": "1"})
    assert closing.status_code == 422
    item.refresh_from_db()
    assert (item.state, item.measures) == ("open", "Polisanmälan 1")
    assert client.post(f"{here}author/", {"text": "Borttaget.", "told": "1"}).status_code == 302
    assert client.post(f"{here}papers/", {"close": "1"}).status_code == 302
    item.refresh_from_db()
    assert item.state == "closed"
    assert client.get(here).status_code == 200


def test_a_refusal_stands_beside_its_field_with_the_clause(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo, now=timezone.now())
    values = {"category": "unlawful_threat", "obvious": "no", "decision": "remove"}
    answer = signed_in(town.cleo).post(reverse("moderation:act", args=[item.pk]), values)
    assert answer.status_code == 422
    assert "id_obvious_error" in text(answer)
    assert "3.1 Checklista" in text(answer)
    assert not Action.objects.exists()


def test_the_late_are_told_who_was_first(town: Town, channel: Channel, signed_in: Any) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.dag)
    values = {"category": "unlawful_threat", "obvious": "yes", "decision": "remove"}
    answer = signed_in(town.cleo).post(reverse("moderation:act", args=[item.pk]), values)
    assert answer.status_code == 409
    assert "Dag Åberg" in text(answer)


def test_the_other_verbs_of_the_page(town: Town, channel: Channel, signed_in: Any) -> None:
    client = signed_in(town.cleo)
    ours = comment(channel, town.cleo, direction="drawn_up")
    theirs = comment(channel, town.cleo)

    def post(name: str, item: Item, **values: Any) -> int:
        status: int = client.post(reverse(f"moderation:{name}", args=[item.pk]), values).status_code
        return status

    assert post("withdraw", ours, **{"withdraw-reason": ""}) == 422
    assert post("withdraw", ours, **{"withdraw-reason": "Fel tid."}) == 302
    assert post("restore", ours, **{"restore-reason": "Rätt tid."}) == 302
    assert post("restore", ours, **{"restore-reason": "Rätt tid."}) == 409
    assert post("leave", theirs, **{"leave-reason": "Kritik."}) == 302
    assert post("add_picture", theirs, picture=picture(colour=(1, 2, 3))) == 302
    assert post("add_picture", theirs, picture=SimpleUploadedFile("x.png", b"x")) == 422
    assert post("author", theirs, text="Hej", told="1") == 409
    assert [item.actions.count() for item in (ours, theirs)] == [2, 1]


def test_the_registrar_answers_on_the_same_page(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item, other = comment(channel, town.cleo), comment(channel, town.cleo)
    hand_to_registrar(item, by=town.cleo, now=NOW)
    client = signed_in(town.rut)
    here = reverse("moderation:finding", args=[item.pk])
    assert reverse("moderation:number", args=[item.pk]) in text(client.get(here))
    assert client.post(f"{here}number/", {"number": "utan"}).status_code == 422
    assert client.post(f"{here}number/", {"number": "BN 2026/17"}).status_code == 302
    no_number = reverse("moderation:no_number", args=[other.pk])
    assert client.post(no_number, {"no-number-reason": "Ringa betydelse."}).status_code == 302
    assert signed_in(town.cleo).post(f"{here}number/", {"number": "1"}).status_code == 403


def test_evidence_is_for_the_few_and_every_look_is_logged(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo)
    image = item.evidence.get(file__isnull=False)
    here = reverse("moderation:evidence", args=[image.pk])
    for someone, status in [
        (town.cleo, 200),
        (town.ben, 200),
        (town.rut, 200),
        (town.dag, 403),
        (town.ola, 403),
        (town.otto, 404),
    ]:
        assert signed_in(someone).get(here).status_code == status, someone
    looks = logged("evidence.looked_at")
    assert [look.actor_name for look in looks] == ["Cleo Sjö", "Ben Lind", "Rut Asp"]
    words = item.evidence.get(file__isnull=True)
    answer = signed_in(town.cleo).get(reverse("moderation:evidence", args=[words.pk]))
    assert answer.status_code == 404


def test_the_queue_shows_what_one_may_read(town: Town, channel: Channel, signed_in: Any) -> None:
    item = comment(channel, town.cleo)
    here = reverse("moderation:findings")
    for someone, seen in [(town.cleo, True), (town.dag, True), (town.ola, False)]:
        assert (item.number in text(signed_in(someone).get(here))) is seen, someone
    leave(item, because="Kritik.", by=town.cleo, now=NOW)
    assert item.number not in text(signed_in(town.cleo).get(f"{here}?state=closed"))
    assert signed_in(town.ola).get(reverse("moderation:finding", args=[item.pk])).status_code == 403


def test_queue_and_page_cost_the_same_however_much_there_is(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    client = signed_in(town.cleo)
    item = comment(channel, town.cleo)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    queue, page = reverse("moderation:findings"), reverse("moderation:finding", args=[item.pk])
    queries(queue)
    before = queries(queue), queries(page)
    for number in range(15):
        comment(channel, town.cleo, picture=picture(colour=(number, 0, 0)))
    assert (queries(queue), queries(page)) == before


def test_rules_are_published_by_the_communications_unit(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    here = reverse("moderation:house_rules")
    today = timezone.now().date() - timedelta(days=1)
    values = {"text": "Ingen reklam.", "categories": ["advertising"], "published_on": today}
    assert signed_in(town.cleo).post(here, values).status_code == 403
    client = signed_in(town.ben)
    assert client.get(here).status_code == 200
    assert client.post(here, values).status_code == 302
    assert "Ingen reklam." in text(client.get(here))
    future = values | {"published_on": today + timedelta(days=9)}
    assert client.post(here, future).status_code == 422


def test_a_note_that_nobody_asks_for_is_not_asked_for(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="confidential", obvious=None)
    page = text(signed_in(town.cleo).get(reverse("moderation:finding", args=[item.pk])))
    assert "id_off_platform_note" not in page
    assert "id_hand_over" not in page
    assert "4.4 Registrering" in page


def test_the_recommendation_to_register_is_shown_as_one_and_blocks_nothing(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    page = text(signed_in(town.cleo).get(reverse("moderation:finding", args=[item.pk])))
    assert "registrera även brottsligt material" in page
    assert "Recommendation" in page or "Rekommendation" in page


def test_the_author_is_not_told_for_a_reason_that_is_kept(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    here = reverse("moderation:author", args=[item.pk])
    client = signed_in(town.cleo)
    assert client.post(here, {"not_told": "1", "because": ""}).status_code == 422
    assert client.post(here, {"not_told": "1", "because": "Kontot är borta."}).status_code == 302
    assert item.actions.get().not_informed_because == "Kontot är borta."


def test_only_what_the_law_orders_away_asks_whether_it_is_obvious(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo)
    values = {"category": "other_crime", "decision": "remove"}
    answer = signed_in(town.cleo).post(reverse("moderation:act", args=[item.pk]), values)
    assert answer.status_code == 302
    assert Action.objects.get().obvious is None


def test_after_a_look_the_way_to_a_remark_is_still_there(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    client = signed_in(town.cleo)
    remark = reverse("moderation:new_finding")
    before = text(client.get("/today/")).count(remark)
    check_in(channel, by=town.cleo, now=timezone.now())
    assert text(client.get("/today/")).count(remark) == before > 0
