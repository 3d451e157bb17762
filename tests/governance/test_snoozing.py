"""An open duty is put off where our routine allows it; only its own holder hears less."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, User
from governance.obligations import Plan as Owing
from governance.obligations import advance_due, meet, open_obligations, put_off, replan, waive
from governance.roles import Role
from tests.browsers import client_of
from tests.channels_of_town import assign, open_channel, to_confirm
from tests.governance.policy.files import changed
from tests.town import NOW, Town, adopt_text, at

UNTIL = date(2026, 3, 25)
THAT_MORNING = at("2026-03-25", "00:00")
WHY = "Vi flyttar i mars"


@pytest.fixture
def row(town: Town) -> Obligation:
    """Ben is reminded of it on 16 March, and told of as informatör on 15 April."""
    return to_confirm(town, who=Role.CHANNEL_OWNER)


def steps(row: Obligation) -> list[tuple[str, str]]:
    row.refresh_from_db()
    found = [(datetime.fromisoformat(step["at"]), step["who"]) for step in row.steps]
    zone = row.municipality.zone
    return [(f"{moment.astimezone(zone):%m-%d %H:%M}", who) for moment, who in found]


def off(row: Obligation, town: Town, until: date = UNTIL, **given: Any) -> Obligation:
    values: dict[str, Any] = {"reason": WHY, "by": town.cleo, "now": NOW}
    return put_off(row, until, **(values | given))


def met(row: Obligation, by: User) -> None:
    meet(row, by=by, now=NOW)


def waived(row: Obligation, by: User) -> None:
    waive(row, by=by, now=NOW, reason="Nedlagd")


@pytest.fixture(autouse=True)
def cleo_owns_it(town: Town, row: Obligation) -> None:
    channel = row.subject
    assert isinstance(channel, Channel)
    assign(town.cleo, channel)


def test_the_holders_reminder_moves_to_that_morning_and_nobody_elses(
    town: Town, row: Obligation
) -> None:
    assert steps(row) == [("03-16 09:00", "channel_owner"), ("04-15 09:00", "information_officer")]
    off(row, town)
    assert steps(row) == [("03-25 00:00", "channel_owner"), ("04-15 09:00", "information_officer")]
    assert advance_due(now=at("2026-03-24")) == 0
    assert advance_due(now=at("2026-03-25")) == 1


def test_a_reminder_of_others_comes_although_the_holder_has_put_it_off(
    town: Town, row: Obligation
) -> None:
    longer = changed(
        "recheck_months = 12\ngive_days = 10\nsnooze_days = 30",
        "recheck_months = 12\ngive_days = 10\nsnooze_days = 90",
    )
    adopt_text(town.municipality, longer, number=2, in_force_from=date(2020, 1, 2))
    off(row, town, date(2026, 5, 20))
    assert steps(row) == [("04-15 09:00", "information_officer"), ("05-20 00:00", "channel_owner")]


def test_whoever_has_had_all_reminders_is_reminded_again_that_morning(
    town: Town, row: Obligation
) -> None:
    assert advance_due(now=at("2026-03-16", "09:00")) == 1
    off(row, town, now=at("2026-03-17"))
    assert steps(row)[1:] == [
        ("03-25 00:00", "channel_owner"),
        ("04-15 09:00", "information_officer"),
    ]
    assert advance_due(now=THAT_MORNING) == 1
    assert list(row.escalations.order_by("step").values_list("who", flat=True)) == [
        "channel_owner",
        "channel_owner",
    ]


def test_put_off_to_an_earlier_day_the_reminder_comes_then_and_no_more(
    town: Town, row: Obligation
) -> None:
    off(row, town)
    off(row, town, date(2026, 3, 20))
    assert steps(row) == [("03-20 00:00", "channel_owner"), ("04-15 09:00", "information_officer")]


def test_a_reminder_given_that_morning_is_not_given_again_by_a_new_version(
    town: Town, row: Obligation
) -> None:
    off(row, town)
    Obligation.objects.filter(pk=row.pk).update(period="2025-03-02")
    Channel.objects.update(last_confirmed_on=date(2025, 3, 2))
    advance_due(now=THAT_MORNING)
    adopt_text(
        town.municipality,
        changed("[routine.register]", "[routine.register]"),
        number=2,
        in_force_from=UNTIL,
    )
    replan(town.municipality, now=THAT_MORNING)
    assert steps(row) == [("03-25 00:00", "channel_owner"), ("04-15 09:00", "information_officer")]


def test_it_stands_on_the_row_and_in_the_log_without_its_words(town: Town, row: Obligation) -> None:
    due = row.due_at
    off(row, town)
    row.refresh_from_db()
    assert (row.put_off_until, row.put_off_by, row.put_off_reason) == (UNTIL, town.cleo, WHY)
    assert (row.is_open, row.due_at) == (True, due)
    entry = AuditEntry.objects.get(act="obligation.put_off")
    assert entry.facts["until"] == "2026-03-25"
    assert WHY not in str(entry.facts)


def test_once_more_and_never_past_the_days_counted_from_the_first_time(
    town: Town, row: Obligation
) -> None:
    off(row, town)
    off(row, town, date(2026, 4, 1), now=at("2026-03-25"))
    with pytest.raises(AgainstPolicy) as refused:
        off(row, town, date(2026, 4, 2), now=at("2026-03-26"))
    assert refused.value.field == "until"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"until": date(2026, 3, 2)}, "until"), ({"reason": " "}, "reason")],
)
def test_a_day_to_come_and_a_reason_are_asked_for(
    town: Town, row: Obligation, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(AgainstPolicy) as refused:
        off(row, town, **given)
    assert refused.value.field == field


def test_where_the_routine_says_nothing_of_it_nothing_is_put_off(
    town: Town, row: Obligation
) -> None:
    without = changed("recheck_months = 12\ngive_days = 10\nsnooze_days = 30\n", "give_days = 10\n")
    adopt_text(town.municipality, without, number=2, in_force_from=date(2020, 1, 2))
    with pytest.raises(AgainstPolicy, match="routine"):
        off(row, town)


@pytest.mark.parametrize("strength", ["must", "should"])
def test_what_must_be_done_and_is_late_is_not_put_off(
    town: Town, row: Obligation, strength: str
) -> None:
    Obligation.objects.update(
        strength=strength, clause="2.1 Klausul", due_on=date(2026, 3, 1), due_at=at("2026-03-01")
    )
    if strength == "must":
        with pytest.raises(AgainstPolicy) as refused:
            off(row, town)
        assert refused.value.clause == "2.1 Klausul"
    else:
        assert off(row, town).due_on == date(2026, 3, 1)


def test_nothing_is_put_off_past_the_day_it_is_due(town: Town, row: Obligation) -> None:
    Obligation.objects.update(due_on=date(2026, 3, 10), due_at=at("2026-03-11", "00:00"))
    with pytest.raises(AgainstPolicy):
        off(row, town, date(2026, 3, 11))
    off(row, town, date(2026, 3, 10))


def test_only_whoever_owes_it_puts_it_off(town: Town, row: Obligation) -> None:
    with pytest.raises(NotAllowed):
        off(row, town, by=town.ola)
    with pytest.raises(Http404):
        off(row, town, by=town.otto)


def test_what_is_done_is_not_put_off_and_who_did_it_is_named(town: Town, row: Obligation) -> None:
    meet(row, by=town.dag, now=NOW)
    with pytest.raises(NoLongerPossible, match="Dag"):
        off(row, town)


@pytest.mark.parametrize("end", [met, waived])
def test_what_is_closed_is_told_to_whom_it_waited_and_to_no_colleague(
    town: Town, row: Obligation, end: Callable[[Obligation, User], object]
) -> None:
    off(row, town)
    end(row, town.dag)
    address = reverse("put_off", args=[row.pk])
    told = client_of(town.cleo).get(address)
    assert told.status_code == 409
    assert "Dag" in told.text
    for person, status in ((town.ola, 403), (town.anna, 403), (town.otto, 404)):
        page = client_of(person).get(address)
        assert page.status_code == status
        assert not [words for words in ("Läsecirkeln", WHY, town.dag.name) if words in page.text]
    with pytest.raises(NotAllowed):
        off(row, town, by=town.ola)


def test_whoever_owed_it_by_role_is_told_although_nothing_of_that_role_is_open(town: Town) -> None:
    channel = open_channel(town.library, "Bokbussen")
    owed = Owing(duty="register", subject=channel, unit=channel.unit, who=Role.INFORMATION_OFFICER)
    open_obligations([owed], now=NOW)
    other = Obligation.objects.about(channel).get()
    meet(other, by=town.dag, now=NOW)
    with pytest.raises(NoLongerPossible, match="Dag"):
        off(other, town, by=town.ben)
    with pytest.raises(NotAllowed):
        off(other, town, by=town.cleo)


def test_a_new_version_of_the_policy_leaves_it_put_off(town: Town, row: Obligation) -> None:
    off(row, town)
    Obligation.objects.filter(pk=row.pk).update(period="2025-03-02")
    Channel.objects.update(last_confirmed_on=date(2025, 3, 2))
    adopt_text(
        town.municipality,
        changed("[routine.register]", "[routine.register]"),
        number=2,
        in_force_from=date(2026, 3, 2),
    )
    replan(town.municipality, now=NOW)
    assert steps(row)[0] == ("03-25 00:00", "channel_owner")


def test_nobody_without_a_reason_in_the_database(town: Town, row: Obligation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.update(put_off_until=UNTIL)


def test_the_form_stands_beside_the_duty_and_says_what_became_of_it(
    town: Town, row: Obligation
) -> None:
    client = client_of(town.cleo)
    address = reverse("put_off", args=[row.pk])
    page = client.get(reverse("today")).content.decode()
    assert f'action="{address}"' in page
    refused = client.post(address, {"until": "1999-01-01", "reason": "Semester & annat"})
    assert refused.status_code == 422
    assert "Semester &amp; annat" in refused.content.decode()
    soon = row.municipality.today(datetime.now(tz=NOW.tzinfo)).toordinal() + 3
    sent = {"until": date.fromordinal(soon).isoformat(), "reason": WHY}
    assert client.post(address, sent).status_code == 302
    assert WHY in client.get(reverse("today")).content.decode()


def test_no_form_stands_where_the_routine_has_none(town: Town, row: Obligation) -> None:
    Obligation.objects.update(duty="custody")
    page = client_of(town.cleo).get(reverse("today")).content.decode()
    assert reverse("put_off", args=[row.pk]) not in page
