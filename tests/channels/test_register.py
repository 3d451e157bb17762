"""What the register says of the channels."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from channels.actions.register import change_channel, confirm_channel, enter_existing_channel
from channels.models import Channel, Plan
from governance.errors import AgainstPolicy, NotAllowed
from governance.models import AuditEntry, Municipality, User
from tests.channels_of_town import open_channel
from tests.plans_of_town import ADDRESS, anna_approves, opened, sten_approves, submitted
from tests.town import NOW, Town, build, later


def version(town: Town) -> int:
    return Municipality.objects.get(pk=town.municipality.pk).register_version


def existing(town: Town, url: str = "https://www.facebook.com/gamla") -> Channel:
    return enter_existing_channel(town.library, url=url, name="Gamla", by=town.ben, now=NOW)


def test_a_channel_that_was_there_before_is_open_and_shows_no_approval(town: Town) -> None:
    before = version(town)
    channel = existing(town)
    assert channel.state == Channel.State.OPEN
    assert not channel.plans.exists()
    assert channel.slug == "gamla-facebook"
    assert version(town) > before


def test_an_address_in_use_is_not_entered_again(town: Town) -> None:
    opened(town)
    with pytest.raises(AgainstPolicy) as caught:
        existing(town, f"{ADDRESS}/?ref=page")
    assert caught.value.field == "url"


def test_a_plan_whose_address_was_taken_meanwhile_is_not_approved(town: Town) -> None:
    plan = anna_approves(submitted(town), town)
    open_channel(town.library, "Gamla", url=ADDRESS)
    with pytest.raises(AgainstPolicy, match="Gamla"):
        sten_approves(plan, town)
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUBMITTED
    assert Channel.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_same_address_at_once_are_told_of_each_other() -> None:
    town = build()
    both_ready = Barrier(2, timeout=20)

    def enter(by: User) -> str:
        both_ready.wait()
        try:
            enter_existing_channel(
                town.library, url="https://www.facebook.com/gamla", name="Gamla", by=by, now=NOW
            )
        except AgainstPolicy as refused:
            return refused.field or ""
        finally:
            connection.close()
        return "entered"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, [town.ben, town.ben])) == ["entered", "url"]


def test_the_neighbour_may_have_a_channel_at_the_same_address(town: Town) -> None:
    existing(town)
    enter_existing_channel(
        town.neighbour_unit,
        url="https://www.facebook.com/gamla",
        name="Gamla",
        by=town.otto,
        now=NOW,
    )


def test_a_medium_that_the_address_does_not_tell_is_asked_for(town: Town) -> None:
    with pytest.raises(AgainstPolicy) as caught:
        existing(town, "https://social.ekby.example/@gamla")
    assert caught.value.field == "platform"


def test_only_the_registers_keepers_enter_channels(town: Town) -> None:
    for by in (town.cleo, town.anna, town.otto):
        with pytest.raises(NotAllowed):
            enter_existing_channel(
                town.library, url="https://www.facebook.com/gamla", name="Gamla", by=by, now=NOW
            )


def test_confirming_moves_the_day_and_the_register(town: Town) -> None:
    channel, before = opened(town), version(town)
    confirm_channel(channel, by=town.cleo, now=later(days=40))
    channel.refresh_from_db()
    assert str(channel.last_confirmed_on) == "2026-04-11"
    assert version(town) == before + 1
    assert AuditEntry.objects.filter(act="channel.confirmed").count() == 1


def test_a_change_is_kept_in_history_and_log(town: Town) -> None:
    channel = opened(town)
    change_channel(channel, by=town.cleo, now=NOW, name="Bibblan", contact_phone="0100-1")
    entry = AuditEntry.objects.get(act="channel.changed")
    assert entry.facts["fields"] == ["contact_phone", "name"]
    names = channel.history.order_by("history_date").values_list("name", flat=True)
    assert (names.first(), names.last()) == ("Ekby bibliotek", "Bibblan")


def test_strangers_change_and_confirm_nothing(town: Town) -> None:
    channel = opened(town)
    for by in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            confirm_channel(channel, by=by, now=NOW)
        with pytest.raises(NotAllowed):
            change_channel(channel, by=by, now=NOW, name="Mitt")
