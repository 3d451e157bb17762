"""How a channel follows the municipality's graphic profile: looked at, deviating, changed, owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from channels.actions.basis import announce_graphic_profile
from channels.actions.checklists import Seen, check_channel
from channels.checklists import GRAPHIC_PROFILE, Standing, digest_of, latest_change, standings
from channels.models import BasisChange, Channel, ChannelCheck
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, User
from governance.obligations import open_due, waiting_for
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.governance.policy.files import faults
from tests.town import NOW, Town, adopt_text, at, file_of, later

IN_PLACE, MISSING, IMPOSSIBLE, DEVIATES = ChannelCheck.Outcome.values
ITEMS = {
    "varmdo": ["appearance", "sender"],
    "vargarda": ["logotype", "coat_of_arms", "typefaces", "colours"],
    "volda": [],
    "tyreso": ["appearance"],
    "vetlanda": ["logotype"],
}


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's page under Vårgårda's graphic manual; Cleo answers for it."""
    return library_page(town)


def look(
    channel: Channel, by: User, now: datetime = NOW, reason: str = "", **outcomes: str
) -> None:
    """Put on record how the items named stand."""
    seen = [Seen(key, ChannelCheck.Outcome(each), reason) for key, each in outcomes.items()]
    check_channel(channel, GRAPHIC_PROFILE, seen, shown=shown(channel, now), by=by, now=now)


def shown(channel: Channel, now: datetime = NOW) -> str:
    found = standings(channel, GRAPHIC_PROFILE, now)
    return digest_of(found, latest_change(channel.municipality, GRAPHIC_PROFILE))


def by_key(channel: Channel, now: datetime = NOW) -> Mapping[str, Standing]:
    return {each.item.key: each for each in standings(channel, GRAPHIC_PROFILE, now)}


def owed(channel: Channel) -> list[str]:
    rows = Obligation.objects.about(channel).open().filter(duty="graphic_profile")
    return sorted(row.period.partition("/")[0] for row in rows)


def announce(town: Town, now: datetime, reason: str = "Ny logotyp.") -> BasisChange:
    last = latest_change(town.municipality, GRAPHIC_PROFILE)
    after = last.pk if last else None
    return announce_graphic_profile(town.municipality, reason, after=after, by=town.ben, now=now)


def under(town: Town, policy: str) -> Channel:
    content = file_of(policy).read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    return library_page(town)


# --- the list


@pytest.mark.parametrize("policy", ITEMS)
def test_each_guideline_asks_for_what_it_says_of_the_appearance(town: Town, policy: str) -> None:
    assert list(by_key(under(town, policy))) == ITEMS[policy]


def test_a_sixth_that_is_silent_asks_for_nothing(town: Town) -> None:
    channel = under(town, "ekby")
    page = client_of(town.cleo).get(reverse("channels:channel", args=[channel.pk]))
    assert by_key(channel) == {}
    assert 'id="appearance"' not in page.content.decode()
    open_due(at("2029-03-02"))
    assert owed(channel) == []


def test_what_volda_wants_marked_is_asked_for_once_among_what_visitors_see(town: Town) -> None:
    page = client_of(town.cleo).get(reverse("channels:channel", args=[under(town, "volda").pk]))
    assert page.content.decode().count("At Volda kommune står bak mediet") == 1


def test_a_rule_that_nobody_is_asked_about_is_refused() -> None:
    content = file_of("tyreso").read_text()
    item = content.index("[[graphic_item]]")
    said = faults(content[:item] + content[content.index("# --- råd") :])
    assert any("graphic_item: is missing" in each and "TYR-15" in each for each in said), said


# --- looking


def test_a_look_says_by_whom_and_leaves_one_entry_with_its_clause(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, logotype=IN_PLACE)
    standing = by_key(channel)["logotype"]
    assert standing.check is not None
    assert (standing.state, standing.check.by, standing.check.at) == ("in_place", town.cleo, NOW)
    entry = AuditEntry.objects.get(act="graphic_profile.checked")
    assert (entry.clause, entry.facts["item"]) == ("Grafisk manual", "logotype")


