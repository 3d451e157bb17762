"""The guideline itself is reviewed: owed as often as it says, met by a word or a new version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.guideline_review import review_guideline
from governance.models import AuditEntry, GuidelineReview, Obligation, PolicyVersion, User
from governance.obligations import open_due, replan, waiting_for
from governance.policy.adoption import adopt_policy
from tests.browsers import client_of
from tests.governance.policy.files import changed, faults, text
from tests.town import NOW, Town, adopt_text, at, build, file_of

THIS_YEAR = at("2026-12-31")


@pytest.fixture
def tyreso(db: None) -> Town:
    """Ekby under Tyresö's guideline, which is reviewed each year, adopted in January 2020."""
    return build("tyreso")


@pytest.fixture
def varmdo(db: None) -> Town:
    """Ekby under Värmdö's, whose placeholders were never filled in."""
    return build("varmdo")


def owed(town: Town, duty: str = "guideline_review") -> list[Obligation]:
    rows = Obligation.objects.open().about(town.municipality).filter(duty=duty)
    return list(rows.order_by("due_at", "pk"))


def reviewed(town: Town, by: User, now: datetime = NOW, **given: Any) -> GuidelineReview:
    newest = town.municipality.guideline_reviews.first()
    values = {
        "version": 1,
        "seen": newest.pk if newest else None,
        "outcome": "stands",
        "note": "Vi gick igenom den.",
        "decision": "KS 2026-03-02 § 4",
    }
    return review_guideline(town.municipality, **(values | given), by=by, now=now)


def adopted(town: Town, content: str, day: str, now: datetime) -> PolicyVersion:
    return adopt_policy(
        town.municipality,
        content,
        decision="KS § 2",
        adopted_on=town.municipality.today(now),
        in_force_from=date.fromisoformat(day),
        by=town.ben,
        now=now,
    )


# --- tyresö: "each year" -------------------------------------------------------------------------


def test_tyreso_owes_a_review_each_year_by_its_last_day_under_the_clause(tyreso: Town) -> None:
    open_due(NOW)
    (row,) = owed(tyreso)
    assert (row.period, row.due_on, row.who) == (
        "2026",
        date(2026, 12, 31),
        "communications_officer",
    )
    assert (row.clause, row.strength, row.requirements) == (
        "Kommunikationsenheten",
        "must",
        ["TYR-13"],
    )
    assert row.path == reverse("guideline_review")


def test_it_waits_for_the_communications_unit_and_for_nobody_else(tyreso: Town) -> None:
    open_due(NOW)
    for person, count in ((tyreso.ben, 1), (tyreso.anna, 0), (tyreso.cleo, 0), (tyreso.otto, 0)):
        assert sum(row in owed(tyreso) for row in waiting_for(person, NOW)) == count, person


def test_the_routine_reminds_in_december(tyreso: Town) -> None:
    open_due(NOW)
    (row,) = owed(tyreso)
    (step,) = row.steps
    assert datetime.fromisoformat(step["at"]) == at("2026-12-01", "00:00")
    assert (step["who"], step["kind"]) == ("communications_officer", "remind")


def test_a_review_meets_the_year_and_the_next_is_owed_from_january(tyreso: Town) -> None:
    open_due(NOW)
    reviewed(tyreso, tyreso.ben)
    assert owed(tyreso) == []
    open_due(THIS_YEAR)
    assert owed(tyreso) == []
    open_due(at("2027-01-01", "00:05"))
    assert [row.period for row in owed(tyreso)] == ["2027"]


def test_a_new_version_meets_the_review_and_counts_for_its_year(tyreso: Town) -> None:
    open_due(NOW)
    adopted(tyreso, text("tyreso"), "2026-04-01", at("2026-03-10"))
    assert owed(tyreso) == []
    row = Obligation.objects.about(tyreso.municipality).get(duty="guideline_review")
    assert row.met_by == tyreso.ben
    replan(tyreso.municipality, now=at("2026-04-01"))
    open_due(THIS_YEAR)
    assert owed(tyreso) == []


def test_a_guideline_adopted_this_year_is_not_reviewed_this_year(tyreso: Town) -> None:
    PolicyVersion.objects.update(adopted_on=date(2026, 2, 1))
    open_due(THIS_YEAR)
    assert owed(tyreso) == []


