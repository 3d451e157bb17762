"""Before a version is adopted: exactly what would appear, move or go, and afterwards it does."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import permutations

import pytest

from channels.actions.planning import save_draft, start_plan, submit_plan
from channels.models import Channel
from governance.errors import NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Obligation, PolicyVersion
from governance.obligations import open_due, replan
from governance.obligations.foreseeing import Difference, Due, foreseen
from governance.policy.adoption import adopt_policy
from governance.policy.faults import PolicyRefused
from moderation.actions import check_in
from tests.channels_of_town import channels_of, library_page
from tests.governance.policy.files import changed, text
from tests.town import NOW, Town, build, later
from tests.trips.plans import answers_of

FIVE = ("varmdo", "vargarda", "volda", "tyreso", "vetlanda")
THRICE = changed(
    'every = { times_per_day = 1, day_basis = "from_plan" }',
    'every = { times_per_day = 3, day_basis = "from_plan" }',
)

Key = tuple[str, int, int, str]


def furnish(town: Town) -> None:
    """Channels with looks and snapshots to come, and a plan that waits for its approval."""
    library_page(town)
    channels_of(town.dag, town.school, 2)
    plan = start_plan(town.library, by=town.cleo, now=NOW)
    plan = save_draft(
        plan,
        answers=answers_of(plan, town.cleo, town.dag),
        revision=plan.revision,
        by=town.cleo,
        now=NOW,
    )
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    open_due(later(hours=-2), [town.municipality])


def shown(town: Town, content: str, now: datetime = NOW) -> list[Difference]:
    with foreseen(town.municipality, content, by=town.ben, now=now, most_open=None) as found:
        return list(found.differences())


def adopt(town: Town, content: str, now: datetime = NOW) -> None:
    """In earnest: the version, and what beat does then."""
    day = town.municipality.today(now)
    adopt_policy(
        town.municipality,
        content,
        decision="KF § 2",
        adopted_on=day,
        in_force_from=day,
        by=town.ben,
        now=now,
    )
    replan(town.municipality, now=now)
    open_due(now, [town.municipality])


def open_rows(town: Town) -> dict[Key, Due]:
    rows = Obligation.objects.open().filter(municipality=town.municipality)
    return {
        (row.duty, row.subject_type_id, row.subject_id, row.period): Due(
            row.due_on, row.due_at, row.who
        )
        for row in rows
    }


def happened(before: dict[Key, Due], after: dict[Key, Due]) -> dict[Key, tuple[object, object]]:
    return {
        key: (before.get(key), after.get(key))
        for key in {*before, *after}
        if before.get(key) != after.get(key)
    }


def told(found: list[Difference]) -> dict[Key, tuple[object, object]]:
    return {
        (each.duty, each.subject_type, each.subject_id, each.period): (each.before, each.after)
        for each in found
    }


def assert_exact(town: Town, content: str) -> dict[Key, tuple[object, object]]:
    """What was shown is what happens, no more and no less."""
    replan(town.municipality, now=NOW)
    open_due(NOW, [town.municipality])
    before = open_rows(town)
    found = told(shown(town, content))
    assert open_rows(town) == before, "showing it changes nothing"
    adopt(town, content)
    assert found == happened(before, open_rows(town))
    return found


@pytest.mark.parametrize(("old", "new"), permutations(FIVE, 2))
def test_what_is_shown_is_what_happens_between_any_two_of_the_five(
    old: str, new: str, db: None
) -> None:
    town = build(old)
    town.municipality.country = "NO" if new == "volda" else "SE"
    town.municipality.save(update_fields=["country"])
    furnish(town)

    assert_exact(town, text(new))


def test_a_stricter_version_asks_for_the_turns_of_today_that_are_not_over(town: Town) -> None:
    furnish(town)

    found = assert_exact(town, THRICE)

    looks = {(key[3], old is None) for key, (old, _new) in found.items() if key[0] == "check_in"}
    # adopted at nine: the first third of the day ended at eight and is not owed after the fact
    assert looks == {("2026-03-02", False), ("2026-03-02/2", True), ("2026-03-02/3", True)}


def test_a_day_on_which_somebody_has_looked_goes_on_as_it_began(town: Town) -> None:
    furnish(town)
    channel = Channel.objects.get(name="Ekby bibliotek")
    check_in(channel, by=town.cleo, now=later(hours=-1))

    found = assert_exact(town, THRICE)

    assert channel.pk not in {subject for duty, _kind, subject, _p in found if duty == "check_in"}


def test_a_looser_version_lets_go_of_what_it_no_longer_asks_for(db: None) -> None:
    town = build("vargarda")
    town.municipality.country = "NO"
    town.municipality.save(update_fields=["country"])
    furnish(town)

    found = assert_exact(town, text("volda"))

    assert [new for (duty, *_rest), (_old, new) in found.items() if duty == "check_in"]
    assert all(new is None for (duty, *_rest), (_, new) in found.items() if duty == "check_in")


def test_a_version_that_is_silent_of_looks_asks_for_none(town: Town) -> None:
    furnish(town)
    silent = silent_of_looks()

    found = assert_exact(town, silent)

    gone = [key for key, (_old, new) in found.items() if new is None]
    assert {duty for duty, *_rest in gone} >= {"check_in"}


def silent_of_looks() -> str:
    """Vårgårda's file without its rule of daily looks."""
    whole = text()
    without = re.sub(r"\n\[monitoring\.interval\]\n.*?(?=\n\[)", "\n", whole, flags=re.DOTALL)
    without = re.sub(r"\n\[routine\.check_in\]\n.*?(?=\n\[)", "\n", without, flags=re.DOTALL)
    without = without.replace('not_looser_than = "monitoring.interval"\n', "")
    assert without != whole
    return without.replace("silent = [", 'silent = [\n  "monitoring.interval",', 1)


def test_the_same_version_changes_nothing(town: Town) -> None:
    furnish(town)

    assert shown(town, text() + "\n# another comment\n") == []


def test_comparing_leaves_neither_a_version_nor_a_line_in_the_log(town: Town) -> None:
    furnish(town)
    log = AuditEntry.objects.count()

    shown(town, THRICE)

    assert PolicyVersion.objects.filter(municipality=town.municipality).count() == 1
    assert AuditEntry.objects.count() == log


def test_counts_are_those_of_the_list(town: Town) -> None:
    furnish(town)

    with foreseen(town.municipality, THRICE, by=town.ben, now=NOW, most_open=None) as found:
        listed, counts = list(found.differences()), found.counts()
        assert sum(each.number for each in counts) == len(listed) > 0
        assert list(found.differences(1)) == listed[:1]
        left = sum(each.kind != "goes" for each in listed)
        assert (
            found.stays + left
            == Obligation.objects.open().filter(municipality=town.municipality).count()
        )


def test_it_takes_the_right_to_adopt(town: Town) -> None:
    for who in (town.cleo, town.otto):
        refused = foreseen(town.municipality, THRICE, by=who, now=NOW, most_open=None)
        with pytest.raises(NotAllowed), refused:
            pass


def test_a_faulty_file_is_refused_with_its_faults(town: Town) -> None:
    refused = foreseen(town.municipality, "locale = 1", by=town.ben, now=NOW, most_open=None)
    with pytest.raises(PolicyRefused), refused:
        pass


def test_more_open_duties_than_a_page_holds_are_left_to_the_command(town: Town) -> None:
    furnish(town)

    refused = foreseen(town.municipality, THRICE, by=town.ben, now=NOW, most_open=2)
    with pytest.raises(NoLongerPossible, match="policy compare"), refused:
        pass
