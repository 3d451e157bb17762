"""Who is told: one mail to each person, of what they are to hear of, when mail may be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings

from governance.digests import LISTED, gather
from governance.models import Escalation, Notice, User
from governance.obligations import advance_due, meet_open, open_obligations
from governance.roles import Role
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
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        assert gather(later(days=400)) == 1
