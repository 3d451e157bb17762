"""A channel that opens owes its first look at what its visitors are to see."""

from __future__ import annotations

from datetime import date

import pytest

from channels.actions.checklists import FIRST, Seen, check_channel
from channels.actions.entering import open_channel
from channels.actions.register import enter_existing_channel
from channels.checklists import VISITOR_INFORMATION, digest_of, standings
from channels.models import Channel, ChannelCheck
from governance.models import Obligation, User
from governance.obligations import open_due, waiting_for
from governance.obligations.replanning import replan
from tests.channels_of_town import library_page
from tests.town import NOW, Town, adopt_text, at, build, file_of, later

pytestmark = pytest.mark.django_db

IN_PLACE, MISSING = ChannelCheck.Outcome.IN_PLACE, ChannelCheck.Outcome.MISSING
#: By policy: how many items the look is at, and the clauses that they stand on.
OWED = {
    "vargarda": (4, "3.1 Checklista för användning av sociala medier, punkt 3"),
    "varmdo": (
        6,
        "Kontaktuppgifter; Checklista med förhållningsregler vid användande av sociala medier i"
        " tjänsten, punkt 6; Checklista med förhållningsregler vid användande av sociala medier i"
        " tjänsten, punkt 7; Tonal…",
    ),
    "volda": (1, "1. Oppretting og bruk av nye sosiale mediekanalar, punkt 9"),
    "tyreso": (6, "Information till besökarna"),
    "vetlanda": (5, "Information till besökarna på ett socialt media"),
    "ekby": (2, "7 Det som tas bort"),
}
ROUTINE = """
[routine.visitor_information]
says = "Den som ansvarar påminns efter fem arbetsdagar."
give_days = 5
tell = [{ after = "5 working days", who = "duty_holder" }]
"""
#: A list that asks for nothing on Facebook.
ELSEWHERE = (
    file_of("volda")
    .read_text()
    .replace("[[visitor_item]]", '[[visitor_item]]\nscope = { platform = "instagram" }')
)


def new_channel(town: Town) -> Channel:
    """The library's page, whose account is in order and which nobody has opened yet."""
    return library_page(town, state=Channel.State.WAITING, opened_on=None)


def opened(town: Town) -> Channel:
    channel = new_channel(town)
    open_channel(channel, by=town.ben, now=NOW)
    return channel


def adopted(town: Town, content: str, day: str = "2021-01-01", number: int = 2) -> None:
    adopt_text(town.municipality, content, number=number, in_force_from=date.fromisoformat(day))


def owed(channel: Channel) -> list[str]:
    rows = Obligation.objects.about(channel).open().filter(duty="visitor_information")
    return sorted(rows.values_list("period", flat=True))


def look(channel: Channel, by: User, outcome: ChannelCheck.Outcome, *items: str) -> None:
    found = standings(channel, VISITOR_INFORMATION, NOW)
    keys = items or [each.item.key for each in found]
    seen = [Seen(key, outcome) for key in keys]
    check_channel(
        channel, VISITOR_INFORMATION, seen, shown=digest_of(found), by=by, now=later(hours=1)
    )


@pytest.mark.parametrize("policy", sorted(OWED))
def test_each_policy_that_says_what_visitors_see_asks_for_one_look_at_all_of_it(
    policy: str,
) -> None:
    town = build(policy)
    channel = opened(town)
    items, clause = OWED[policy]
    assert len(standings(channel, VISITOR_INFORMATION, NOW)) == items
    row = Obligation.objects.about(channel).get(duty="visitor_information")
    assert (row.period, row.due_at, row.due_on, row.opened_at) == (FIRST, None, None, NOW)
    assert row.clause == clause
    assert row.path == f"/channels/{channel.pk}/visitors/"
    open_due(NOW, [town.municipality])
    assert owed(channel) == [FIRST], "beat asks for nothing beside it"


def test_no_look_is_owed_where_the_policy_asks_for_nothing_visitors_see(town: Town) -> None:
    adopted(town, ELSEWHERE)
    assert owed(opened(town)) == []


def test_it_is_met_when_every_item_has_been_looked_at_whatever_was_seen(town: Town) -> None:
    channel = opened(town)
    first, *others = [each.item.key for each in standings(channel, VISITOR_INFORMATION, NOW)]
    look(channel, town.cleo, IN_PLACE, *others)
    assert owed(channel) == [FIRST]
    look(channel, town.cleo, MISSING, first)
    row = Obligation.objects.about(channel).get(duty="visitor_information", period=FIRST)
    assert (row.met_by, row.met_at) == (town.cleo, later(hours=1))
    assert [each.partition("/")[0] for each in owed(channel)] == [first], "what is missing is"


def test_what_was_looked_at_before_it_opened_is_not_asked_for_again(town: Town) -> None:
    channel = new_channel(town)
    look(channel, town.cleo, IN_PLACE)
    open_channel(channel, by=town.ben, now=later(hours=2))
    assert owed(channel) == []


def test_whoever_owns_the_channel_is_asked(town: Town) -> None:
    opened(town)
    for person, count in ((town.cleo, 1), (town.ola, 0), (town.otto, 0)):
        assert waiting_for(person, NOW).filter(duty="visitor_information").count() == count


def test_a_channel_that_was_there_before_owes_no_first_look(town: Town) -> None:
    entered = enter_existing_channel(
        town.library, url="facebook.com/ekby", name="Ekby", by=town.ben, now=NOW
    )
    waited = library_page(town, platform="instagram", state=Channel.State.WAITING)
    assert waited.opened_on is not None
    open_channel(waited, by=town.ben, now=NOW)
    open_due(later(days=1), [town.municipality])
    assert (owed(entered), owed(waited)) == ([], [])


def test_it_is_reminded_of_where_the_routine_gives_days(town: Town) -> None:
    adopted(town, file_of("tyreso").read_text() + ROUTINE)
    row = Obligation.objects.about(opened(town)).get(duty="visitor_information")
    assert row.next_step_at == at("2026-03-09", "09:00")
    assert row.due_at is None, "a reminder makes nothing late"


def test_under_a_new_version_the_same_look_is_owed_or_none_at_all(town: Town) -> None:
    channel = opened(town)
    adopted(town, file_of("tyreso").read_text(), "2026-03-05")
    replan(town.municipality, now=at("2026-03-05"))
    row = Obligation.objects.about(channel).open().get(duty="visitor_information")
    assert (row.period, row.clause) == (FIRST, "Information till besökarna")

    adopted(town, ELSEWHERE, "2026-03-06", number=3)
    replan(town.municipality, now=at("2026-03-06"))
    assert owed(channel) == []