def test_a_year_that_was_missed_stays_owed_beside_the_next(tyreso: Town) -> None:
    open_due(NOW)
    open_due(at("2027-01-02"))
    assert [row.period for row in owed(tyreso)] == ["2026", "2027"]
    adopt_text(tyreso.municipality, text("tyreso"), number=2, in_force_from=date(2020, 1, 2))
    replan(tyreso.municipality, now=at("2027-01-03"))
    assert [row.due_on for row in owed(tyreso)] == [date(2026, 12, 31), date(2027, 12, 31)]


def test_where_the_new_version_is_silent_the_review_is_no_longer_asked_for(tyreso: Town) -> None:
    open_due(NOW)
    silent = file_of("vargarda").read_text()
    adopt_text(tyreso.municipality, silent, number=2, in_force_from=date(2026, 3, 1))
    replan(tyreso.municipality, now=NOW)
    assert owed(tyreso) == []


def test_a_rolling_interval_is_due_so_long_after_the_last_review(tyreso: Town) -> None:
    rolling = changed(
        'basis = "calendar" }\nwho = "communications_officer"',
        'basis = "rolling" }\nwho = "communications_officer"',
        "tyreso",
    )
    adopt_text(tyreso.municipality, rolling, number=2, in_force_from=date(2025, 5, 20))
    open_due(at("2026-05-19"))
    assert owed(tyreso) == []
    open_due(at("2026-05-20"))
    assert [row.due_on for row in owed(tyreso)] == [date(2026, 5, 20)]
    reviewed(tyreso, tyreso.ben, at("2026-05-21"), version=2)
    open_due(at("2027-05-20"))
    assert owed(tyreso) == []
    open_due(at("2027-05-21"))
    assert [row.due_on for row in owed(tyreso)] == [date(2027, 5, 21)]


@pytest.mark.parametrize("policy", ["varmdo", "vargarda", "volda", "vetlanda", "ekby"])
def test_where_the_guideline_gives_no_interval_no_review_is_ever_owed(
    db: None, policy: str
) -> None:
    town = build(policy)
    open_due(at("2046-12-31"))
    assert owed(town) == []
    reviewed(town, town.ben, at("2046-12-31"))


# --- the gaps ------------------------------------------------------------------------------------


def test_what_varmdos_text_must_say_and_does_not_is_owed_without_a_moment(varmdo: Town) -> None:
    open_due(NOW)
    open_due(THIS_YEAR)
    rows = owed(varmdo, "guideline_gap")
    assert [(row.subject_label, row.clause, row.requirements) for row in rows] == [
        ("Beslutande organ och lagstöd", "Bakomliggande lagstiftning", ["VMD-04"]),
        ("Ansvarig enhet", "Uppföljning och uppdatering", ["VMD-05"]),
    ]
    assert {(row.who, row.due_at, row.strength) for row in rows} == {
        ("communications_officer", None, "must")
    }
    # the tenth working day after the Monday it was opened
    assert {row.next_step_at for row in rows} == {at("2026-03-16")}


def test_a_version_that_fills_a_gap_meets_it_and_leaves_the_other(varmdo: Town) -> None:
    open_due(NOW)
    filled = text("varmdo")
    begins = filled.index('[[guideline.gap]]\nabout = "Ansvarig enhet"')
    ends = filled.index("[guideline.acts]")
    filled = filled[:begins] + filled[ends:]
    filled = filled.replace('VMD-05 = { strength = "must"', 'VMD-05 = { strength = "fact"')
    filled = filled.replace('requirements = ["VMD-04"]', 'requirements = ["VMD-04", "VMD-05"]', 1)
    adopted(varmdo, filled, "2026-04-01", at("2026-03-10"))
    assert [row.subject_label for row in owed(varmdo, "guideline_gap")] == [
        "Beslutande organ och lagstöd"
    ]
    replan(varmdo.municipality, now=at("2026-04-01"))
    open_due(at("2026-04-01"))
    assert len(owed(varmdo, "guideline_gap")) == 1


@pytest.mark.parametrize("policy", ["vargarda", "tyreso", "volda", "vetlanda", "ekby"])
def test_a_gap_that_nothing_demands_to_be_filled_is_shown_and_not_owed(
    db: None, policy: str
) -> None:
    town = build(policy)
    open_due(THIS_YEAR)
    assert owed(town, "guideline_gap") == []


