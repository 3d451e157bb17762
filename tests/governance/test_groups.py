"""Appointing people to a group that the policy names."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from governance.actions import appoint
from governance.errors import AgainstPolicy
from governance.models import Appointment
from governance.permissions import groups_of, holds, may
from governance.roles import Role
from tests import council_of_town
from tests.browsers import client_of
from tests.council_of_town import COUNCIL, NAME, Place
from tests.town import LONG_AGO, NOW, Town, away

ADD = "/admin/governance/appointment/add/"


@pytest.fixture
def place(db: None) -> Place:
    return council_of_town.place()


def test_a_member_is_appointed_to_a_group_of_the_policy(place: Place) -> None:
    town = place.town
    made = appoint(
        town.ola,
        Role.GROUP_MEMBER,
        town.root,
        group=COUNCIL,
        starts_on=LONG_AGO,
        by=town.ben,
        now=NOW,
    )
    assert made.group == COUNCIL
    assert groups_of(town.ola, NOW) == {COUNCIL}
    assert holds(town.ola, [Role.GROUP_MEMBER], town.library, NOW, group=COUNCIL)
    assert not holds(town.ola, [Role.GROUP_MEMBER], town.library, NOW, group="another")
    assert not holds(town.ola, [Role.GROUP_MEMBER], town.library, NOW)


@pytest.mark.parametrize(
    ("role", "group"),
    [(Role.GROUP_MEMBER, ""), (Role.GROUP_MEMBER, "unknown"), (Role.SECTOR_HEAD, COUNCIL)],
)
def test_a_group_that_does_not_fit_is_refused_beside_its_field(
    place: Place, role: Role, group: str
) -> None:
    town = place.town
    with pytest.raises(AgainstPolicy) as caught:
        appoint(town.ola, role, town.root, group=group, starts_on=LONG_AGO, by=town.ben, now=NOW)
    assert caught.value.field == "group"


def test_where_the_policy_names_no_group_nobody_is_appointed_to_one(town: Town) -> None:
    with pytest.raises(AgainstPolicy):
        appoint(
            town.ola,
            Role.GROUP_MEMBER,
            town.root,
            group=COUNCIL,
            starts_on=LONG_AGO,
            by=town.ben,
            now=NOW,
        )


def test_the_database_knows_no_member_without_a_group(place: Place) -> None:
    for change in ({"group": ""}, {"role": Role.SECTOR_HEAD}):
        with pytest.raises(IntegrityError, match="in_a_group"), transaction.atomic():
            Appointment.objects.filter(user=place.vera).update(**change)


def test_a_member_reads_and_writes_no_plans(place: Place) -> None:
    assert may(place.vera, "read", place.town.library, NOW)
    assert not may(place.vera, "write_plan", place.town.library, NOW)


def test_the_deputy_of_a_member_belongs_to_the_group_meanwhile(place: Place) -> None:
    away(place.vera, place.town.dag)
    assert groups_of(place.town.dag, NOW) == {COUNCIL}


def test_the_admin_offers_the_policys_groups_and_shows_their_names(place: Place) -> None:
    client = client_of(place.town.ben)
    page = client.get(ADD).content.decode()
    assert f'<option value="{COUNCIL}">{NAME}</option>' in page
    sent = {
        "user": place.town.ola.pk,
        "role": Role.GROUP_MEMBER,
        "group": "",
        "unit": place.town.root.pk,
        "starts_on": "2026-01-01",
        "ends_on": "",
        "decision": "KS § 12",
    }
    refused = client.post(ADD, sent)
    assert list(refused.context["adminform"].form.errors) == ["group"]
    assert client.post(ADD, sent | {"group": COUNCIL}).status_code == 302
    assert Appointment.objects.get(user=place.town.ola, role=Role.GROUP_MEMBER).group == COUNCIL
    listed = client.get("/admin/governance/appointment/").content.decode()
    assert NAME in listed
    row = Appointment.objects.get(user=place.vera)
    assert NAME in client.get(f"/admin/governance/appointment/{row.pk}/change/").content.decode()
