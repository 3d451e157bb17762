"""A year of each municipality's, against what its guideline and routine ask for by themselves.

Every run of the checks has January, with beat coming round at each midnight and at the hours at
which the reference says that something happens; in two of the six the first fortnight is walked
hour by hour, which gives the same. `./dev test --faults` walks the whole year hour by hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from django.core import mail

from tests.trips.playing import Playing
from tests.trips.year import FIRST, LAST, Year, on
from tests.trips.year_kept_up import kept_up
from tests.trips.year_of_grenseby import YEAR as GRENSEBY
from tests.trips.year_of_tyreso import YEAR as TYRESO
from tests.trips.year_of_vargarda import YEAR as VARGARDA
from tests.trips.year_of_varmdo import YEAR as VARMDO
from tests.trips.year_of_vetlanda import YEAR as VETLANDA
from tests.trips.year_of_volda import YEAR as VOLDA
from tests.trips.year_owed import owed_in
from tests.trips.year_told import hours, told_hour_by_hour

YEARS = {year.policy: year for year in (VARGARDA, VOLDA, TYRESO, VETLANDA, VARMDO, GRENSEBY)}
#: Where everything comes that can, and where nothing does.
HOURLY = (VARGARDA, VOLDA)
each_year = pytest.mark.parametrize("policy", YEARS)


def assert_as_asked_for(
    year: Year, until: date, outbox: list[mail.EmailMessage], *, hourly_until: date
) -> None:
    """Play the year to that day: hour by hour at first, then when the reference has something."""
    owed = [*owed_in(year, until), *kept_up(year, until)]
    told = told_hour_by_hour(year, owed, until)
    playing = Playing(year, until, outbox)
    eventful = {fact[-1] for fact in told.facts} | {minute for minute, _name in told.letters}
    playing.live(eventful | set(hours(year, hourly_until)))
    assert_same(playing.owed(), [(each.key, each.met or 0, each.dropped or 0) for each in owed])
    assert_same(playing.facts(), told.facts)
    assert_same(playing.letters, told.letters)


def assert_same(found: Iterable[Any], asked_for: Iterable[Any]) -> None:
    """The same things, each as often; where not, what is missing and what is too much."""
    there, wanted = Counter(found), Counter(asked_for)
    missing, unasked = (wanted - there).elements(), (there - wanted).elements()
    assert (sorted(missing), sorted(unasked)) == ([], []), "what is missing, what is too much"


@each_year
def test_a_january_brings_what_guideline_and_routine_ask_for(
    policy: str, db: None, mailoutbox: list[mail.EmailMessage]
) -> None:
    year = YEARS[policy]
    hourly_until = on(1, 14) if year in HOURLY else FIRST
    assert_as_asked_for(year, on(1, 31), mailoutbox, hourly_until=hourly_until)


@pytest.mark.faults
@each_year
def test_a_year_hour_by_hour_brings_what_guideline_and_routine_ask_for(
    policy: str, db: None, mailoutbox: list[mail.EmailMessage]
) -> None:
    year = YEARS[policy]
    assert_as_asked_for(year, LAST, mailoutbox, hourly_until=LAST)
