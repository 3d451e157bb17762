"""Roles on units: who may what, where, from when, and for whom."""

from datetime import date

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from governance.errors import NotAllowed
from governance.models import Unit
from governance.permissions import (
    RIGHTS,
    actors,
    actors_of,
    may,
    permitted,
    rights_of,
    units_where,
)
from governance.roles import Role
from tests.town import NOW, Town, appoint, at, away


def test_a_role_holds_on_its_unit_and_on_the_units_below(town: Town) -> None:
    assert may(town.sten, "approve_plan", town.culture, NOW)
    assert may(town.sten, "approve_plan", town.library, NOW)
    assert not may(town.sten, "approve_plan", town.school, NOW)
    assert not may(town.sten, "approve_plan", town.board, NOW)


def test_a_central_role_holds_everywhere_in_its_own_municipality_only(town: Town) -> None:
    assert may(town.ben, "administer_accounts", town.school, NOW)
    assert not may(town.ben, "administer_accounts", town.neighbour_unit, NOW)
    assert not may(town.otto, "read", town.library, NOW)


def test_an_appointment_holds_on_its_first_and_last_day_in_the_municipality(town: Town) -> None:
    appoint(
        town.ola,
        Role.OPERATIONS_MANAGER,
        town.school,
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 3),
    )
    assert not may(town.ola, "approve_plan", town.school, at("2026-03-01", "23:59"))
    assert may(town.ola, "approve_plan", town.school, at("2026-03-02", "00:00"))
    assert may(town.ola, "approve_plan", town.school, at("2026-03-03", "23:59"))
    assert not may(town.ola, "approve_plan", town.school, at("2026-03-04", "00:00"))


def test_a_deputy_acts_for_the_absent_and_the_grant_says_for_whom(town: Town) -> None:
    away(town.anna, town.cleo)
    grant = may(town.cleo, "approve_plan", town.library, NOW)
    assert grant is not None
    assert grant.instead_of == town.anna
    assert not may(town.cleo, "approve_plan", town.library, at("2026-03-09"))


def test_ones_own_role_comes_before_a_deputys(town: Town) -> None:
    away(town.anna, town.sten)
    grant = may(town.sten, "approve_plan", town.library, NOW)
    assert grant is not None
    assert grant.instead_of is None


def test_somebody_who_may_not_sign_in_has_no_right_left(town: Town) -> None:
    town.ben.is_active = False
    assert not may(town.ben, "administer_accounts", town.library, NOW)
    assert rights_of(town.ben, NOW) == frozenset()


@pytest.mark.parametrize("right", sorted(RIGHTS))
def test_the_list_of_units_agrees_with_the_question_about_each(town: Town, right: str) -> None:
    for someone in (town.anna, town.sten, town.ben, town.rut, town.cleo, town.ola, town.otto):
        listed = set(units_where(someone, right, NOW))
        asked = {unit for unit in Unit.objects.all() if may(someone, right, unit, NOW)}
        assert listed == asked, f"{someone} {right}"


def test_the_list_costs_the_same_for_one_unit_and_for_a_hundred(town: Town) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            list(units_where(town.ben, "read", NOW))
        return len(caught)

    before = queries()
    for number in range(100):
        Unit.objects.create(
            municipality=town.municipality, parent=town.school, name=f"Klass {number}", kind="unit"
        )
    assert queries() == before


def test_strangers_see_nothing_and_colleagues_are_told_why(town: Town) -> None:
    assert permitted(Unit, town.library.pk, "approve_plan", town.anna, now=NOW) == town.library
    with pytest.raises(Http404):
        permitted(Unit, town.library.pk, "approve_plan", town.otto, now=NOW)
    with pytest.raises(Http404):
        permitted(Unit, 0, "approve_plan", town.anna, now=NOW)
    with pytest.raises(NotAllowed) as refusal:
        permitted(Unit, town.library.pk, "export_diary", town.anna, now=NOW)
    assert "Ekby bibliotek" in refusal.value.message


def test_the_actor_is_the_nearest_holder_upwards(town: Town) -> None:
    assert actors(Role.OPERATIONS_MANAGER, town.library, NOW) == [town.anna]
    assert actors(Role.SECTOR_HEAD, town.library, NOW) == [town.sten]
    assert actors(Role.CENTRAL_REGISTRAR, town.library, NOW) == [town.rut]
    assert actors(Role.SECTOR_HEAD, town.school, NOW) == []


def test_the_nearest_manager_is_whoever_manages_nearest(town: Town) -> None:
    assert actors(Role.NEAREST_MANAGER, town.library, NOW) == [town.anna]
    assert actors(Role.NEAREST_MANAGER, town.library, NOW, excluding=town.anna) == [town.sten]


def test_the_absent_are_replaced_by_their_deputy(town: Town) -> None:
    away(town.anna, town.dag)
    assert actors(Role.OPERATIONS_MANAGER, town.library, NOW) == [town.dag]


def test_somebody_absent_without_a_deputy_is_still_asked(town: Town) -> None:
    away(town.anna, None)
    assert actors(Role.OPERATIONS_MANAGER, town.library, NOW) == [town.anna]


def test_many_actors_cost_as_many_queries_as_one(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wanted = [(role, unit.pk) for role in Role for unit in (town.library, town.school, town.board)]
    with django_assert_num_queries(3):
        found = actors_of(wanted, town.municipality.pk, NOW)
    assert found[Role.SECTOR_HEAD, town.library.pk] == [town.sten]
    assert len(found) == len(wanted)
