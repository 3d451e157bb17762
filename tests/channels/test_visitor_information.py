"""What visitors must be able to see on a channel: looked at, filled, verified again, owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from channels.actions.accounts import account_step_waiting, do_account_step
from channels.actions.checklists import Seen, check_channel
from channels.actions.register import change_channel
from channels.checklists import VISITOR_INFORMATION, Standing, digest_of, standings
from channels.models import Channel, ChannelCheck
from channels.visitor_information import contacts
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, User
from governance.obligations import open_due, waiting_for
from governance.obligations.replanning import replan
from tests.browsers import client_of
from tests.channels_of_town import assign, library_page
from tests.governance.policy.files import changed, faults
from tests.plans_of_town import appoint_writers, hand_over_to_all, waiting
from tests.town import NOW, Town, adopt_text, at, file_of, later

IN_PLACE, MISSING, IMPOSSIBLE, _DEVIATES = ChannelCheck.Outcome.values
TEXT = "Kommentarer ska hållas till sakfrågan och hålla en god ton."
BULLETIN_BOARDS = "Lagen (1998:112) om ansvar för elektroniska anslagstavlor 3, 6 och 7 §§"
ITEMS = ("sender", "presentation", "contact", "reservation", "identity", "visibility")


def tyreso(**replaced: str) -> str:
    """Tyresö's file, the only one that prescribes a text in full, with passages replaced."""
    content = file_of("tyreso").read_text()
    for old, new in replaced.items():
        content = content.replace(old, new)
    return content


def with_text(text: str) -> str:
    return tyreso().replace(TEXT, text)


