"""Assign people to a channel, and end it: rights come and go with the row."""

from datetime import timedelta

import pytest

from channels.actions.people import assign_editor, revoke_editor, settle_dated_rights
from channels.models import Channel, Custody, EditorAssignment
from channels.rights import may_on
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import waiting_for
from governance.roles import Role
from tests.plans_of_town import opened
from tests.town import NOW, POLICIES, Town, adopt_text, later

TODAY = NOW.date()


def assigned(channel: Channel, town: Town, **changes: object) -> EditorAssignment:
    return assign_editor(channel, town.ola, Role.EDITOR, by=town.ben, now=NOW, **changes)  # type: ignore[arg-type]


def test_an_assignment_is_written_and_gives_its_rights_at_once(town: Town) -> None:
    channel = opened(town)
    assignment = assigned(channel, town, purpose="Svara på frågor")
    assert may_on(town.ola, "moderate", channel, NOW)
    assert not may_on(town.ola, "edit_channel", channel, NOW)
    for word in ("Ola Rönn", "Svara på frågor", "Ben Lind", "punkt 2"):
        assert word in assignment.document
    assert AuditEntry.objects.get(act="editor.assigned").clause.endswith("punkt 2")


def test_only_whom_the_policy_names_appoints(town: Town) -> None:
    channel = opened(town)
    for by in (town.anna, town.sten, town.cleo, town.otto):
        with pytest.raises(NotAllowed):
            assign_editor(channel, town.ola, Role.EDITOR, by=by, now=NOW)


def test_nobody_of_another_municipality_is_assigned(town: Town) -> None:
    with pytest.raises(AgainstPolicy) as caught:
        assign_editor(opened(town), town.otto, Role.EDITOR, by=town.ben, now=NOW)
    assert caught.value.field == "user"


def test_a_role_is_held_once(town: Town) -> None:
    channel = opened(town)
    assigned(channel, town)
    with pytest.raises(NoLongerPossible):
        assigned(channel, town)


def test_revoking_takes_the_rights_the_same_second(town: Town) -> None:
    channel = opened(town)
    assignment = assigned(channel, town)
    revoke_editor(assignment, reason="Byter tjänst.", by=town.anna, now=NOW)
    assert not may_on(town.ola, "moderate", channel, NOW)
    assert AuditEntry.objects.filter(act="editor.revoked").count() == 1


def test_rights_that_rest_on_another_role_stay(town: Town) -> None:
    channel = opened(town)
    as_writer = EditorAssignment.objects.get(channel=channel, user=town.dag, role=Role.EDITOR)
    revoke_editor(as_writer, reason="Skriver inte.", by=town.ben, now=NOW)
    assert may_on(town.dag, "edit_channel", channel, NOW)


def test_an_owner_who_goes_no_longer_holds_the_login(town: Town) -> None:
    channel = opened(town)
    owner = EditorAssignment.objects.get(channel=channel, user=town.cleo)
    revoke_editor(owner, reason="Slutar.", by=town.anna, now=NOW)
    assert Custody.objects.get(channel=channel, role=Role.CHANNEL_OWNER).ended_at == NOW


def test_revoking_needs_a_reason_a_right_and_an_assignment_that_runs(town: Town) -> None:
    assignment = assigned(opened(town), town)
    with pytest.raises(AgainstPolicy):
        revoke_editor(assignment, reason=" ", by=town.anna, now=NOW)
    for by in (town.cleo, town.otto):
        with pytest.raises(NotAllowed):
            revoke_editor(assignment, reason="Nej.", by=by, now=NOW)
    revoke_editor(assignment, reason="Slut.", by=town.anna, now=NOW)
    with pytest.raises(NoLongerPossible, match="Anna Ek"):
        revoke_editor(assignment, reason="Slut.", by=town.ben, now=later(minutes=1))


def test_dated_rights_begin_and_end_on_their_days_however_often_it_is_run(town: Town) -> None:
    channel = opened(town)
    assigned(channel, town, starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=3))
    held = []
    for days in range(6):
        settle_dated_rights(now=later(days=days))
        assert settle_dated_rights(now=later(days=days)) == 0
        held.append(may_on(town.ola, "check_in", channel, later(days=days)))
    assert held == [False, False, True, True, False, False]


def administrators_owed() -> list[Obligation]:
    return list(Obligation.objects.open().filter(duty="administrators"))


def test_an_administrator_too_few_is_owed_until_another_is_appointed(town: Town) -> None:
    channel = opened(town)
    dag = channel.assignments.get(user=town.dag, role=Role.ADMINISTRATOR)
    revoke_editor(dag, reason="Slutar.", by=town.ben, now=NOW)
    (owed,) = administrators_owed()
    assert owed.clause == "Blankett, Aktivitetsplan för sociala medier"
    assert waiting_for(town.anna, NOW).filter(pk=owed.pk).exists()
    assign_editor(channel, town.ola, Role.ADMINISTRATOR, by=town.ben, now=later(days=1))
    owed.refresh_from_db()
    assert owed.met_at == later(days=1)


def test_each_time_that_there_are_too_few_is_a_duty_of_its_own(town: Town) -> None:
    channel = opened(town)
    for _each in range(2):
        row = channel.assignments.filter(role=Role.ADMINISTRATOR, revoked_at__isnull=True).last()
        assert row is not None
        revoke_editor(row, reason="Slutar.", by=town.ben, now=NOW)
    (first,) = administrators_owed()
    for person in (town.dag, town.ola):
        assign_editor(channel, person, Role.ADMINISTRATOR, by=town.ben, now=NOW)
    assert administrators_owed() == []
    last = channel.assignments.get(user=town.ola, role=Role.ADMINISTRATOR)
    revoke_editor(last, reason="Slutar.", by=town.ben, now=NOW)
    (second,) = administrators_owed()
    assert second != first


def test_where_the_policy_names_no_fewest_nothing_is_owed(town: Town) -> None:
    channel = opened(town)
    content = (POLICIES / "tyreso.toml").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=TODAY)
    dag = channel.assignments.get(user=town.dag, role=Role.ADMINISTRATOR)
    revoke_editor(dag, reason="Slutar.", by=town.ben, now=NOW)
    assert administrators_owed() == []
