"""A rest that is ended before it has begun was never one; and no rest lasts for ever."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from channels.models import Channel
from governance.errors import AgainstPolicy
from governance.models import Notice
from moderation.actions import declare_rest, end_period
from moderation.declared import without
from moderation.models import DeclaredPeriod, PeriodChannel
from tests.browsers import client_of
from tests.channels_of_town import assign, open_channel
from tests.town import NOW, Town, build, later

FIRST, LAST = date(2096, 12, 14), date(2097, 1, 3)


@pytest.fixture
def island(db: None) -> Town:
    """Under Värmdö's routine channels may rest."""
    return build("varmdo")


@pytest.fixture
def school(island: Town) -> Channel:
    channel = open_channel(island.school, "Ekskolan")
    assign(island.cleo, channel)
    return channel


def rest(town: Town, channel: Channel, first: date = FIRST, last: date = LAST) -> DeclaredPeriod:
    return declare_rest([channel], why="Lov", first=first, last=last, by=town.ben, now=NOW)


def take_back(period: DeclaredPeriod, town: Town) -> DeclaredPeriod:
    return end_period(period, reason="Skolan har öppet", by=town.ben, now=later(hours=1))


def test_its_page_says_so_and_has_no_form_and_it_is_listed_among_those_that_are_over(
    island: Town, school: Channel
) -> None:
    period = take_back(rest(island, school), island)
    client = client_of(island.ben)
    page = client.get(reverse("moderation:period", args=[period.pk])).content.decode()
    assert "Taken back" in page
    assert "taken back before it began" in page
    assert 'id="end-it"' not in page
    groups = dict(client.get(reverse("moderation:periods")).context["groups"])
    assert (groups["To come"], groups["Over"]) == ([], [period])


def test_its_letter_says_that_nothing_changes(island: Town, school: Channel) -> None:
    rest(island, school)
    begun = Notice.objects.count()
    take_back(DeclaredPeriod.objects.get(), island)
    letters = Notice.objects.order_by("pk")[begun:]
    assert letters
    for letter in letters:
        assert "14 december 2096 is taken back" in letter.text
        assert "tomorrow" not in letter.text


def test_the_channel_is_free_for_another_rest_around_that_day(
    island: Town, school: Channel
) -> None:
    take_back(rest(island, school), island)
    assert list(without("rest", Channel.objects.all(), later(hours=2))) == [school]
    around = rest(island, school, date(2096, 12, 10), date(2096, 12, 20))
    assert not PeriodChannel.objects.not_taken_back().exclude(period=around).exists()


def test_a_rest_lasts_a_year_at_most(island: Town, school: Channel) -> None:
    with pytest.raises(AgainstPolicy) as refused:
        rest(island, school, FIRST, date(2097, 12, 15))
    assert refused.value.field == "last"
    assert rest(island, school, FIRST, date(2097, 12, 14)).starts_at > timezone.now()