def with_item(key: str, more: str, content: str = "") -> str:
    """The file with a line more in one item of the list."""
    head = f'[[visitor_item]]\nkey = "{key}"\n'
    before = content or tyreso()
    assert before.count(head) == 1
    return before.replace(head, f"{head}{more}\n")


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's page in a municipality that has Tyresö's list; Cleo answers for it."""
    adopt_text(town.municipality, tyreso(), number=2, in_force_from=date(2021, 1, 1))
    return library_page(town)


def adopted(town: Town, content: str, day: str = "2026-02-01", number: int = 3) -> None:
    adopt_text(town.municipality, content, number=number, in_force_from=date.fromisoformat(day))


def look(
    channel: Channel, by: User, now: datetime = NOW, reason: str = "", **outcomes: str
) -> None:
    """Put on record how the items named stand."""
    seen = [Seen(key, ChannelCheck.Outcome(each), reason) for key, each in outcomes.items()]
    shown = digest_of(standings(channel, VISITOR_INFORMATION, now))
    check_channel(channel, VISITOR_INFORMATION, seen, shown=shown, by=by, now=now)


def all_in_place(channel: Channel, by: User, now: datetime = NOW) -> None:
    keys = [each.item.key for each in standings(channel, VISITOR_INFORMATION, now)]
    look(channel, by, now, **dict.fromkeys(keys, IN_PLACE))


def by_key(channel: Channel, now: datetime = NOW) -> Mapping[str, Standing]:
    return {each.item.key: each for each in standings(channel, VISITOR_INFORMATION, now)}


def owed(channel: Channel) -> list[str]:
    rows = Obligation.objects.about(channel).open().filter(duty="visitor_information")
    return sorted(row.period.partition("/")[0] for row in rows)


# --- the list and its looks


def test_the_list_is_the_policy_s_with_each_clause_and_begins_missing(channel: Channel) -> None:
    found = standings(channel, VISITOR_INFORMATION, NOW)
    assert tuple(each.item.key for each in found) == ITEMS
    assert {each.state for each in found} == {"missing"}
    assert found[0].clause == "Information till besökarna"
    assert found[-1].clause == BULLETIN_BOARDS, "what an act alone asks for is cited by the act"


def test_an_item_is_asked_for_where_its_scope_is_and_nowhere_else(
    town: Town, channel: Channel
) -> None:
    adopted(town, with_item("presentation", 'scope = { platform = "instagram" }'))
    assert "presentation" not in by_key(channel)
    photos = library_page(town, name="Bilder", platform="instagram")
    assert "presentation" in by_key(photos)


def test_a_look_says_by_whom_and_when_and_leaves_one_entry_with_its_clause(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, sender=IN_PLACE)
    standing = by_key(channel)["sender"]
    assert standing.state == "in_place"
    assert standing.check is not None
    assert (standing.check.by, standing.check.at) == (town.cleo, NOW)
    entry = AuditEntry.objects.get(act="visitor_information.checked")
    assert (entry.clause, entry.facts["item"]) == ("Information till besökarna", "sender")


def test_the_latest_look_holds_and_the_earlier_ones_stay(town: Town, channel: Channel) -> None:
    look(channel, town.cleo, sender=IN_PLACE)
    look(channel, town.dag, later(days=3), sender=MISSING)
    assert by_key(channel)["sender"].state == "missing"
    assert [each.outcome for each in channel.checks.all()] == [MISSING, IN_PLACE]


def test_a_look_is_neither_changed_nor_taken_away(town: Town, channel: Channel) -> None:
    look(channel, town.cleo, sender=IN_PLACE)
    for act in (ChannelCheck.objects.all().delete, lambda: ChannelCheck.objects.update(item="x")):
        with pytest.raises(InternalError, match="stays"), transaction.atomic():
            act()


def test_what_the_platform_does_not_allow_needs_its_reason(town: Town, channel: Channel) -> None:
    with pytest.raises(AgainstPolicy) as caught:
        look(channel, town.cleo, reservation=IMPOSSIBLE, reason="  ")
    assert (caught.value.field, caught.value.clause) == (
        "reason_reservation",
        "Information till besökarna",
    )
    look(channel, town.cleo, reservation=IMPOSSIBLE, reason="Instagram har inte plats.")
    entry = AuditEntry.objects.get(act="visitor_information.checked")
    assert "Instagram" not in str(entry.facts), "the log keeps no free text"


def test_the_database_holds_a_reason_where_it_is_impossible_and_only_there(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, sender=IN_PLACE)
    row = ChannelCheck.objects.get()
    for outcome, reason in ((IMPOSSIBLE, ""), (IN_PLACE, "Ingen plats.")):
        row.pk, row.outcome, row.reason = None, outcome, reason
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_reason_stands_only_where_the_guideline_makes_an_exception(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, reservation=IMPOSSIBLE, sender=IMPOSSIBLE, reason="Ingen plats.")
    found = by_key(channel)
    assert not found["reservation"].lacks, "“i den mån det finns möjlighet”"
    assert found["sender"].lacks


def test_otto_and_colleagues_without_the_channel_are_refused(town: Town, channel: Channel) -> None:
    for stranger in (town.ola, town.otto):
        with pytest.raises(NotAllowed):
            look(channel, stranger, sender=IN_PLACE)
    assert not ChannelCheck.objects.exists()


def test_a_closed_channel_is_not_looked_at(town: Town, channel: Channel) -> None:
    channel.state, channel.closed_on = Channel.State.CLOSED, date(2026, 2, 1)
    channel.save()
    with pytest.raises(NoLongerPossible):
        look(channel, town.cleo, sender=IN_PLACE)


def test_what_the_policy_does_not_ask_for_is_refused(town: Town, channel: Channel) -> None:
    with pytest.raises(AgainstPolicy):
        look(channel, town.cleo, disposal=IN_PLACE)
    with pytest.raises(AgainstPolicy, match="at least one"):
        look(channel, town.cleo)


# --- the texts


def test_a_text_is_filled_with_the_channel_s_own_contacts(town: Town, channel: Channel) -> None:
    adopted(town, with_text("{municipality}, {unit}: skriv till {email} eller ring {phone}."))
    channel.contact_email = "biblioteket@ekby.example"
    channel.save()
    assert by_key(channel)["reservation"].text.endswith(
        "Ekby kommun, Ekby bibliotek: skriv till biblioteket@ekby.example eller ring 0100-10 00."
    ), "without a telephone of its own, the municipality's stands"


def test_the_contacts_to_show_are_the_channel_s_a_line_each(channel: Channel) -> None:
    channel.contact_phone = "0100-10 77"
    assert contacts(channel).splitlines() == [
        "Ekby kommun",
        "Ekby bibliotek",
        "0100-10 77",
        "kommun@ekby.example",
        "https://www.ekby.example/",
    ]


def test_the_public_page_shows_the_text_filled(town: Town, channel: Channel) -> None:
    adopted(town, with_text("Skriv till {email}."))
    channel.contact_email = "biblioteket@ekby.example"
    channel.save()
    answer = Client().get(reverse("register:channel", args=["ekby", channel.slug]))
    assert "Skriv till biblioteket@ekby.example." in answer.content.decode()


def test_a_text_that_a_new_version_changes_is_to_be_verified_again_and_says_why(
    town: Town, channel: Channel
) -> None:
    all_in_place(channel, town.cleo)
    adopted(town, with_text("Håll god ton."), "2026-03-05")
    found = by_key(channel, later(days=10))
    assert found["reservation"].state == "again"
    assert "version 2" in found["reservation"].why_again
    assert {each.state for key, each in found.items() if key != "reservation"} == {"in_place"}
    look(channel, town.cleo, later(days=11), reservation=IN_PLACE)
    assert by_key(channel, later(days=11))["reservation"].state == "in_place"


def test_a_version_that_leaves_the_text_alone_leaves_what_is_in_place(
    town: Town, channel: Channel
) -> None:
    all_in_place(channel, town.cleo)
    adopted(town, tyreso() + "\n# ny utgåva\n", "2026-03-05")
    assert by_key(channel, later(days=10))["reservation"].state == "in_place"


def test_a_text_whose_contacts_have_changed_is_to_be_verified_again(
    town: Town, channel: Channel
) -> None:
    adopted(town, with_text("Skriv till {email}."))
    all_in_place(channel, town.cleo)
    change_channel(channel, contact_email="ny@ekby.example", by=town.cleo, now=later(days=1))
    channel.refresh_from_db()
    found = by_key(channel, later(days=1))["reservation"]
    assert (found.state, "contacts" in found.why_again) == ("again", True)


def test_nobody_verifies_a_text_that_was_not_before_them(town: Town, channel: Channel) -> None:
    shown = digest_of(standings(channel, VISITOR_INFORMATION, NOW))
    adopted(town, with_text("Håll god ton."), "2026-03-05")
    with pytest.raises(AgainstPolicy, match="Read it once more"):
        check_channel(
            channel,
            VISITOR_INFORMATION,
            [Seen("reservation", ChannelCheck.Outcome.IN_PLACE)],
            shown=shown,
            by=town.cleo,
            now=later(days=10),
        )


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (TEXT, "Skriv till {mail}.", "text.reservation.text"),
        ('key = "sender"\n', 'key = "sender"\nrecheck = "same_day"\n', "visitor_item[1].recheck"),
        ('key = "sender"\n', f'key = "{"s" * 25}"\n', "visitor_item[1].key"),
        (
            'key = "sender"\n',
            'key = "sender"\nscope = { platform = "myspace" }\n',
            "visitor_item[1].scope.platform",
        ),
        (
            "[routine.review]\n",
            '[routine.visitor_information]\nsays = "x"\nrecheck_months = 0\n\n[routine.review]\n',
            "routine.visitor_information.recheck_months",
        ),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused_with_its_key(old: str, new: str, key: str) -> None:
    said = faults(changed(old, new, "tyreso"))
    assert any(key in each for each in said), said


# --- the step with the account


def _last_step_asks(town: Town) -> Channel:
    """Vårgårda's last step with the account, with the visitor information among what it checks."""
    content = changed('checks = ["register_entry"]', 'checks = ["visitor_information"]')
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    channel = appoint_writers(waiting(town), town)
    hand_over_to_all(channel, town)
    return do_account_step(channel, "receive_login", by=town.ben, now=NOW)


