"""Who may do what with one channel."""

import pytest
from django.http import Http404
from guardian.shortcuts import assign_perm

from channels.rights import assigned_channels, channels_where, may_on, permitted_channel, require_on
from governance.errors import NotAllowed
from tests.channels_of_town import open_channel
from tests.town import NOW, Town, at, away


def test_an_assignment_to_the_channel_gives_the_right_on_it_and_on_no_other(town: Town) -> None:
    ours, other = open_channel(town.library), open_channel(town.library, "Ungdom")
    assign_perm("check_in", town.cleo, ours)
    assert may_on(town.cleo, "check_in", ours, NOW)
    assert not may_on(town.cleo, "check_in", other, NOW)
    assert not may_on(town.cleo, "moderate", ours, NOW)


def test_the_information_officer_may_on_every_channel_of_the_municipality(town: Town) -> None:
    assert may_on(town.ben, "moderate", open_channel(town.school), NOW)


def test_a_deputy_may_what_the_absent_editor_may_for_as_long(town: Town) -> None:
    ours = open_channel(town.library)
    assign_perm("check_in", town.cleo, ours)
    away(town.cleo, town.dag, end="2026-03-03")
    assert may_on(town.dag, "check_in", ours, NOW)
    assert list(channels_where(town.dag, "check_in", NOW)) == [ours]
    assert not may_on(town.dag, "check_in", ours, at("2026-03-04"))


def test_the_list_agrees_with_the_question_about_each(town: Town) -> None:
    channels = [
        open_channel(town.library),
        open_channel(town.library, "Två"),
        open_channel(town.school, "Skola"),
    ]
    assign_perm("moderate", town.cleo, channels[0])
    for someone in (town.cleo, town.ben, town.ola, town.otto):
        listed = set(channels_where(someone, "moderate", NOW))
        assert listed == {each for each in channels if may_on(someone, "moderate", each, NOW)}


def test_the_other_municipality_gets_404_and_a_colleague_the_reason(town: Town) -> None:
    ours = open_channel(town.library)
    with pytest.raises(Http404):
        permitted_channel(ours.pk, "check_in", town.otto, now=NOW)
    with pytest.raises(NotAllowed, match="Ekby bibliotek"):
        permitted_channel(ours.pk, "check_in", town.ola, now=NOW)


def test_somebody_who_may_no_longer_sign_in_may_nothing(town: Town) -> None:
    ours = open_channel(town.library)
    assign_perm("check_in", town.cleo, ours)
    town.cleo.is_active = False
    with pytest.raises(NotAllowed):
        require_on(town.cleo, "check_in", ours, now=NOW)


def test_what_is_mine_is_what_i_am_assigned_to_and_not_what_my_role_covers(town: Town) -> None:
    ours = open_channel(town.library)
    assign_perm("check_in", town.cleo, ours)
    assert list(assigned_channels(town.cleo, "check_in", NOW)) == [ours]
    assert not assigned_channels(town.ben, "check_in", NOW).exists()
