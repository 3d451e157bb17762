"""The author, the notes, the registrar, and closing: what is missing refuses the closing only."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed, Refused
from governance.models import Obligation
from moderation.actions import (
    close,
    hand_to_registrar,
    inform_author,
    leave,
    lift_out_to_case,
    need_not_be_registered,
    not_inform_author,
    note_measures,
    note_off_platform,
    register_number,
)
from moderation.models import Item
from tests.channels_of_town import library_page
from tests.moderation.scenes import comment, logged, removed
from tests.town import NOW, Town, build, later


def told(item: Item, town: Town) -> None:
    inform_author(item, text="Ditt inlägg togs bort.", by=town.cleo, now=NOW)


def test_a_plain_removal_is_closed_when_the_author_has_been_answered(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    with pytest.raises(AgainstPolicy) as refusal:
        close(item, by=town.cleo, now=NOW)
    assert refusal.value.field == "decision"
    removed(item, town.cleo)
    with pytest.raises(AgainstPolicy) as refusal:
        close(item, by=town.cleo, now=NOW)
    assert refusal.value.field == "author"
    told(item, town)
    closed = close(item, by=town.cleo, now=NOW)
    assert (closed.state, closed.closed_by) == ("closed", town.cleo)
    assert Obligation.objects.get(duty="removal_case").met_at == NOW
    assert len(logged("finding.closed")) == 1


def test_what_was_left_is_closed_at_once(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    leave(item, because="Kritik är tillåten.", by=town.cleo, now=NOW)
    assert close(item, by=town.cleo, now=NOW).state == "closed"


def test_the_author_is_answered_for_once(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    with pytest.raises(NoLongerPossible):
        told(item, town)
    removed(item, town.cleo)
    with pytest.raises(AgainstPolicy):
        inform_author(item, text=" ", by=town.cleo, now=NOW)
    with pytest.raises(AgainstPolicy):
        not_inform_author(item, because="", by=town.cleo, now=NOW)
    not_inform_author(item, because="Kontot är borta.", by=town.cleo, now=NOW)
    with pytest.raises(NoLongerPossible) as late:
        told(item, town)
    assert late.value.by == "Cleo Sjö"
    assert "borta" not in str(logged("finding.author")[0].facts)


def test_confidential_content_needs_its_number_and_says_under_which_clause(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="confidential", obvious=None)
    told(item, town)
    with pytest.raises(AgainstPolicy) as refusal:
        close(item, by=town.cleo, now=NOW)
    assert refusal.value.field == "diary_number"
    assert "4.4 Registrering" in refusal.value.clause
    with pytest.raises(AgainstPolicy) as refusal:
        need_not_be_registered(item, "Ringa betydelse.", by=town.rut, now=NOW)
    assert "4.4 Registrering" in refusal.value.clause
    register_number(item, " BN 2026/17 ", by=town.rut, now=NOW)
    assert close(item, by=town.cleo, now=NOW).diary_number == "BN 2026/17"
    assert Obligation.objects.get(duty="registration").met_by == town.rut


def test_what_belongs_to_a_case_needs_the_case(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    told(item, town)
    lift_out_to_case(item, reference="", by=town.cleo, now=NOW)
    with pytest.raises(AgainstPolicy) as refusal:
        close(item, by=town.cleo, now=NOW)
    assert refusal.value.field == "case_reference"
    assert "4.4 Registrering" in refusal.value.clause
    lift_out_to_case(item, reference="BN 2025/88", by=town.cleo, now=NOW)
    assert close(item, by=town.cleo, now=NOW).case_reference == "BN 2025/88"


def test_what_was_handed_over_freely_waits_for_the_registrars_answer(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    told(item, town)
    hand_to_registrar(item, by=town.cleo, now=NOW)
    with pytest.raises(NoLongerPossible) as late:
        hand_to_registrar(item, by=town.dag, now=later(NOW, minutes=1))
    assert late.value.by == "Cleo Sjö"
    with pytest.raises(AgainstPolicy) as refusal:
        close(item, by=town.cleo, now=NOW)
    assert (refusal.value.field, refusal.value.clause) == ("registrar", "")
    need_not_be_registered(item, "Uppenbart ringa betydelse.", by=town.rut, now=NOW)
    assert close(item, by=town.cleo, now=NOW).state == "closed"


def test_only_a_registrar_decides_registration_and_only_once(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    for someone in (town.cleo, town.ben, town.otto):
        with pytest.raises(NotAllowed):
            register_number(item, "BN 2026/17", by=someone, now=NOW)
    with pytest.raises(AgainstPolicy):
        register_number(item, "utan siffror", by=town.rut, now=NOW)
    with pytest.raises(AgainstPolicy):
        register_number(item, "1" * 81, by=town.rut, now=NOW)
    register_number(item, "BN 2026/17", by=town.rut, now=NOW)
    with pytest.raises(NoLongerPossible) as late:
        need_not_be_registered(item, "Nej.", by=town.rut, now=later(NOW, minutes=1))
    assert late.value.by == "Rut Asp"
    assert logged("finding.registered")[0].facts["number"] == "BN 2026/17"


def test_a_closed_case_may_still_get_its_number_and_nothing_else(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    leave(item, because="Kritik.", by=town.cleo, now=NOW)
    close(item, by=town.cleo, now=NOW)
    acts: list[Callable[[], object]] = [
        lambda: note_off_platform(item, text="x", by=town.dag, now=NOW),
        lambda: note_measures(item, text="x", by=town.dag, now=NOW),
        lambda: removed(item, town.dag),
        lambda: hand_to_registrar(item, by=town.dag, now=NOW),
    ]
    for act in acts:
        with pytest.raises(NoLongerPossible) as late:
            act()
        assert late.value.by == "Cleo Sjö"
    assert register_number(item, "BN 2026/17", by=town.rut, now=NOW).diary_number


def test_notes_are_kept_as_written_and_the_log_has_their_digest_only(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    with pytest.raises(AgainstPolicy) as refusal:
        note_off_platform(item, text=" ", by=town.cleo, now=NOW)
    assert refusal.value.field == "off_platform_note"
    note_off_platform(item, text="Hot mot anställd, borttaget.", by=town.cleo, now=NOW)
    note_measures(item, text="Polisanmälan 5000-K1-26", by=town.cleo, now=NOW)
    item.refresh_from_db()
    assert item.measures == "Polisanmälan 5000-K1-26"
    assert "anställd" not in str(logged("finding.noted")[0].facts)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_the_second_is_told_of_the_first() -> None:
    town = build()
    channel = library_page(town)
    item = comment(channel, town.cleo)
    leave(item, because="Kritik.", by=town.cleo, now=NOW)
    start, told_of = threading.Barrier(2), []

    def closes() -> None:
        start.wait()
        try:
            close(Item.objects.get(pk=item.pk), by=town.dag, now=NOW)
        except Refused as refusal:
            told_of.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=closes) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(refusal) for refusal in told_of] == [NoLongerPossible]
    assert len(logged("finding.closed")) == 1


def test_what_is_registered_is_not_handed_to_the_registrar_again(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    register_number(item, "KS 2026/3", by=town.rut, now=NOW)
    with pytest.raises(NoLongerPossible) as refusal:
        hand_to_registrar(item, by=town.cleo, now=later(hours=1))
    assert "KS 2026/3" in refusal.value.message
    assert "Rut Asp" in refusal.value.message


def test_what_the_registrar_decided_on_stays_as_it_was(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    note_off_platform(item, text="Hot mot personal.", by=town.cleo, now=NOW)
    register_number(item, "KS 2026/3", by=town.rut, now=NOW)
    with pytest.raises(NoLongerPossible):
        note_off_platform(item, text="Något annat.", by=town.cleo, now=later(hours=1))
    item.refresh_from_db()
    assert item.off_platform_note == "Hot mot personal."
    note_measures(item, text="Polisanmält.", by=town.cleo, now=later(hours=1))
    lift_out_to_case(item, reference="KS 2026/1", by=town.cleo, now=later(hours=1))
    with pytest.raises(NoLongerPossible):
        lift_out_to_case(item, reference="KS 2026/2", by=town.cleo, now=later(hours=2))