def test_the_step_is_not_taken_before_the_visitor_information_is_in_place(town: Town) -> None:
    channel = _last_step_asks(town)
    look(channel, town.ben, identity=IN_PLACE)
    with pytest.raises(AgainstPolicy) as caught:
        do_account_step(channel, "enter_in_register", by=town.ben, now=NOW)
    told = caught.value.message
    assert "3.1 Checklista för användning av sociala medier, punkt 3" in told
    assert f"Att inlägg syns för andra ({BULLETIN_BOARDS})" in told
    assert "Vem som tillhandahåller" not in told
    all_in_place(channel, town.ben)
    channel = do_account_step(channel, "enter_in_register", by=town.ben, now=NOW)
    assert channel.state == Channel.State.OPEN
    assert account_step_waiting(channel, NOW) is None


def test_the_account_s_page_tells_what_is_missing_with_its_clause(town: Town) -> None:
    channel = _last_step_asks(town)
    there = reverse("admin:channels_channel_account", args=[channel.pk])
    page = client_of(town.ben).get(there).content.decode()
    assert "Att inlägg syns för andra" in page
    assert reverse("channels:visitor_information", args=[channel.pk]) in page
    answer = client_of(town.ben).post(there, {})
    assert f"Att inlägg syns för andra ({BULLETIN_BOARDS})" in answer.content.decode()


# --- looking again

