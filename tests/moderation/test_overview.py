"""How duties were kept, in figures: counted from the rows, for channels, units and everything."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels.models import Channel
from governance.models import Obligation
from governance.obligations import label_of, open_due, waive
from governance.permissions import units_below
from governance.roles import Role
from moderation import reply_figures
from moderation.actions import answer_inquiry, check_in, declare_crisis, declare_rest
from moderation.overview.figures import (
    Counts,
    Period,
    breaches,
    by_day,
    by_duty,
    covered_by,
    looks,
    of_channel,
    of_units,
)
from moderation.overview.gaps import days_of_rest, gap_rows, gaps
from moderation.overview.maps import months_of
from tests.browsers import client_of
from tests.channels_of_town import assign, channels_of, library_page, open_channel
from tests.moderation.inquiries import asked
from tests.moderation.year_of_looks import EVENING, WHY, day, looks_owed, moment, ten_days
from tests.town import Town, appoint, build, later

YEAR = Period.of_year(2026)


@pytest.fixture
def looked(town: Town) -> Channel:
    """The library's page after ten days."""
    channel = open_channel(town.library, created_at=moment(1, "05:00"))
    assign(town.cleo, channel)
    return ten_days(town, channel)


def test_each_day_is_counted_as_it_went(looked: Channel) -> None:
    days = by_day(looks(of_channel(looked, YEAR)), EVENING)

    assert days == {
        **{day(number): Counts(in_time=1) for number in range(1, 8)},
        day(8): Counts(late=1),
        day(9): Counts(missed=1),
        day(10): Counts(waiting=1),
    }


def test_a_look_that_waits_is_missed_when_its_day_is_over(looked: Channel) -> None:
    days = by_day(looks(of_channel(looked, YEAR)), later(EVENING, hours=6))

    assert days[day(10)] == Counts(missed=1)


def test_who_looked_is_told_by_the_role_that_they_had_that_day(looked: Channel) -> None:
    found = covered_by(of_channel(looked, YEAR), looked.municipality, named=True)

    assert [(each.role, each.name, each.in_time, each.late) for each in found] == [
        ("responsible person", "Cleo Sjö", 5, 1),
        ("deputy for somebody who was away", "Ola Rönn", 1, 0),
        ("substitute", "Dag Åberg", 1, 0),
    ]


def test_an_assignment_that_ends_later_changes_nothing_of_what_was(
    town: Town, looked: Channel
) -> None:
    looked.assignments.filter(role=Role.SUBSTITUTE).update(ends_on=day(6))

    found = covered_by(of_channel(looked, YEAR), looked.municipality, named=False)

    assert "substitute" in {each.role for each in found}


@pytest.mark.parametrize(
    "change",
    [
        {"ends_on": day(6)},
        {"starts_on": day(8)},
        {
            "revoked_at": moment(7, "09:00"),
            "revoked_by": F("user"),
            "revoke_reason": "Nya uppgifter",
        },
    ],
    ids=["over the day before", "from the day after", "revoked that morning"],
)
def test_nobody_is_deputy_on_a_channel_for_whoever_had_no_assignment_then(
    change: dict[str, object], looked: Channel
) -> None:
    looked.assignments.filter(role=Role.RESPONSIBLE_PERSON).update(**change)

    found = covered_by(of_channel(looked, YEAR), looked.municipality, named=True)

    assert {each.role for each in found if each.name == "Ola Rönn"} == {
        "by a role at the unit or centrally"
    }


def test_whoever_is_not_shown_by_name_is_told_by_title(town: Town, looked: Channel) -> None:
    town.cleo.name_hidden = True
    town.cleo.save(update_fields=["name_hidden"])

    answer = client_of(town.sten).get(f"/overview/channels/{looked.pk}/?year=2026").content.decode()

    assert "Cleo Sjö" not in answer
    assert "bibliotekarie" in answer


def test_the_gaps_are_named_with_what_somebody_said_of_them(looked: Channel) -> None:
    found = gaps(gap_rows(of_channel(looked, YEAR), EVENING))

    assert [(each.day, each.who, each.afterwards, each.why) for each in found] == [
        (day(8), "Cleo Sjö", True, WHY),
        (day(9), "", False, ""),
    ]


