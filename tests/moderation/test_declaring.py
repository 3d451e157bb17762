"""Crises and rests: who declares them, what is owed in them, and that all returns afterwards."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Notice, Obligation
from governance.obligations import open_due, replan
from governance.policy.faults import PolicyRefused
from governance.policy.reader import read
from moderation.actions import (
    check_in,
    check_in_afterwards,
    declare_crisis,
    declare_rest,
    end_period,
)
from moderation.models import CheckIn, DeclaredPeriod, PeriodChannel
from moderation.morning import write_morning_mails
from moderation.today import check_today
from tests.channels_of_town import library_page, open_channel, watched_more_often
from tests.town import NOW, Town, adopt_text, at, away, build, file_of, later

#: Monday 2 March 2026, ten o'clock: the second third of the day.
TEN = at("2026-03-02", "10:00")
FIRST, LAST = date(2026, 6, 15), date(2026, 8, 16)
YEARS_AGO = date(2020, 1, 2)
WHY = "Översvämningen vid kyrkan"


def crisis(town: Town, *channels: Channel, **fields: object) -> DeclaredPeriod:
    """Ben declares one at ten."""
    values: dict[str, object] = {"why": WHY, "by": town.ben, "now": TEN} | fields
    return declare_crisis(channels, **values)  # type: ignore[arg-type]


def rest(town: Town, *channels: Channel, **fields: object) -> DeclaredPeriod:
    """Ben lets them rest for the summer."""
    values: dict[str, object] = {
        "why": "Sommar",
        "first": FIRST,
        "last": LAST,
        "by": town.ben,
        "now": TEN,
    }
    return declare_rest(channels, **(values | fields))  # type: ignore[arg-type]


def owed(channel: Channel, duty: str = "crisis_check") -> list[Obligation]:
    rows = Obligation.objects.filter(duty=duty, subject_id=channel.pk)
    return list(rows.order_by("due_at", "pk"))


def days_owed(channel: Channel) -> list[str]:
    return [str(row.due_on) for row in owed(channel, "check_in")]


# --- a crisis ------------------------------------------------------------------------------------


def test_a_crisis_adds_looks_from_the_turn_that_runs_and_leaves_the_days_own(
    town: Town, channel: Channel
) -> None:
    open_due(NOW)
    period = crisis(town, channel)
    (day,) = owed(channel, "check_in")
    assert (day.is_open, day.due_at) == (True, at("2026-03-03", "00:00"))
    assert [row.due_at for row in owed(channel)] == [
        at("2026-03-02", "16:00"),
        at("2026-03-03", "00:00"),
    ]
    open_due(at("2026-03-03", "06:00"))
    assert [row.period for row in owed(channel)] == [
        f"{period.pk}/2026-03-02/2",
        f"{period.pk}/2026-03-02/3",
        f"{period.pk}/2026-03-03/1",
        f"{period.pk}/2026-03-03/2",
        f"{period.pk}/2026-03-03/3",
    ]


def test_what_a_crisis_adds_is_our_routine_without_a_clause(town: Town, channel: Channel) -> None:
    crisis(town, channel)
    row = owed(channel)[0]
    assert row.clause == ""
    assert row.requirements == []
    assert "tre gånger om dagen" in row.says


def test_a_rule_of_the_guideline_for_crises_comes_before_the_routine(db: None) -> None:
    town = build("varmdo")
    text = with_rule("varmdo", "crisis", times_per_day=6)
    adopt_text(town.municipality, text, number=2, in_force_from=YEARS_AGO)
    channel = library_page(town)
    crisis(town, channel, decision="KS § 4")
    rows = owed(channel)
    assert [row.due_at for row in rows][:2] == [
        at("2026-03-02", "12:00"),
        at("2026-03-02", "16:00"),
    ]
    assert {row.clause for row in rows} == {"Ansvar och aktivitet"}
    open_due(TEN)
    assert [row.period for row in owed(channel, "check_in")] == ["2026-03-02"]


def with_rule(policy: str, period: str, **every: object) -> str:
    """The file with a rule of its own on how often channels are looked at in such a period."""
    text = file_of(policy).read_text()
    found = re.search(r"\[monitoring\.interval\]\n(.*?)\n\n", text, re.DOTALL)
    assert found is not None
    rule = found[1]
    counted = ", ".join(f"{name} = {value}" for name, value in every.items())
    scoped = re.sub(
        r"every = .*", f'every = {{ {counted} }}\nscope = {{ period = "{period}" }}', rule
    )
    both = f"[[monitoring.interval]]\n{rule}\n\n[[monitoring.interval]]\n{scoped}\n\n"
    return text.replace(found[0], both)


def test_a_look_in_a_crisis_is_the_days_own_look_too(town: Town, channel: Channel) -> None:
    open_due(NOW)
    crisis(town, channel)
    entry = check_in(channel, by=town.cleo, now=later(TEN, minutes=5))
    assert entry.period == owed(channel)[0].period
    assert owed(channel)[0].met_by == town.cleo
    assert owed(channel, "check_in")[0].met_by == town.cleo
    with pytest.raises(NoLongerPossible, match="already done by Cleo"):
        check_in(channel, by=town.dag, now=later(TEN, minutes=6))
    check_in(channel, by=town.dag, now=at("2026-03-02", "16:00"))
    assert [row.is_open for row in owed(channel)] == [False, False]


def test_where_a_crisis_has_its_look_the_days_next_turn_still_takes_one(
    town: Town, channel: Channel
) -> None:
    watched_more_often(channel, 2, by=town.cleo)
    open_due(NOW)
    crisis(town, channel)
    check_in(channel, by=town.cleo, now=later(TEN, hours=1))
    # two o'clock: the crisis has its look until four, the day's second half has none
    look = check_in(channel, by=town.cleo, now=later(TEN, hours=4))
    assert look.period == "2026-03-02/2"
    assert [row.is_open for row in owed(channel, "check_in")] == [False, False]
    assert [row.is_open for row in owed(channel)] == [False, True]
    with pytest.raises(NoLongerPossible):
        check_in(channel, by=town.cleo, now=later(TEN, hours=5))


def test_a_look_before_the_crisis_does_not_count_for_it(town: Town, channel: Channel) -> None:
    open_due(NOW)
    check_in(channel, by=town.cleo, now=NOW)
    crisis(town, channel)
    assert owed(channel)[0].is_open
    check_in(channel, by=town.cleo, now=later(TEN, minutes=5))
    assert CheckIn.objects.filter(channel=channel).count() == 2


def test_when_a_crisis_ends_all_is_owed_as_before_and_what_was_missed_stays(
    town: Town, channel: Channel
) -> None:
    open_due(NOW)
    period = crisis(town, channel)
    missed, running = owed(channel)
    end_period(period, reason="Vattnet sjunker", by=town.ben, now=at("2026-03-02", "17:00"))
    missed.refresh_from_db()
    running.refresh_from_db()
    assert missed.is_overdue(at("2026-03-02", "17:00"))
    assert running.waived_by == town.ben
    assert running.waive_reason == "The crisis was ended: Vattnet sjunker"
    assert owed(channel, "check_in")[0].is_open
    open_due(at("2026-03-03", "06:00"))
    assert [row.period for row in owed(channel)] == [missed.period, running.period]
    assert days_owed(channel) == ["2026-03-02", "2026-03-03"]
    entry = check_in(channel, by=town.cleo, now=at("2026-03-03"))
    assert entry.period == "2026-03-03"


def test_a_crisis_with_an_end_asks_for_no_turn_beyond_it(town: Town, channel: Channel) -> None:
    crisis(town, channel, until=at("2026-03-03", "09:00"))
    open_due(at("2026-03-03", "01:00"))
    open_due(at("2026-03-03", "10:00"))
    assert [row.due_at for row in owed(channel)][-1] == at("2026-03-03", "08:00")
    assert len(owed(channel)) == 3


def test_a_look_on_the_day_a_crisis_ran_out_is_late_for_the_last_of_its_turns(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel, until=at("2026-03-03", "16:00"))
    open_due(at("2026-03-03", "06:00"))
    check_in(channel, by=town.cleo, now=at("2026-03-03", "18:00"))
    met = [(row.due_at, row.met_at) for row in owed(channel) if row.due_on == date(2026, 3, 3)]
    assert met == [
        (at("2026-03-03", "08:00"), None),
        (at("2026-03-03", "16:00"), at("2026-03-03", "18:00")),
    ]


def test_declared_again_the_same_day_it_asks_again(town: Town, channel: Channel) -> None:
    first = crisis(town, channel)
    check_in(channel, by=town.cleo, now=later(TEN, minutes=5))
    end_period(first, reason="Falskt alarm", by=town.ben, now=later(TEN, minutes=30))
    second = crisis(town, channel, now=later(TEN, hours=1))
    row = next(row for row in owed(channel) if row.period == f"{second.pk}/2026-03-02/2")
    assert row.is_open
    check_in(channel, by=town.cleo, now=later(TEN, hours=2))


def test_a_look_ahead_of_the_run_that_opens_the_day_meets_the_crisis_and_the_day(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel)
    now = at("2026-03-03", "00:02")
    check_in(channel, by=town.cleo, now=now)
    open_due(later(now, minutes=3))
    first = [row for row in owed(channel) if row.period.endswith("/2026-03-03/1")]
    day = [row for row in owed(channel, "check_in") if row.period == "2026-03-03"]
    assert [row.met_by for row in (*first, *day)] == [town.cleo, town.cleo]


def test_after_an_outage_the_turns_of_the_days_before_are_owed_too(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel)
    open_due(at("2026-03-05", "09:00"))
    assert [row.due_at for row in owed(channel)] == [
        at("2026-03-02", "16:00") + timedelta(hours=8 * number) for number in range(11)
    ]


def test_the_morning_mail_of_a_day_of_crisis_names_the_turn_that_is_due_next(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel)
    open_due(at("2026-03-03", "06:00"))
    Notice.objects.all().delete()
    write_morning_mails(at("2026-03-03", "08:30"))
    mail = Notice.objects.get(recipient=town.cleo)
    assert mail.text.count("Ekby bibliotek on Facebook") == 1
    assert "By 16.00." in mail.text


def test_a_look_missed_in_a_crisis_is_written_down_afterwards_and_marked(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel)
    now = at("2026-03-04")
    entry = check_in_afterwards(channel, NOW.date(), by=town.cleo, now=now, note="Jag såg på")
    assert entry.late
    assert entry.period == owed(channel)[0].period
    assert not owed(channel)[0].is_open


def test_a_new_version_without_a_routine_for_crises_asks_for_no_more(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel)
    text = re.sub(
        r"\[routine\.crisis\].*?(?=\n\[|\Z)", "", file_of("vargarda").read_text(), flags=re.DOTALL
    )
    adopt_text(town.municipality, text, number=2, in_force_from=date(2026, 3, 2))
    replan(town.municipality, now=later(TEN, hours=1))
    assert all(row.waived_at for row in owed(channel))
    period = DeclaredPeriod.objects.get()
    end_period(period, reason="Över", by=town.ben, now=later(TEN, hours=2))


def test_my_work_shows_the_crisis_and_the_look_that_it_asks_for(
    town: Town, channel: Channel
) -> None:
    open_due(NOW)
    check_in(channel, by=town.cleo, now=NOW)
    period = crisis(town, channel)
    context = check_today(town.cleo, later(TEN, minutes=1))
    assert context is not None
    assert context["crises"] == [period]
    assert [row.done for row in context["waiting"]] == [None]
    check_in(channel, by=town.cleo, now=later(TEN, minutes=2))
    end_period(period, reason="Över", by=town.ben, now=later(TEN, minutes=3))
    context = check_today(town.cleo, later(TEN, minutes=4))
    assert context is not None
    assert context["crises"] == []
    assert context["waiting"] == [], "the day's look was made in the crisis or before it"


def test_everybody_concerned_is_written_to_once_and_deputies_for_the_absent(
    town: Town, channel: Channel
) -> None:
    second = open_channel(town.library, platform="instagram", slug="bilder")
    away(town.cleo, town.ola)
    period = crisis(town, channel, second)
    mails = {mail.recipient: mail for mail in Notice.objects.all()}
    assert len(mails) == Notice.objects.count()
    assert set(mails) == {town.ola, town.dag, town.anna, town.ben}
    assert "Instagram" not in mails[town.dag].text
    assert "Instagram" in mails[town.anna].text
    assert WHY not in "".join(mail.text for mail in mails.values())
    assert f"/findings/periods/{period.pk}/" in mails[town.dag].text
    Notice.objects.all().delete()
    end_period(period, reason="Över", by=town.ben, now=later(TEN, hours=3))
    assert {mail.recipient for mail in Notice.objects.all()} == set(mails)


def test_declaring_and_ending_stand_in_the_events_of_each_channel(
    town: Town, channel: Channel
) -> None:
    period = crisis(town, channel, decision="KS 2026-03-02 § 7")
    end_period(period, reason="Över", by=town.ben, now=later(TEN, hours=1))
    rows = AuditEntry.objects.filter(act__startswith="channel.crisis").order_by("number")
    assert [(row.act, row.subject_id, row.clause) for row in rows] == [
        ("channel.crisis_declared", channel.pk, "2.3 Krisinformation"),
        ("channel.crisis_ended", channel.pk, "2.3 Krisinformation"),
    ]
    assert rows[0].facts["decision"] == "KS 2026-03-02 § 7"
    assert WHY not in str(rows[0].facts)


# --- who, and what is refused --------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "cleo", "rut", "otto"])
def test_only_whom_the_policy_names_declares_and_ends(
    who: str, town: Town, channel: Channel
) -> None:
    someone = getattr(town, who)
    with pytest.raises(NotAllowed):
        crisis(town, channel, by=someone)
    period = crisis(town, channel)
    with pytest.raises(NotAllowed):
        end_period(period, reason="Nu", by=someone, now=later(TEN, hours=1))
    assert DeclaredPeriod.objects.get().ended_at is None


@pytest.mark.parametrize("policy", ["volda", "vetlanda"])
def test_where_guideline_and_routine_are_silent_no_crisis_is_declared(
    policy: str, db: None
) -> None:
    town = build(policy)
    with pytest.raises(AgainstPolicy, match="Neither the guideline nor our routine"):
        crisis(town, library_page(town))


def test_a_channel_is_in_one_crisis_at_a_time_and_the_second_is_told_who_came_first(
    town: Town, channel: Channel
) -> None:
    crisis(town, channel)
    with pytest.raises(NoLongerPossible, match="Already declared by Ben Lind"):
        crisis(town, channel, now=later(TEN, hours=1))
    with pytest.raises(IntegrityError, match="one_of_a_kind"), transaction.atomic():
        other = DeclaredPeriod.objects.get()
        other.pk = None
        other.save(force_insert=True)
        PeriodChannel.objects.create(
            municipality=town.municipality,
            period=other,
            channel=channel,
            kind="crisis",
            starts_at=later(TEN, hours=1),
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"why": "  "}, "why"), ({"until": TEN}, "until")],
)
def test_what_is_missing_or_over_is_refused_beside_its_field(
    fields: dict[str, object], field: str, town: Town, channel: Channel
) -> None:
    with pytest.raises(AgainstPolicy) as refusal:
        crisis(town, channel, **fields)
    assert refusal.value.field == field
    with pytest.raises(AgainstPolicy) as refusal:
        crisis(town)
    assert refusal.value.field == "channels"


def test_a_channel_that_is_not_open_is_refused_with_its_name(town: Town, channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(state="closed", closed_on="2026-02-01")
    with pytest.raises(NoLongerPossible, match="Ekby bibliotek is not open"):
        crisis(town, channel)


def test_it_ends_once_and_with_a_reason(town: Town, channel: Channel) -> None:
    period = crisis(town, channel)
    with pytest.raises(AgainstPolicy):
        end_period(period, reason=" ", by=town.ben, now=later(TEN, hours=1))
    end_period(period, reason="Över", by=town.ben, now=later(TEN, hours=1))
    with pytest.raises(NoLongerPossible, match="Already ended by Ben Lind"):
        end_period(period, reason="Igen", by=town.ben, now=later(TEN, hours=2))


def test_what_was_decided_stays(town: Town, channel: Channel) -> None:
    period = crisis(town, channel)
    for change in ({"why": "Annat"}, {"starts_at": NOW}, {"declared_by": town.anna}):
        with pytest.raises(Exception, match="what was done stays"), transaction.atomic():
            DeclaredPeriod.objects.filter(pk=period.pk).update(**change)
    with pytest.raises(Exception, match="what was done stays"), transaction.atomic():
        connection.cursor().execute("DELETE FROM moderation_periodchannel")


def test_a_crisis_costs_the_same_number_of_queries_for_one_channel_and_for_thirty(
    town: Town,
) -> None:
    def queries(*channels: Channel) -> int:
        with CaptureQueriesContext(connection) as caught:
            period = crisis(town, *channels)
        end_period(period, reason="Över", by=town.ben, now=later(TEN, hours=1))
        return len(caught)

    pages = [open_channel(town.school, f"Klass {number}") for number in range(30)]
    assert queries(*pages) <= queries(library_page(town)) + 3


# --- a rest --------------------------------------------------------------------------------------


@pytest.fixture
def island(db: None) -> Town:
    """Ekby under Värmdö's file, which ought to look daily and has a routine for rests."""
    return build("varmdo")