YEARLY = 'recheck = { months = 12, basis = "rolling" }'
ROUTINE = """
[routine.visitor_information]
says = "Besöksinformationen ses över varje halvår."
recheck_months = 6
give_days = 5
tell = [{ after = "5 working days", who = "duty_holder" }]
"""


def test_nothing_is_owed_where_neither_guideline_nor_routine_gives_an_interval(
    channel: Channel,
) -> None:
    open_due(at("2029-03-02"))
    assert owed(channel) == []


def test_what_the_guideline_wants_looked_at_each_year_is_due_a_year_after_the_look(
    town: Town, channel: Channel
) -> None:
    adopted(town, with_item("contact", YEARLY))
    all_in_place(channel, town.cleo)
    open_due(at("2027-03-01"))
    assert owed(channel) == []
    open_due(at("2027-03-02"))
    row = Obligation.objects.about(channel).open().get(duty="visitor_information")
    assert (row.due_on, row.clause) == (date(2027, 3, 2), "Information till besökarna")
    assert row.path == reverse("channels:visitor_information", args=[channel.pk])
    assert "Kontakt till den ansvarige" in row.subject_label


def test_looking_meets_it_and_the_next_year_begins_with_the_look(
    town: Town, channel: Channel
) -> None:
    adopted(town, with_item("contact", YEARLY))
    all_in_place(channel, town.cleo)
    open_due(at("2027-03-09"))
    look(channel, town.dag, at("2027-03-10"), contact=IN_PLACE)
    assert owed(channel) == []
    row = Obligation.objects.get(duty="visitor_information")
    assert (row.met_by, row.met_at) == (town.dag, at("2027-03-10"))
    open_due(at("2028-03-09"))
    assert owed(channel) == []
    open_due(at("2028-03-10"))
    assert owed(channel) == ["contact"]


def test_what_nobody_ever_looked_at_is_due_a_year_after_the_channel_opened(
    town: Town, channel: Channel
) -> None:
    adopted(town, with_item("contact", YEARLY))
    open_due(at("2027-01-07"))
    assert owed(channel) == ["contact"]


def test_by_the_calendar_one_look_a_year_is_enough(town: Town, channel: Channel) -> None:
    adopted(town, with_item("contact", "recheck = { months = 12 }"))
    open_due(NOW)
    row = Obligation.objects.about(channel).open().get(duty="visitor_information")
    assert row.due_on == date(2026, 12, 31)
    look(channel, town.cleo, later(days=1), contact=IN_PLACE)
    open_due(at("2026-12-31"))
    assert owed(channel) == []
    open_due(at("2027-01-01"))
    assert owed(channel) == ["contact"]


def test_our_routine_reminds_without_a_clause_and_makes_nothing_late(
    town: Town, channel: Channel
) -> None:
    adopted(town, tyreso() + ROUTINE)
    all_in_place(channel, town.cleo)
    open_due(at("2026-09-02"))
    assert owed(channel) == sorted(ITEMS)
    row = Obligation.objects.about(channel).open().filter(duty="visitor_information")[0]
    assert (row.due_at, row.clause, row.says) == (
        None,
        "",
        "Besöksinformationen ses över varje halvår.",
    )
    assert row.next_step_at is not None


def test_the_owner_is_asked_and_a_stranger_is_not(town: Town, channel: Channel) -> None:
    look(channel, town.cleo, sender=MISSING)
    for person, count in ((town.cleo, 1), (town.dag, 1), (town.ola, 0), (town.otto, 0)):
        rows = waiting_for(person, NOW).filter(duty="visitor_information")
        assert rows.count() == count, person


def test_what_was_seen_missing_is_owed_without_a_moment_until_it_is_there(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, sender=MISSING)
    look(channel, town.cleo, later(days=1), sender=MISSING)
    open_due(later(days=2))
    row = Obligation.objects.about(channel).open().get(duty="visitor_information")
    assert row.due_at is None
    look(channel, town.cleo, later(days=3), sender=IN_PLACE)
    assert owed(channel) == []


def test_a_changed_text_that_was_in_place_is_owed(town: Town, channel: Channel) -> None:
    all_in_place(channel, town.cleo)
    adopted(town, with_text("Håll god ton."), "2026-03-05")
    open_due(at("2026-03-05"))
    assert owed(channel) == ["reservation"]


def test_what_a_new_version_no_longer_asks_for_is_no_longer_owed(
    town: Town, channel: Channel
) -> None:
    look(channel, town.cleo, presentation=MISSING, sender=MISSING)
    adopted(town, with_item("presentation", 'scope = { platform = "instagram" }'), "2026-03-05")
    replan(town.municipality, now=at("2026-03-05"))
    assert owed(channel) == ["sender"]


