"""Editors come to know the guideline as the policy says: by their own word, or their manager's."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channels.actions.entering import assign_person
from channels.actions.guideline import acknowledge_guideline, record_informed
from channels.actions.people import assign_editor, revoke_editor, settle_dated_rights
from channels.guideline import Kind
from channels.models import Channel, Decision
from governance.actions import change_person
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Acknowledgement, AuditEntry, Obligation, User
from governance.obligations import advance_due, open_due, replan, waiting_for
from governance.policy.changes import changes
from governance.policy.reader import read
from governance.roles import Role
from tests.browsers import client_of
from tests.channels_of_town import assign, library_page, open_channel
from tests.governance.policy.files import changed, faults
from tests.plans_of_town import submitted
from tests.town import NOW, Town, adopt_text, appoint, at, away, build, file_of, later, person

#: Which way each file goes, of whom it is asked, and the clause under which it is owed.
WAYS = {
    "varmdo": ("informing", "nearest_manager", "Godkännande och registrering av redaktörer"),
    "vargarda": None,
    "volda": None,
    "tyreso": ("acknowledgement", "responsible_person", ""),
    "vetlanda": None,
    "ekby": ("acknowledgement", "editor", "4 Människorna"),
}


def page(town: Town) -> Channel:
    """The library's page: Cleo answers for it, Dag is an administrator."""
    channel = library_page(town)
    open_due(NOW)
    return channel


def owed(user: User) -> list[Obligation]:
    rows = Obligation.objects.about(user).open()
    return list(rows.filter(duty__in=("acknowledgement", "informing")))


def waits(user: User, now: datetime = NOW) -> list[str]:
    duties = ("acknowledgement", "informing")
    return [row.subject_label for row in waiting_for(user, now).filter(duty__in=duties)]


def informed(user: User, by: User, now: datetime = NOW) -> Acknowledgement:
    return record_informed(user, how="Samtal", on=now.date(), by=by, now=now)


def edition(town: Town, policy: str, old: str, new: str, *, number: int = 2) -> None:
    """The file with a passage replaced, in force from the fifth of March."""
    content = changed(old, new, policy) if policy != "ekby" else _ekby(old, new)
    adopt_text(town.municipality, content, number=number, in_force_from=date(2026, 3, 5))


def _ekby(old: str, new: str) -> str:
    content = file_of("ekby").read_text()
    assert old in content
    return content.replace(old, new)


# --- what each of the six asks


@pytest.mark.parametrize("policy", WAYS)
def test_what_is_owed_is_what_the_file_asks_and_nothing_where_it_is_silent(
    db: None, policy: str
) -> None:
    town = build(policy)
    page(town)
    wanted = WAYS[policy]
    found = owed(town.cleo)
    if wanted is None:
        assert found == []
        return
    (row,) = found
    assert (row.duty, row.who) == wanted[:2]
    assert row.clause.partition(";")[0] == wanted[2]
    assert row.due_at is None, "no file gives a time, so nothing is overdue"


def test_the_responsible_person_alone_is_asked_where_the_file_names_that_role(db: None) -> None:
    town = build("tyreso")
    page(town)
    assert (len(owed(town.cleo)), owed(town.dag)) == (1, [])
    assert "Riktlinjerna kräver ingen bekräftelse" in owed(town.cleo)[0].says, "our routine says so"


def test_a_municipality_without_the_routine_owes_nothing_and_may_still_be_told(db: None) -> None:
    town = build("tyreso")
    head, _routine, rest = file_of("tyreso").read_text().partition("[routine.acknowledgement]")
    without = head + "[routine.check_in]" + rest.partition("[routine.check_in]")[2]
    adopt_text(town.municipality, without, number=2, in_force_from=date(2021, 1, 1))
    page(town)
    assert owed(town.cleo) == []
    row = acknowledge_guideline("2", by=town.cleo, now=NOW)
    assert row.kind == Kind.READ


# --- the editor's own word