def test_without_owner_and_routine_a_gap_is_owed_by_nobody(varmdo: Town) -> None:
    content = text("varmdo")
    begins = content.index("[routine.gaps]")
    content = content[:begins] + content[content.index("[routine.crisis]") :]
    adopt_text(varmdo.municipality, content, number=2, in_force_from=date(2020, 1, 2))
    open_due(NOW)
    assert owed(varmdo, "guideline_gap") == []


def test_two_gaps_about_the_same_are_refused() -> None:
    twice = changed('about = "Ansvarig enhet"', 'about = "Beslutande organ och lagstöd"', "varmdo")
    assert any("guideline.gap" in fault and "stands twice" in fault for fault in faults(twice))


def test_a_routine_for_gaps_that_the_document_does_not_have_is_refused() -> None:
    routine = (
        '[routine.gaps]\nsays = "Fylls i."\nwho = "communications_officer"\n\n[routine.plan]\n'
    )
    assert any("routine.gaps" in each for each in faults(changed("[routine.plan]\n", routine)))


# --- the word ------------------------------------------------------------------------------------


def test_a_review_leaves_one_row_in_the_log_with_its_clause_and_without_its_words(
    tyreso: Town,
) -> None:
    review = reviewed(tyreso, tyreso.ben)
    entry = AuditEntry.objects.get(act="guideline.reviewed")
    assert (entry.clause, entry.facts["outcome"]) == ("Kommunikationsenheten", "stands")
    assert review.note not in str(entry.facts)


def test_a_guideline_that_will_change_needs_a_word_on_what(tyreso: Town) -> None:
    with pytest.raises(AgainstPolicy) as refused:
        reviewed(tyreso, tyreso.ben, outcome="changes", note="  ")
    assert refused.value.field == "note"
    with pytest.raises(IntegrityError), transaction.atomic():
        GuidelineReview.objects.create(
            municipality=tyreso.municipality,
            policy=PolicyVersion.objects.filter(municipality=tyreso.municipality).get(),
            outcome="changes",
            by=tyreso.ben,
            at=NOW,
        )


@pytest.mark.parametrize("who", ["anna", "cleo", "otto"])
def test_whoever_neither_owns_nor_adopts_it_is_refused(tyreso: Town, who: str) -> None:
    with pytest.raises(NotAllowed):
        reviewed(tyreso, getattr(tyreso, who))


def test_the_second_of_two_is_told_who_came_first(tyreso: Town) -> None:
    reviewed(tyreso, tyreso.ben)
    with pytest.raises(NoLongerPossible, match="Ben"):
        reviewed(tyreso, tyreso.ben, seen=None)


def test_who_read_another_version_is_told_so(tyreso: Town) -> None:
    with pytest.raises(NoLongerPossible, match="Version 1"):
        reviewed(tyreso, tyreso.ben, version=2)


def test_a_review_stays_as_it_was_made(tyreso: Town) -> None:
    reviewed(tyreso, tyreso.ben)
    with pytest.raises(InternalError), transaction.atomic():
        GuidelineReview.objects.update(note="Annat")
    with pytest.raises(InternalError), transaction.atomic():
        GuidelineReview.objects.all().delete()


def test_the_page_names_gaps_and_acts_and_takes_the_word(varmdo: Town) -> None:
    client = client_of(varmdo.ben)
    page = client.get(reverse("guideline_review"))
    assert "Beslutande organ och lagstöd" in page.content.decode()
    assert "EU:s dataskyddsförordning (2016/679)" in page.content.decode()
    sent = {"version": "1", "seen": "", "outcome": "changes", "note": "", "decision": "KS § 9"}
    refused = client.post(reverse("guideline_review"), sent)
    assert refused.status_code == 422
    assert "KS § 9" in refused.content.decode()
    done = client.post(reverse("guideline_review"), sent | {"note": "Ange ägaren."})
    assert done.status_code == 302
    assert GuidelineReview.objects.get().note == "Ange ägaren."


def test_a_colleague_reads_the_page_and_has_no_form(varmdo: Town) -> None:
    client = client_of(varmdo.cleo)
    assert b'name="outcome"' not in client.get(reverse("guideline_review")).content
    assert client.post(reverse("guideline_review"), {"version": "1"}).status_code == 403


def test_what_is_left_open_is_flagged_where_the_guideline_is_shown(varmdo: Town) -> None:
    page = client_of(varmdo.cleo).get(reverse("channels:guideline")).content.decode()
    assert "Ansvarig enhet" in page
