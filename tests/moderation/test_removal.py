"""Removing, hiding, withdrawing, leaving and showing again."""

from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import ProgrammingError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Obligation
from moderation.actions import (
    Removal,
    close,
    hide,
    leave,
    publish_house_rules,
    remove,
    report_unable,
    restore,
    withdraw,
)
from moderation.cases import act_in_force
from moderation.models import Action
from tests.moderation.scenes import comment, logged, removed
from tests.town import NOW, Town, later


def test_a_removal_carries_ground_clause_version_and_times(town: Town, channel: Channel) -> None:
    aware = later(NOW, minutes=-48)
    item = comment(channel, town.cleo, became_aware_at=aware)
    action = removed(item, town.cleo, acted_at=later(NOW, minutes=-1))
    assert (action.category, action.ground) == ("unlawful_threat", "statute")
    assert action.statute == "Brottsbalken 4 kap. 5 §"
    assert action.clause.startswith("3.1")
    assert action.policy == town.municipality.policies.get()
    assert action.obvious is True
    assert (action.became_aware_at, action.acted_at) == (aware, later(NOW, minutes=-1))


def test_the_log_has_one_line_with_digests_and_no_words(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    line = logged("finding.remove")
    assert len(line) == 1
    assert line[0].facts["category"] == "unlawful_threat"
    assert len(line[0].facts["evidence"]) == 2
    assert line[0].clause.startswith("3.1")
    assert "parkerar" not in str(line[0].facts)


def test_removal_waits_for_no_paper(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    action = removed(item, town.cleo, category="confidential", obvious=None)
    assert action.took_away
    assert item.off_platform_note == item.diary_number == ""


def test_what_is_not_obvious_is_hidden_and_not_removed(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    with pytest.raises(AgainstPolicy) as refusal:
        removed(item, town.cleo, obvious=False)
    assert refusal.value.field == "obvious"
    assert refusal.value.clause.startswith("3.1")
    with pytest.raises(AgainstPolicy):
        removed(item, town.cleo, obvious=None)
    hidden = hide(item, Removal(category="unlawful_threat", obvious=False), by=town.cleo, now=NOW)
    assert hidden.decision == "hide"


def test_what_was_hidden_may_yet_be_removed_but_not_the_other_way_round(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    threat = Removal(category="unlawful_threat", obvious=True)
    hide(item, threat, by=town.cleo, now=NOW)
    remove(item, threat, by=town.ben, now=later(NOW, minutes=9))
    with pytest.raises(NoLongerPossible) as late:
        hide(item, threat, by=town.cleo, now=later(NOW, minutes=10))
    assert late.value.by == "Ben Lind"


def test_the_second_removal_is_told_who_was_first(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    with pytest.raises(NoLongerPossible) as late:
        removed(item, town.dag, now=later(NOW, minutes=1))
    assert late.value.by == "Cleo Sjö"
    assert late.value.at == NOW
    assert Action.objects.count() == 1


def test_nobody_without_an_assignment_removes(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    for someone in (town.ola, town.otto, town.rut):
        with pytest.raises(NotAllowed):
            removed(item, someone)


def test_a_ground_that_the_policy_does_not_have_is_refused_with_its_clause(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    with pytest.raises(AgainstPolicy) as refusal:
        removed(item, town.cleo, category="defamation", obvious=None)
    assert refusal.value.field == "category"
    assert "4.6" in refusal.value.clause


def test_times_must_come_in_order(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    for moment in (later(NOW, minutes=-1), later(NOW, minutes=1)):
        with pytest.raises(AgainstPolicy) as refusal:
            removed(item, town.cleo, acted_at=moment)
        assert refusal.value.field == "acted_at"


def test_a_copy_comes_first_unless_it_was_gone_already_and_then_it_is_said(
    town: Town, channel: Channel, settings: Settings
) -> None:
    item = comment(channel, town.cleo, text="", describe_only=False)
    item_without = comment(channel, town.cleo, text="x")
    item_without.evidence.update(erased_at=None)  # a no-op: words are never erased
    with pytest.raises(AgainstPolicy) as refusal, transaction.atomic():
        removed(item, town.cleo, category="child_abuse_image")
    assert refusal.value.field == "without_copy_because"
    action = removed(
        item,
        town.cleo,
        category="child_abuse_image",
        without_copy_because="Bilden visade ett barn. Adressen är antecknad.",
    )
    assert action.without_copy_because


def test_what_turns_out_to_be_what_nobody_may_keep_is_erased(
    town: Town,
    channel: Channel,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    item = comment(channel, town.cleo)
    with django_capture_on_commit_callbacks(execute=True):
        removed(item, town.cleo, category="child_abuse_image")
    image = item.evidence.get(file__isnull=False)
    assert image.erased_at == NOW
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert logged("finding.remove")[0].facts["erased"] == [image.sha256]


def test_our_own_is_withdrawn_with_a_reason_and_others_is_not(town: Town, channel: Channel) -> None:
    ours = comment(channel, town.cleo, direction="drawn_up")
    with pytest.raises(AgainstPolicy):
        removed(ours, town.cleo)
    with pytest.raises(AgainstPolicy):
        withdraw(ours, because=" ", by=town.cleo, now=NOW)
    action = withdraw(ours, because="Fel öppettider.", by=town.cleo, now=NOW)
    assert action.category == ""
    assert logged("finding.withdraw")[0].clause.startswith("3.1")
    with pytest.raises(AgainstPolicy):
        withdraw(comment(channel, town.cleo), because="Nej", by=town.cleo, now=NOW)


def test_what_is_left_says_why_and_may_be_removed_later(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    with pytest.raises(AgainstPolicy):
        leave(item, because="", by=town.cleo, now=NOW)
    leave(item, because="Kritik är tillåten.", by=town.cleo, now=NOW)
    with pytest.raises(NoLongerPossible):
        leave(item, because="Igen.", by=town.dag, now=NOW)
    removed(item, town.dag, now=later(NOW, hours=1))
    with pytest.raises(NoLongerPossible):
        leave(item, because="Nej.", by=town.cleo, now=later(NOW, hours=2))


def test_a_removal_is_not_undone_but_corrected(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    action = removed(item, town.cleo)
    with pytest.raises(AgainstPolicy):
        restore(action, because="", by=town.ben, now=later(NOW, hours=1))
    correction = restore(action, because="Det var satir.", by=town.ben, now=later(NOW, hours=1))
    action.refresh_from_db()
    assert correction.reverses == action
    assert action.took_away
    assert act_in_force(item) is None
    with pytest.raises(NoLongerPossible) as late:
        restore(action, because="Igen.", by=town.cleo, now=later(NOW, hours=2))
    assert late.value.by == "Ben Lind"


def test_what_was_hidden_and_then_removed_is_shown_again_whole(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    rude = Removal(category="unlawful_threat", obvious=True)
    hidden = hide(item, rude, by=town.cleo, now=NOW)
    gone = remove(item, rude, by=town.cleo, now=later(NOW, hours=1))
    with pytest.raises(NoLongerPossible):
        restore(hidden, because="Fel.", by=town.ben, now=later(NOW, hours=2))
    restore(gone, because="Det var satir.", by=town.ben, now=later(NOW, hours=2))
    assert act_in_force(item) is None
    again = remove(item, rude, by=town.cleo, now=later(NOW, hours=3))
    assert act_in_force(item) == again


def test_published_rules_are_versioned_and_stand_on_the_removal(
    town: Town, channel: Channel
) -> None:
    rules = publish_house_rules(
        town.root,
        text="Ingen reklam.",
        categories=["advertising"],
        published_on=NOW.date(),
        by=town.ben,
        now=NOW,
    )
    action = removed(comment(channel, town.cleo), town.cleo, category="advertising", obvious=None)
    assert action.house_rules == rules
    with pytest.raises(NotAllowed):
        publish_house_rules(
            town.root,
            text="Nej",
            categories=[],
            published_on=NOW.date(),
            by=town.cleo,
            now=NOW,
        )


def test_a_case_that_the_policy_asks_something_of_is_owed_and_its_number_too(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="confidential", obvious=None)
    duties = dict(Obligation.objects.filter(subject_id=item.pk).values_list("duty", "blocks"))
    assert duties == {"removal_case": False, "registration": True}
    item.refresh_from_db()
    assert item.handed_over_by == town.cleo


def test_an_act_is_never_changed_and_its_order_is_held_by_the_database(
    town: Town, channel: Channel
) -> None:
    action = removed(comment(channel, town.cleo), town.cleo)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(category="incitement")
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        action.delete()
    action.pk, action.acted_at = None, later(NOW, hours=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        action.save(force_insert=True)


def test_what_could_not_be_taken_away_is_kept_with_who_was_told_and_stays_open(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    said = {"because": "Plattformen avslår.", "told": "Facebook, polisen"}
    act = report_unable(item, **said, by=town.cleo, now=NOW)
    assert (act.decision, act.reason, act.told) == ("unable", *said.values())
    assert len(logged("finding.unable")) == 1
    assert Obligation.objects.get(duty="removal_case").is_open
    with pytest.raises(AgainstPolicy) as refusal:
        close(item, by=town.cleo, now=NOW)
    assert refusal.value.field == "decision"
    report_unable(item, because="Än en gång.", told="Facebook", by=town.dag, now=NOW)
    removed(item, town.cleo)
    with pytest.raises(NoLongerPossible):
        report_unable(item, **said, by=town.dag, now=NOW)


def test_what_could_not_be_taken_away_may_be_left_with_a_reason(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo)
    report_unable(item, because="Någon annans sida.", told="Sidans ägare", by=town.cleo, now=NOW)
    leave(item, because="Ägaren svarar för den.", by=town.cleo, now=NOW)
    assert close(item, by=town.cleo, now=NOW).state == "closed"


@pytest.mark.parametrize("missing", ["because", "told"])
def test_who_cannot_take_it_away_says_why_and_who_was_told(
    town: Town, channel: Channel, missing: str
) -> None:
    said = {"because": "Plattformen avslår.", "told": "Facebook"} | {missing: " "}
    item = comment(channel, town.cleo)
    with pytest.raises(AgainstPolicy):
        report_unable(item, **said, by=town.cleo, now=NOW)
    with pytest.raises(NotAllowed):
        report_unable(item, because="x", told="y", by=town.ola, now=NOW)
