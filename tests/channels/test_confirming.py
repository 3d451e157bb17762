"""What the register says of a channel is confirmed as often as our routine says."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channels.actions.register import confirm_channel
from channels.confirming import owed_of_register
from channels.models import Channel
from governance.errors import NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import open_due, replan, waiting_for
from tests.browsers import client_of
from tests.channels_of_town import library_page, open_channel
from tests.governance.policy.files import changed
from tests.town import NOW, Town, adopt_text, at, build

CONFIRMED = date(2026, 3, 2)
A_YEAR_ON = at("2027-03-02")


def page(town: Town) -> Channel:
    """The library's, confirmed on the second of March."""
    return library_page(town, last_confirmed_on=CONFIRMED)


def owed(channel: Channel) -> list[Obligation]:
    return list(Obligation.objects.about(channel).open().filter(duty="register"))


def test_a_year_after_it_was_confirmed_it_is_to_be_confirmed_again_without_a_moment(
    town: Town,
) -> None:
    channel = page(town)
    open_due(at("2027-03-01", "23:55"))
    assert owed(channel) == []
    open_due(A_YEAR_ON)
    open_due(at("2027-06-01"))
    (row,) = owed(channel)
    assert (row.clause, row.strength, row.due_at) == ("", "must", None)
    assert row.says.startswith("Att uppgifterna i förteckningen stämmer")
    assert row.path == reverse("channels:channel", args=[channel.pk])
    # the tenth and the thirtieth working day, Easter between them
    assert [step["at"][:10] for step in row.steps] == ["2027-03-16", "2027-04-15"]


def test_it_waits_for_the_owners_and_for_nobody_else(town: Town) -> None:
    channel = page(town)
    open_due(A_YEAR_ON)
    (row,) = owed(channel)
    for person, waits in ((town.cleo, True), (town.dag, True), (town.ola, False)):
        assert (row in waiting_for(person, A_YEAR_ON)) is waits, person


def test_confirming_meets_it_and_the_next_year_begins(town: Town) -> None:
    channel = page(town)
    open_due(A_YEAR_ON)
    confirm_channel(channel, by=town.dag, now=at("2027-04-01"))
    assert owed(channel) == []
    open_due(at("2028-03-31"))
    assert owed(channel) == []
    open_due(at("2028-04-01"))
    assert len(owed(channel)) == 1
    assert AuditEntry.objects.filter(act="channel.confirmed").count() == 1


def test_of_a_channel_that_nobody_confirmed_the_time_runs_from_its_opening(town: Town) -> None:
    channel = library_page(town, opened_on=date(2025, 3, 3))
    open_due(NOW)
    assert owed(channel) == []
    open_due(at("2026-03-03"))
    assert len(owed(channel)) == 1


def test_a_channel_that_is_not_open_owes_nothing(town: Town) -> None:
    channel = page(town)
    Channel.objects.filter(pk=channel.pk).update(state="closed", closed_on=CONFIRMED)
    open_due(A_YEAR_ON)
    assert owed(channel) == []


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        ("varmdo", True),
        ("vargarda", True),
        ("tyreso", True),
        ("vetlanda", True),
        ("volda", False),
        ("ekby", False),
    ],
)
def test_it_is_asked_for_where_the_routine_says_so_and_nowhere_else(
    db: None, policy: str, asked: bool
) -> None:
    channel = page(build(policy))
    open_due(A_YEAR_ON)
    assert bool(owed(channel)) is asked


def test_whom_the_routine_names_owes_it_instead_of_the_owner(town: Town) -> None:
    named = changed(
        "recheck_months = 12\ngive_days = 10\n", 'recheck_months = 6\nwho = "information_officer"\n'
    )
    adopt_text(town.municipality, named, number=2, in_force_from=date(2020, 1, 2))
    channel = page(town)
    open_due(at("2026-09-02"))
    (row,) = owed(channel)
    assert row.who == "information_officer"
    assert row in waiting_for(town.ben, at("2026-09-02"))


def test_a_new_version_without_the_routine_asks_no_longer(town: Town) -> None:
    channel = page(town)
    open_due(A_YEAR_ON)
    silent = changed("recheck_months = 12\ngive_days = 10\n", "")
    adopt_text(town.municipality, silent, number=2, in_force_from=date(2027, 3, 1))
    replan(town.municipality, now=A_YEAR_ON)
    assert owed(channel) == []


def test_what_is_not_due_costs_nothing(town: Town) -> None:
    counts = []
    for number in (1, 5):
        for each in range(number):
            open_channel(town.library, f"Sida {number}-{each}", last_confirmed_on=CONFIRMED)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert list(owed_of_register(town.municipality, at("2026-12-01"))) == []
        counts.append(len(queries))
    assert all(one == other for one, other in pairwise(counts))


def test_one_button_on_the_channels_page_confirms_it(town: Town) -> None:
    channel = page(town)
    client = client_of(town.cleo)
    address = reverse("channels:confirm", args=[channel.pk])
    assert address in client.get(reverse("channels:channel", args=[channel.pk])).content.decode()
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    channel.refresh_from_db()
    assert channel.last_confirmed_on != CONFIRMED


def test_a_colleague_has_no_button_and_is_refused_with_the_reason(town: Town) -> None:
    channel = page(town)
    client = client_of(town.ola)
    address = reverse("channels:confirm", args=[channel.pk])
    assert (
        address not in client.get(reverse("channels:channel", args=[channel.pk])).content.decode()
    )
    assert client.post(address).status_code == 403
    with pytest.raises(NotAllowed):
        confirm_channel(channel, by=town.otto, now=NOW)
