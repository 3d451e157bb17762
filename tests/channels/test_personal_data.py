"""Assessing personal data: shared for a platform, supplemented on a channel, stale on purpose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from channels.actions.personal_data import (
    announce_platform_basis,
    assess_processing,
    supplement_assessment,
)
from channels.checks import NotReady
from channels.models import (
    BasisChange,
    Channel,
    LocalSupplement,
    PersonalDataAssessment,
    Platform,
)
from channels.personal_data import asked_on, assessments, latest_basis_change, standing_on
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, Unit, User
from governance.obligations import open_due, waiting_for
from governance.obligations.replanning import replan
from governance.roles import Role
from tests.browsers import client_of
from tests.channels_of_town import assign, library_page, open_channel
from tests.plans_of_town import opened
from tests.town import NOW, Town, adopt_text, appoint, at, file_of, later

CLAUSE = "Publicering av personuppgifter"
ANSWERS = {
    "which": "Namn och bild på den som skriver.",
    "basis": "Uppgift av allmänt intresse.",
    "necessity": "Frågor kan inte besvaras annars.",
    "risks": "Små.",
    "ending": "Invånarna kan inte fråga där de är.",
    "information": {"answer": True, "reason": "Länk i presentationen."},
}
TRANSFER = BasisChange.Basis.TRANSFER


def under(town: Town, policy: str = "vetlanda", number: int = 2, **fields: Any) -> Channel:
    """The library's page under a policy; Cleo answers for it."""
    content = file_of(policy).read_text()
    adopt_text(town.municipality, content, number=number, in_force_from=date(2021, 1, 1))
    return library_page(town, **fields)


@pytest.fixture
def channel(town: Town) -> Channel:
    """A page in a municipality that asks Vetlanda's six questions."""
    return under(town)


def assess(
    channel: Channel,
    by: User,
    now: datetime = NOW,
    processing: str = "Frågor från besökare",
    instead_of: PersonalDataAssessment | None = None,
    review_on: date | None = None,
    **changes: Any,
) -> PersonalDataAssessment:
    return assess_processing(
        channel.municipality,
        channel.platform,
        processing,
        ANSWERS | changes,
        instead_of=instead_of.pk if instead_of else None,
        review_on=review_on,
        by=by,
        now=now,
    )


def announce(channel: Channel, by: User, now: datetime, reason: str = "Avtalet föll.") -> None:
    last = latest_basis_change(channel.municipality, channel.platform)
    announce_platform_basis(
        channel.municipality,
        channel.platform,
        TRANSFER,
        reason,
        after=last.pk if last else None,
        by=by,
        now=now,
    )


def states(channel: Channel, now: datetime = NOW) -> list[str]:
    channel.refresh_from_db()
    return [each.state for each in standing_on([channel], now)[channel.pk]]


def owed(channel: Channel) -> list[Obligation]:
    return list(Obligation.objects.about(channel).open().filter(duty="personal_data"))


# --- what each policy asks


@pytest.mark.parametrize(
    ("policy", "rule", "questions"),
    [
        ("vetlanda", "six_questions", list(ANSWERS)),
        ("vargarda", "controller_scope_per_platform", None),
        ("volda", "question_of_plan", None),
        ("tyreso", "images", None),
        ("varmdo", None, None),
        ("ekby", None, None),
    ],
)
def test_each_policy_asks_what_it_says_and_the_silent_ask_nothing(
    town: Town, policy: str, rule: str | None, questions: list[str] | None
) -> None:
    asked = asked_on(under(town, policy), NOW)
    assert (asked.rule.value if asked.rule else None) == rule
    assert ([each.key for each in asked.form.fields] if asked.form else None) == questions


def test_vargarda_asks_only_where_the_guideline_leaves_it_to_be_assessed(town: Town) -> None:
    content = file_of("vargarda").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    for platform, is_asked in (("facebook", False), ("x", False), ("instagram", True)):
        asked = asked_on(open_channel(town.library, platform, platform=platform), NOW)
        assert (asked.form is not None) is is_asked, platform
        assert asked.controller is not None


def test_what_volda_asks_in_the_plan_is_shown_and_not_asked_twice(town: Town) -> None:
    channel = opened(town)
    content = file_of("volda").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    there = reverse("channels:personal_data", args=[channel.pk])
    text = client_of(town.cleo).get(there).content.decode()
    assert "Blir personvernet ivareteke?" in text
    assert reverse("channels:assess", args=["facebook"]) not in text