def test_a_deviation_needs_its_reason_and_the_log_keeps_no_word_of_it(
    town: Town, channel: Channel
) -> None:
    with pytest.raises(AgainstPolicy) as caught:
        look(channel, town.cleo, typefaces=DEVIATES, reason=" ")
    assert (caught.value.field, caught.value.clause) == ("reason_typefaces", "Grafisk manual")
    look(channel, town.cleo, typefaces=DEVIATES, reason="Facebook har egna typsnitt.")
    assert "Facebook" not in str(AuditEntry.objects.get(act="graphic_profile.checked").facts)


def test_a_deviation_stands_where_the_guideline_says_as_far_as_possible_and_only_there(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, typefaces=DEVIATES, reason="Facebook har egna typsnitt.")
    assert by_key(channel)["typefaces"].lacks, "Vårgårda's manual makes no exception"
    content = file_of("tyreso").read_text()
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    look(channel, town.cleo, appearance=DEVIATES, reason="Facebook har egna typsnitt.")
    assert not by_key(channel)["appearance"].lacks, "“så långt det är möjligt”"


def test_the_lists_do_not_take_each_other_s_looks_or_answers(town: Town) -> None:
    channel = under(town, "varmdo")
    look(channel, town.cleo, sender=IN_PLACE)
    with pytest.raises(AgainstPolicy) as caught:
        look(channel, town.cleo, appearance=IMPOSSIBLE, reason="Går inte.")
    assert caught.value.field == "outcome_appearance"
    row = ChannelCheck.objects.get()
    row.pk, row.outcome, row.reason = None, IMPOSSIBLE, "Går inte."
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_who_has_no_assignment_and_who_is_from_elsewhere_are_refused(
    town: Town, channel: Channel
) -> None:
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            look(channel, stranger, logotype=IN_PLACE)
    assert not ChannelCheck.objects.exists()


# --- a new profile


def test_a_changed_profile_asks_for_every_look_again_and_says_why(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, logotype=IN_PLACE, colours=DEVIATES, reason="Egna färger.")
    announce(town, later(days=1))
    found = by_key(channel, later(days=2))
    assert (found["logotype"].state, found["colours"].state) == ("again", "again")
    assert "Ny logotyp." in found["logotype"].why_again
    assert found["typefaces"].state == "missing", "what nobody looked at is as it was"
    look(channel, town.cleo, later(days=2), logotype=IN_PLACE)
    assert by_key(channel, later(days=2))["logotype"].state == "in_place"


def test_a_changed_profile_is_owed_by_the_owner_without_a_moment_until_looked_at(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, logotype=IN_PLACE)
    announce(town, later(days=1))
    row = Obligation.objects.about(channel).open().get(duty="graphic_profile")
    assert (row.due_at, row.clause) == (None, "Grafisk manual")
    assert row.path == reverse("channels:graphic_profile", args=[channel.pk])
    for person, count in ((town.cleo, 1), (town.ola, 0), (town.otto, 0)):
        rows = waiting_for(person, later(days=1)).filter(duty="graphic_profile")
        assert rows.count() == count, person
    look(channel, town.cleo, later(days=2), logotype=IN_PLACE)
    assert owed(channel) == []


def test_nothing_is_owed_before_a_look_where_the_guideline_gives_no_interval(
    town: Town, channel: Channel
) -> None:
    announce(town, NOW)
    open_due(at("2029-03-02"))
    assert owed(channel) == []


def test_an_interval_of_our_routine_reminds_and_makes_nothing_late(town: Town) -> None:
    routine = '\n[routine.graphic_profile]\nsays = "Ses över varje år."\nrecheck_months = 12\n'
    content = file_of("vetlanda").read_text() + routine
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    channel = library_page(town)
    look(channel, town.cleo, logotype=IN_PLACE)
    open_due(at("2027-03-01"))
    assert owed(channel) == []
    open_due(at("2027-03-02"))
    row = Obligation.objects.about(channel).open().get(duty="graphic_profile")
    assert (row.due_at, row.clause, row.says) == (None, "", "Ses över varje år.")


def test_the_one_who_comes_second_is_told_who_announced_it_and_when(town: Town) -> None:
    announce(town, NOW)
    with pytest.raises(NoLongerPossible) as caught:
        announce_graphic_profile(
            town.municipality, "Ny färg.", after=None, by=town.ben, now=later(hours=1)
        )
    assert (caught.value.by, caught.value.at) == (town.ben.name, NOW)
    assert BasisChange.objects.count() == 1