@pytest.fixture
def ekby(db: None) -> Town:
    """Under the file by which each editor says so themselves."""
    town = build("ekby")
    page(town)
    return town


def test_one_s_own_word_is_kept_with_version_time_and_channel_and_meets_the_duty(
    ekby: Town,
) -> None:
    assert waits(ekby.cleo) == ["Riktlinjer, version 1"]
    row = acknowledge_guideline("1", by=ekby.cleo, now=NOW)
    assert (row.policy.number, row.at, row.by) == (1, NOW, ekby.cleo)
    assert row.capacity.endswith(", Ekby bibliotek, Facebook")
    assert (owed(ekby.cleo), len(owed(ekby.dag))) == ([], 1)
    entry = AuditEntry.objects.get(act="guideline.acknowledged")
    assert (entry.clause, entry.facts["version"]) == ("4 Människorna", 1)


def test_who_speaks_through_several_channels_says_it_once(ekby: Town) -> None:
    second = open_channel(ekby.school, "Ekbackens skola")
    assign_editor(second, ekby.cleo, Role.EDITOR, by=ekby.ben, now=NOW)
    assert len(owed(ekby.cleo)) == 1
    row = acknowledge_guideline("1", by=ekby.cleo, now=NOW)
    assert len(row.capacity.splitlines()) == 2
    open_due(later(days=1))
    assert owed(ekby.cleo) == []


def test_saying_it_twice_tells_who_said_it_and_when(ekby: Town) -> None:
    acknowledge_guideline("1", by=ekby.cleo, now=NOW)
    with pytest.raises(NoLongerPossible) as caught:
        acknowledge_guideline("1", by=ekby.cleo, now=later(days=1))
    assert (caught.value.by, caught.value.at) == ("Cleo Sjö", NOW)
    assert Acknowledgement.objects.count() == 1


def test_it_is_asked_of_those_who_are_assigned_and_of_nobody_else(ekby: Town) -> None:
    for stranger in (ekby.ola, ekby.otto, ekby.anna):
        with pytest.raises(NotAllowed):
            acknowledge_guideline("1", by=stranger, now=NOW)
    with pytest.raises(AgainstPolicy, match="does not ask"):
        informed(ekby.cleo, ekby.anna)


def test_a_deputy_cannot_say_it_for_somebody(ekby: Town) -> None:
    away(ekby.cleo, ekby.ola)
    assert waits(ekby.ola) == []
    with pytest.raises(NotAllowed):
        acknowledge_guideline("1", by=ekby.ola, now=NOW)


def test_a_new_version_is_to_be_known_anew_and_what_was_said_stays(ekby: Town) -> None:
    acknowledge_guideline("1", by=ekby.cleo, now=NOW)
    edition(ekby, "ekby", "fler än tre administratörer", "fler än tre  administratörer")
    then = later(days=4)
    open_due(then)
    assert waits(ekby.cleo, then) == ["Riktlinjer, version 2"]
    with pytest.raises(AgainstPolicy, match="new version"):
        acknowledge_guideline("1", by=ekby.cleo, now=then)
    acknowledge_guideline("2", by=ekby.cleo, now=then)
    assert owed(ekby.cleo) == []
    assert [row.policy.number for row in Acknowledgement.objects.order_by("at")] == [1, 2]


def test_what_was_owed_under_the_old_version_moves_to_the_new_and_is_not_doubled(
    ekby: Town,
) -> None:
    edition(ekby, "ekby", "fler än tre administratörer", "fler än tre  administratörer")
    then = later(days=4)
    for _again in range(2):
        open_due(then)
        replan(ekby.municipality, now=then)
    (row,) = owed(ekby.cleo)
    assert (row.subject_label, row.opened_at) == ("Riktlinjer, version 2", NOW)


