"""A group as actor: who acts for it, in which minutes its decision stands, and who may not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from archive.models import Export
from archive.records import Period, rows
from channels.actions.deciding import approve_step, reject_plan, return_plan
from channels.actions.planning import submit_plan
from channels.actions.register import enter_existing_channel
from channels.documents import approvals_to_seal, plan_paper, plan_pdf
from channels.meetings import Meeting
from channels.models import Decision, Plan
from channels.steps import actors_of, step_waiting
from governance.digests import gather
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Appointment, Notice, Obligation
from governance.obligations import advance_due, waiting_for
from governance.roles import Role
from tests import council_of_town as council
from tests.channels.test_plan_pdf import text_of
from tests.council_of_town import (
    COUNCIL,
    COUNCILS,
    MEETING,
    MINUTES,
    NAME,
    OWN_CHECK,
    SECTOR,
    UNIT,
    Place,
    take,
)
from tests.plans_of_town import digest_of, fresh
from tests.town import NOW, appoint, away, later, person


@pytest.fixture
def place(db: None) -> Place:
    return council.place()


def test_the_councils_decision_says_who_acted_and_in_which_minutes_it_stands(place: Place) -> None:
    plan = council.approved(place.town, place.vera)
    decision = Decision.objects.get(step=COUNCILS)
    assert (decision.actor, decision.role) == (place.vera, Role.GROUP_MEMBER)
    assert (decision.body, decision.minutes, decision.met_on) == (NAME, MINUTES, NOW.date())
    assert plan.state == Plan.State.APPROVED
    others = Decision.objects.exclude(step=COUNCILS)
    assert set(others.values_list("body", "minutes", "met_on")) == {("", "", None)}


def test_approvals_side_by_side_are_not_torn_apart_by_a_page(place: Place, tmp_path: Path) -> None:
    plan = council.approved(place.town, place.vera)
    assert plan.current is not None
    pages = text_of(plan_pdf(plan.current), tmp_path).split("\f")
    frames = ("Enhetschefens beslut", "Beslut av rådet för sociala medier")
    first, second = (
        next(number for number, page in enumerate(pages) if title in page) for title in frames
    )
    assert first == second


@pytest.mark.parametrize(
    ("meeting", "field"),
    [
        (None, "minutes"),
        (Meeting(" ", NOW.date()), "minutes"),
        (Meeting(MINUTES), "met_on"),
        (Meeting(MINUTES, NOW.date() + timedelta(days=1)), "met_on"),
        (Meeting(MINUTES, NOW.date() - timedelta(days=1)), "met_on"),
    ],
    ids=["nothing", "no reference", "no day", "a day ahead", "a day before the plan was submitted"],
)
def test_a_decision_without_minutes_that_fit_is_refused_beside_its_field(
    place: Place, meeting: Meeting | None, field: str
) -> None:
    plan = council.before_the_council(place.town)
    read: dict[str, Any] = {
        "digest": digest_of(plan),
        "by": place.vera,
        "now": NOW,
        "meeting": meeting,
    }
    tried: list[tuple[Any, dict[str, str]]] = [
        (approve_step, {"place": "Ekby"}),
        (return_plan, {"note": "Vem svarar?"}),
    ]
    for verb, said in tried:
        with pytest.raises(AgainstPolicy) as caught:
            verb(plan, COUNCILS, **read, **said)
        assert (caught.value.field, caught.value.clause) == (field, "3 Beslut om en kanal, punkt 2")
    assert not Decision.objects.filter(step=COUNCILS).exists()


@pytest.mark.parametrize("name", ["anna", "sten", "ben", "cleo", "ola", "otto"])
def test_only_a_member_acts_for_the_council(place: Place, name: str) -> None:
    plan = council.before_the_council(place.town)
    with pytest.raises(NotAllowed, match=NAME):
        take(plan, COUNCILS, getattr(place.town, name))


def test_a_member_of_another_group_does_not_act_for_the_council(place: Place) -> None:
    plan = council.before_the_council(place.town)
    Appointment.objects.filter(user=place.kim).update(group="school_council")
    with pytest.raises(NotAllowed):
        take(plan, COUNCILS, place.kim)
    assert not waiting_for(place.kim, NOW).exists()


def test_the_author_never_acts_for_the_council_on_their_own_plan(place: Place) -> None:
    appoint(place.town.cleo, Role.GROUP_MEMBER, place.town.root, group=COUNCIL)
    plan = council.before_the_council(place.town)
    with pytest.raises(AgainstPolicy, match="wrote or submitted"):
        take(plan, COUNCILS, place.town.cleo)
    step = step_waiting(plan, NOW)
    assert step is not None
    assert set(actors_of(step, plan, NOW)) == {place.vera, place.kim}
    assert not waiting_for(place.town.cleo, NOW).filter(duty="approval").exists()


def test_a_deputy_acts_for_an_absent_member_and_is_shown_as_one(place: Place) -> None:
    plan = council.before_the_council(place.town)
    away(place.vera, place.town.dag)
    assert waiting_for(place.town.dag, NOW).filter(duty="approval").count() == 1
    decision = take(plan, COUNCILS, place.town.dag)
    assert (decision.actor, decision.instead_of) == (place.town.dag, place.vera)


def test_the_plan_waits_for_the_members_and_for_nobody_else(place: Place) -> None:
    town = place.town
    council.before_the_council(town)
    waits = {
        person.name: waiting_for(person, NOW).filter(duty="approval").count()
        for person in (place.vera, place.kim, town.anna, town.sten, town.cleo, town.otto)
    }
    assert [name for name, count in waits.items() if count] == ["Vera Vik", "Kim Lund"]
    told = Notice.objects.filter(kind="approval", subject__contains="Beslut av rådet")
    assert {each.recipient for each in told} == {place.vera, place.kim}


def test_the_members_are_reminded_when_the_plan_has_waited(place: Place) -> None:
    council.before_the_council(place.town)
    then = later(days=7)
    advance_due(now=then)
    gather(then)
    digests = Notice.objects.filter(kind="digest")
    assert {each.recipient for each in digests} == {place.vera, place.kim}


def test_the_council_returns_the_plan_and_meets_again_on_the_new_version(place: Place) -> None:
    plan = council.before_the_council(place.town)
    return_plan(
        plan,
        COUNCILS,
        digest=digest_of(plan),
        note="Vem svarar på kvällarna?",
        by=place.vera,
        now=NOW,
        meeting=MEETING,
    )
    letter = Notice.objects.get(kind="plan_stopped")
    assert NAME in letter.text
    assert MINUTES in letter.text
    plan = fresh(plan)
    assert plan.state == Plan.State.DRAFT
    submit_plan(plan, revision=plan.revision, by=place.town.cleo, now=later(days=2))
    plan, then = fresh(plan), later(days=2)
    for step, by in ((OWN_CHECK, place.town.cleo), (UNIT, place.town.anna)):
        take(plan, step, by, now=then)
    with pytest.raises(AgainstPolicy, match="after that meeting"):
        take(plan, COUNCILS, place.vera, now=then)
    again = Meeting("RSM 2026-03-04 § 1", then.date())
    assert take(plan, COUNCILS, place.vera, now=then, meeting=again).minutes == again.minutes


def test_what_the_council_rejects_stays_rejected(place: Place) -> None:
    plan = council.before_the_council(place.town)
    reject_plan(
        plan,
        COUNCILS,
        digest=digest_of(plan),
        note="Nej.",
        by=place.kim,
        now=NOW,
        meeting=MEETING,
    )
    with pytest.raises(NoLongerPossible, match="Kim Lund"):
        take(fresh(plan), COUNCILS, place.vera)


def test_the_sector_head_does_not_go_before_the_council(place: Place) -> None:
    plan = council.before_the_council(place.town)
    with pytest.raises(NoLongerPossible, match="rådet för sociala medier"):
        take(plan, SECTOR, place.town.sten)


def test_nobody_enters_the_account_while_its_plan_waits_for_the_council(place: Place) -> None:
    council.before_the_council(place.town)
    with pytest.raises(AgainstPolicy, match="waits for approval") as caught:
        enter_existing_channel(
            place.town.library,
            url="https://www.instagram.com/ekbybibliotek",
            name="Ekby bibliotek",
            by=place.town.ben,
            now=NOW,
        )
    assert (caught.value.field, caught.value.clause) == ("url", "3 Beslut om en kanal, punkt 2")


@pytest.mark.parametrize(
    "changes",
    [{"minutes": ""}, {"met_on": None}, {"body": ""}, {"body": "", "minutes": ""}],
    ids=str,
)
def test_the_database_keeps_body_minutes_and_day_together(
    place: Place, changes: dict[str, Any]
) -> None:
    plan = council.before_the_council(place.town)
    decision = take(plan, COUNCILS, place.vera)
    decision.pk, decision.step = None, "another"
    for name, value in changes.items():
        setattr(decision, name, value)
    with pytest.raises(IntegrityError, match="stands_in_its_minutes"), transaction.atomic():
        decision.save(force_insert=True)


# --- one person in two offices


def test_whoever_manages_unit_and_sector_decides_once_and_the_council_still_does(
    place: Place,
) -> None:
    town = place.town
    Appointment.objects.filter(user=town.anna).delete()
    plan = council.checked(town)
    needless = Decision.objects.get(step=UNIT)
    assert needless.outcome == Decision.Outcome.NOT_APPLICABLE
    assert "Sektorschefens beslut" in needless.note
    take(plan, COUNCILS, place.vera)
    take(plan, SECTOR, town.sten)
    assert fresh(plan).state == Plan.State.APPROVED
    assert Decision.objects.filter(outcome=Decision.Outcome.APPROVED).count() == 2


def test_a_manager_who_sits_in_the_council_still_decides_as_manager(place: Place) -> None:
    appoint(place.town.anna, Role.GROUP_MEMBER, place.town.root, group=COUNCIL)
    Appointment.objects.filter(user__in=[place.vera, place.kim]).delete()
    plan = council.before_the_council(place.town)
    assert Decision.objects.get(step=UNIT).outcome == Decision.Outcome.APPROVED
    assert take(plan, COUNCILS, place.town.anna).body == NAME


# --- a board


def test_a_boards_decision_carries_the_name_of_the_board(place: Place) -> None:
    town = place.town
    content = council.text().replace('actor = "media_council"', 'actor = "board"')
    content = content.replace(f'[group.{COUNCIL}]\nname = "{NAME}"\n', "")
    council.adopt_changed(town, content)
    nina = person(town.municipality, "Nina Ny", "nämndsekreterare")
    appoint(nina, Role.BOARD, town.board)
    plan = council.before_the_council(town)
    with pytest.raises(AgainstPolicy):
        take(plan, COUNCILS, nina, meeting=None)
    assert take(plan, COUNCILS, nina).body == "Bildningsnämnden"


# --- where it is read


def test_the_document_and_its_seals_name_the_council_and_its_minutes(place: Place) -> None:
    version = council.approved(place.town, place.vera).current
    assert version is not None
    paper = plan_paper(version)
    printed = [each for pair in paper.approvals for each in pair if each]
    assert [bool(each.minuted) for each in printed] == [False, True, False]
    assert all(words in printed[1].minuted for words in (NAME, MINUTES))
    assert printed[1].name == "Vera Vik"
    assert any(NAME in event.who and MINUTES in event.what for event in paper.history)
    reasons = [each.reason for each in approvals_to_seal(version)]
    assert all(words in reasons[1] for words in (NAME, MINUTES, "Vera Vik", "sekreterare"))


def test_the_diary_export_says_on_which_minutes_the_plan_rests(place: Place) -> None:
    council.approved(place.town, place.vera)
    period = Period.of(place.town.root, date(2026, 3, 1), date(2026, 3, 31))
    (row,) = rows(period, [Export.Kind.PLAN])
    assert NAME in row.ground
    assert MINUTES in row.ground


# --- the applicant's own check


def test_the_own_check_is_a_step_with_its_own_record(place: Place) -> None:
    plan = council.submitted(place.town)
    row = Obligation.objects.open().get(duty="approval")
    assert waiting_for(place.town.cleo, NOW).get() == row
    assert not Notice.objects.exists(), "she is on its page already"
    decision = take(plan, OWN_CHECK, place.town.cleo)
    assert (decision.outcome, decision.kind) == (Decision.Outcome.DONE, "self_check")
    assert decision.answers == council.CHECKED
    step = step_waiting(fresh(plan), NOW)
    assert step is not None
    assert step.key == UNIT


def test_nobody_else_answers_the_own_check(place: Place) -> None:
    plan = council.submitted(place.town)
    for other in (place.town.anna, place.town.dag, place.vera):
        with pytest.raises(NotAllowed, match="Cleo Sjö"):
            take(plan, OWN_CHECK, other)


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"alternative": {"answer": False, "reason": ""}}, "alternative"),
        ({"hours_a_week": 1}, "hours_a_week"),
        ({"hours_a_week": 41}, "hours_a_week"),
        ({"hours_a_week": None}, "hours_a_week"),
    ],
    ids=str,
)
def test_the_own_check_is_answered_as_it_asks(
    place: Place, answer: dict[str, Any], field: str
) -> None:
    plan = council.submitted(place.town)
    with pytest.raises(AgainstPolicy) as caught:
        take(plan, OWN_CHECK, place.town.cleo, answers=council.CHECKED | answer)
    assert (caught.value.field, caught.value.clause) == (field, "2 Prova själv först")
