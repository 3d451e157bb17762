"""Closed days and office hours of a unit, and how what is open follows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.actions import add_unit
from governance.calendars import Calendars, calendar_at
from governance.errors import AgainstPolicy, NotAllowed
from governance.models import (
    AuditEntry,
    ClosedDay,
    Municipality,
    Obligation,
    OfficeHours,
    PolicyVersion,
    Unit,
)
from governance.obligations import Ground, follow_calendar, open_due, open_obligations
from governance.open_hours import close_day, forget_office_hours, open_day, set_office_hours
from governance.policy.in_force import NoPolicyInForce, version_in_force
from governance.working_time import Calendar
from tests.governance.duties import LOOK, adopt_ladder, only, plan
from tests.town import NOW, PASSWORD, Town, at, later

FRIDAY, SATURDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)
TOLD_A_WORKING_DAY_LATER = """
[[routine.check_in.tell]]
after = "1 working day"
who = "operations_manager"
"""


def open_on_saturdays(town: Town, unit: Unit) -> OfficeHours:
    return set_office_hours(unit, range(1, 7), time(10), time(18), by=town.ben, now=NOW)


def close(town: Town, day: date, unit: Unit | None = None) -> ClosedDay:
    return close_day(town.municipality, day, name="Städdag", unit=unit, by=town.ben, now=NOW)


@pytest.fixture
def look() -> Iterator[None]:
    with only(LOOK):
        yield


# --- whose days ----------------------------------------------------------------------------------


def test_a_unit_s_closed_day_closes_those_below_it_and_nobody_else(town: Town) -> None:
    close(town, FRIDAY, town.culture)
    assert not calendar_at(town.culture).is_working(FRIDAY)
    assert not calendar_at(town.library).is_working(FRIDAY)
    assert calendar_at(town.school).is_working(FRIDAY)
    assert Calendar.of(town.municipality).is_working(FRIDAY)


def test_the_municipality_s_closed_day_closes_every_unit(town: Town) -> None:
    open_on_saturdays(town, town.library)
    close(town, SATURDAY)
    assert not calendar_at(town.library).is_working(SATURDAY)


def test_the_nearest_office_hours_count_and_holidays_stay_holidays(town: Town) -> None:
    open_on_saturdays(town, town.culture)
    set_office_hours(town.library, [2, 7], time(12), time(16), by=town.ben, now=NOW)
    assert calendar_at(town.culture).is_working(SATURDAY)
    assert not calendar_at(town.library).is_working(SATURDAY)
    assert calendar_at(town.library).opens == time(12)
    assert not calendar_at(town.library).is_working(date(2026, 4, 5)), "Easter Sunday"


def test_the_root_s_office_hours_are_the_municipality_s(town: Town) -> None:
    open_on_saturdays(town, town.root)
    assert Calendar.of(town.municipality).is_working(SATURDAY)
    assert calendar_at(town.school).closes == time(18)
    assert not Calendar.of(town.neighbour).is_working(SATURDAY)


def test_what_is_planned_on_reads_the_same_calendars_and_policy_in_one_statement(
    town: Town,
) -> None:
    for day, unit in ((FRIDAY, None), (MONDAY, town.culture), (SATURDAY, None)):
        close(town, day, unit)
    adopt_ladder(town.municipality, "", number=2, in_force_from=date(2026, 3, 2))
    adopt_ladder(town.municipality, "", number=3, in_force_from=date(2026, 3, 3))
    Ground.binding(town.municipality, NOW)  # which parses the policy, once in a process
    with CaptureQueriesContext(connection) as asked:
        ground = Ground.binding(town.municipality, NOW)
    assert len(asked) == 2, "one more for the units, since one has days of its own"
    assert ground.calendars == Calendars.of(town.municipality)
    assert ground.version == version_in_force(town.municipality, NOW)
    assert ground.version is not None and ground.version.number == 2
    open_on_saturdays(town, town.library)
    assert Ground.binding(town.municipality, NOW).calendars == Calendars.of(town.municipality)
    PolicyVersion.objects.filter(municipality=town.neighbour).delete()
    with pytest.raises(NoPolicyInForce):
        Ground.binding(town.neighbour, NOW)
    assert Ground.of(town.neighbour, NOW).policy is None


def test_the_calendars_of_a_municipality_cost_the_same_for_few_units_as_for_many(
    town: Town,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            Calendars.of(town.municipality)
        return len(captured)

    open_on_saturdays(town, town.library)
    few = queries()
    for number in range(20):
        unit = add_unit(town.culture, name=f"Filial {number}", kind="unit", by=town.ben, now=NOW)
        open_on_saturdays(town, unit)
        close(town, FRIDAY, unit)
    assert queries() == few <= 5


# --- entering ------------------------------------------------------------------------------------


def test_a_day_is_entered_once_for_a_unit_and_once_for_all(town: Town) -> None:
    close(town, FRIDAY)
    close(town, FRIDAY, town.library)
    for unit in (None, town.library):
        with pytest.raises(AgainstPolicy, match="entered already"):
            close(town, FRIDAY, unit)
        with pytest.raises(IntegrityError), transaction.atomic():
            ClosedDay.objects.create(
                municipality=town.municipality, unit=unit, day=FRIDAY, name="Igen"
            )


def test_hours_without_a_day_or_that_end_before_they_begin_are_refused(town: Town) -> None:
    with pytest.raises(AgainstPolicy, match="at least one day"):
        set_office_hours(town.library, [], time(8), time(17), by=town.ben, now=NOW)
    with pytest.raises(AgainstPolicy, match="after it opens"):
        set_office_hours(town.library, [1], time(17), time(17), by=town.ben, now=NOW)
    assert not OfficeHours.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{"weekdays": []}, {"weekdays": [0]}, {"weekdays": [8]}, {"opens": time(18)}],
)
def test_the_database_refuses_them_too(town: Town, values: dict[str, object]) -> None:
    row: dict[str, object] = {"weekdays": [1], "opens": time(8), "closes": time(17)}
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHours.objects.create(
            municipality=town.municipality, unit=town.library, **(row | values)
        )


def test_a_unit_of_the_neighbour_has_no_days_here(town: Town) -> None:
    with pytest.raises(IntegrityError):
        ClosedDay.objects.create(
            municipality=town.municipality, unit=town.neighbour_unit, day=FRIDAY, name="Fel"
        )
        connection.check_constraints()


def test_who_does_not_organise_changes_no_calendar(town: Town) -> None:
    hours, day = open_on_saturdays(town, town.library), close(town, FRIDAY, town.library)
    with pytest.raises(NotAllowed):
        close_day(town.municipality, MONDAY, name="Nej", unit=town.library, by=town.cleo, now=NOW)
    with pytest.raises(NotAllowed):
        set_office_hours(town.library, [1], time(8), time(9), by=town.cleo, now=NOW)
    with pytest.raises(NotAllowed):
        forget_office_hours(hours, by=town.cleo, now=NOW)
    with pytest.raises(NotAllowed):
        open_day(day, by=town.cleo, now=NOW)
    assert not AuditEntry.objects.filter(act="calendar.hours_forgotten").exists()


# --- what is open follows ------------------------------------------------------------------------


def told_at(row: Obligation) -> list[datetime]:
    row.refresh_from_db()
    return [datetime.fromisoformat(rung["at"]) for rung in row.steps]


def test_what_is_open_follows_a_day_that_is_closed_and_opened_again(town: Town, look: None) -> None:
    adopt_ladder(town.municipality, TOLD_A_WORKING_DAY_LATER)
    open_obligations([plan(town.library, at("2026-03-04"))], now=at("2026-03-04"))
    row = Obligation.objects.get()
    before = told_at(row)
    assert before == [at("2026-03-06", "00:00")]
    now = at("2026-03-05", "09:00")
    closed = close_day(
        town.municipality, FRIDAY, name="Städdag", unit=town.library, by=town.ben, now=now
    )
    assert follow_calendar(town.municipality, now=now) == 1
    assert told_at(row) == [at("2026-03-09", "00:00")]
    assert row.next_step_at == at("2026-03-09", "00:00")
    assert AuditEntry.objects.filter(act="obligation.replanned").count() == 1
    assert follow_calendar(town.municipality, now=now) == 0, "it follows once"
    open_day(closed, by=town.ben, now=now)
    open_due(now)
    assert follow_calendar(town.municipality, now=now) == 1
    assert told_at(row) == before


def test_a_unit_beside_it_is_not_touched(town: Town, look: None) -> None:
    adopt_ladder(town.municipality, TOLD_A_WORKING_DAY_LATER)
    open_obligations([plan(town.school, at("2026-03-04"))], now=at("2026-03-04"))
    close(town, FRIDAY, town.library)
    assert follow_calendar(town.municipality, now=at("2026-03-05")) == 0
    assert Obligation.objects.get().is_open


def test_a_change_that_comes_while_rows_are_moved_is_followed_by_the_next_run(
    town: Town, look: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt_ladder(town.municipality)
    close(town, FRIDAY)
    latest = later(hours=1)

    def meanwhile(*_: object) -> Iterator[int]:
        Municipality.objects.filter(pk=town.municipality.pk).update(calendar_changed_at=latest)
        return iter(())

    monkeypatch.setattr("governance.obligations.replanning.duties", meanwhile)
    follow_calendar(town.municipality, now=NOW)
    town.municipality.refresh_from_db()
    assert town.municipality.calendar_changed_at == latest


# --- in the admin --------------------------------------------------------------------------------


@pytest.fixture
def ben(town: Town) -> Client:
    client = Client()
    assert client.login(email=town.ben.email, password=PASSWORD)
    return client


def entered(unit: Unit, **other: object) -> dict[str, object]:
    return {"unit": unit.pk, "weekdays": [2, 6], "opens": "10:00", "closes": "18:00"} | other


def test_communications_enters_the_library_s_hours_in_the_admin(town: Town, ben: Client) -> None:
    ben.post(reverse("admin:governance_officehours_add"), entered(town.library))
    hours = OfficeHours.objects.get()
    assert (hours.weekdays, hours.closes) == ([2, 6], time(18))
    page = ben.get(reverse("admin:governance_officehours_changelist")).text
    assert "tisdag, lördag" in page


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    town: Town, ben: Client
) -> None:
    address = reverse("admin:governance_officehours_add")
    page = ben.post(address, entered(town.library, closes="09:30")).text
    assert "It must close after it opens." in page
    assert "09:30" in page
    page = ben.post(address, entered(town.neighbour_unit)).text
    assert "errorlist" in page
    assert not OfficeHours.objects.exists()


def test_a_unit_s_own_hours_are_taken_back_by_its_list(town: Town, ben: Client) -> None:
    hours = open_on_saturdays(town, town.library)
    chosen = {"action": "forget", "_selected_action": [hours.pk]}
    ben.post(reverse("admin:governance_officehours_changelist"), chosen)
    assert not OfficeHours.objects.exists()
    assert not calendar_at(town.library).is_working(SATURDAY)