def run_days(first: date, count: int) -> None:
    for number in range(count):
        open_due(at((first + timedelta(days=number)).isoformat(), "06:00"))


def test_in_a_rest_a_look_is_owed_once_a_week_and_daily_again_afterwards(island: Town) -> None:
    channel = library_page(island)
    period = rest(island, channel, last=FIRST + timedelta(days=20))
    run_days(FIRST - timedelta(days=2), 2 + 21 + 2)
    assert days_owed(channel) == [
        "2026-06-13",
        "2026-06-14",
        "2026-06-21",
        "2026-06-28",
        "2026-07-05",
        "2026-07-06",
        "2026-07-07",
    ]
    row = owed(channel, "check_in")[2]
    assert row.clause == ""
    assert "en gång i veckan" in row.says
    assert period.last_day == date(2026, 7, 5)


def test_where_checks_are_for_working_days_the_weekly_look_is_on_the_last_of_them(
    db: None,
) -> None:
    town = build("vetlanda")
    channel = library_page(town)
    rest(town, channel, last=FIRST + timedelta(days=13))
    run_days(FIRST, 14)
    # Midsummer's eve is Friday 19 June
    assert days_owed(channel) == ["2026-06-18", "2026-06-26"]


def test_a_rest_ended_before_its_time_lasts_to_the_end_of_the_day(island: Town) -> None:
    channel = library_page(island)
    period = rest(island, channel)
    run_days(FIRST, 2)
    end_period(period, reason="Skolan öppnar", by=island.ben, now=at("2026-06-16", "12:00"))
    run_days(FIRST + timedelta(days=1), 2)
    assert days_owed(channel) == ["2026-06-17"]


