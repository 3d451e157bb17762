"""What is about to end is prolonged, replaced or let end; who appoints is told in time."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from channels.actions.people import assign_editor, revoke_editor, settle_dated_rights
from channels.actions.prolonging import let_assignment_end, prolong_assignment
from channels.models import Channel, EditorAssignment
from governance.actions import appoint, end_appointment, let_end, name_deputy
from governance.ending import let_go
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Absence, Appointment, AuditEntry, Obligation
from governance.obligations import open_due, waiting_for
from governance.roles import Role
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.town import NOW, Town, at, away, build
from tests.town import appoint as holds

LAST = date(2026, 4, 30)
#: Thirty days before the last day, and the day before that.
NEAR, FAR = at("2026-03-31"), at("2026-03-30", "23:55")


def owed(subject: object, duty: str) -> list[Obligation]:
    return list(Obligation.objects.open().about(subject).filter(duty=duty))  # type: ignore[arg-type]


def assigned(town: Town, channel: Channel, last: date | None = LAST) -> EditorAssignment:
    """Ola writes on the channel until the last of April."""
    return assign_editor(channel, town.ola, Role.EDITOR, ends_on=last, by=town.ben, now=NOW)


# --- assignments ---------------------------------------------------------------------------------


def test_whoever_appoints_is_told_a_month_before_an_assignment_ends(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    open_due(FAR)
    assert owed(assignment, "ending_assignment") == []
    open_due(NEAR)
    open_due(at("2026-04-12"))
    (row,) = owed(assignment, "ending_assignment")
    assert (row.due_at, row.clause, row.who) == (None, "", "information_officer")
    assert row.says.startswith("När ett uppdrag snart tar slut")
    assert town.ola.name not in row.subject_label
    assert row in waiting_for(town.ben, NEAR)
    assert row not in waiting_for(town.cleo, NEAR)


@pytest.mark.parametrize("policy", ["volda", "ekby"])
def test_where_no_routine_asks_for_it_nothing_is_owed(db: None, policy: str) -> None:
    town = build(policy)
    channel = library_page(town)
    assignment = assign_editor(channel, town.ola, Role.EDITOR, ends_on=LAST, by=town.ben, now=NOW)
    appointment = holds(town.ola, Role.UNIT_REGISTRAR, town.school, ends_on=LAST)
    open_due(NEAR)
    assert owed(assignment, "ending_assignment") + owed(appointment, "ending_appointment") == []


def test_prolonging_meets_it_and_the_written_assignment_says_so(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    open_due(NEAR)
    prolong_assignment(assignment, ends_on=date(2026, 12, 31), by=town.ben, now=NEAR)
    assignment.refresh_from_db()
    assert assignment.ends_on == date(2026, 12, 31)
    assert "31 december 2026" in assignment.document.rpartition("\n\n")[2]
    assert owed(assignment, "ending_assignment") == []
    assert AuditEntry.objects.filter(act="editor.prolonged").count() == 1
    open_due(at("2026-12-01"))
    assert len(owed(assignment, "ending_assignment")) == 1, "and is asked again before the new end"


def test_prolonged_until_further_notice_it_is_asked_no_more(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    open_due(NEAR)
    prolong_assignment(assignment, ends_on=None, by=town.ben, now=NEAR)
    open_due(at("2027-04-30"))
    assert owed(assignment, "ending_assignment") == []


def test_somebody_else_in_the_same_role_for_longer_meets_it(town: Town) -> None:
    channel = library_page(town)
    assignment = assigned(town, channel)
    open_due(NEAR)
    assign_editor(channel, town.anna, Role.EDITOR, by=town.ben, now=NEAR)
    assert owed(assignment, "ending_assignment") == []
    open_due(at("2026-04-20"))
    assert owed(assignment, "ending_assignment") == []


def test_saying_that_it_shall_end_meets_it_and_it_is_not_asked_again(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    open_due(NEAR)
    let_assignment_end(assignment, by=town.ben, now=NEAR)
    open_due(at("2026-04-20"))
    assert owed(assignment, "ending_assignment") == []
    with pytest.raises(NoLongerPossible, match="Ben"):
        let_assignment_end(assignment, by=town.ben, now=NEAR)


def test_said_long_before_it_is_near_it_is_not_asked_when_it_is(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    let_assignment_end(assignment, by=town.ben, now=FAR)
    with pytest.raises(NoLongerPossible, match="Ben"):
        let_assignment_end(assignment, by=town.ben, now=FAR)
    open_due(NEAR)
    assert owed(assignment, "ending_assignment") == []


def test_when_its_last_day_has_passed_nobody_is_asked_any_more(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    open_due(NEAR)
    settle_dated_rights(now=at("2026-05-01"))
    row = Obligation.objects.about(assignment).get(duty="ending_assignment")
    assert row.waived_at == at("2026-05-01")


def test_a_day_that_is_no_later_and_whoever_may_not_appoint_are_refused(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    with pytest.raises(AgainstPolicy) as refused:
        prolong_assignment(assignment, ends_on=LAST, by=town.ben, now=NEAR)
    assert refused.value.field == "ends_on"
    for person in (town.cleo, town.otto):
        with pytest.raises(NotAllowed):
            prolong_assignment(assignment, ends_on=None, by=person, now=NEAR)
        with pytest.raises(NotAllowed):
            let_assignment_end(assignment, by=person, now=NEAR)


def test_the_page_takes_either_answer_and_keeps_what_was_typed(town: Town) -> None:
    assignment = assigned(town, library_page(town))
    page = reverse("channels:ending", args=[assignment.pk])
    client = client_of(town.ben)
    assert client_of(town.cleo).get(page).status_code == 403
    refused = client.post(page, {"outcome": "prolong", "ends_on": "2026-04-01"})
    assert refused.status_code == 422
    assert "2026-04-01" in refused.content.decode()
    assert client.post(page, {"outcome": "prolong", "ends_on": "2027-04-01"}).status_code == 302


# --- a channel without a responsible person ------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "who"),
    [("tyreso", "nearest_manager"), ("vetlanda", "nearest_manager"), ("varmdo", None)],
)
def test_a_channel_left_without_a_responsible_person_is_told_to_whoever_appoints(
    db: None, policy: str, who: str | None
) -> None:
    town = build(policy)
    channel = library_page(town)
    held = EditorAssignment.objects.get(channel=channel, role=Role.RESPONSIBLE_PERSON)
    assert owed(channel, "responsible_person") == []
    revoke_editor(held, reason="Slutar", by=town.ben, now=NOW)
    (row,) = owed(channel, "responsible_person")
    assert row.clause
    assert row.due_at is None
    if who:
        assert row.who == who
        assert row in waiting_for(town.anna, NOW)


def test_a_new_responsible_person_meets_it(db: None) -> None:
    town = build("tyreso")
    channel = library_page(town)
    held = EditorAssignment.objects.get(channel=channel, role=Role.RESPONSIBLE_PERSON)
    revoke_editor(held, reason="Slutar", by=town.ben, now=NOW)
    assign_editor(channel, town.dag, Role.RESPONSIBLE_PERSON, by=town.anna, now=NOW)
    assert owed(channel, "responsible_person") == []


def test_a_last_day_that_passes_leaves_it_owed_as_an_ended_assignment_does(db: None) -> None:
    town = build("tyreso")
    channel = library_page(town)
    EditorAssignment.objects.filter(channel=channel, role=Role.RESPONSIBLE_PERSON).update(
        ends_on=date(2026, 3, 31)
    )
    settle_dated_rights(now=at("2026-03-31"))
    assert owed(channel, "responsible_person") == []
    settle_dated_rights(now=at("2026-04-01"))
    settle_dated_rights(now=at("2026-04-01", "10:00"))
    assert len(owed(channel, "responsible_person")) == 1


# --- appointments --------------------------------------------------------------------------------


@pytest.fixture
def registrar(town: Town) -> Appointment:
    """Ola is the school's registrar until the last of April."""
    return holds(town.ola, Role.UNIT_REGISTRAR, town.school, ends_on=LAST)