def test_a_year_that_is_over_stays_owed_under_a_new_version(town: Town, channel: Channel) -> None:
    adopted(town, with_item("contact", "recheck = { months = 12 }"))
    open_due(at("2026-12-31"))
    content = with_item("contact", "recheck = { months = 12 }", with_text("Håll god ton."))
    adopted(town, content, "2027-01-01", number=4)
    replan(town.municipality, now=at("2027-01-02"))
    row = Obligation.objects.about(channel).open().get(duty="visitor_information")
    assert (row.due_on, row.is_overdue(at("2027-01-02"))) == (date(2026, 12, 31), True)


@pytest.mark.parametrize(
    ("before", "after"), [(12, "recheck = { months = 6 }"), (6, YEARLY)], ids=["shorter", "rolling"]
)
def test_an_item_is_owed_once_when_a_new_version_gives_another_interval(
    before: int, after: str, town: Town, channel: Channel
) -> None:
    adopted(town, with_item("contact", f"recheck = {{ months = {before} }}"))
    open_due(at("2027-03-02"))
    assert owed(channel) == ["contact"]
    adopted(town, with_item("contact", after), "2027-03-05", number=4)
    moment = at("2027-03-05")
    replan(town.municipality, now=moment)
    open_due(moment)
    assert owed(channel) == ["contact"]
    row = Obligation.objects.about(channel).open().get(duty="visitor_information")
    assert row.policy is not None and row.policy.number == 4


# --- the pages


def send(who: User, channel: Channel, **data: str) -> Any:
    page = reverse("channels:visitor_information", args=[channel.pk])
    given = {"shown": digest_of(standings(channel, VISITOR_INFORMATION, NOW)), **data}
    return client_of(who).post(page, given)


def test_the_channel_s_page_shows_how_each_item_stands(town: Town, channel: Channel) -> None:
    look(channel, town.cleo, reservation=IMPOSSIBLE, sender=IMPOSSIBLE, reason="Ingen plats.")
    page = client_of(town.ola).get(reverse("channels:channel", args=[channel.pk]))
    text = page.content.decode()
    assert "Att Tyresö kommun är avsändare" in text
    assert "Ingen plats." in text


def test_one_form_puts_several_on_record(town: Town, channel: Channel) -> None:
    answer = send(town.cleo, channel, outcome_sender=IN_PLACE, outcome_contact=MISSING)
    assert answer.headers["Location"].endswith(f"/channels/{channel.pk}/#visitors")
    found = ChannelCheck.objects.values_list("item", "outcome").order_by("pk")
    assert list(found) == [("sender", IN_PLACE), ("contact", MISSING)]


def test_a_reason_without_its_answer_comes_back_with_every_word(
    town: Town, channel: Channel
) -> None:
    answer = send(town.cleo, channel, outcome_sender=IN_PLACE, reason_sender="Ingen plats.")
    assert answer.status_code == 422
    assert 'value="Ingen plats."' in answer.content.decode()
    assert not ChannelCheck.objects.exists()


def test_an_answer_without_its_reason_is_refused_beside_its_field(
    town: Town, channel: Channel
) -> None:
    answer = send(town.cleo, channel, outcome_sender=IMPOSSIBLE, outcome_contact=IN_PLACE)
    assert answer.status_code == 422
    assert 'id="id_reason_sender_error"' in answer.content.decode()
    assert not ChannelCheck.objects.exists(), "nothing is half done"


def test_any_colleague_reads_the_texts_and_only_some_are_asked(
    town: Town, channel: Channel
) -> None:
    page = reverse("channels:visitor_information", args=[channel.pk])
    read = client_of(town.ola).get(page).content.decode()
    assert TEXT in read
    assert "outcome_sender" not in read
    assert "outcome_sender" in client_of(town.cleo).get(page).content.decode()
    assert send(town.ola, channel, outcome_sender=IN_PLACE).status_code == 403


def test_the_list_costs_the_same_however_many_looks_there_are(
    town: Town, channel: Channel, django_assert_num_queries: Any
) -> None:
    assign(town.ola, channel)
    for day in range(3):
        all_in_place(channel, town.ola, later(days=day))
    found = Channel.objects.select_related("unit__municipality", "platform", "municipality").get()
    with django_assert_num_queries(2):
        assert (
            len(
                [
                    each.check and each.check.by.name
                    for each in standings(found, VISITOR_INFORMATION, NOW)
                ]
            )
            == 6
        )