def test_a_version_that_asks_for_the_manager_s_word_instead_changes_who_owes_it(
    ekby: Town,
) -> None:
    edition(
        ekby,
        "ekby",
        'value = "acknowledged_by_editor"',
        'who = "nearest_manager"\nvalue = "informed_by_manager"',
    )
    then = later(days=4)
    replan(ekby.municipality, now=then)
    open_due(then)
    assert [row.duty for row in owed(ekby.cleo)] == ["informing"]
    assert "Cleo Sjö, version 2" in waits(ekby.anna, then)


def test_the_ladder_is_the_routine_s(ekby: Town) -> None:
    steps = [(rung["who"], rung["kind"]) for rung in owed(ekby.cleo)[0].steps]
    assert steps == [("editor", "remind"), ("nearest_manager", "remind")]
    assert advance_due(later(days=30)) >= 2


def test_what_is_owed_stops_the_same_second_as_the_last_assignment(ekby: Town) -> None:
    second = open_channel(ekby.school, "Ekbackens skola")
    row = assign_editor(second, ekby.cleo, Role.EDITOR, by=ekby.ben, now=NOW)
    first = ekby.cleo.assignments.exclude(pk=row.pk).get()
    revoke_editor(first, reason="Byter", by=ekby.ben, now=NOW)
    assert [each.unit for each in owed(ekby.cleo)] == [ekby.school], "it goes on for the other one"
    revoke_editor(row, reason="Slutar", by=ekby.ben, now=NOW)
    assert owed(ekby.cleo) == []
    assign_editor(second, ekby.cleo, Role.EDITOR, by=ekby.ben, now=later(hours=1))
    assert len(owed(ekby.cleo)) == 1, "and is owed anew by who comes back"


def test_who_begins_next_week_is_asked_today_and_whose_time_is_over_no_longer(ekby: Town) -> None:
    channel = Channel.objects.get()
    assign_editor(
        channel,
        ekby.ola,
        Role.EDITOR,
        by=ekby.ben,
        now=NOW,
        starts_on=date(2026, 3, 9),
        ends_on=date(2026, 3, 12),
    )
    assert len(owed(ekby.ola)) == 1
    settle_dated_rights(now=at("2026-03-13"))
    assert owed(ekby.ola) == []


def test_a_closed_channel_asks_nobody(ekby: Town) -> None:
    Obligation.objects.all().delete()
    Channel.objects.update(state=Channel.State.CLOSED, closed_on=NOW.date())
    open_due(NOW)
    assert owed(ekby.cleo) == []


# --- the manager's word


@pytest.fixture
def varmdo(db: None) -> Town:
    """Under the file by which the manager sees to it."""
    town = build("varmdo")
    page(town)
    return town


def test_the_manager_puts_on_record_when_and_how(varmdo: Town) -> None:
    assert "Cleo Sjö, version 1" in waits(varmdo.anna)
    row = record_informed(
        varmdo.cleo, how="Genomgång på mötet", on=date(2026, 2, 27), by=varmdo.anna, now=NOW
    )
    assert (row.kind, row.on, row.how) == (Kind.INFORMED, date(2026, 2, 27), "Genomgång på mötet")
    assert owed(varmdo.cleo) == []
    entry = AuditEntry.objects.get(act="guideline.informed")
    assert "Godkännande och registrering av redaktörer" in entry.clause
    assert "möte" not in str(entry.facts), "the log keeps no free text"


def test_the_communications_unit_may_say_it_too_and_nobody_else(varmdo: Town) -> None:
    for stranger in (varmdo.ola, varmdo.cleo, varmdo.rut, varmdo.otto):
        with pytest.raises(NotAllowed):
            informed(varmdo.cleo, stranger)
    assert informed(varmdo.cleo, varmdo.ben).by == varmdo.ben


