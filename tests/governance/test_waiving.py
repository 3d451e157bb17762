"""What is open in one's units, and the word that a duty need not be done."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import advance_due, meet, open_due
from governance.owed import in_list, owed_in
from governance.roles import Role
from governance.waiving import waive_duty
from moderation.actions import check_in
from moderation.overview.figures import Period, of_channel
from moderation.overview.gaps import gap_rows
from tests.browsers import client_of
from tests.channels_of_town import assign, open_channel
from tests.owed_of_town import look_owed
from tests.town import NOW, Town, appoint, later

TOMORROW = later(days=1)


def listed(town: Town, **asked: str) -> list[Obligation]:
    return list(owed_in(town.anna, TOMORROW, **asked))


# --- the list ------------------------------------------------------------------------------------


def test_a_manager_sees_what_is_open_in_her_units_nearest_in_time_first(town: Town) -> None:
    missed = look_owed(town)
    elsewhere = look_owed(town, open_channel(town.school, "Skolan"), TOMORROW)
    today = look_owed(town, missed.subject, TOMORROW)
    late = Obligation.objects.filter(duty="custody", unit=town.library)[0]
    Obligation.objects.filter(pk=late.pk).update(due_on=missed.due_on, due_at=missed.due_at)
    found = [row for row in listed(town) if row.duty == "check_in" or row == late]
    assert found == [late, today], "what was missed yesterday nobody can do any more"
    assert elsewhere not in listed(town)
    assert listed(town, state="late") == [late]
    in_time = listed(town, state="in_time")
    assert [row for row in in_time if row.duty == "check_in"] == [today]
    assert {row.pk for row in listed(town) if row.due_at is None} <= {row.pk for row in in_time}
    assert {row.duty for row in listed(town, duty="check_in")} == {"check_in"}


def test_a_unit_is_shown_with_those_below_it_and_a_foreign_one_narrows_nothing(
    town: Town,
) -> None:
    row = look_owed(town, now=TOMORROW)
    everywhere = list(owed_in(town.ben, TOMORROW))
    assert row in owed_in(town.ben, TOMORROW, unit=str(town.culture.pk))
    assert row not in owed_in(town.ben, TOMORROW, unit=str(town.school.pk))
    for unit in (str(town.neighbour_unit.pk), "0", "x"):
        assert list(owed_in(town.ben, TOMORROW, unit=unit)) == everywhere


def test_the_list_costs_the_same_for_many_as_for_few(town: Town) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            in_list(owed_in(town.ben, TOMORROW), town.ben, TOMORROW)
        return len(captured)

    look_owed(town)
    few = queries()
    for number in range(6):
        open_channel(town.library, f"Sida {number}")
    open_due(NOW, [town.municipality])
    assert queries() == few


def test_who_oversees_nothing_is_told_so_and_an_editor_has_no_such_item(town: Town) -> None:
    page = client_of(town.cleo).get(reverse("duties"))
    assert page.status_code == 403
    assert reverse("duties") not in client_of(town.cleo).get(reverse("today")).text
    assert reverse("duties") in client_of(town.anna).get(reverse("today")).text


# --- waiving -------------------------------------------------------------------------------------


def test_a_manager_waives_a_look_with_a_reason_and_nobody_is_told_of_it_again(town: Town) -> None:
    row = look_owed(town)
    waive_duty(row, reason=" Plattformen låg nere. ", by=town.anna, now=NOW)
    row.refresh_from_db()
    assert (row.waived_by, row.waive_reason) == (town.anna, "Plattformen låg nere.")
    advance_due(now=later(days=5))
    assert not row.escalations.exists()
    entry = AuditEntry.objects.get(act="obligation.waived")
    assert "Plattformen" not in str(entry.facts)


def test_without_a_reason_it_stays_owed(town: Town) -> None:
    row = look_owed(town)
    with pytest.raises(AgainstPolicy, match="Say why"):
        waive_duty(row, reason="  ", by=town.anna, now=NOW)
    row.refresh_from_db()
    assert row.is_open


def test_nobody_waives_what_they_owe_themselves(town: Town) -> None:
    channel = open_channel(town.library)
    assign(town.anna, channel, Role.RESPONSIBLE_PERSON)
    with pytest.raises(NotAllowed, match="You owe this yourself"):
        waive_duty(look_owed(town, channel), reason="Nej", by=town.anna, now=NOW)


def test_an_editor_a_manager_beside_and_the_neighbour_waive_nothing(town: Town) -> None:
    row = look_owed(town)
    appoint(town.ola, Role.UNIT_MANAGER, town.school)
    for person in (town.cleo, town.ola, town.otto):
        with pytest.raises(NotAllowed):
            waive_duty(row, reason="Nej", by=person, now=NOW)


def test_a_breach_of_the_duty_of_supervision_is_never_waived(town: Town) -> None:
    open_channel(town.library)
    open_due(later(days=9), [town.municipality])
    floor = Obligation.objects.filter(duty="legal_floor").first()
    assert floor is not None
    with pytest.raises(NotAllowed, match="never waived"):
        waive_duty(floor, reason="Nej", by=town.anna, now=later(days=9))
    (shown,) = in_list([floor], town.anna, later(days=9))
    assert not shown.may_waive


@pytest.mark.parametrize("strength", ["must", "should", ""])
def test_what_was_missed_is_not_waived_and_is_counted_as_missed(town: Town, strength: str) -> None:
    channel = open_channel(town.library)
    row = look_owed(town, channel)
    Obligation.objects.filter(pk=row.pk).update(strength=strength)
    row.refresh_from_db()
    with pytest.raises(AgainstPolicy, match="late cannot be waived") as refused:
        waive_duty(row, reason="Plattformen låg nere.", by=town.anna, now=later(days=1))
    assert refused.value.clause == row.clause
    (shown,) = in_list([row], town.anna, later(days=1))
    assert not shown.may_waive
    missed = of_channel(channel, Period.of_year(2026))
    assert list(gap_rows(missed, later(days=1))) == [row]


def test_until_the_day_is_over_it_is_waived(town: Town) -> None:
    row = look_owed(town)
    assert row.due_at is not None
    (shown,) = in_list([row], town.anna, row.due_at)
    assert shown.may_waive
    waive_duty(row, reason="Stängt", by=town.anna, now=later(row.due_at, seconds=-1))
    row.refresh_from_db()
    assert row.waived_by == town.anna


def test_the_page_offers_no_waiving_of_what_is_late(town: Town) -> None:
    row = look_owed(town)
    page = client_of(town.anna).get(reverse("waive", args=[row.pk]))
    assert page.status_code == 422
    assert "What is late cannot be waived." in page.text
    assert reverse("waive", args=[row.pk]) not in client_of(town.anna).get(reverse("duties")).text


def test_the_second_is_told_what_the_first_did(town: Town) -> None:
    channel = open_channel(town.library)
    assign(town.cleo, channel, Role.RESPONSIBLE_PERSON)
    row = look_owed(town, channel)
    check_in(channel, by=town.cleo, now=NOW)
    with pytest.raises(NoLongerPossible, match="Already done by Cleo"):
        waive_duty(row, reason="Nej", by=town.anna, now=later(hours=1))
    other = look_owed(town, open_channel(town.library, "Vinterboken"))
    waive_duty(other, reason="Stängt", by=town.anna, now=NOW)
    with pytest.raises(NoLongerPossible, match="Already waived by Anna"):
        meet(other, by=town.cleo, now=later(hours=1))


def test_the_page_keeps_the_reason_that_is_too_long_and_waives_by_a_right_one(town: Town) -> None:
    row = look_owed(town, now=timezone.now())
    anna, address = client_of(town.anna), reverse("waive", args=[row.pk])
    long = "Å" * 301
    page = anna.post(address, {"reason": long})
    assert page.status_code == 422
    assert long in page.text
    assert anna.post(address, {"reason": "Branden"}).url == reverse("duties")  # type: ignore[attr-defined]
    row.refresh_from_db()
    assert row.waive_reason == "Branden"