# --- assessing


def test_an_assessment_is_shared_by_every_channel_on_the_platform(
    town: Town, channel: Channel
) -> None:
    other = open_channel(town.library, "Barnens bibliotek")
    elsewhere = open_channel(town.library, "Bilder", platform="instagram")
    assess(channel, town.anna)
    assert (states(channel), states(other), states(elsewhere)) == (["current"], ["current"], [])
    entry = AuditEntry.objects.get(act="personal_data.assessed")
    assert (entry.clause, entry.actor_id) == (CLAUSE, town.anna.pk)
    assert "allmänt intresse" not in str(entry.facts), "the log keeps no free text"


def test_every_question_is_answered_or_refused_beside_its_field(
    town: Town, channel: Channel
) -> None:
    with pytest.raises(NotReady) as caught:
        assess(channel, town.anna, risks="", information={"answer": True, "reason": ""})
    assert [each.field for each in caught.value.faults] == ["risks", "information"]
    assert {each.clause for each in caught.value.faults} == {CLAUSE}
    with pytest.raises(AgainstPolicy) as nameless:
        assess(channel, town.anna, processing="  ")
    assert nameless.value.field == "processing"


def test_who_has_nothing_to_do_with_the_platform_is_refused(town: Town, channel: Channel) -> None:
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            assess(channel, stranger)
    assert assess(channel, town.cleo), "who answers for a channel there may"


def test_the_one_who_comes_second_is_told_who_assessed_it_and_when(
    town: Town, channel: Channel
) -> None:
    first = assess(channel, town.anna)
    with pytest.raises(NoLongerPossible) as caught:
        assess(channel, town.cleo, later(hours=1), processing="frågor från  besökare")
    assert (caught.value.by, caught.value.at) == (town.anna.name, NOW)
    assess(channel, town.cleo, later(hours=2), instead_of=first)
    with pytest.raises(NoLongerPossible):
        assess(channel, town.anna, later(hours=3), instead_of=first)


def test_where_the_policy_asks_nothing_nothing_is_assessed(town: Town) -> None:
    with pytest.raises(AgainstPolicy, match="no assessment"):
        assess(under(town, "tyreso"), town.anna)


def test_what_was_assessed_stays_and_the_latest_holds(town: Town, channel: Channel) -> None:
    first = assess(channel, town.anna)
    second = assess(channel, town.anna, later(days=1), instead_of=first, risks="Stora.")
    found = assessments(channel.municipality, channel.platform, NOW)
    assert [each.row for each in found] == [second]
    assert found[0].answers[3].kept == ["Stora."]
    supplement_assessment(channel, second, "Barn.", by=town.cleo, now=later(days=2))
    for kept in (PersonalDataAssessment.objects, LocalSupplement.objects):
        with pytest.raises(InternalError, match="stays"), transaction.atomic():
            kept.update(by=town.dag)


# --- the local supplement


def test_a_channel_says_what_differs_and_others_are_as_they_were(
    town: Town, channel: Channel
) -> None:
    other = open_channel(town.library, "Barnens bibliotek")
    row = assess(channel, town.anna)
    supplement_assessment(channel, row, "Här skriver barn.", by=town.cleo, now=NOW)
    here, there = standing_on([channel, other], NOW).values()
    assert here[0].supplement is not None
    assert here[0].supplement.text == "Här skriver barn."
    assert there[0].supplement is None
    entry = AuditEntry.objects.get(act="personal_data.supplemented")
    assert "barn" not in str(entry.facts)


def test_the_exemption_applies_by_the_kind_of_unit_and_elsewhere_needs_reasons(
    town: Town, channel: Channel
) -> None:
    row = assess(channel, town.anna)
    assert channel.unit.activity == Unit.Activity.LIBRARY
    supplement_assessment(channel, row, "", exempt=True, by=town.cleo, now=NOW)
    page = open_channel(town.school, "Ekbackens skola")
    assign(town.cleo, page)
    with pytest.raises(AgainstPolicy) as caught:
        supplement_assessment(page, row, "", exempt=True, by=town.cleo, now=NOW)
    assert caught.value.field == "reasons"
    assert caught.value.clause == "Undantag för konstnärligt eller litterärt skapande"
    supplement_assessment(
        page, row, "", exempt=True, reasons="Elevernas dikter.", by=town.cleo, now=NOW
    )