def test_a_manager_of_another_unit_has_no_say(varmdo: Town) -> None:
    head = person(varmdo.municipality, "Rektor Eva", "rektor")
    appoint(head, Role.UNIT_MANAGER, varmdo.school)
    with pytest.raises(NotAllowed, match="Ekby bibliotek"):
        informed(varmdo.cleo, head)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"how": "  "}, "how"), ({"on": date(2026, 3, 3)}, "on")],
)
def test_what_is_missing_or_lies_ahead_is_said_beside_its_field(
    varmdo: Town, given: dict[str, object], field: str
) -> None:
    asked: dict[str, object] = {"how": "Samtal", "on": NOW.date()}
    with pytest.raises(AgainstPolicy) as caught:
        record_informed(varmdo.cleo, **(asked | given), by=varmdo.anna, now=NOW)  # type: ignore[arg-type]
    assert (caught.value.field, bool(caught.value.clause)) == (field, True)


def test_the_second_manager_is_told_what_the_first_did(varmdo: Town) -> None:
    informed(varmdo.cleo, varmdo.anna)
    with pytest.raises(NoLongerPossible) as caught:
        informed(varmdo.cleo, varmdo.ben)
    assert (caught.value.by, caught.value.at) == ("Anna Ek", NOW)


def test_a_name_that_is_no_longer_shown_is_in_no_duty(varmdo: Town) -> None:
    change_person(varmdo.cleo, name_hidden=True, by=varmdo.ben, now=NOW)
    assert waits(varmdo.anna)[0].startswith("bibliotekarie, ")


def test_knowledge_and_routines_are_noted_where_the_file_speaks_of_them(db: None) -> None:
    town = build("vetlanda")
    page(town)
    row = informed(town.cleo, town.anna)
    assert (row.kind, owed(town.cleo)) == (Kind.COMPETENCE, [])


@pytest.mark.parametrize("policy", ["vargarda", "volda"])
def test_a_silent_guideline_lets_nobody_put_anything_on_record(db: None, policy: str) -> None:
    town = build(policy)
    page(town)
    with pytest.raises(AgainstPolicy):
        informed(town.cleo, town.anna)
    with pytest.raises(NotAllowed):
        acknowledge_guideline("1", by=town.cleo, now=NOW)


@pytest.mark.parametrize(("answer", "is_known"), [(True, True), (False, False)])
def test_what_the_approver_has_confirmed_of_the_writers_is_not_asked_again(
    town: Town, answer: bool, is_known: bool
) -> None:
    version = submitted(town).current
    assert version is not None
    content = file_of("varmdo").read_text(encoding="utf-8")
    policy = adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    Decision.objects.create(
        version=version,
        step="manager_assignment",
        kind="approve",
        phase="plan",
        title="Uppdrag av närmaste chef",
        outcome=Decision.Outcome.APPROVED,
        actor=town.anna,
        actor_name=town.anna.name,
        at=NOW,
        answers={"informed": answer},
        digest=version.digest,
        policy=policy,
    )
    writer = version.people.filter(user=town.cleo)[0]
    channel = open_channel(town.library)
    assign_person(writer, channel, by=town.ben, now=later(days=1))
    assert bool(owed(town.cleo)) is not is_known
    rows = Acknowledgement.objects.values_list("user", "by", "on", "how")
    told = (town.cleo.pk, town.anna.pk, NOW.date(), "Uppdrag av närmaste chef")
    assert list(rows) == ([told] if is_known else [])


# --- what can never be


def test_the_database_keeps_it_as_it_was_said(varmdo: Town) -> None:
    row = informed(varmdo.cleo, varmdo.anna)
    for act in (
        Acknowledgement.objects.all().delete,
        lambda: Acknowledgement.objects.update(how=""),
    ):
        with pytest.raises(InternalError, match="stays"), transaction.atomic():
            act()
    for kind, how in ((Kind.READ, ""), (Kind.COMPETENCE, "")):
        row.pk, row.kind, row.how = None, kind, how
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_step_cannot_ask_for_a_word_that_no_rule_lets_people_give() -> None:
    said = faults(changed('checks = ["register_entry"]', 'checks = ["guideline_acknowledged"]'))
    assert any("editors.acknowledgement" in each for each in said), said