def test_a_turn_met_late_by_the_look_of_another_names_who_looked(
    town: Town, looked: Channel
) -> None:
    begins, until = moment(11, "08:00"), moment(11, "16:00")
    declare_crisis([looked], why="Översvämning", until=until, by=town.ben, now=begins)
    looks_owed(town, 11)
    check_in(looked, by=town.dag, now=moment(11, "18:00"))

    found = [
        each
        for each in gaps(gap_rows(of_channel(looked, YEAR), moment(11, "19:00")))
        if each.day == day(11) and each.written_at
    ]
    page = client_of(town.sten).get(f"/overview/channels/{looked.pk}/?year=2026").content.decode()

    assert [(each.who, each.afterwards) for each in found] == [("Dag Åberg", False)]
    assert "Done late" in page
    assert ">, " not in page


def test_what_is_left_open_of_a_channel_that_has_closed_is_not_missed(looked: Channel) -> None:
    Channel.objects.filter(pk=looked.pk).update(state="closed", closed_on=day(9))

    days = by_day(looks(of_channel(looked, YEAR)), later(EVENING, days=1))

    assert day(9) not in days
    assert day(10) not in days
    assert days[day(8)] == Counts(late=1)


def test_the_days_of_a_declared_rest_are_no_missed_days(db: None) -> None:
    town = build("varmdo")
    channel = library_page(town, created_at=moment(1, "05:00"))
    looks_owed(town, 1)
    check_in(channel, by=town.cleo, now=moment(1))
    declare_rest(
        [channel], why="Stängt för ombyggnad", first=day(2), last=day(8), by=town.ben, now=moment(1)
    )
    for number in range(2, 9):
        looks_owed(town, number)

    rows = of_channel(channel, YEAR)
    missed = [d for d, counts in by_day(looks(rows), moment(9, "00:01")).items() if counts.missed]
    resting = days_of_rest(channel, YEAR)
    march = months_of(YEAR, by_day(looks(rows), moment(9)), day(9), resting)[2]

    assert len(missed) <= 1, "at most the one look that the routine asks for in a rest"
    assert resting == {day(number) for number in range(2, 9)}
    assert march.resting == 7 - len(missed)


def test_a_breach_of_the_floor_is_counted_apart_from_the_days_missed(
    town: Town, looked: Channel
) -> None:
    open_due(moment(19, "06:00"), [town.municipality])
    now = moment(19)
    rows = of_channel(looked, YEAR)

    assert breaches(rows, now).count() == 1
    assert all("duty of supervision" not in each.label for each in by_duty(rows, now))


def test_what_was_waived_is_neither_missed_nor_owed(town: Town, looked: Channel) -> None:
    row = Obligation.objects.get(duty="check_in", due_on=day(9), subject_id=looked.pk)
    waive(row, by=town.ben, now=EVENING, reason="Strömavbrott")

    assert by_day(looks(of_channel(looked, YEAR)), EVENING)[day(9)] == Counts(waived=1)


def test_a_unit_counts_what_is_owed_below_it(town: Town, looked: Channel) -> None:
    school = open_channel(town.school, "Ekbackens skola", created_at=moment(1))
    looks_owed(town, 11)
    now = moment(12)

    def missed(unit: object) -> int:
        rows = of_units(town.municipality, units_below([unit.pk]), YEAR)  # type: ignore[attr-defined]
        return Counts.sum(by_day(looks(rows), now).values()).missed

    at_library, at_school = missed(town.library), missed(town.school)
    assert at_school > 0 and school.pk
    assert missed(town.culture) == at_library
    assert missed(town.board) == at_library + at_school


def test_a_period_counts_its_own_days_alone(looked: Channel) -> None:
    days = by_day(looks(of_channel(looked, Period(day(2), day(3)))), EVENING)

    assert sorted(days) == [day(2), day(3)]


def test_every_square_of_the_year_stands_on_its_weekday(looked: Channel) -> None:
    months = months_of(YEAR, by_day(looks(of_channel(looked, YEAR)), EVENING), day(10))

    assert [len(month.cells) for month in months] == [31, 28, *(31, 30, 31, 30, 31) * 2]
    # 1 March 2026 is a Sunday, so the second of March begins the second row
    march = months[2].cells
    assert (march[0].x, march[0].y, march[0].state) == (120, 0, "off")
    assert (march[1].x, march[1].y, march[1].state) == (0, 20, "done")
    states = [cell.state for cell in march[1:12]]
    assert states == ["done"] * 7 + ["late", "missed", "waiting", "ahead"]
    assert months[2].words == "7 of 9 in time, 1 afterwards, 1 missed, 1 not yet"


def test_overseers_see_everything_and_managers_their_units(town: Town, looked: Channel) -> None:
    appoint(town.ola, Role.AUDITOR, town.root)
    for who in (town.ben, town.ola, town.sten, town.anna):
        client = client_of(who)
        assert client.get("/overview/").status_code == 200
        assert client.get(f"/overview/units/{town.library.pk}/").status_code == 200
        assert client.get(f"/overview/channels/{looked.pk}/").status_code == 200
    assert client_of(town.anna).get(f"/overview/units/{town.school.pk}/").status_code == 403


