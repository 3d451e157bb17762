"""Confirming that a channel was looked at."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import ProgrammingError

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Obligation
from governance.obligations import open_due
from moderation.actions import check_in, check_in_afterwards, check_in_all, correct_check_in
from moderation.models import CheckIn
from tests.channels_of_town import assign, open_channel
from tests.moderation.scenes import logged
from tests.town import NOW, Town, at, away, later


def test_one_tap_meets_todays_duty_and_leaves_one_line_in_the_log(
    town: Town, channel: Channel
) -> None:
    open_due(NOW)
    entry = check_in(channel, by=town.cleo, now=NOW)
    owed = Obligation.objects.get(duty="check_in", subject_id=channel.pk)
    assert (entry.day, entry.period, entry.late) == (date(2026, 3, 2), "2026-03-02", False)
    assert (owed.met_at, owed.met_by) == (NOW, town.cleo)
    line = logged("channel.checked")
    assert len(line) == 1
    assert line[0].clause.startswith("2.1")
    assert line[0].facts["result"] == "nothing"


def test_the_second_tap_is_told_who_was_first_and_when(town: Town, channel: Channel) -> None:
    check_in(channel, by=town.cleo, now=NOW)
    with pytest.raises(NoLongerPossible) as late:
        check_in(channel, by=town.dag, now=later(NOW, minutes=5))
    assert late.value.by == "Cleo Sjö"
    assert late.value.at == NOW
    assert CheckIn.objects.count() == 1


def test_nobody_without_an_assignment_confirms_a_look(town: Town, channel: Channel) -> None:
    for someone in (town.ola, town.otto, town.rut):
        with pytest.raises(NotAllowed):
            check_in(channel, by=someone, now=NOW)
    assert not CheckIn.objects.exists()


def test_a_deputy_counts(town: Town, channel: Channel) -> None:
    away(town.cleo, town.ola, end="2026-03-03")
    assert check_in(channel, by=town.ola, now=NOW).by == town.ola


def test_a_channel_that_is_not_open_is_not_looked_at(town: Town, channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(
        state=Channel.State.CLOSED, closed_on=date(2026, 3, 1)
    )
    with pytest.raises(NoLongerPossible):
        check_in(channel, by=town.cleo, now=NOW)


def test_one_tap_for_all_tells_of_those_that_others_had_done(town: Town, channel: Channel) -> None:
    other = open_channel(town.library, "Ungdomens hus")
    assign(town.cleo, other)
    check_in(channel, by=town.dag, now=NOW)
    outcome = check_in_all([channel, other], by=town.cleo, now=later(NOW, minutes=1))
    assert [entry.channel for entry in outcome.done] == [other]
    assert [late.by for late in outcome.already] == ["Dag Åberg"]


def test_midnight_in_the_municipality_parts_one_day_from_the_next(
    town: Town, channel: Channel
) -> None:
    before = check_in(channel, by=town.cleo, now=at("2026-03-02", "23:59"))
    after = check_in(channel, by=town.cleo, now=at("2026-03-03", "00:00"))
    assert (before.day, after.day) == (date(2026, 3, 2), date(2026, 3, 3))
    assert not before.late
    assert not after.late


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clocks_change_is_one_day(
    town: Town, channel: Channel, day: str, hours: int
) -> None:
    start = at(day, "00:00")
    open_due(start)
    owed = Obligation.objects.get(duty="check_in", period=day)
    assert owed.due_at is not None
    assert (owed.due_at - start).total_seconds() == hours * 3600
    last_minute = later(start, hours=hours, minutes=-1)
    assert not check_in(channel, by=town.cleo, now=last_minute).late
    owed.refresh_from_db()
    assert not owed.is_open


def test_a_missed_day_is_not_met_by_the_next_days_look(town: Town, channel: Channel) -> None:
    open_due(at("2026-03-01"))
    open_due(NOW)
    check_in(channel, by=town.cleo, now=NOW)
    missed = Obligation.objects.get(duty="check_in", period="2026-03-01")
    assert missed.is_overdue(NOW)


def test_what_is_written_afterwards_is_marked_and_dated_when_it_was_written(
    town: Town, channel: Channel
) -> None:
    open_due(at("2026-03-01"))
    entry = check_in_afterwards(
        channel, date(2026, 3, 1), by=town.cleo, now=NOW, note="Tittade, glömde skriva."
    )
    assert (entry.late, entry.day, entry.at) == (True, date(2026, 3, 1), NOW)
    missed = Obligation.objects.get(duty="check_in", period="2026-03-01")
    assert missed.met_at == NOW
    with pytest.raises(NoLongerPossible):
        check_in_afterwards(channel, date(2026, 3, 1), by=town.dag, now=NOW, note="Jag med.")


def test_afterwards_needs_a_note_and_a_day_that_is_over_and_was_missed(
    town: Town, channel: Channel
) -> None:
    open_due(NOW)

    def afterwards(day: date, note: str = "Tittade.") -> Any:
        return check_in_afterwards(channel, day, by=town.cleo, now=NOW, note=note)

    with pytest.raises(AgainstPolicy):
        afterwards(date(2026, 3, 2))
    with pytest.raises(AgainstPolicy):
        afterwards(date(2026, 3, 1), note=" ")
    with pytest.raises(NoLongerPossible):
        afterwards(date(2026, 2, 20))


def test_a_correction_is_a_new_entry_beside_the_old(town: Town, channel: Channel) -> None:
    wrong = check_in(channel, by=town.cleo, now=NOW)
    right = correct_check_in(
        wrong, by=town.cleo, now=later(NOW, hours=1), result="remark", note="En fråga väntade."
    )
    wrong.refresh_from_db()
    assert (wrong.result, right.result, right.corrects) == ("nothing", "remark", wrong)
    with pytest.raises(NoLongerPossible) as late:
        correct_check_in(wrong, by=town.dag, now=later(NOW, hours=2), result="nothing", note="Nej.")
    assert late.value.by == "Cleo Sjö"
    with pytest.raises(AgainstPolicy):
        correct_check_in(right, by=town.cleo, now=NOW, result="nothing", note="")
    with pytest.raises(NotAllowed):
        correct_check_in(right, by=town.otto, now=NOW, result="nothing", note="Nej.")


def test_an_entry_is_never_changed_and_never_removed(town: Town, channel: Channel) -> None:
    entry = check_in(channel, by=town.cleo, now=NOW)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        CheckIn.objects.filter(pk=entry.pk).update(late=True)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        CheckIn.objects.filter(pk=entry.pk).delete()


def test_the_database_holds_a_turn_to_one_entry_and_a_row_to_its_municipality(
    town: Town, channel: Channel
) -> None:
    entry = check_in(channel, by=town.cleo, now=NOW)
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
    entry.municipality, entry.period = town.neighbour, "2026-03-09"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)
        connection.check_constraints()
