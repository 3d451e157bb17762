"""When a look is owed, how a missed day stays, and when the duty of supervision is broken."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.models import Channel
from governance.models import Obligation
from governance.obligations import (
    advance_due,
    open_due,
    replan,
    replan_everywhere,
    waiting_for,
    waive,
)
from governance.open_hours import close_day, open_day, set_office_hours
from governance.today import listed_for
from moderation.actions import check_in
from moderation.duties import plan_check_ins
from tests.channels_of_town import library_page, open_channel, watched_more_often
from tests.town import NOW, POLICIES, Town, adopt_text, at, build, later


def owed(channel: Channel) -> list[str]:
    rows = Obligation.objects.filter(duty="check_in", subject_id=channel.pk)
    return list(rows.order_by("period").values_list("period", flat=True))


def run_days(first: str, count: int) -> Iterator[str]:
    day = date.fromisoformat(first)
    for number in range(count):
        yield (day + timedelta(days=number)).isoformat()


def test_a_look_is_owed_every_day_until_midnight(town: Town, channel: Channel) -> None:
    for day in run_days("2026-02-27", 4):  # Friday to Monday
        open_due(at(day))
    assert owed(channel) == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]
    row = Obligation.objects.get(duty="check_in", period="2026-03-02")
    assert row.due_at == at("2026-03-03", "00:00")
    assert row.clause == "2.1 Att använda sociala medier"
    assert row.who == "responsible_person"
    assert row.path.startswith("/today/")


def test_looks_at_two_channels_of_one_name_are_told_apart(town: Town) -> None:
    open_channel(town.library)
    open_channel(town.library, platform="instagram", slug="ekby-pa-instagram")
    open_due(NOW)
    rows = Obligation.objects.filter(duty="check_in")
    assert sorted(row.subject_label for row in rows) == [
        "Ekby bibliotek, Facebook",
        "Ekby bibliotek, Instagram",
    ]


def test_a_plan_of_office_hours_only_makes_it_working_days(town: Town) -> None:
    channel = library_page(town, office_hours_only=True)
    for day in run_days("2026-02-27", 4):
        open_due(at(day))
    assert owed(channel) == ["2026-02-27", "2026-03-02"]


def test_a_library_that_works_on_saturdays_owes_its_look_then(town: Town) -> None:
    channel = library_page(town, office_hours_only=True)
    week = range(1, 7)
    set_office_hours(town.library, week, time(10), time(18), by=town.ben, now=NOW)
    for day in run_days("2026-02-27", 4):
        open_due(at(day))
    assert owed(channel) == ["2026-02-27", "2026-02-28", "2026-03-02"]


def test_a_day_on_which_the_unit_turns_out_to_be_closed_is_owed_no_look(town: Town) -> None:
    library_page(town, office_hours_only=True)
    open_due(NOW)
    day = town.municipality.today(NOW)
    close_day(town.municipality, day, name="Vattenläcka", unit=town.library, by=town.ben, now=NOW)
    replan_everywhere(NOW)
    row = Obligation.objects.get(duty="check_in")
    assert row.waived_at == NOW
    assert row.waive_reason
    open_due(NOW)
    assert Obligation.objects.filter(duty="check_in").count() == 1


def test_a_day_closed_by_mistake_is_owed_again_what_there_is_still_time_for(town: Town) -> None:
    channel = library_page(town, office_hours_only=True)
    watched_more_often(channel, 2, by=town.cleo)
    other = open_channel(town.library, "Ekby läser", office_hours_only=True)
    open_due(NOW)
    looks = Obligation.objects.filter(duty="check_in")
    waived = looks.get(subject_id=other.pk)
    waive(waived, by=town.anna, now=NOW, reason="Inget bredband i dag")
    day = town.municipality.today(NOW)
    closed = close_day(town.municipality, day, name="Fel", unit=None, by=town.ben, now=NOW)
    replan_everywhere(NOW)
    assert not any(row.is_open for row in looks.all())
    afternoon = at("2026-03-02", "15:00")
    open_day(closed, by=town.ben, now=afternoon)
    open_due(afternoon)
    morning, evening = looks.filter(subject_id=channel.pk).order_by("period")
    assert (morning.is_open, evening.is_open) == (False, True)
    assert evening.next_step_at is not None
    waived.refresh_from_db()
    assert waived.waived_by == town.anna, "what somebody waived stays waived"


def test_a_plan_that_looks_more_often_has_as_many_turns(town: Town, channel: Channel) -> None:
    watched_more_often(channel, 2, by=town.cleo)
    open_due(NOW)
    assert owed(channel) == ["2026-03-02/1", "2026-03-02/2"]
    assert check_in(channel, by=town.cleo, now=at("2026-03-02", "08:00")).period == "2026-03-02/1"
    assert check_in(channel, by=town.cleo, now=at("2026-03-02", "15:00")).period == "2026-03-02/2"


def test_nothing_is_owed_before_the_channel_is_open(town: Town) -> None:
    channel = open_channel(town.library, opened_on=date(2026, 3, 2))
    Channel.objects.filter(pk=channel.pk).update(state=Channel.State.WAITING)
    open_due(NOW)
    assert owed(channel) == []


def test_opening_again_opens_nothing_twice(town: Town, channel: Channel) -> None:
    open_due(NOW)
    open_due(NOW)
    assert owed(channel) == ["2026-03-02"]


def test_a_missed_day_climbs_the_ladder_and_stays(town: Town, channel: Channel) -> None:
    open_due(at("2026-03-02", "00:05"))
    while advance_due(now=at("2026-03-09")):
        pass
    row = Obligation.objects.get(duty="check_in", period="2026-03-02")
    told = list(row.escalations.order_by("step").values_list("who", flat=True))
    assert told[-2:] == ["operations_manager", "sector_head"]
    assert row.is_overdue(at("2026-03-09"))


def test_a_week_without_a_look_breaks_the_duty_of_supervision_itself(
    town: Town, channel: Channel
) -> None:
    check_in(channel, by=town.cleo, now=NOW)
    open_due(at("2026-03-03"))
    assert not Obligation.objects.filter(duty="legal_floor").exists()
    open_due(at("2026-03-04"))
    floor = Obligation.objects.get(duty="legal_floor")
    assert floor.clause == "4.6 Elektroniska anslagstavlor"
    assert floor.due_on == date(2026, 3, 9)
    assert not floor.is_overdue(at("2026-03-09", "23:59"))
    assert floor.is_overdue(at("2026-03-10", "00:01"))
    check_in(channel, by=town.cleo, now=at("2026-03-10"))
    floor.refresh_from_db()
    assert floor.met_at == at("2026-03-10")


def test_the_gap_is_counted_from_the_opening_where_nobody_has_looked(
    town: Town, channel: Channel
) -> None:
    Channel.objects.update(created_at=at("2026-01-07"))
    open_due(NOW)
    assert Obligation.objects.get(duty="legal_floor").due_on == date(2026, 1, 14)


def test_of_a_channel_that_was_there_before_no_gap_is_counted_before_its_entry(
    town: Town, channel: Channel
) -> None:
    open_due(later(days=3))
    assert Obligation.objects.get(duty="legal_floor").due_on == date(2026, 3, 9)


def test_looks_stand_in_a_section_of_their_own_and_not_in_the_list(
    town: Town, channel: Channel
) -> None:
    open_due(NOW)
    assert waiting_for(town.cleo, NOW).filter(duty="check_in").exists()
    assert not listed_for(town.cleo, NOW).filter(duty__in=("check_in", "legal_floor")).exists()
    assert not waiting_for(town.ben, NOW).filter(duty="check_in").exists()


def test_planning_costs_the_same_for_one_channel_and_for_thirty(
    town: Town, channel: Channel
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            list(plan_check_ins(town.municipality, NOW))
        return len(caught)

    queries()
    before = queries()
    for number in range(30):
        open_channel(town.school, f"Klass {number}")
    assert queries() == before


EVERY_DAY = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]
WORKING_DAYS = ["2026-02-27", "2026-03-02"]


@pytest.mark.parametrize(
    ("policy", "periods"),
    [
        ("vargarda", EVERY_DAY),
        ("varmdo", EVERY_DAY),
        ("tyreso", EVERY_DAY),
        ("vetlanda", WORKING_DAYS),
        ("volda", []),
    ],
)
def test_each_policy_has_its_own_days(db: None, policy: str, periods: list[str]) -> None:
    town = build(policy)
    channel = library_page(town)
    for day in run_days("2026-02-27", 4):
        open_due(at(day))
    assert owed(channel) == periods


def test_a_new_policy_moves_todays_look_and_leaves_the_missed_day_as_it_was(
    town: Town, channel: Channel
) -> None:
    open_due(at("2026-03-01"))
    open_due(NOW)
    content = (POLICIES / "vetlanda.toml").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2026, 3, 2))
    replan(town.municipality, now=NOW)
    missed, today = Obligation.objects.filter(duty="check_in").order_by("period")
    assert (missed.clause, missed.is_overdue(NOW)) == ("2.1 Att använda sociala medier", True)
    assert today.clause == "Uppsikt, moderering och sekretess"
    assert today.is_open
