"""What the forms of absences and appointments refuse is said in words, beside the field."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.actions import name_deputy
from governance.errors import AgainstPolicy
from governance.models import Absence, Appointment
from governance.roles import Role
from tests.browsers import client_of
from tests.town import NOW, Town, away

BEFORE = "The last day cannot come before the first."


@pytest.fixture
def ben(town: Town) -> Client:
    return client_of(town.ben)


def errors(answer: HttpResponse) -> dict[str, list[str]]:
    """The refusals of an admin form, by field."""
    found: dict[str, list[str]] = answer.context["adminform"].form.errors  # type: ignore[attr-defined]
    return dict(found)


def enter(ben: Client, town: Town, **other: object) -> HttpResponse:
    """Send an absence of Anna's, in April."""
    given = {"user": town.anna.pk, "starts_on": "2026-04-01", "ends_on": "2026-04-08"}
    return ben.post(reverse("admin:governance_absence_add"), given | other)  # type: ignore[return-value]


def appoint(ben: Client, town: Town, **other: object) -> HttpResponse:
    """Send an appointment of Ola's as registrar of the school, from April on."""
    given = {
        "user": town.ola.pk,
        "role": Role.UNIT_REGISTRAR,
        "unit": town.school.pk,
        "starts_on": "2026-04-01",
    }
    return ben.post(reverse("admin:governance_appointment_add"), given | other)  # type: ignore[return-value]


def test_an_absence_that_ends_before_it_begins_is_refused_beside_its_last_day(
    town: Town, ben: Client
) -> None:
    answer = enter(ben, town, ends_on="2026-03-31")
    assert errors(answer) == {"ends_on": [BEFORE]}
    assert not Absence.objects.exists()


def test_an_absence_wholly_in_the_past_is_entered(town: Town, ben: Client) -> None:
    assert enter(ben, town, starts_on="2025-01-02", ends_on="2025-01-03").status_code == 302
    assert Absence.objects.get().user == town.anna


def test_an_appointment_that_ends_before_it_begins_is_refused_beside_its_last_day(
    town: Town, ben: Client
) -> None:
    answer = appoint(ben, town, ends_on="2026-03-31")
    assert errors(answer) == {"ends_on": [BEFORE]}
    assert not Appointment.objects.filter(role=Role.UNIT_REGISTRAR, user=town.ola).exists()


def test_an_absence_beside_another_is_refused_in_words_beside_its_first_day(
    town: Town, ben: Client
) -> None:
    away(town.anna, None, "2026-04-08", "2026-04-20")
    answer = enter(ben, town)
    assert errors(answer) == {"starts_on": ["The person is already away in that time."]}
    assert enter(ben, town, ends_on="2026-04-07").status_code == 302


def test_nobody_is_their_own_deputy_and_what_else_is_wrong_is_said_too(
    town: Town, ben: Client
) -> None:
    answer = enter(ben, town, deputy=town.anna.pk, ends_on="2026-03-31")
    assert errors(answer) == {"deputy": ["The deputy is somebody else."], "ends_on": [BEFORE]}


def test_a_deputy_may_sign_in(town: Town, ben: Client) -> None:
    town.dag.is_active = False
    town.dag.save(update_fields=["is_active"])
    refused = {"deputy": ["Choose somebody who may sign in."]}
    assert errors(enter(ben, town, deputy=town.dag.pk)) == refused
    absence = away(town.anna, None)
    change = reverse("admin:governance_absence_change", args=[absence.pk])
    assert errors(ben.post(change, {"deputy": town.dag.pk})) == refused  # type: ignore[arg-type]
    with pytest.raises(AgainstPolicy, match="may sign in"):
        name_deputy(absence, town.dag, by=town.ben, now=NOW)


def test_a_role_that_is_held_already_is_refused_in_words_beside_its_first_day(
    town: Town, ben: Client
) -> None:
    assert appoint(ben, town).status_code == 302
    answer = appoint(ben, town, starts_on="2026-05-01", ends_on="2026-05-31")
    said = "The person holds this role at the unit already in that time."
    assert errors(answer) == {"starts_on": [said]}
