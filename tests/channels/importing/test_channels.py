"""Two hundred channels that were there before, brought in from a file in one sitting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.actions.importing import (
    begin_import,
    carry_out,
    choose_columns,
    dry_run,
    end_forgotten,
    end_import,
    replace_file,
)
from channels.importing.checking import Checked
from channels.importing.columns import guess
from channels.models import Channel, EditorAssignment, Import
from channels.rights import may_on
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, Unit
from governance.obligations import waiting_for
from governance.working_time import Calendar
from tests.channels.importing.files import (
    HEADERS,
    channel,
    csv_of,
    many,
    with_every_fault,
    workbook_of,
)
from tests.channels_of_town import open_channel
from tests.plans_of_town import ADDRESS, submitted
from tests.town import NOW, Town, later

DUE = date(2026, 9, 1)


def begin(town: Town, rows: list[list[str]]) -> Import:
    content = csv_of([HEADERS, *rows])
    return begin_import(
        town.municipality, "channels", content, name="kanaler.csv", by=town.ben, now=NOW
    )


def found(town: Town, *rows: list[str]) -> Checked:
    return dry_run(begin(town, list(rows)), NOW)


def bring_in(town: Town, *rows: list[str]) -> Import:
    return carry_out(begin(town, list(rows)), due_on=DUE, by=town.ben, now=NOW)


def test_the_columns_are_guessed_from_their_headers() -> None:
    assert guess("channels", HEADERS) == {
        "platform": 0,
        "url": 1,
        "name": 2,
        "unit": 3,
        "purpose": 4,
        "responsible": 5,
        "responsible_email": 6,
        "contact_email": 7,
        "opened_on": 8,
    }
    assert guess("channels", ["Lenkje", "Kanal", "Eining", "Føremål", "Ansvarleg"]) == {
        "url": 0,
        "platform": 1,
        "unit": 2,
        "purpose": 3,
        "responsible": 4,
    }
    assert guess("people", ["Full name", "E-mail", "Job title", "Department", "Role"]) == {
        "name": 0,
        "email": 1,
        "title": 2,
        "unit": 3,
        "role": 4,
    }


def test_each_fault_of_two_hundred_is_told_with_its_line_and_nothing_is_half_done(
    town: Town,
) -> None:
    content, wrong = with_every_fault(200)
    begun = begin_import(
        town.municipality, "channels", content, name="kanaler.csv", by=town.ben, now=NOW
    )
    checked = dry_run(begun, NOW)
    told = {fault.line: fault.message for fault in checked.faults}
    assert told.keys() == wrong.keys()
    for line, words in wrong.items():
        assert words in told[line], line
    assert all(fault.column for fault in checked.faults)

    with pytest.raises(AgainstPolicy, match=f"{len(wrong)} faults"):
        carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    assert not Channel.objects.exists()
    assert not Obligation.objects.exists()
    assert Import.objects.get().state == Import.State.BEGUN


def test_the_mended_file_is_brought_in_whole_and_a_second_time_doubles_nothing(
    town: Town,
) -> None:
    content, _wrong = with_every_fault(200)
    begun = begin_import(
        town.municipality, "channels", content, name="kanaler.csv", by=town.ben, now=NOW
    )
    mended = csv_of([HEADERS, *many(200)])
    replace_file(begun, mended, name="kanaler.csv", by=town.ben, now=NOW)
    done = carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    assert (done.made, done.left) == (200, 0)
    assert Channel.objects.filter(state=Channel.State.OPEN).count() == 200

    again = begin(town, many(201))
    checked = dry_run(again, NOW)
    assert (len(checked.new), len(checked.there)) == (1, 200)
    carry_out(again, due_on=DUE, by=town.ben, now=NOW)
    assert Channel.objects.count() == 201
    assert Obligation.objects.filter(duty="missing_plan").count() == 201
    with pytest.raises(AgainstPolicy, match="there already"):
        bring_in(town, *many(201))


def test_an_imported_channel_is_open_pretends_no_approval_and_owes_its_plan(town: Town) -> None:
    bring_in(town, channel(responsible_email=town.cleo.email, contact_email="bib@ekby.example"))
    page = Channel.objects.get()
    assert (page.state, page.opened_on) == (Channel.State.OPEN, date(2019, 5, 3))
    assert (page.url, page.handle) == ("https://www.facebook.com/ekbybibliotek", "ekbybibliotek")
    assert (page.unit, page.contact_email) == (town.library, "bib@ekby.example")
    assert not page.plans.exists()
    assert page.history.get().history_user == town.ben

    owed = Obligation.objects.get(duty="missing_plan")
    assert owed.due_on == DUE
    assert owed.due_at == Calendar.of(town.municipality).end(DUE)
    assert (owed.who, owed.subject) == ("responsible_person", page)
    assert owed.steps, "whoever answers for it is reminded"
    assert waiting_for(town.cleo, NOW).filter(pk=owed.pk).exists()
    assert may_on(town.cleo, "edit_channel", page, NOW)
    assert EditorAssignment.objects.get().appointed_by == town.ben


def test_without_a_named_colleague_the_nearest_manager_owes_the_plan(town: Town) -> None:
    bring_in(town, channel(responsible="Cleo Sjö"))
    owed = Obligation.objects.get(duty="missing_plan")
    assert owed.who == "nearest_manager"
    assert waiting_for(town.anna, NOW).filter(pk=owed.pk).exists()
    named = EditorAssignment.objects.get()
    assert (named.name, named.user) == ("Cleo Sjö", None), "a name alone gives nobody rights"


def test_one_entry_tells_of_the_import_and_one_of_each_channel(town: Town) -> None:
    done = bring_in(town, *many(5))
    acts = list(AuditEntry.objects.order_by("number").values_list("act", flat=True))
    assert acts.count("channel.entered") == 5
    assert acts.count("editor.assigned") == 2
    last = AuditEntry.objects.get(act="import.carried_out")
    assert acts[-1] == "import.carried_out"
    assert last.facts["made"] == 5
    assert last.facts["sha256"] == done.sha256
    entered = AuditEntry.objects.filter(act="channel.entered")
    assert {entry.facts["import"] for entry in entered} == {done.pk}


def test_two_hundred_channels_are_brought_in_by_few_questions(town: Town) -> None:
    begun = begin(town, many(200))
    with CaptureQueriesContext(connection) as looking:
        dry_run(begun, NOW)
    with CaptureQueriesContext(connection) as carrying:
        carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    assert len(looking) < 15
    assert len(carrying) < 100


def test_a_workbook_with_dates_does_as_well(town: Town) -> None:
    rows = [HEADERS, [*channel()[:-1], date(2019, 5, 3)]]
    begun = begin_import(
        town.municipality, "channels", workbook_of(rows), name="k.xlsx", by=town.ben, now=NOW
    )
    carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    assert Channel.objects.get().opened_on == date(2019, 5, 3)


def test_a_platform_alone_is_taken_and_waits_for_its_address(town: Town) -> None:
    line = channel(url="", platform="Facebook-sida", opened_on="")
    bring_in(town, line)
    page = Channel.objects.get()
    assert (page.state, page.url, page.opened_on) == (Channel.State.WAITING, "", None)
    assert Obligation.objects.filter(duty="missing_plan").exists()
    assert "without its address" in found(town, line).there[0].words
    there = found(town, channel()).there
    assert [each.name for each in there] == ["Biblioteket"], "not entered again with its address"


@pytest.mark.parametrize("state", [Channel.State.OPEN, Channel.State.CLOSED])
def test_what_the_register_has_is_said_and_left_open_or_closed(town: Town, state: str) -> None:
    open_channel(town.library, "ekbybibliotek", state=state, closed_on=NOW.date(), purpose="Eget")
    checked = found(town, channel(purpose="Annat"), channel(url="https://x.com/ny", platform="X"))
    assert [(each.line, each.name) for each in checked.there] == [(2, "ekbybibliotek")]
    assert state in checked.there[0].words
    bring_in(town, channel(purpose="Annat"), channel(url="https://x.com/ny", platform="X"))
    assert Channel.objects.get(url__contains="facebook").purpose == "Eget"
    assert Channel.objects.count() == 2


def test_an_address_that_a_plan_waits_with_is_a_fault(town: Town) -> None:
    submitted(town)
    (fault,) = found(town, channel(url=ADDRESS)).faults
    assert "already waits for approval" in fault.message


def test_units_that_are_missing_are_made_where_the_communicator_says(town: Town) -> None:
    rows = [
        channel(unit="Kulturskolan"),
        channel(unit="kulturskolan", url="https://x.com/kulturskolan", platform="X"),
    ]
    begun = begin(town, rows)
    checked = dry_run(begun, NOW)
    assert [fault.line for fault in checked.faults] == [2, 3]
    assert checked.missing == {"Kulturskolan": [2], "kulturskolan": [3]}

    choose_columns(begun, begun.mapped, units_below=town.culture, by=town.ben, now=NOW)
    carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    unit = Unit.objects.get(name="Kulturskolan")
    assert (unit.parent, unit.kind) == (town.culture, Unit.Kind.UNIT)
    assert Channel.objects.filter(unit=unit).count() == 2
    assert AuditEntry.objects.filter(act="unit.added", subject_id=unit.pk).exists()


def test_units_of_one_name_are_told_apart_by_the_one_above(town: Town) -> None:
    for above in (town.culture, town.board):
        Unit.objects.create(
            municipality=town.municipality, parent=above, name="Expeditionen", kind="unit"
        )
    (fault,) = found(town, channel(unit="Expeditionen")).faults
    assert "Several units" in fault.message
    assert not found(town, channel(unit="Sektor kultur > Expeditionen")).faults


def test_the_day_must_be_chosen_and_lie_ahead(town: Town) -> None:
    begun = begin(town, many(1))
    for day in (None, NOW.date()):
        with pytest.raises(AgainstPolicy) as refused:
            carry_out(begun, due_on=day, by=town.ben, now=NOW)
        assert refused.value.field == "due_on"


def test_a_column_that_is_needed_must_be_chosen(town: Town) -> None:
    begun = begin(town, many(1))
    without = {key: place for key, place in begun.mapped.items() if key != "unit"}
    begun = choose_columns(begun, without, by=town.ben, now=NOW)
    with pytest.raises(AgainstPolicy, match="Unit"):
        carry_out(begun, due_on=DUE, by=town.ben, now=NOW)


def test_one_column_cannot_be_two_things_nor_one_that_is_not_there(town: Town) -> None:
    begun = begin(town, many(1))
    for mapped in ({"url": 1, "name": 1}, {"url": 40}, {"okänd": 1}):
        with pytest.raises(AgainstPolicy):
            choose_columns(begun, mapped, by=town.ben, now=NOW)


def test_it_is_carried_out_once_and_the_second_is_told_by_whom(town: Town) -> None:
    begun = begin(town, many(2))
    carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    with pytest.raises(NoLongerPossible) as late:
        carry_out(begun, due_on=DUE, by=town.ben, now=later(hours=1))
    assert (late.value.by, late.value.at) == ("Ben Lind", NOW)
    assert Channel.objects.count() == 2


def test_what_came_into_the_register_meanwhile_is_left(town: Town) -> None:
    begun = begin(town, many(2))
    assert len(dry_run(begun, NOW).new) == 2
    open_channel(town.library, "ekby0")
    done = carry_out(begun, due_on=DUE, by=town.ben, now=NOW)
    assert (done.made, done.left) == (1, 1)


def test_the_file_is_forgotten_when_it_is_over_or_nobody_comes_back(town: Town) -> None:
    done = bring_in(town, *many(1))
    aside = end_import(begin(town, many(2)), by=town.ben, now=NOW)
    waiting = begin(town, many(3))
    assert end_forgotten(now=NOW + timedelta(days=13)) == 0
    assert end_forgotten(now=NOW + timedelta(days=15)) == 1
    waiting.refresh_from_db()
    assert {each.table for each in (done, aside, waiting)} == {None}
    assert waiting.state == Import.State.ENDED
    with pytest.raises(NoLongerPossible):
        carry_out(waiting, due_on=DUE, by=town.ben, now=NOW)


@pytest.mark.parametrize("who", ["cleo", "anna", "sten", "otto"])
def test_only_who_keeps_the_register_of_all_the_municipality_brings_in(
    town: Town, who: str
) -> None:
    person = getattr(town, who)
    content = csv_of([HEADERS, channel()])
    with pytest.raises(NotAllowed):
        begin_import(town.municipality, "channels", content, name="k.csv", by=person, now=NOW)
    begun = begin(town, [channel()])
    for verb in (carry_out, end_import):
        with pytest.raises(NotAllowed):
            verb(begun, by=person, now=NOW)


def test_the_neighbours_channel_at_the_same_address_is_not_known_of(town: Town) -> None:
    open_channel(town.neighbour_unit, "ekbybibliotek")
    assert len(found(town, channel()).new) == 1


def test_a_neighbours_e_mail_is_as_unknown_as_any(town: Town) -> None:
    checked = found(town, channel(responsible_email=town.otto.email))
    assert "Nobody with this e-mail" in checked.remarks[0].message
    bring_in(town, channel(responsible_email=town.otto.email))
    assert EditorAssignment.objects.get().user is None