def test_no_exemption_is_claimed_where_the_policy_knows_none(town: Town) -> None:
    channel = under(town, "vargarda", platform="instagram")
    row = assess_processing(
        town.municipality,
        channel.platform,
        "Andras inlägg",
        {"scope": "own_only", "reasons": "Vi kan inte ta bort."},
        instead_of=None,
        by=town.anna,
        now=NOW,
    )
    with pytest.raises(AgainstPolicy) as caught:
        supplement_assessment(channel, row, "", exempt=True, by=town.cleo, now=NOW)
    assert caught.value.field == "exempt"


def test_a_supplement_says_something_and_is_written_by_who_answers_for_the_channel(
    town: Town, channel: Channel
) -> None:
    row = assess(channel, town.anna)
    with pytest.raises(AgainstPolicy):
        supplement_assessment(channel, row, " ", by=town.cleo, now=NOW)
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            supplement_assessment(channel, row, "Barn.", by=stranger, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalSupplement.objects.create(
            municipality=town.municipality, channel=channel, assessment=row, by=town.cleo, at=NOW
        )


# --- going stale


def test_an_announced_change_makes_it_stale_with_its_reason_and_the_owner_owes_it(
    town: Town, channel: Channel
) -> None:
    row = assess(channel, town.anna)
    announce(channel, town.ben, later(days=1))
    assert states(channel) == ["stale"]
    assert "Avtalet föll." in assessments(channel.municipality, channel.platform, NOW)[0].why_stale
    (duty,) = owed(channel)
    assert (duty.due_at, duty.clause) == (None, CLAUSE)
    assert duty.path == reverse("channels:personal_data", args=[channel.pk])
    for person, count in ((town.cleo, 1), (town.ola, 0), (town.otto, 0)):
        rows = waiting_for(person, later(days=1)).filter(duty="personal_data")
        assert rows.count() == count, person
    assess(channel, town.cleo, later(days=2), instead_of=row)
    assert (states(channel), owed(channel)) == (["current"], [])


def test_from_the_day_of_its_next_review_it_is_stale_and_owed_and_not_before(
    town: Town, channel: Channel
) -> None:
    """VET-18: next review."""
    day = NOW.date() + timedelta(days=30)
    row = assess(channel, town.anna, review_on=day)
    open_due(later(days=29))
    assert (states(channel, later(days=29)), owed(channel)) == (["current"], [])
    open_due(later(days=30))
    assert states(channel, later(days=30)) == ["stale"]
    (duty,) = owed(channel)
    assert (duty.due_at, duty.clause) == (None, CLAUSE)
    again = assess(channel, town.cleo, later(days=31), instead_of=row)
    assert (states(channel, later(days=31)), owed(channel)) == (["current"], [])
    assert again.review_on is None


def test_its_day_begins_at_midnight_in_the_municipality(town: Town, channel: Channel) -> None:
    """Before that it is another day in Greenwich, where the clocks of machines stand."""
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # half past midnight on 2 July
    with pytest.raises(AgainstPolicy):
        assess(channel, town.anna, summer, review_on=date(2026, 7, 2))
    assess(channel, town.anna, summer, review_on=date(2026, 7, 3))
    for hour, state in ((21, "current"), (22, "stale")):
        assert states(channel, datetime(2026, 7, 2, hour, 30, tzinfo=UTC)) == [state]


def test_the_database_holds_no_review_before_the_assessment(town: Town, channel: Channel) -> None:
    row = assess(channel, town.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalDataAssessment.objects.create(
            municipality=row.municipality,
            platform=row.platform,
            processing="Bilder",
            answers={},
            transfer=row.transfer,
            visitors_posts=row.visitors_posts,
            policy=row.policy,
            review_on=date(2026, 3, 1),
            by=town.anna,
            at=NOW,
        )


def test_a_next_review_is_on_a_day_to_come(town: Town, channel: Channel) -> None:
    for day in (NOW.date(), NOW.date() - timedelta(days=1)):
        with pytest.raises(AgainstPolicy) as caught:
            assess(channel, town.anna, review_on=day)
        assert caught.value.field == "review_on"
    assert not PersonalDataAssessment.objects.exists()


def test_one_new_assessment_meets_it_for_every_channel_on_the_platform(
    town: Town, channel: Channel
) -> None:
    other = open_channel(town.library, "Barnens bibliotek")
    row = assess(channel, town.anna)
    announce(channel, town.ben, later(days=1))
    assert (len(owed(channel)), len(owed(other))) == (1, 1)
    assess(channel, town.cleo, later(days=2), instead_of=row)
    assert (owed(channel), owed(other)) == ([], [])


def test_a_supplement_older_than_the_change_is_owed_once_the_shared_one_is_made(
    town: Town, channel: Channel
) -> None:
    row = assess(channel, town.anna)
    supplement_assessment(channel, row, "Barn.", by=town.cleo, now=NOW)
    announce(channel, town.ben, later(days=1))
    new = assess(channel, town.anna, later(days=2), instead_of=row)
    assert states(channel) == ["stale"]
    assert len(owed(channel)) == 1
    with pytest.raises(NoLongerPossible):
        supplement_assessment(channel, row, "Barn.", by=town.cleo, now=later(days=3))
    supplement_assessment(channel, new, "Barn.", by=town.cleo, now=later(days=3))
    assert (states(channel), owed(channel)) == (["current"], [])


def test_what_is_known_of_the_platform_makes_it_stale_and_is_owed_at_the_next_run(
    town: Town, channel: Channel
) -> None:
    assess(channel, town.anna)
    known = channel.platform.transfer
    other = next(each for each in Platform.Transfer.values if each != known)
    Platform.objects.filter(pk=channel.platform_id).update(transfer=other)
    assert states(Channel.objects.get()) == ["stale"]
    open_due(later(days=1))
    open_due(later(days=2))
    assert len(owed(channel)) == 1


def test_what_a_new_policy_no_longer_asks_is_no_longer_owed(town: Town, channel: Channel) -> None:
    assess(channel, town.anna)
    announce(channel, town.ben, later(days=1))
    content = file_of("varmdo").read_text()
    adopt_text(town.municipality, content, number=3, in_force_from=date(2026, 3, 5))
    replan(town.municipality, now=at("2026-03-05"))
    assert owed(channel) == []


def test_communications_and_the_data_protection_officer_announce_and_nobody_else(
    town: Town, channel: Channel
) -> None:
    for person in (town.cleo, town.anna, town.otto):
        with pytest.raises(NotAllowed):
            announce(channel, person, NOW)
    appoint(town.ola, Role.DATA_PROTECTION_OFFICER, town.root)
    announce(channel, town.ola, NOW)
    with pytest.raises(AgainstPolicy) as caught:
        announce(channel, town.ben, NOW, " ")
    assert caught.value.field == "reason"


def test_the_one_who_announces_second_is_told_who_was_first(town: Town, channel: Channel) -> None:
    announce(channel, town.ben, NOW)
    with pytest.raises(NoLongerPossible) as caught:
        announce_platform_basis(
            town.municipality,
            channel.platform,
            TRANSFER,
            "Ny dom.",
            after=None,
            by=town.ben,
            now=later(hours=1),
        )
    assert (caught.value.by, caught.value.at) == (town.ben.name, NOW)


def test_a_change_of_one_municipality_s_is_nothing_to_another_s(
    town: Town, channel: Channel
) -> None:
    assess(channel, town.anna)
    assert town.otto.municipality is not None
    BasisChange.objects.create(
        municipality=town.otto.municipality,
        basis=TRANSFER,
        platform=channel.platform,
        reason="Deras.",
        by=town.otto,
        at=later(days=1),
    )
    assert states(channel) == ["current"]


# --- the pages


def test_the_channel_s_page_says_what_is_assessed_and_how_it_stands(
    town: Town, channel: Channel
) -> None:
    there = reverse("channels:channel", args=[channel.pk])
    assert "Nothing is assessed yet" in client_of(town.ola).get(there).content.decode()
    assess(channel, town.anna)
    text = client_of(town.ola).get(there).content.decode()
    assert "Frågor från besökare" in text
    assert town.anna.name in text


def test_bad_answers_come_back_beside_their_fields_with_every_word(
    town: Town, channel: Channel
) -> None:
    there = reverse("channels:assess", args=["facebook"])
    sent = {"processing": "Bilder", "which": "Ansikten <på> barn", "information-answer": "yes"}
    answer = client_of(town.cleo).post(there, sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_basis_error"' in text
    assert "Ansikten &lt;på&gt; barn" in text
    assert not PersonalDataAssessment.objects.exists()


def test_whoever_answers_nothing_hears_of_all_of_it_at_once(town: Town, channel: Channel) -> None:
    there = reverse("channels:assess", args=[channel.platform.key])
    form = client_of(town.cleo).post(there, {"processing": ""}).context["form"]
    assert form.asked.keys() | {"processing"} == form.errors.keys()


def test_an_assessment_is_made_and_made_again_on_its_page(town: Town, channel: Channel) -> None:
    there = reverse("channels:assess", args=["facebook"])
    sent = {key: each for key, each in ANSWERS.items() if isinstance(each, str)}
    sent |= {"information-answer": "yes", "information-reason": "Länk."}
    assert client_of(town.cleo).post(there, sent | {"processing": "Bilder"}).status_code == 302
    row = PersonalDataAssessment.objects.get()
    again = reverse("channels:assess_again", args=["facebook", row.pk])
    assert "Uppgift av allmänt intresse." in client_of(town.anna).get(again).content.decode()
    assert client_of(town.anna).post(again, sent).status_code == 302
    late = client_of(town.cleo).post(again, sent | {"risks": "Stora."})
    assert late.status_code == 409
    assert "Stora." in late.content.decode()
    assert "Yes, Länk." in late.content.decode()


def test_the_day_of_the_next_review_is_given_and_shown_on_its_page(
    town: Town, channel: Channel
) -> None:
    there = reverse("channels:assess", args=["facebook"])
    sent = {key: each for key, each in ANSWERS.items() if isinstance(each, str)}
    sent |= {"information-answer": "yes", "information-reason": "Länk.", "processing": "Bilder"}
    refused = client_of(town.cleo).post(there, sent | {"review_on": "2020-02-29"})
    text = refused.content.decode()
    assert (refused.status_code, 'id="id_review_on_error"' in text) == (422, True)
    assert 'value="2020-02-29"' in text
    assert client_of(town.cleo).post(there, sent | {"review_on": "2096-02-29"}).status_code == 302
    page = client_of(town.anna).get(reverse("channels:personal_data", args=[channel.pk]))
    assert "To be made again on 29 February 2096" in " ".join(page.content.decode().split())
    row = PersonalDataAssessment.objects.get()
    again = client_of(town.anna).get(reverse("channels:assess_again", args=["facebook", row.pk]))
    assert 'value="2096-02-29"' in again.content.decode(), "it is not lost by mending a sentence"


def test_another_municipality_sees_404_and_a_colleague_403_with_the_reason(
    town: Town, channel: Channel
) -> None:
    row = assess(channel, town.anna)
    pages = {
        "channels:assess": (("facebook",), town.ola),
        "channels:assess_again": (("facebook", row.pk), town.ola),
        "channels:supplement": ((channel.pk, row.pk), town.ola),
        "channels:changed_basis": (("facebook",), town.cleo),
    }
    for name, (args, colleague) in pages.items():
        there = reverse(name, args=args)
        refused = client_of(colleague).get(there)
        assert (refused.status_code, "takes" in refused.content.decode()) == (403, True), name
    for name in ("channels:personal_data", "channels:supplement"):
        args = (channel.pk,) if name == "channels:personal_data" else (channel.pk, row.pk)
        assert client_of(town.otto).get(reverse(name, args=args)).status_code == 404


def test_the_reasons_of_an_exemption_are_asked_for_beside_their_field(town: Town) -> None:
    channel = under(town)
    Unit.objects.filter(pk=channel.unit_id).update(activity=Unit.Activity.SCHOOL)
    row = assess(channel, town.anna)
    there = reverse("channels:supplement", args=[channel.pk, row.pk])
    answer = client_of(town.cleo).post(there, {"text": "Dikter.", "exempt": "on"})
    assert answer.status_code == 422
    assert 'id="id_reasons_error"' in answer.content.decode()
    assert "Dikter." in answer.content.decode()


def test_the_standing_costs_the_same_however_many_channels_there_are(
    town: Town, channel: Channel, django_assert_num_queries: Any
) -> None:
    row = assess(channel, town.anna)
    assess(channel, town.anna, processing="Bilder")
    others = [open_channel(town.library, f"Sida {number}") for number in range(4)]
    supplement_assessment(channel, row, "Barn.", by=town.cleo, now=NOW)
    assert others
    rows = Channel.objects.select_related("unit__municipality", "platform", "municipality")
    channels = list(rows)
    with django_assert_num_queries(3):
        assert sum(len(each) for each in standing_on(channels, NOW).values()) == 10
