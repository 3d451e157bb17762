"""Opening what is owed costs as many queries for many channels as for few, whatever the duty."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.obligations import Duty, duties
from governance.roles import Role
from tests.channels_of_town import assign, open_channel
from tests.town import Town, at, build

A_YEAR_ON = at("2027-02-15")
OPENED_BY_A_RUN = [duty for duty in duties() if duty.opener is not None]


def open_pages(town: Town, count: int) -> None:
    for number in range(count):
        channel = open_channel(town.library, f"Sida {count}-{number}", opened_on=date(2026, 1, 5))
        assign(town.cleo, channel, Role.RESPONSIBLE_PERSON)


def asked(duty: Duty, town: Town) -> tuple[int, int]:
    """How many queries the duty asks, and how many plans come of it."""
    assert duty.opener is not None
    with CaptureQueriesContext(connection) as captured:
        plans = list(duty.opener(town.municipality, A_YEAR_ON))
    return len(captured), len(plans)


@pytest.mark.parametrize("policy", ["varmdo", "vargarda", "tyreso", "vetlanda"])
def test_no_duty_asks_a_query_for_each_channel(policy: str, db: None) -> None:
    town = build(policy)
    open_pages(town, 2)
    for duty in OPENED_BY_A_RUN:
        asked(duty, town)  # what is kept for later is kept now
    few = {duty.key: asked(duty, town) for duty in OPENED_BY_A_RUN}
    open_pages(town, 6)
    many = {duty.key: asked(duty, town) for duty in OPENED_BY_A_RUN}
    grown = [key for key in few if many[key][1] > few[key][1]]
    assert "check_in" in grown, "the new channels owe something"
    assert {key: many[key][0] for key in many} == {key: few[key][0] for key in few}
