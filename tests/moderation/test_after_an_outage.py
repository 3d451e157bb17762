"""Days on which no machine ran are owed all the same, and looks ahead of its run count."""

from datetime import date

import pytest
from django.core import mail

from channels.models import Channel
from governance.digests import gather
from governance.models import Escalation, Obligation
from governance.notices import send_due
from governance.obligations import advance_due, open_due, waiting_for
from moderation.actions import check_in
from tests.channels_of_town import library_page, open_channel
from tests.town import NOW, POLICIES, Town, adopt_text, at, build

BEFORE, AFTER = "2026-03-02", "2026-03-06"


@pytest.fixture
def away_for_days(town: Town, channel: Channel) -> Channel:
    """Duties were opened on Monday and not again before Friday."""
    Channel.objects.update(created_at=at("2026-01-07"))
    open_due(at(BEFORE))
    return channel


def owed(channel: Channel) -> list[str]:
    rows = Obligation.objects.filter(duty="check_in", subject_id=channel.pk)
    return list(rows.order_by("period").values_list("period", flat=True))


def test_a_look_ahead_of_the_run_that_opens_the_day_meets_it(town: Town, channel: Channel) -> None:
    check_in(channel, by=town.cleo, now=at("2026-03-02", "00:02"))
    open_due(at("2026-03-02", "00:05"))
    row = Obligation.objects.get(duty="check_in")
    assert (row.met_at, row.met_by) == (at("2026-03-02", "00:02"), town.cleo)
    assert not waiting_for(town.cleo, NOW).filter(duty="check_in").exists()


def test_a_look_that_nobody_owes_opens_nothing(db: None) -> None:
    town = build("volda")
    check_in(library_page(town), by=town.cleo, now=NOW)
    assert not Obligation.objects.filter(duty="check_in").exists()


def test_the_days_of_an_outage_are_owed_all_the_same(away_for_days: Channel) -> None:
    open_due(at(AFTER))
    assert owed(away_for_days) == [f"2026-03-0{day}" for day in range(2, 7)]
    missed = Obligation.objects.get(duty="check_in", period="2026-03-04")
    assert missed.due_at == at("2026-03-05", "00:00")
    assert missed.opened_at == at(AFTER), "it says when it was opened"
    assert missed.is_overdue(at(AFTER))


def test_of_the_days_of_an_outage_every_step_is_kept_and_one_letter_written(
    town: Town, away_for_days: Channel
) -> None:
    open_due(at(AFTER))
    while advance_due(now=at(AFTER)):
        pass
    row = Obligation.objects.get(duty="check_in", period="2026-03-03")
    steps = row.escalations.order_by("step")
    assert [step.planned_at for step in steps] == sorted(step.planned_at for step in steps)
    assert {step.who for step in steps} >= {"responsible_person", "administrator"}
    gather(at(AFTER))
    send_due(at(AFTER))
    assert not Escalation.objects.filter(handled_at__isnull=True).exists()
    letters = [letter.to[0] for letter in mail.outbox]
    assert len(letters) == len(set(letters)) > 0


def test_a_look_during_the_outage_meets_its_own_day(town: Town, away_for_days: Channel) -> None:
    check_in(away_for_days, by=town.cleo, now=at("2026-03-04"))
    open_due(at(AFTER))
    missed = Obligation.objects.open().filter(duty="check_in", due_on__lt=date(2026, 3, 6))
    assert set(missed.values_list("period", flat=True)) == {f"2026-03-0{day}" for day in (2, 3, 5)}


def test_a_day_of_an_outage_is_owed_as_the_policy_of_that_day_says(
    town: Town, away_for_days: Channel
) -> None:
    content = (POLICIES / "vetlanda.toml").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2026, 3, 5))
    open_due(at(AFTER))
    clauses = Obligation.objects.filter(duty="check_in").order_by("period")
    looking = "2.1 Att använda sociala medier"
    other = "Uppsikt, moderering och sekretess"
    assert [row.clause for row in clauses] == [looking] * 3 + [other] * 2


def test_a_channel_that_opened_during_the_outage_owes_from_that_day(
    town: Town, away_for_days: Channel
) -> None:
    other = open_channel(
        town.school, "Skolan", opened_on=date(2026, 3, 5), created_at=at("2026-03-01")
    )
    open_due(at(AFTER))
    assert owed(other) == ["2026-03-05", "2026-03-06"]


def test_after_more_than_a_month_the_days_begin_anew(away_for_days: Channel) -> None:
    open_due(at("2026-04-20"))
    assert owed(away_for_days) == ["2026-03-02", "2026-04-20"]