def test_a_rest_ended_before_it_began_never_begins(island: Town) -> None:
    channel = library_page(island)
    period = rest(island, channel)
    end_period(period, reason="Ändrat", by=island.ben, now=later(TEN, days=1))
    rest(island, channel, now=later(TEN, days=1))
    end_period(
        DeclaredPeriod.objects.get(ended_at=None),
        reason="Nej",
        by=island.ben,
        now=later(TEN, days=2),
    )
    run_days(FIRST, 2)
    assert days_owed(channel) == ["2026-06-15", "2026-06-16"]


def test_a_crisis_in_a_rest_asks_for_its_looks_all_the_same(island: Town) -> None:
    channel = library_page(island)
    rest(island, channel)
    open_due(at("2026-06-16", "06:00"))
    crisis(island, channel, now=at("2026-06-16", "10:00"))
    assert days_owed(channel) == []
    assert [row.due_at for row in owed(channel)] == [
        at("2026-06-16", "16:00"),
        at("2026-06-17", "00:00"),
    ]


def test_what_the_guideline_says_of_the_season_comes_before_the_routine(db: None) -> None:
    town = build("varmdo")
    rule = with_rule("varmdo", "season", times_per_day=1, day_basis='"working_days"')
    adopt_text(town.municipality, rule, number=2, in_force_from=YEARS_AGO)
    channel = library_page(town)
    rest(town, channel)
    run_days(date(2026, 7, 3), 4)
    assert days_owed(channel) == ["2026-07-03", "2026-07-06"]
    assert owed(channel, "check_in")[0].clause == "Ansvar och aktivitet"


def test_where_the_guideline_says_must_our_routine_loosens_nothing(
    town: Town, channel: Channel
) -> None:
    with pytest.raises(AgainstPolicy, match="Neither the guideline nor our routine"):
        rest(town, channel)
    text = file_of("vargarda").read_text()
    loosened = f'{text}\n[routine.rest]\nsays = "En gång i veckan."\nevery_days = 7\n'
    with pytest.raises(PolicyRefused, match=r"routine\.rest\.every_days: cannot loosen"):
        read(loosened, "loosened.toml")


def test_a_rest_begins_tomorrow_at_the_earliest(island: Town) -> None:
    channel = library_page(island)
    with pytest.raises(AgainstPolicy) as refusal:
        rest(island, channel, first=TEN.date())
    assert refusal.value.field == "first"
    with pytest.raises(AgainstPolicy) as refusal:
        rest(island, channel, last=FIRST - timedelta(days=1))
    assert refusal.value.field == "last"


def test_a_routine_for_rests_that_does_not_say_how_often_is_refused() -> None:
    text = file_of("varmdo").read_text().replace("every_days = 7\n", "")
    with pytest.raises(PolicyRefused, match=r"routine\.rest\.every_days: is missing"):
        read(text, "rest.toml")