def test_an_appointment_near_its_end_waits_for_the_communications_unit(
    town: Town, registrar: Appointment
) -> None:
    open_due(FAR)
    assert owed(registrar, "ending_appointment") == []
    open_due(NEAR)
    (row,) = owed(registrar, "ending_appointment")
    assert (row.due_at, row.who) == (None, "communications_officer")
    assert row in waiting_for(town.ben, NEAR)
    assert row.path == reverse("admin:governance_appointment_change", args=[registrar.pk])


@pytest.mark.parametrize("successor", ["ola", "cleo"])
def test_the_same_or_another_person_appointed_from_the_next_day_meets_it(
    town: Town, registrar: Appointment, successor: str
) -> None:
    open_due(NEAR)
    appoint(
        getattr(town, successor),
        Role.UNIT_REGISTRAR,
        town.school,
        starts_on=date(2026, 5, 1),
        by=town.ben,
        now=NEAR,
    )
    assert owed(registrar, "ending_appointment") == []
    open_due(at("2026-04-10"))
    assert owed(registrar, "ending_appointment") == []


def test_an_appointment_elsewhere_or_of_another_role_does_not(
    town: Town, registrar: Appointment
) -> None:
    open_due(NEAR)
    for role, unit in ((Role.UNIT_REGISTRAR, town.library), (Role.UNIT_MANAGER, town.school)):
        appoint(town.cleo, role, unit, starts_on=date(2026, 5, 1), by=town.ben, now=NEAR)
    assert len(owed(registrar, "ending_appointment")) == 1