def test_whoever_looks_after_a_channel_sees_it_and_no_unit(town: Town, looked: Channel) -> None:
    cleo, ola = client_of(town.cleo), client_of(town.ola)

    assert looked.name in cleo.get("/overview/?year=2026").content.decode()
    assert cleo.get(f"/overview/channels/{looked.pk}/").status_code == 200
    assert cleo.get(f"/overview/units/{town.library.pk}/").status_code == 403
    assert ola.get("/overview/").status_code == 403
    assert ola.get(f"/overview/channels/{looked.pk}/").status_code == 403


def test_the_other_municipality_has_neither_its_units_nor_its_numbers(
    town: Town, looked: Channel
) -> None:
    otto = client_of(town.otto)

    assert otto.get(f"/overview/units/{town.library.pk}/").status_code == 404
    assert otto.get(f"/overview/channels/{looked.pk}/").status_code == 404
    assert looked.name not in otto.get("/overview/?year=2026").content.decode()


def test_the_page_draws_the_year_and_says_it_in_a_table(town: Town, looked: Channel) -> None:
    page = client_of(town.ben).get(f"/overview/channels/{looked.pk}/?year=2026").content.decode()

    assert page.count('role="img"') == 12
    assert "7 of 10 in time, 1 afterwards, 2 missed" in page, "the tenth day is over by now"
    assert page.count("map__day--missed") == 3, "two days and the legend"
    assert WHY in page


def test_units_are_listed_with_the_most_missed_first(town: Town, looked: Channel) -> None:
    open_channel(town.school, "Ekbackens skola", created_at=moment(1))
    looks_owed(town, 9)
    page = client_of(town.ben).get("/overview/?year=2026").content.decode()
    listed = page[page.index("listed-title") :]

    assert listed.index("Ekbackens skola") < listed.index("Ekby bibliotek")


def test_the_queries_are_as_many_for_sixty_channels_as_for_two(town: Town) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/overview/?year=2026").status_code == 200
        return len(captured)

    client = client_of(town.ben)
    channels_of(town.cleo, town.library, 1)
    channels_of(town.cleo, town.school, 1)
    looks_owed(town, 1)
    client.get("/overview/?year=2026")
    few = queries()
    channels_of(town.cleo, town.library, 40)
    channels_of(town.cleo, town.school, 18)
    looks_owed(town, 2)

    assert queries() == few


def test_a_year_that_is_no_year_shows_this_one(town: Town, looked: Channel) -> None:
    client, this_year = client_of(town.ben), town.municipality.today(timezone.now()).year
    for year in ("abc", "0000", "²²²²", "99999"):
        assert client.get("/overview/", {"year": year}).context["year"] == this_year


@pytest.mark.parametrize("year", ["9999", "0001", "2025"])
def test_a_year_of_which_nothing_is_known_shows_this_one_on_every_page(
    town: Town, looked: Channel, year: str
) -> None:
    client, this_year = client_of(town.ben), town.municipality.today(timezone.now()).year
    pages = ("", f"units/{town.library.pk}/", f"channels/{looked.pk}/")
    for page in pages:
        shown = client.get(f"/overview/{page}", {"year": year})
        assert (shown.status_code, shown.context["year"]) == (200, this_year)


def test_a_year_far_away_is_no_fault_where_looks_are_listed(town: Town, looked: Channel) -> None:
    page = reverse("moderation:check_ins", args=[looked.pk])
    for year in ("2027", "9999", "0001"):
        assert client_of(town.cleo).get(page, {"year": year}).status_code == 200


def test_answers_are_counted_as_the_channels_own_page_counts_them(db: None) -> None:
    town = build("varmdo")
    channel = library_page(town)
    for hours in (1, 30):
        criticism = asked(channel, town.cleo, kind="criticism", about=f"{hours}")
        answer_inquiry(criticism, by=town.cleo, now=later(hours=hours))
    asked(channel, town.cleo, kind="criticism", about="obesvarad")
    now = later(days=7)

    theirs = reply_figures.of_channel(channel, *YEAR, now)
    ours = next(
        each.counts
        for each in by_duty(of_channel(channel, YEAR), now)
        if each.label == label_of("reply")
    )

    assert (theirs.in_time, theirs.late, theirs.missed) == (1, 1, 1)
    assert (ours.in_time, ours.late, ours.missed) == (1, 1, 1)
