"""What the forms of absences and appointments refuse is said in words, beside the field."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.models import Absence, Appointment
from governance.roles import Role
from tests.browsers import client_of
from tests.town import Town

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
