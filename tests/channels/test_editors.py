"""The register of editors: who speaks through which channel, now and before, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from channels.actions.editors import write_register
from channels.actions.people import assign_editor, revoke_editor
from channels.editors import Ground, Wanted, breaches, entries, narrowed, within_reach
from channels.models import Channel, EditorAssignment
from channels.rights import channels_where, may_on
from governance.actions import change_person
from governance.errors import NotAllowed
from governance.models import Acknowledgement, AuditEntry, User
from governance.permissions import units_where
from governance.roles import Role
from tests.browsers import client_of
from tests.channels_of_town import assign, library_page, open_channel
from tests.town import NOW, Town, appoint, at, build, person

FILES = ("csv", "xlsx")


@pytest.fixture
def ekby(db: None) -> Town:
    """Cleo and Dag at the library; Ola, whose time at the school is over, and Dag to come there."""
    town = build("ekby")
    library_page(town)
    school = open_channel(town.school, "Ekbackens skola", platform="instagram")
    ended = assign(town.ola, school, Role.RESPONSIBLE_PERSON)
    revoke_editor(ended, reason="Ola Rönn slutar.", by=town.ben, now=NOW)
    soon = assign(town.dag, school, Role.EDITOR, since=date(2026, 3, 20))
    soon.ends_on = date(2026, 6, 1)
    soon.save()
    return town


def names(town: Town, by: User, **wanted: object) -> list[str]:
    """Whom the reader finds, each with their role."""
    ground = Ground.of(town.municipality, NOW)
    found = narrowed(within_reach(by, NOW), Wanted(**wanted), ground)  # type: ignore[arg-type]
    return [f"{row.shown_name}, {row.role}" for row in found]


def taken(town: Town, by: User, kind: str = "csv", **wanted: object) -> list[list[object]]:
    """The rows of the file that the reader takes away, its header first."""
    target = io.BytesIO()
    write_register(target, kind, Wanted(**wanted), by=by, now=NOW)  # type: ignore[arg-type]
    if kind == "csv":
        text = target.getvalue().decode("utf-8-sig")
        return [list(row) for row in csv.reader(io.StringIO(text), delimiter=";")]
    target.seek(0)
    return [list(row) for row in load_workbook(target).active.iter_rows(values_only=True)]


# --- what stands in it, for whom


def test_what_holds_and_what_is_over_stand_in_one_list_what_holds_first(ekby: Town) -> None:
    assert names(ekby, ekby.ben) == [
        "Cleo Sjö, responsible_person",
        "Dag Åberg, editor",
        "Dag Åberg, administrator",
        "Ola Rönn, responsible_person",
    ]


def test_a_manager_reads_of_their_units_and_the_centre_of_all(ekby: Town) -> None:
    assert len(names(ekby, ekby.rut)) == 4, "the central registrar"
    assert names(ekby, ekby.anna) == ["Cleo Sjö, responsible_person", "Dag Åberg, administrator"]
    for stranger in (ekby.cleo, ekby.otto):
        assert names(ekby, stranger) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"words": "cleo"}, ["Cleo Sjö"]),
        ({"words": "ekbackens"}, ["Dag Åberg", "Ola Rönn"]),
        ({"role": "administrator"}, ["Dag Åberg"]),
        ({"state": "ended"}, ["Ola Rönn"]),
        ({"state": "coming"}, ["Dag Åberg"]),
        ({"state": "current"}, ["Cleo Sjö", "Dag Åberg"]),
        ({"state": "ending"}, []),
        ({"lacking": True}, ["Cleo Sjö", "Dag Åberg", "Dag Åberg"]),
    ],
)
def test_each_filter_leaves_what_was_asked_for(
    ekby: Town, wanted: dict[str, object], found: list[str]
) -> None:
    assert [each.partition(",")[0] for each in names(ekby, ekby.ben, **wanted)] == found


def test_a_unit_is_found_with_what_lies_below_it(ekby: Town) -> None:
    assert len(names(ekby, ekby.ben, unit=ekby.board)) == 4
    assert len(names(ekby, ekby.ben, unit=ekby.culture)) == 2
    assert names(ekby, ekby.ben, unit=ekby.neighbour_unit) == []


def test_about_to_end_is_within_thirty_days_and_in_force_too(ekby: Town) -> None:
    row = EditorAssignment.objects.get(user=ekby.cleo)
    for last, is_soon in ((date(2026, 4, 1), True), (date(2026, 4, 2), False)):
        row.ends_on = last
        row.save()
        assert (names(ekby, ekby.ben, state="ending") != []) is is_soon
        assert "Cleo Sjö, responsible_person" in names(ekby, ekby.ben, state="current")


def test_the_gaps_are_those_of_whom_it_is_asked_and_not_on_record(ekby: Town) -> None:
    Acknowledgement.objects.create(
        user=ekby.dag,
        policy=Ground.of(ekby.municipality, NOW).version,
        kind="read",
        on=NOW.date(),
        at=NOW,
        by=ekby.dag,
    )
    ground = Ground.of(ekby.municipality, NOW)
    found = entries(narrowed(within_reach(ekby.ben, NOW), Wanted(), ground), ground)
    assert [(each.lacks, each.knows is not None) for each in found] == [
        (True, False),
        (False, True),
        (False, True),
        (False, False),  # what is over asks nothing
    ]


@pytest.mark.parametrize("policy", ["varmdo", "vargarda", "volda", "tyreso", "vetlanda", "ekby"])
def test_the_page_answers_under_every_policy(db: None, policy: str) -> None:
    town = build(policy)
    library_page(town)
    text = client_of(town.ben).get(reverse("channels:editors")).content.decode()
    assert "Cleo Sjö" in text
    assert ("Godkännande och registrering" in text) is (policy == "varmdo"), "VMD-10 alone"
    assert ('name="knows"' in text) is (policy not in ("vargarda", "volda"))


# --- administrators too few and too many


def test_a_channel_with_too_few_or_too_many_administrators_is_shown_with_its_clause(
    ekby: Town,
) -> None:
    library, school = Channel.objects.order_by("pk")
    for number in range(3):
        assign(person(ekby.municipality, f"Nr {number}", "lärare"), library, Role.ADMINISTRATOR)
    ground = Ground.of(ekby.municipality, NOW)
    found = breaches(units_where(ekby.ben, "see_editors", NOW), ground)
    assert [(each.channel, each.held, each.clause) for each in found] == [
        (school, 0, "4 Människorna"),
        (library, 4, "4 Människorna"),
    ]
    text = client_of(ekby.ben).get(reverse("channels:editors")).content.decode()
    assert "0 administrators of at least 1" in text
    assert "4 administrators, and at most 3 may be" in text


def test_a_policy_without_bounds_has_no_breach(db: None) -> None:
    town = build("volda")
    library_page(town)
    ground = Ground.of(town.municipality, NOW)
    with CaptureQueriesContext(connection) as captured:
        assert breaches(units_where(town.ben, "see_editors", NOW), ground) == []
    assert all("channels_channel" not in each["sql"] for each in captured)


# --- the pages


def test_a_colleague_without_the_role_is_told_which_it_takes(ekby: Town) -> None:
    client = client_of(ekby.cleo)
    for there in ("channels:editors", "channels:editors_csv", "channels:editors_xlsx"):
        answer = client.get(reverse(there))
        assert answer.status_code == 403
        assert "roles" in answer.content.decode()
    assert "/channels/editors/" not in client.get("/today/").content.decode()
    assert "/channels/editors/" in client_of(ekby.anna).get("/today/").content.decode()


def test_a_manager_of_another_unit_does_not_read_a_person_s_history(ekby: Town) -> None:
    head = person(ekby.municipality, "Eva Ny", "rektor")
    appoint(head, Role.UNIT_MANAGER, ekby.school)
    client = client_of(head)
    assert client.get(reverse("channels:editor", args=[ekby.cleo.pk])).status_code == 403
    assert client.get(reverse("channels:editor", args=[ekby.ola.pk])).status_code == 200
    library = Channel.objects.get(unit=ekby.library)
    answer = client.get(reverse("channels:channel_people", args=[library.pk]))
    assert answer.status_code == 403


def test_everybody_reads_their_own_assignments(ekby: Town) -> None:
    text = client_of(ekby.ola).get(reverse("channels:editor", args=[ekby.ola.pk])).content.decode()
    assert "Ekbackens skola" in text


def test_the_history_of_a_channel_holds_who_was_there(ekby: Town) -> None:
    school = Channel.objects.get(unit=ekby.school)
    there = reverse("channels:channel_people", args=[school.pk])
    text = client_of(ekby.ben).get(there).content.decode()
    assert ("Ola Rönn slutar." in text, "Cleo" in text) == (True, False)


def test_a_filter_that_is_not_understood_is_said_beside_its_field_and_gives_no_file(
    ekby: Town,
) -> None:
    client = client_of(ekby.ben)
    foreign = f"?unit={ekby.neighbour_unit.pk}"
    for there in ("channels:editors", "channels:editors_csv"):
        for query in (foreign, "?state=x", "?role=mayor", "?channel=å"):
            answer = client.get(f"{reverse(there)}{query}")
            assert (answer.status_code, b"field__error" in answer.content) == (422, True), query
    assert not AuditEntry.objects.filter(act="editors.exported").exists()


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_pages_ask_the_same_number_of_questions_however_long(ekby: Town) -> None:
    client = client_of(ekby.ben)
    library = Channel.objects.get(unit=ekby.library)
    addresses = [
        reverse("channels:editors"),
        f"{reverse('channels:editors')}?q=a&state=current&knows=lacks",
        reverse("channels:channel_people", args=[library.pk]),
        reverse("channels:editors_csv"),
    ]
    for each in addresses:
        questions(client, each)
    before = [questions(client, each) for each in addresses]
    for number in range(30):
        someone = person(ekby.municipality, f"Anna {number}", "lärare")
        assign(someone, library, Role.EDITOR)
        assign(someone, open_channel(ekby.school, f"Skola {number}"), Role.ADMINISTRATOR)
    assert [questions(client, each) for each in addresses] == before


def test_a_page_holds_fifty_and_keeps_its_filter(ekby: Town) -> None:
    library = Channel.objects.get(unit=ekby.library)
    for number in range(60):
        assign(person(ekby.municipality, f"Nr {number:02}", "lärare"), library, Role.EDITOR)
    client = client_of(ekby.ben)
    first = client.get("/channels/editors/?role=editor&state=current").content.decode()
    second = client.get("/channels/editors/?role=editor&state=current&page=2").content.decode()
    assert [page.count('<th scope="row">') for page in (first, second)] == [50, 10]
    assert "role=editor" in first.partition('rel="next"')[2][:120]


# --- names


def test_a_name_that_is_not_shown_is_neither_read_nor_found_nor_taken_away(ekby: Town) -> None:
    EditorAssignment.objects.filter(user=ekby.cleo).update(
        purpose="Cleo Sjö skriver om böcker.", document="Cleo Sjö utses."
    )
    change_person(ekby.cleo, name_hidden=True, by=ekby.ben, now=NOW)
    client = client_of(ekby.ben)
    pages = [
        reverse("channels:editors"),
        reverse("channels:editor", args=[ekby.cleo.pk]),
        reverse("channels:channel_people", args=[Channel.objects.get(unit=ekby.library).pk]),
    ]
    for each in pages:
        text = client.get(each).content.decode()
        assert ("Cleo" in text, "bibliotekarie" in text) == (False, True), each
    assert names(ekby, ekby.ben, words="cleo") == []
    for kind in FILES:
        rows = taken(ekby, ekby.ben, kind)
        assert "Cleo" not in str(rows)
        assert "bibliotekarie" in str(rows)


# --- as a file


@pytest.mark.parametrize("kind", FILES)
def test_a_file_holds_what_the_filter_leaves_and_the_log_who_took_it(ekby: Town, kind: str) -> None:
    header, *rows = taken(ekby, ekby.anna, kind, role="administrator")
    assert len(header) == len(rows[0]) == 16
    assert [row[0] for row in rows] == ["Dag Åberg"]
    entry = AuditEntry.objects.get(act="editors.exported")
    assert (entry.actor_name, entry.at) == ("Anna Ek", NOW)
    assert (entry.facts["rows"], entry.facts["format"]) == (1, kind)
    assert entry.facts["role"] == "administrator"


def test_the_log_says_that_something_was_searched_for_and_not_what(ekby: Town) -> None:
    taken(ekby, ekby.ben, words="Cleo Sjö")
    facts = AuditEntry.objects.get(act="editors.exported").facts
    assert (facts["searched"], "Cleo" in str(facts)) == (True, False)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("mark", ["=1+1", "@SUM(A1)", "+46", "-2", "\t=1", "＝1"])
def test_nothing_in_a_file_runs_as_a_formula(ekby: Town, kind: str, mark: str) -> None:
    EditorAssignment.objects.filter(user=ekby.cleo).update(
        purpose=mark, name=mark, scope=f"{mark}\x0b"
    )
    cells = [str(value) for row in taken(ekby, ekby.ben, kind) for value in row if value]
    assert f"'{mark}" in cells
    assert not [each for each in cells if each.startswith(mark[0])]


def test_days_are_days_in_both_and_what_is_open_is_empty(ekby: Town) -> None:
    (row,) = [each for each in taken(ekby, ekby.ben, "xlsx") if each[0] == "Cleo Sjö"]
    assert (str(row[7])[:10], row[8]) == ("2026-01-07", None)
    (row,) = [each for each in taken(ekby, ekby.ben, "csv") if each[0] == "Cleo Sjö"]
    assert row[7:9] == ["2026-01-07", ""]


def test_nobody_takes_away_what_they_may_not_read(ekby: Town) -> None:
    with pytest.raises(NotAllowed):
        taken(ekby, ekby.cleo)
    assert not AuditEntry.objects.filter(act="editors.exported").exists()


@pytest.mark.parametrize("kind", FILES)
def test_the_page_hands_the_file_over_as_an_attachment(ekby: Town, kind: str) -> None:
    answer = client_of(ekby.ben).get(f"{reverse(f'channels:editors_{kind}')}?role=editor")
    assert "attachment" in answer["Content-Disposition"]
    content = answer.getvalue()
    assert content[:2] == (b"PK" if kind == "xlsx" else b"\xef\xbb")
    assert AuditEntry.objects.get(act="editors.exported").facts["rows"] == 1


# --- gone the same second


def test_whose_assignment_ends_is_out_at_once_in_an_open_session(ekby: Town) -> None:
    library = Channel.objects.get(unit=ekby.library)
    row = assign_editor(library, ekby.ola, Role.EDITOR, by=ekby.ben, now=NOW)
    client = client_of(ekby.ola)
    doors = _doors(library)
    assert 403 not in _answers(client, doors)
    revoke_editor(row, reason="Slutar", by=ekby.ben, now=NOW)
    assert _answers(client, doors) == [403] * len(doors)
    assert client.get("/admin/").status_code == 302, "no way in by the admin either"


def test_at_midnight_after_the_last_day_the_rights_are_gone_before_any_sweep(ekby: Town) -> None:
    library = Channel.objects.get(unit=ekby.library)
    last = date(2026, 3, 5)
    assign_editor(library, ekby.ola, Role.ADMINISTRATOR, by=ekby.ben, now=NOW, ends_on=last)
    before, after = at("2026-03-05", "23:59"), at("2026-03-06", "00:00")
    assert may_on(ekby.ola, "edit_channel", library, before)
    assert not may_on(ekby.ola, "edit_channel", library, after)
    assert not channels_where(ekby.ola, "check_in", after).exists()
    assign_editor(library, ekby.ola, Role.EDITOR, by=ekby.ben, now=NOW)
    assert may_on(ekby.ola, "check_in", library, after), "what another assignment gives stays"
    assert not may_on(ekby.ola, "edit_channel", library, after)


def _doors(channel: Channel) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """What an editor does on the channel: a page, a form, and what a fragment of a page sends."""
    take = reverse("archive:take_snapshot", args=[channel.pk])
    correct = reverse("moderation:check_in_afterwards", args=[channel.pk, "2026-03-01"])
    check = reverse("moderation:check_in")
    return [
        (take, {}, {}),
        (correct, {"note": "x", "result": "nothing"}, {}),
        (check, {"channel": str(channel.pk)}, {"HX-Request": "true"}),
    ]


def _answers(
    client: Client, doors: Iterable[tuple[str, dict[str, str], dict[str, str]]]
) -> list[int]:
    return [
        (client.post(there, data, headers=headers) if data else client.get(there)).status_code
        for there, data, headers in doors
    ]
