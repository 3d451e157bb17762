"""Who is told: one mail to each person, of what they are to hear of, when mail may be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from governance.digests import HOUR, LISTED, gather
from governance.models import Escalation, HeldBack, Notice, User
from governance.obligations import advance_due, meet_open, open_obligations
from governance.roles import Role
from governance.working_time import Due
from tests.governance.duties import LADDER, LOOK, adopt_ladder, only, plan
from tests.town import NOW, Town, appoint, at, later

LATE = at("2026-03-03", "00:00")
TOLD_OF_LATE = """
[[routine.check_in.tell]]
after = "0 days"
who = "operations_manager"
"""


@pytest.fixture(autouse=True)
def look() -> Iterator[None]:
    with only(LOOK):
        yield


def pass_time(now: datetime) -> int:
    while advance_due(now=now):
        pass
    return gather(now)


def owe(town: Town, **other: object) -> None:
    open_obligations([plan(town.library, NOW, **other)], now=NOW)


def mails() -> dict[str, str]:
    """What each address was written, by address; fails where one got two."""
    found = {notice.address: f"{notice.subject}\n{notice.text}" for notice in Notice.objects.all()}
    assert len(found) == Notice.objects.count(), "somebody got more than one mail"
    return found


def test_the_mail_says_what_about_what_by_when_why_and_where(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owe(town)
    assert pass_time(LATE) == 1
    (notice,) = Notice.objects.all()
    assert (notice.recipient, notice.kind, notice.language) == (town.anna, "digest", "sv")
    row = Escalation.objects.get().obligation
    assert "Look at the unit" in notice.subject
    assert "Ekby bibliotek" in notice.subject
    for part in ("Anna", "måndag 2 mars", row.says, row.clause, settings.BASE_URL + row.path):
        assert part in notice.text
    assert notice.text.count(f"{settings.BASE_URL}{row.path}") == 1


def test_ten_things_that_are_late_are_one_mail(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    open_obligations([plan(town.library, later(days=n)) for n in range(10)], now=NOW)
    assert pass_time(later(days=20)) == 1
    text = mails()[town.anna.email]
    assert text.count("/look/") == 10
    assert "10" in text.splitlines()[0]


def test_a_mail_lists_what_is_late_longest_and_counts_the_rest(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    late = LISTED + 15
    open_obligations([plan(town.library, later(days=n)) for n in range(late)], now=NOW)
    pass_time(later(days=late + 10))
    text = mails()[town.anna.email]
    assert f"{late} " in text.splitlines()[0]
    assert text.count("/look/") == LISTED
    assert "måndag 2 mars" in text
    assert "april" not in text
    assert "15 more are not listed here." in text


def test_gathering_again_writes_nothing(town: Town) -> None:
    adopt_ladder(town.municipality)
    owe(town)
    assert pass_time(LATE) == 1
    assert pass_time(LATE) == 0
    assert gather(later(LATE, hours=1)) == 0


def test_after_an_outage_only_the_highest_step_is_mailed_and_says_so(town: Town) -> None:
    adopt_ladder(town.municipality)
    owe(town)
    assert pass_time(later(days=7)) == 1
    assert list(mails()) == [town.sten.email]
    assert "Earlier reminders of this were not mailed." in mails()[town.sten.email]
    assert not Escalation.objects.filter(handled_at__isnull=True).exists()


def test_two_roles_told_at_the_same_moment_both_hear(town: Town) -> None:
    adopt_ladder(
        town.municipality, TOLD_OF_LATE + TOLD_OF_LATE.replace("operations_manager", "sector_head")
    )
    owe(town)
    assert pass_time(LATE) == 2
    assert set(mails()) == {town.anna.email, town.sten.email}
    assert "Earlier reminders" not in mails()[town.sten.email]


def test_what_was_met_in_the_meantime_is_not_mailed(town: Town) -> None:
    adopt_ladder(town.municipality)
    owe(town)
    while advance_due(now=LATE):
        pass
    meet_open("check_in", town.library, by=town.anna, now=LATE)
    assert gather(LATE) == 0
    assert not Escalation.objects.filter(handled_at__isnull=True).exists()


def test_absence_moves_the_mail_to_the_deputy(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    away(town.anna, town.dag)
    owe(town)
    pass_time(LATE)
    assert list(mails()) == [town.dag.email]


def away(user: User, deputy: User) -> None:
    user.absences.create(
        deputy=deputy,
        starts_on=NOW.date(),
        ends_on=later(days=5).date(),
        entered_by=user,
        entered_at=NOW,
    )


def test_a_role_on_the_subject_is_asked_of_its_duty_and_the_absent_are_replaced(
    town: Town,
) -> None:
    def editors(subjects: Collection[int], role: Role, now: datetime) -> dict[int, list[User]]:
        assert set(subjects) == {town.library.pk}
        return {town.library.pk: [town.cleo, town.dag]} if role == Role.EDITOR else {}

    adopt_ladder(town.municipality, TOLD_OF_LATE.replace("operations_manager", "editor"))
    away(town.cleo, town.dag)
    with only(replace(LOOK, people=editors)):
        owe(town)
        pass_time(LATE)
    assert list(mails()) == [town.dag.email], "the deputy is told once, not twice"


def test_a_person_whose_account_is_closed_is_not_mailed(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    User.objects.filter(pk=town.anna.pk).update(is_active=False)
    owe(town)
    pass_time(LATE)
    assert list(mails()) == [town.municipality.communications_email]


def test_where_nobody_holds_the_role_the_communications_unit_hears_of_it(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE.replace("operations_manager", "mayor"))
    owe(town)
    assert pass_time(LATE) == 1
    text = mails()[town.municipality.communications_email]
    assert "Nobody holds the role" in text
    assert Notice.objects.get().recipient is None


def test_no_name_but_the_reader_s_own_stands_in_a_mail(town: Town) -> None:
    User.objects.filter(pk=town.anna.pk).update(name_hidden=True)
    adopt_ladder(town.municipality, LADDER)
    owe(town)
    pass_time(later(days=7))
    text = mails()[town.sten.email]
    assert "Anna" not in text
    assert "Ek" not in text.replace("Ekby", "")


def test_in_quiet_hours_nothing_is_mailed_and_the_morning_tells_of_the_night(town: Town) -> None:
    adopt_ladder(town.municipality, quiet=True)
    owe(town)
    assert pass_time(at("2026-03-02", "21:00")) == 0, "the reminder waits"
    assert pass_time(at("2026-03-03", "00:00")) == 0, "it is late, and night"
    assert pass_time(at("2026-03-03", "06:59")) == 0
    assert pass_time(at("2026-03-03", "07:00")) == 1
    assert "måndag 2 mars" in mails()[town.anna.email]


def test_a_reminder_that_the_night_kept_tells_in_the_morning_that_it_is_late(town: Town) -> None:
    User.objects.update(language="en")
    before = '[[routine.check_in.tell]]\nbefore = "3 hours"\nwho = "operations_manager"\n'
    adopt_ladder(town.municipality, before, quiet=True)
    owe(town)
    assert pass_time(at("2026-03-02", "21:00")) == 0
    assert pass_time(at("2026-03-03", "07:00")) == 1
    mail = mails()[town.anna.email]
    assert mail.startswith("Late: Look at the unit, Ekby bibliotek")
    assert "THIS IS LATE" in mail
    assert "Was due Monday 2 March." in mail


def test_the_mail_speaks_the_reader_s_language(town: Town) -> None:
    User.objects.filter(pk=town.anna.pk).update(language="en")
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owe(town)
    pass_time(LATE)
    assert "Was due Monday 2 March." in mails()[town.anna.email]
    assert Notice.objects.get().language == "en"


def test_a_neighbour_hears_nothing_of_us(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    adopt_ladder(town.neighbour, TOLD_OF_LATE)
    owe(town)
    open_obligations([plan(town.neighbour_unit, NOW)], now=NOW)
    assert pass_time(LATE) == 2
    assert "Ekby" not in mails()[town.otto.email]
    assert "Grannby" not in mails()[town.anna.email]


def test_gathering_costs_the_same_for_many_as_for_few(
    town: Town, django_assert_max_num_queries: object
) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    appoint(town.anna, Role.OPERATIONS_MANAGER, town.school)
    open_obligations([plan(town.library, later(days=n)) for n in range(300)], now=NOW)
    while advance_due(now=later(days=400)):
        pass
    with django_assert_max_num_queries(17):  # type: ignore[operator]
        assert gather(later(days=400)) == 1


# --- one an hour ---------------------------------------------------------------------------------

TWICE = """
[[routine.check_in.tell]]
after = "0 days"
who = "operations_manager"
[[routine.check_in.tell]]
after = "1 hour"
who = "operations_manager"
"""
HALF_PAST = at("2026-03-03", "00:30")
AN_HOUR_ON = at("2026-03-03", "01:00")


def owed_at(town: Town, moment: datetime, period: str) -> None:
    """Something that is late at the moment."""
    owe(town, period=period, due=Due(moment.date(), moment))


def letters(town: Town) -> list[Notice]:
    return list(Notice.objects.filter(recipient=town.anna).order_by("created_at", "pk"))


def test_what_comes_within_the_hour_is_held_back_and_told_when_it_is_over(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owed_at(town, LATE, "one")
    owed_at(town, HALF_PAST, "two")
    owed_at(town, at("2026-03-03", "00:45"), "three")
    assert pass_time(LATE) == 1
    assert pass_time(HALF_PAST) == 0
    assert pass_time(at("2026-03-03", "00:59")) == 0
    assert not Escalation.objects.filter(handled_at__isnull=True).exists()
    assert HeldBack.objects.count() == 2
    assert gather(AN_HOUR_ON) == 1
    first, second = letters(town)
    assert (first.text.count("/look/"), second.text.count("/look/")) == (1, 2)
    assert second.created_at - first.created_at == HOUR
    assert not HeldBack.objects.exists()
    assert gather(later(AN_HOUR_ON, hours=2)) == 0


def test_one_who_had_nothing_within_the_hour_hears_at_once(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owed_at(town, LATE, "one")
    owed_at(town, HALF_PAST, "two")
    pass_time(LATE)
    appoint(town.dag, Role.OPERATIONS_MANAGER, town.library)
    assert pass_time(HALF_PAST) == 1
    assert Notice.objects.get(recipient=town.dag).created_at == HALF_PAST


def test_what_is_met_while_it_is_held_back_is_never_mailed(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owed_at(town, LATE, "one")
    owed_at(town, HALF_PAST, "two")
    pass_time(LATE)
    pass_time(HALF_PAST)
    meet_open("check_in", town.library, by=town.anna, now=HALF_PAST)
    assert gather(AN_HOUR_ON) == 0
    assert not HeldBack.objects.exists()


def held_back_for_anna(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owed_at(town, LATE, "one")
    owed_at(town, HALF_PAST, "two")
    pass_time(LATE)
    pass_time(HALF_PAST)
    User.objects.filter(pk=town.anna.pk).update(is_active=False)


def test_what_is_held_back_for_a_closed_account_is_told_to_who_holds_the_role_now(
    town: Town,
) -> None:
    held_back_for_anna(town)
    appoint(town.dag, Role.OPERATIONS_MANAGER, town.library)
    assert gather(at("2026-03-03", "00:45")) == 1
    assert Notice.objects.get(recipient=town.dag).text.count("/look/") == 1
    assert not HeldBack.objects.exists()
    assert gather(AN_HOUR_ON) == 0
    assert len(letters(town)) == 1, "what was written before the account was closed"


def test_what_is_held_back_for_a_closed_account_reaches_the_communications_unit_if_nobody_else(
    town: Town,
) -> None:
    held_back_for_anna(town)
    assert gather(AN_HOUR_ON) == 1
    assert Notice.objects.get(recipient=None).address == town.municipality.communications_email


def test_whoever_waits_for_the_same_themselves_hears_of_it_once(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    appoint(town.dag, Role.OPERATIONS_MANAGER, town.library)
    for moment, period in ((LATE, "one"), (HALF_PAST, "two")):
        owed_at(town, moment, period)
        pass_time(moment)
    assert HeldBack.objects.count() == 2
    User.objects.filter(pk=town.anna.pk).update(is_active=False)
    gather(at("2026-03-03", "00:45"))
    assert HeldBack.objects.get().recipient == town.dag
    assert gather(AN_HOUR_ON) == 1


def test_of_a_step_held_back_and_a_higher_one_only_the_higher_is_told(town: Town) -> None:
    adopt_ladder(town.municipality, TWICE)
    owed_at(town, LATE, "one")
    owed_at(town, HALF_PAST, "two")
    pass_time(LATE)
    pass_time(HALF_PAST)  # the first step of "two" is held back
    pass_time(at("2026-03-03", "01:30"))  # both steps of "two" and the second of "one"
    (_first, second) = letters(town)
    assert second.text.count("/look/") == 2


def test_what_the_routine_calls_urgent_goes_at_once_and_keeps_nothing_else_back(
    town: Town,
) -> None:
    adopt_ladder(town.municipality, f"urgent = true\n{TOLD_OF_LATE}")
    for moment, period in ((LATE, "one"), (HALF_PAST, "two")):
        owed_at(town, moment, period)
    assert pass_time(LATE) == 1
    assert pass_time(HALF_PAST) == 1
    assert {each.alone_until for each in letters(town)} == {None}


def test_what_is_held_back_waits_out_the_quiet_hours(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE, quiet=True)  # 20:00 to 07:00
    owed_at(town, at("2026-03-03", "19:00"), "one")
    owed_at(town, at("2026-03-03", "19:30"), "two")
    assert pass_time(at("2026-03-03", "19:00")) == 1
    assert pass_time(at("2026-03-03", "19:30")) == 0
    assert pass_time(at("2026-03-03", "20:00")) == 0
    assert gather(at("2026-03-04", "06:59")) == 0
    assert gather(at("2026-03-04", "07:00")) == 1


def test_the_communications_unit_too_gets_one_an_hour(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE.replace("operations_manager", "archivist"))
    owed_at(town, LATE, "one")
    owed_at(town, HALF_PAST, "two")
    assert (pass_time(LATE), pass_time(HALF_PAST), gather(AN_HOUR_ON)) == (1, 0, 1)


def test_the_database_refuses_a_second_digest_within_the_hour(town: Town) -> None:
    adopt_ladder(town.municipality, TOLD_OF_LATE)
    owed_at(town, LATE, "one")
    pass_time(LATE)
    (letter,) = letters(town)
    letter.pk, letter.created_at = None, HALF_PAST
    letter.alone_until = later(HALF_PAST, hours=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        letter.save()
    letter.created_at, letter.alone_until = AN_HOUR_ON, later(AN_HOUR_ON, hours=1)
    letter.save()