def test_only_communications_announces_and_with_words(town: Town) -> None:
    for person in (town.cleo, town.anna, town.otto):
        with pytest.raises(NotAllowed):
            announce_graphic_profile(town.municipality, "Ny.", after=None, by=person, now=NOW)
    with pytest.raises(AgainstPolicy) as caught:
        announce(town, NOW, " ")
    assert caught.value.field == "reason"


def test_an_announcement_is_logged_without_its_words_and_never_changed(town: Town) -> None:
    announce(town, NOW)
    entry = AuditEntry.objects.get(act="graphic_profile.changed")
    assert "logotyp" not in f"{entry.facts} {entry.subject_label}".lower()
    with pytest.raises(InternalError, match="stays"), transaction.atomic():
        BasisChange.objects.update(reason="x")


# --- the pages


def send(who: User, channel: Channel, **data: str) -> Any:
    page = reverse("channels:graphic_profile", args=[channel.pk])
    return client_of(who).post(page, {"shown": shown(channel), **data})


def test_the_channel_s_page_shows_result_deviation_and_reason(town: Town, channel: Channel) -> None:
    look(channel, town.cleo, typefaces=DEVIATES, reason="Facebook har egna typsnitt.")
    page = client_of(town.ola).get(reverse("channels:channel", args=[channel.pk]))
    text = page.content.decode()
    assert "Facebook har egna typsnitt." in text
    assert "The guideline makes no exception." in text


def test_one_form_puts_several_on_record(town: Town, channel: Channel) -> None:
    answer = send(town.cleo, channel, outcome_logotype=IN_PLACE, outcome_colours=MISSING)
    assert answer.headers["Location"].endswith(f"/channels/{channel.pk}/#appearance")
    found = ChannelCheck.objects.values_list("kind", "item", "outcome").order_by("pk")
    assert list(found) == [
        ("graphic_profile", "logotype", IN_PLACE),
        ("graphic_profile", "colours", MISSING),
    ]


def test_a_deviation_without_its_reason_comes_back_beside_its_field_with_every_word(
    town: Town, channel: Channel
) -> None:
    answer = send(
        town.cleo,
        channel,
        outcome_typefaces=DEVIATES,
        outcome_colours=DEVIATES,
        reason_colours="Egna färger.",
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'id="id_reason_typefaces_error"' in text
    assert 'value="Egna färger."' in text
    assert not ChannelCheck.objects.exists(), "nothing is half done"


def test_another_municipality_sees_404_and_a_colleague_403_with_the_reason(
    town: Town, channel: Channel
) -> None:
    assert send(town.otto, channel, outcome_logotype=IN_PLACE).status_code == 404
    answer = send(town.ola, channel, outcome_logotype=IN_PLACE)
    assert answer.status_code == 403
    assert "written assignment" in answer.content.decode()
    announcing = client_of(town.cleo).get(reverse("channels:changed_profile"))
    assert announcing.status_code == 403


def test_the_announcement_s_page_keeps_what_was_typed_and_tells_who_came_first(
    town: Town,
) -> None:
    page = reverse("channels:changed_profile")
    empty = client_of(town.ben).post(page, {"reason": " ", "after": ""})
    assert (empty.status_code, 'id="id_reason_error"' in empty.content.decode()) == (422, True)
    assert client_of(town.ben).post(page, {"reason": "Ny.", "after": ""}).status_code == 302
    late = client_of(town.ben).post(page, {"reason": "Nya färger i vår.", "after": ""})
    assert late.status_code == 409
    assert "Nya färger i vår." in late.content.decode()


def test_the_list_costs_the_same_however_many_looks_there_are(
    town: Town, channel: Channel, django_assert_num_queries: Any
) -> None:
    for day in range(3):
        look(channel, town.cleo, later(days=day), logotype=IN_PLACE, colours=IN_PLACE)
    found = Channel.objects.select_related("unit__municipality", "platform", "municipality").get()
    with django_assert_num_queries(3):
        assert len([each.check and each.check.by.name for each in by_key(found).values()]) == 4


# --- the migration


def test_going_back_never_takes_a_look_at_the_appearance_for_another(town: Town) -> None:
    look(library_page(town), town.cleo, logotype=IN_PLACE)
    migration = import_module("channels.migrations.0013_a_channel_is_checked_by_more_lists")
    with pytest.raises(RuntimeError, match="more than visitor information"):
        migration.refuse_to_forget(apps, None)