def test_an_appointment_that_shall_end_is_asked_of_once(town: Town, registrar: Appointment) -> None:
    open_due(NEAR)
    let_end(registrar, by=town.ben, now=NEAR)
    open_due(at("2026-04-10"))
    assert owed(registrar, "ending_appointment") == []
    with pytest.raises(NoLongerPossible):
        let_end(registrar, by=town.ben, now=NEAR)
    with pytest.raises(NotAllowed):
        let_end(registrar, by=town.cleo, now=NEAR)


def test_ending_it_sooner_meets_it_too(town: Town, registrar: Appointment) -> None:
    open_due(NEAR)
    end_appointment(registrar, ends_on=date(2026, 4, 7), by=town.ben, now=NEAR)
    open_due(at("2026-04-01"))
    assert owed(registrar, "ending_appointment") == []


def test_an_end_decided_long_before_it_is_near_is_not_asked_of_when_it_is(
    town: Town, registrar: Appointment
) -> None:
    other = holds(town.cleo, Role.UNIT_REGISTRAR, town.library)
    let_end(registrar, by=town.ben, now=FAR)
    end_appointment(other, ends_on=LAST, by=town.ben, now=FAR)
    open_due(NEAR)
    assert owed(registrar, "ending_appointment") + owed(other, "ending_appointment") == []
    with pytest.raises(NoLongerPossible):
        let_end(registrar, by=town.ben, now=NEAR)


@pytest.mark.parametrize("policy", ["volda", "ekby"])
def test_where_no_routine_asks_an_end_is_decided_and_leaves_nothing(db: None, policy: str) -> None:
    town = build(policy)
    registrar = holds(town.ola, Role.UNIT_REGISTRAR, town.school, ends_on=LAST)
    let_end(registrar, by=town.ben, now=FAR)
    end_appointment(registrar, ends_on=date(2026, 4, 7), by=town.ben, now=FAR)
    assert not Obligation.objects.about(registrar).exists()


def test_when_an_appointment_has_ended_nobody_is_asked_any_more(
    town: Town, registrar: Appointment
) -> None:
    open_due(NEAR)
    assert let_go(at("2026-04-30", "23:59")) == 0, "its last day is a day like the others"
    assert let_go(at("2026-05-01", "00:00")) == 1
    assert let_go(at("2026-05-01", "00:05")) == 0
    row = Obligation.objects.about(registrar).get(duty="ending_appointment")
    assert row.waived_at == at("2026-05-01", "00:00")
    assert row.waive_reason == "The appointment has ended."


# --- absences ------------------------------------------------------------------------------------


def test_an_absence_without_a_deputy_of_somebody_with_a_role_is_told_a_month_before(
    town: Town,
) -> None:
    absence = away(town.anna, None, "2026-07-01", "2026-07-31")
    open_due(at("2026-05-31"))
    assert owed(absence, "uncovered_absence") == []
    open_due(at("2026-06-01"))
    (row,) = owed(absence, "uncovered_absence")
    assert row in waiting_for(town.ben, at("2026-06-01"))
    assert town.anna.name not in row.subject_label
    assert row.unit == town.library


def test_with_a_deputy_or_without_a_role_nothing_is_owed(town: Town) -> None:
    covered = away(town.anna, town.sten, "2026-03-20", "2026-03-31")
    without = away(town.ola, None, "2026-03-20", "2026-03-31")
    Appointment.objects.filter(user=town.ola).delete()
    open_due(NOW)
    assert owed(covered, "uncovered_absence") + owed(without, "uncovered_absence") == []


@pytest.mark.parametrize("named", [True, False])
def test_naming_a_deputy_or_saying_that_none_is_needed_meets_it(town: Town, named: bool) -> None:
    absence = away(town.anna, None, "2026-03-20", "2026-03-31")
    open_due(NOW)
    name_deputy(absence, town.sten if named else None, by=town.ben, now=NOW)
    assert owed(absence, "uncovered_absence") == []
    open_due(at("2026-03-21"))
    assert owed(absence, "uncovered_absence") == []
    assert AuditEntry.objects.filter(act="person.deputy_named").count() == 1


def test_when_an_absence_is_over_nobody_is_asked_any_more(town: Town) -> None:
    absence = away(town.anna, None, "2026-03-20", "2026-03-31")
    other = away(town.anna, None, "2026-04-01", "2026-04-08")
    open_due(NOW)
    assert let_go(at("2026-03-31", "23:59")) == 0
    assert let_go(at("2026-04-01", "00:00")) == 1
    assert owed(absence, "uncovered_absence") == []
    assert len(owed(other, "uncovered_absence")) == 1
    assert AuditEntry.objects.filter(act="obligation.waived").count() == 1


def test_the_admins_form_of_an_absence_takes_a_deputy(town: Town) -> None:
    absence = away(town.anna, None, "2026-03-20", "2026-03-31")
    page = reverse("admin:governance_absence_change", args=[absence.pk])
    assert client_of(town.ben).post(page, {"deputy": town.sten.pk}).status_code == 302
    assert Absence.objects.get(pk=absence.pk).deputy == town.sten