def test_an_address_that_is_no_web_address_is_refused() -> None:
    said = faults(changed('short = "Riktlinjerna"', 'short = "R"\naddress = "intranet"', "varmdo"))
    assert any("guideline.address" in each for each in said), said


# --- what has changed


def test_what_a_new_version_changes_stands_sentence_by_sentence() -> None:
    before = read(file_of("ekby").read_text(), "ekby")
    after = read(_ekby("Ingen kanal har fler än tre administratörer.", "Högst tre."), "ekby")
    (found,) = changes(before, after)
    assert "fler än tre" in found.before
    assert found.after.startswith("Högst tre.")
    assert changes(after, after) == []


# --- the pages


def test_the_page_tells_what_one_says_and_as_what(ekby: Town) -> None:
    text = client_of(ekby.cleo).get(reverse("channels:guideline")).content.decode()
    assert "https://www.ekby.example/regler" in text
    assert "Responsible person, Ekby bibliotek, Facebook" in text
    assert "4 Människorna" in text


def test_pressing_without_the_tick_keeps_the_page_and_says_so(ekby: Town) -> None:
    client = client_of(ekby.cleo)
    answer = client.post(reverse("channels:guideline"), {"version": "1"})
    assert answer.status_code == 422
    assert "Tick this" in answer.content.decode()
    client.post(reverse("channels:guideline"), {"version": "1", "read": "on"})
    assert Acknowledgement.objects.get().user == ekby.cleo


def test_a_page_that_was_open_when_a_new_version_came_records_nothing(ekby: Town) -> None:
    client = client_of(ekby.cleo)
    adopt_text(ekby.municipality, _ekby("Reglerna", "De"), number=2, in_force_from=date(2021, 1, 1))
    answer = client.post(reverse("channels:guideline"), {"version": "1", "read": "on"})
    assert answer.status_code == 422
    assert "A new version of the guideline holds" in answer.content.decode()
    assert not Acknowledgement.objects.exists()


def test_who_has_read_an_earlier_version_sees_what_has_changed(ekby: Town) -> None:
    acknowledge_guideline("1", by=ekby.cleo, now=NOW)
    adopt_text(
        ekby.municipality,
        _ekby("Ingen kanal har fler än tre administratörer.", "Högst tre."),
        number=2,
        in_force_from=date(2021, 1, 1),
    )
    text = client_of(ekby.cleo).get(reverse("channels:guideline")).content.decode()
    assert "Högst tre." in text
    assert "Since version 1" in text


def test_a_colleague_who_is_not_asked_is_told_why(ekby: Town) -> None:
    client = client_of(ekby.ola)
    answer = client.post(reverse("channels:guideline"), {"version": "1", "read": "on"})
    assert answer.status_code == 403
    assert "assigned to a channel" in answer.content.decode()


def test_the_manager_records_it_on_the_person_s_page(varmdo: Town) -> None:
    there = reverse("channels:editor", args=[varmdo.cleo.pk])
    client = client_of(varmdo.anna)
    answer = client.post(there, {"on": "2099-01-01", "how": "Möte"})
    assert (answer.status_code, "cannot lie ahead" in answer.content.decode()) == (422, True)
    assert 'value="Möte"' in answer.content.decode(), "nothing typed is lost"
    assert client.post(there, {"on": "2026-03-01", "how": "Möte"}).status_code == 302
    again = client.post(there, {"on": "2026-03-01", "how": "Möte"})
    assert again.status_code == 409
    assert "Anna Ek" in again.content.decode()


def test_opening_asks_the_same_number_of_questions_however_many_editors(varmdo: Town) -> None:
    def questions() -> int:
        Obligation.objects.filter(duty="informing").delete()
        with CaptureQueriesContext(connection) as captured:
            open_due(NOW)
        return len(captured)

    channel = Channel.objects.get()
    questions()
    before = questions()
    for number in range(20):
        assign(person(varmdo.municipality, f"Nr {number}", "lärare"), channel, Role.EDITOR)
    assert questions() == before
    assert Obligation.objects.filter(duty="informing").count() == 22
