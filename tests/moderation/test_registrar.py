"""The registrar's assessment of secrecy, and the question that goes back to the editor."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation
from governance.obligations import advance_due, waiting_for
from governance.roles import Role
from moderation.actions import (
    answer_registrar,
    assess_secrecy,
    hand_to_registrar,
    register_number,
    return_with_question,
)
from moderation.models import Item
from tests.browsers import client_of
from tests.moderation.scenes import comment, logged, removed
from tests.town import NOW, Town, appoint, later

SECOND = later(minutes=1)


@pytest.fixture
def item(town: Town, channel: Channel) -> Item:
    """A finding that waits for Rut."""
    found = comment(channel, town.cleo)
    return hand_to_registrar(found, by=town.cleo, now=NOW)


def waits(town: Town, who: str) -> list[str]:
    rows = waiting_for(getattr(town, who), NOW).filter(duty__startswith="regist")
    return [row.duty for row in rows]


@pytest.mark.parametrize(
    ("category", "proposed"),
    [("confidential", "to_assess"), ("personal_data", "to_assess"), ("unlawful_threat", "none")],
)
def test_what_is_taken_away_to_protect_somebody_is_proposed_for_assessment(
    town: Town, channel: Channel, category: str, proposed: str
) -> None:
    found = comment(channel, town.cleo)
    removed(found, town.cleo, category=category)
    found.refresh_from_db()
    assert found.secrecy == proposed


def test_the_registrar_marks_it_secret_by_a_paragraph_and_the_log_tells(
    town: Town, item: Item
) -> None:
    with pytest.raises(AgainstPolicy) as refusal:
        assess_secrecy(item, "secret", " ", by=town.rut, now=NOW)
    assert refusal.value.field == "paragraph"
    assess_secrecy(item, "secret", "OSL  21 kap. 1 §", by=town.rut, now=NOW)
    item.refresh_from_db()
    assert (item.secrecy, item.secrecy_paragraph) == ("secret", "OSL 21 kap. 1 §")
    assess_secrecy(item, "secret", "OSL 21 kap. 1 §", by=town.rut, now=SECOND)
    (entry,) = logged("finding.secrecy")
    assert entry.facts["paragraph"] == "OSL 21 kap. 1 §"
    assess_secrecy(item, "none", "OSL 21 kap. 1 §", by=town.rut, now=SECOND)
    item.refresh_from_db()
    assert (item.secrecy, item.secrecy_paragraph) == ("none", "")


def test_only_a_registrar_assesses_and_returns(town: Town, item: Item) -> None:
    for someone in (town.cleo, town.ben, town.ola, town.otto):
        with pytest.raises(NotAllowed):
            assess_secrecy(item, "none", "", by=someone, now=NOW)
        with pytest.raises(NotAllowed):
            return_with_question(item, "Vilken dag?", by=someone, now=NOW)


def test_the_database_knows_no_secret_without_a_paragraph(item: Item) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(secrecy="secret")


def test_a_question_waits_for_the_editor_and_the_finding_no_longer_for_the_registrar(
    town: Town, item: Item
) -> None:
    assert (waits(town, "rut"), waits(town, "cleo")) == (["registration"], [])
    return_with_question(item, "Vilken dag såg du det?", by=town.rut, now=NOW)
    assert (waits(town, "rut"), waits(town, "cleo")) == ([], ["registrar_question"])
    assert not Item.objects.filter(pk=item.pk).to_register().exists()
    (entry,) = logged("finding.returned")
    assert "Vilken" not in str(entry.facts)

    answer_registrar(item, "I söndags.", by=town.cleo, now=SECOND)
    assert (waits(town, "rut"), waits(town, "cleo")) == (["registration"], [])
    assert Item.objects.filter(pk=item.pk).to_register().exists()
    assert item.questions.get().answer == "I söndags."
    with pytest.raises(NoLongerPossible, match="Cleo Sjö"):
        answer_registrar(item, "I måndags.", by=town.dag, now=SECOND)


def test_what_was_asked_is_read_on_the_finding_and_not_where_duties_are_listed(
    town: Town, item: Item
) -> None:
    appoint(town.ola, Role.DATA_PROTECTION_OFFICER, town.root)
    return_with_question(item, "Vilken dag såg du det?", by=town.rut, now=NOW)
    assert Obligation.objects.get(duty="registrar_question").subject_label == item.number
    listed = client_of(town.ola).get(reverse("duties"), {"duty": "registrar_question"})
    assert item.number in listed.text
    work = client_of(town.cleo).get(reverse("today"))
    assert f"Answer the registrar: {item.number}" in work.text
    for page in (listed, work):
        assert "Vilken dag" not in page.text
    finding = reverse("moderation:finding", args=[item.pk])
    assert "Vilken dag såg du det?" in client_of(town.cleo).get(finding).text

    advance_due(now=later(days=30))
    assert "Vilken" not in str(list(AuditEntry.objects.values_list("subject_label", "facts")))


def test_one_question_at_a_time_and_a_second_after_the_answer(town: Town, item: Item) -> None:
    return_with_question(item, "Vilken dag?", by=town.rut, now=NOW)
    with pytest.raises(NoLongerPossible, match="Rut Asp"):
        return_with_question(item, "Vem såg det?", by=town.rut, now=SECOND)
    answer_registrar(item, "I söndags.", by=town.cleo, now=SECOND)
    return_with_question(item, "Vem såg det?", by=town.rut, now=SECOND)
    assert item.questions.count() == 2


def test_empty_words_are_refused_beside_their_field(town: Town, item: Item) -> None:
    with pytest.raises(AgainstPolicy) as refusal:
        return_with_question(item, " ", by=town.rut, now=NOW)
    assert refusal.value.field == "question"
    with pytest.raises(AgainstPolicy):
        return_with_question(item, "x" * 301, by=town.rut, now=NOW)
    return_with_question(item, "Vilken dag?", by=town.rut, now=NOW)
    with pytest.raises(AgainstPolicy) as refusal:
        answer_registrar(item, "", by=town.cleo, now=NOW)
    assert refusal.value.field == "answer"
    with pytest.raises(NotAllowed):
        answer_registrar(item, "I söndags.", by=town.ola, now=NOW)


def test_a_registrar_who_decides_after_all_needs_no_answer(town: Town, item: Item) -> None:
    return_with_question(item, "Vilken dag?", by=town.rut, now=NOW)
    register_number(item, "BN 2026/17", by=town.rut, now=SECOND)
    assert waits(town, "cleo") == []
    with pytest.raises(NoLongerPossible, match=r"BN 2026/17.*Rut Asp"):
        answer_registrar(item, "I söndags.", by=town.cleo, now=SECOND)
    with pytest.raises(NoLongerPossible, match=r"BN 2026/17.*Rut Asp"):
        return_with_question(item, "Vem?", by=town.rut, now=SECOND)


def test_what_was_never_handed_over_is_not_returned(town: Town, channel: Channel) -> None:
    with pytest.raises(NoLongerPossible):
        return_with_question(comment(channel, town.cleo), "Vad?", by=town.rut, now=NOW)
