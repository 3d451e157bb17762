"""The registrar's tray: what lies there, what each answer does, who is let in, what it costs."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from archive.actions.snapshots import register_snapshot, return_snapshot, take_snapshot
from archive.models import Snapshot
from archive.tray import detail_of, lines, waiting
from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.files import _path
from governance.models import AuditEntry, User
from governance.navigation import links_for
from governance.obligations import waiting_for
from governance.roles import Role
from moderation.actions import hand_to_registrar, register_number
from moderation.models import Item
from tests.channels_of_town import open_channel
from tests.moderation.scenes import comment, picture, removed
from tests.pictures import upload
from tests.town import NOW, POLICIES, Town, adopt_text, appoint, later, person

SignIn = Callable[[User], Client]
TRAY = "/archive/tray/"


@pytest.fixture
def item(town: Town, channel: Channel) -> Item:
    """A removal that Cleo handed over of her own accord."""
    found = comment(channel, town.cleo)
    removed(found, town.cleo)
    return hand_to_registrar(found, by=town.cleo, now=NOW)


@pytest.fixture
def snapshot(town: Town, channel: Channel) -> Snapshot:
    """A snapshot that the guideline sends to the diary."""
    taken = take_snapshot(channel, [upload()], by=town.cleo, now=later(minutes=1))
    Snapshot.objects.filter(pk=taken.pk).update(must_be_registered=True)
    taken.refresh_from_db()
    return taken


def text(answer: Any) -> str:
    content: bytes = answer.content
    return unescape(content.decode())


def keys(town: Town, now: Any = NOW) -> list[str]:
    return [line.key for line in lines(list(waiting(town.rut, now)))]


# --- what lies there ---------------------------------------------------------------------------


def test_what_was_handed_over_and_what_the_guideline_sends_lies_there_oldest_first(
    town: Town, channel: Channel, item: Item, snapshot: Snapshot
) -> None:
    comment(channel, town.cleo)
    demanded = comment(channel, town.cleo, now=later(minutes=2))
    removed(demanded, town.cleo, category="confidential", now=later(minutes=3))
    assert keys(town) == [f"finding-{item.pk}", f"snapshot-{snapshot.pk}", f"finding-{demanded.pk}"]
    register_number(item, "BN 2026/17", by=town.rut, now=NOW)
    register_snapshot(snapshot, "BN 2026/18", by=town.rut, now=NOW)
    assert keys(town) == [f"finding-{demanded.pk}"]


def test_a_unit_registrar_has_the_records_of_that_unit_only(
    town: Town, item: Item, channel: Channel
) -> None:
    ulla = person(town.municipality, "Ulla Berg", "registrator")
    appoint(ulla, Role.UNIT_REGISTRAR, town.school)
    assert not waiting(ulla, NOW).exists()
    assert not waiting(town.otto, NOW).exists()
    elsewhere = comment(open_channel(town.school, "Skolan"), town.ben)
    hand_to_registrar(elsewhere, by=town.ben, now=NOW)
    assert [pk for _kind, pk, _at in waiting(ulla, NOW)] == [elsewhere.pk]


def test_the_menu_leads_there_and_counts(town: Town, item: Item) -> None:
    def archive(user: User) -> list[tuple[str, int]]:
        return [
            (link.url, link.count) for link in links_for(user, "/", NOW) if link.key == "archive"
        ]

    assert archive(town.rut) == [("/archive/", 1)]
    assert archive(town.cleo) == []


def test_a_file_is_held_against_its_digest(town: Town, item: Item) -> None:
    (kept,) = detail_of(item, town.rut, NOW).files
    assert kept.intact
    place = _path(kept.file.municipality_id, kept.file.sha256)
    place.write_bytes(b"x" * kept.file.size)
    (kept,) = detail_of(item, town.rut, NOW).files
    assert not kept.intact


# --- the page ----------------------------------------------------------------------------------


def test_the_registrar_sees_the_record_with_where_each_value_comes_from(
    town: Town, item: Item, signed_in: SignIn
) -> None:
    page = text(signed_in(town.rut).get(TRAY))
    assert "bengt_o_71" in page
    assert "Cleo Sjö, bibliotekarie" in page
    assert "2 March 2026 9:00" in page
    assert 'aria-current="true"' in page
    assert reverse("moderation:evidence", args=[item.evidence.get(file__isnull=False).pk]) in page
    for key in ("r", "n", "t"):
        assert f'data-key="{key}"' in page
    landing = text(signed_in(town.rut).get("/archive/"))
    assert TRAY in landing


def test_an_empty_tray_says_what_would_be_there(town: Town, signed_in: SignIn) -> None:
    for address in (TRAY, "/archive/"):
        answer = signed_in(town.rut).get(address)
        assert answer.status_code == 200
        assert 'class="empty"' in text(answer)


@pytest.mark.parametrize("who", ["cleo", "ben", "ola"])
def test_a_colleague_is_told_which_roles_it_takes(
    town: Town, item: Item, signed_in: SignIn, who: str
) -> None:
    client = signed_in(getattr(town, who))
    for answer in (
        client.get("/archive/"),
        client.get(TRAY),
        client.get(f"{TRAY}?item=finding-{item.pk}"),
        client.post(TRAY, {"item": f"finding-{item.pk}", "act": "register", "number": "1"}),
    ):
        assert answer.status_code == 403
        with translation.override("en"):
            assert str(Role.CENTRAL_REGISTRAR.label) in text(answer)
    item.refresh_from_db()
    assert item.diary_number == ""


def test_a_registrar_of_another_unit_is_told_so(town: Town, item: Item, signed_in: SignIn) -> None:
    ulla = person(town.municipality, "Ulla Berg", "registrator")
    appoint(ulla, Role.UNIT_REGISTRAR, town.school)
    answer = signed_in(ulla).get(f"{TRAY}?item=finding-{item.pk}")
    assert answer.status_code == 403
    assert "Ekby bibliotek" in text(answer)


@pytest.mark.parametrize(
    "key", ["finding-{item}", "snapshot-{snapshot}", "finding-0", "x", "plan-1"]
)
def test_the_other_municipality_learns_nothing(
    town: Town, item: Item, snapshot: Snapshot, signed_in: SignIn, key: str
) -> None:
    named = key.format(item=item.pk, snapshot=snapshot.pk)
    client = signed_in(town.otto)
    assert client.get(f"{TRAY}?item={named}").status_code == 404
    values = {"item": named, "act": "register", "number": "1", "secrecy": "none"}
    assert client.post(TRAY, values).status_code == 404
    assert "bengt_o_71" not in text(client.get(TRAY))


def post(client: Client, record: Item | Snapshot, act: str, **values: str) -> Any:
    kind = "finding" if isinstance(record, Item) else "snapshot"
    given = {"item": f"{kind}-{record.pk}", "act": act, "secrecy": "none"} | values
    return client.post(TRAY, given)


def test_a_number_and_the_mark_of_secrecy_are_written_together(
    town: Town, item: Item, signed_in: SignIn
) -> None:
    values = {"number": "BN 2026/17", "secrecy": "secret", "paragraph": "OSL 21 kap. 1 §"}
    answer = post(signed_in(town.rut), item, "register", **values)
    assert (answer.status_code, answer.headers["Location"]) == (302, TRAY)
    item.refresh_from_db()
    assert item.diary_number == "BN 2026/17"
    assert (item.secrecy, item.secrecy_paragraph) == ("secret", "OSL 21 kap. 1 §")
    assert [each for each in waiting_for(town.rut, NOW) if each.duty == "registration"] == []


def test_what_is_refused_stands_beside_its_field_and_nothing_is_lost(
    town: Town, item: Item, signed_in: SignIn
) -> None:
    client = signed_in(town.rut)
    values = {"number": "BN 2026/17", "secrecy": "secret", "question": "Vilken dag?"}
    answer = post(client, item, "register", **values)
    assert answer.status_code == 422
    page = text(answer)
    assert "id_paragraph_error" in page
    assert "BN 2026/17" in page
    assert "Vilken dag?" in page
    item.refresh_from_db()
    assert (item.diary_number, item.secrecy) == ("", "none"), "neither without the other"
    assert "id_number_error" in text(post(client, item, "register"))
    assert "id_reason_error" in text(post(client, item, "need_not"))
    assert "id_question_error" in text(post(client, item, "return"))
    assert "id_number_error" in text(post(client, item, "register", number="9" * 81))


def test_it_need_not_be_registered_because(town: Town, item: Item, signed_in: SignIn) -> None:
    assert post(signed_in(town.rut), item, "need_not", reason="Ringa.").status_code == 302
    item.refresh_from_db()
    assert item.unregistered_because == "Ringa."
    page = text(signed_in(town.rut).get(f"{TRAY}?item=finding-{item.pk}"))
    assert "Ringa." in page
    assert 'name="number"' not in page


def test_what_the_guideline_demands_cannot_be_left_unregistered(
    town: Town, channel: Channel, signed_in: SignIn
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="confidential")
    client = signed_in(town.rut)
    page = text(client.get(TRAY))
    assert 'data-key="n"' not in page
    assert detail_of(item, town.rut, NOW).clause in page
    assert post(client, item, "need_not", reason="Ringa.").status_code == 422


def test_a_returned_record_leaves_the_tray_and_comes_back_with_the_answer(
    town: Town, item: Item, signed_in: SignIn
) -> None:
    client = signed_in(town.rut)
    assert post(client, item, "return", question="Vilken dag?").status_code == 302
    assert keys(town) == []
    work = text(signed_in(town.cleo).get("/today/"))
    assert item.number in work
    finding = reverse("moderation:finding", args=[item.pk])
    assert "Vilken dag?" in text(signed_in(town.cleo).get(finding))
    answered = signed_in(town.cleo).post(f"{finding}answer/", {"answer": "I söndags."})
    assert answered.status_code == 302
    assert keys(town) == [f"finding-{item.pk}"]
    assert "I söndags." in text(client.get(TRAY))
    assert signed_in(town.cleo).post(f"{finding}answer/", {"answer": "Nej."}).status_code == 409


def test_the_second_registrar_is_told_who_was_first_and_when(
    town: Town, item: Item, snapshot: Snapshot, signed_in: SignIn
) -> None:
    register_number(item, "BN 2026/17", by=town.rut, now=later(minutes=5))
    register_snapshot(snapshot, "BN 2026/18", by=town.rut, now=later(minutes=5))
    ark = person(town.municipality, "Arvid Ark", "arkivarie")
    appoint(ark, Role.ARCHIVIST, town.root)
    client = signed_in(ark)
    for record, number in ((item, "BN 2026/17"), (snapshot, "BN 2026/18")):
        for act in ("register", "return"):
            answer = post(client, record, act, number="BN 1", question="Vad?")
            assert answer.status_code == 409
            page = text(answer)
            assert "Rut Asp" in page
            assert "9:05" in page.replace("09.05", "9:05")
            assert number in page
    item.refresh_from_db()
    assert item.diary_number == "BN 2026/17"


def test_an_act_that_there_is_not_is_not_found(
    town: Town, item: Item, snapshot: Snapshot, signed_in: SignIn
) -> None:
    client = signed_in(town.rut)
    assert post(client, item, "burn").status_code == 404
    assert post(client, snapshot, "need_not", reason="Ringa.").status_code == 404


def test_list_and_record_cost_the_same_however_much_waits(
    town: Town, channel: Channel, item: Item, snapshot: Snapshot, signed_in: SignIn
) -> None:
    client = signed_in(town.rut)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    queries(TRAY)
    before = queries(TRAY), queries("/archive/")
    for number in range(12):
        found = comment(
            channel, town.cleo, now=later(minutes=9), picture=picture(colour=(number, 0, 0))
        )
        hand_to_registrar(found, by=town.cleo, now=later(minutes=9))
        taken = take_snapshot(channel, [upload()], by=town.cleo, now=later(minutes=9))
        Snapshot.objects.filter(pk=taken.pk).update(must_be_registered=True)
    assert len(keys(town)) == 26
    assert (queries(TRAY), queries("/archive/")) == before
    assert client.get(f"{TRAY}?page=2").status_code == 200


# --- snapshots ---------------------------------------------------------------------------------


def test_a_returned_snapshot_waits_for_the_editor_until_a_better_one_is_handed_in(
    town: Town, channel: Channel, snapshot: Snapshot, signed_in: SignIn
) -> None:
    answer = post(signed_in(town.rut), snapshot, "return", question="Kommentarerna syns inte.")
    assert answer.status_code == 302
    assert keys(town) == []
    (duty,) = waiting_for(town.cleo, NOW).filter(duty="snapshot_again")
    assert "Kommentarerna syns inte." in duty.subject_label
    client = signed_in(town.cleo)
    assert "Kommentarerna syns inte." in text(client.get(duty.path))
    assert client.post(duty.path, {"files": upload(), "trigger": "extra"}).status_code == 302
    assert Snapshot.objects.get(corrects=snapshot).stored_by == town.cleo
    assert not waiting_for(town.cleo, NOW).filter(duty="snapshot_again").exists()
    (entry,) = AuditEntry.objects.filter(act="snapshot.returned")
    assert "Kommentarerna" not in str(entry.facts)


def test_a_snapshot_is_returned_once_by_a_registrar_with_words(
    town: Town, channel: Channel, snapshot: Snapshot
) -> None:
    with pytest.raises(NotAllowed):
        return_snapshot(snapshot, "Suddig.", by=town.cleo, now=NOW)
    with pytest.raises(AgainstPolicy) as refusal:
        return_snapshot(snapshot, " ", by=town.rut, now=NOW)
    assert refusal.value.field == "question"
    return_snapshot(snapshot, "Suddig.", by=town.rut, now=NOW)
    with pytest.raises(NoLongerPossible, match="Rut Asp"):
        return_snapshot(snapshot, "Suddig.", by=town.rut, now=NOW)


def test_the_address_of_a_snapshot_to_follow_is_one_of_the_channels(
    town: Town, channel: Channel, snapshot: Snapshot, signed_in: SignIn
) -> None:
    here = reverse("archive:take_snapshot", args=[channel.pk])
    client = signed_in(town.cleo)
    for asked in (snapshot.pk, 0, "x"):
        assert client.get(f"{here}?corrects={asked}").status_code == 404
    return_snapshot(snapshot, "Suddig.", by=town.rut, now=NOW)
    assert client.get(f"{here}?corrects={snapshot.pk}").status_code == 200


def test_the_channels_page_shows_its_snapshots_and_where_to_take_the_next(
    town: Town, channel: Channel, snapshot: Snapshot, signed_in: SignIn
) -> None:
    page = reverse("channels:channel", args=[channel.pk])
    shown = reverse("archive:snapshot", args=[snapshot.pk])
    take = reverse("archive:take_snapshot", args=[channel.pk])
    seen = text(signed_in(town.cleo).get(page))
    assert shown in seen
    assert take in seen
    by_colleague = text(signed_in(town.ola).get(page))
    assert shown in by_colleague
    assert take not in by_colleague


def test_where_the_guideline_is_silent_a_channel_without_snapshots_shows_none(
    town: Town, signed_in: SignIn
) -> None:
    silent = (POLICIES / "volda.toml").read_text()
    adopt_text(town.municipality, silent, number=2, in_force_from=NOW.date())
    page = open_channel(town.school, "Skolan")
    seen = text(signed_in(town.ben).get(reverse("channels:channel", args=[page.pk])))
    assert 'id="snapshots"' not in seen


def test_the_registrar_s_work_leads_to_the_tray(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    hand_to_registrar(item, by=town.cleo, now=NOW)
    (row,) = waiting_for(town.rut, NOW).filter(duty="registration")
    answer = signed_in(town.rut).get(row.path)
    assert answer.headers["Location"] == f"{reverse('archive:tray')}?item=finding-{item.pk}"
    assert signed_in(town.ola).get(row.path).status_code == 403


def test_an_archivist_opens_the_pictures_that_the_tray_shows(
    town: Town, channel: Channel, signed_in: Any
) -> None:
    appoint(town.ola, Role.ARCHIVIST, town.root)
    item = comment(channel, town.cleo)
    kept = item.evidence.get(file__isnull=False)
    address = reverse("moderation:evidence", args=[kept.pk])
    assert [each.url for each in detail_of(item, town.ola, NOW).files] == [address]
    assert signed_in(town.ola).get(address).status_code == 200
    assert signed_in(town.sten).get(address).status_code == 403
