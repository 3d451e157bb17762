"""Adopting a policy and finding the one in force."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.errors import NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Municipality, PolicyVersion, User
from governance.policy.adoption import adopt_policy
from governance.policy.faults import PolicyRefused
from governance.policy.in_force import NoPolicyInForce, policy_for, version_in_force
from governance.policy.shipped import FOLDER
from governance.policy.types import NotStated
from tests.governance.policy.files import changed, text
from tests.town import NOW, Town, adopt_text, at, municipality

THREE = changed("[admins.minimum]\nvalue = 2", "[admins.minimum]\nvalue = 3").replace(
    'says = "Varje konto har minst två administratörer."',
    'says = "Varje konto har minst tre administratörer."',
)


def adopted(
    town: Town, day: date = date(2026, 4, 1), content: str = THREE, by: User | None = None
) -> PolicyVersion:
    return adopt_policy(
        town.municipality,
        content,
        decision="KS § 12",
        adopted_on=date(2026, 2, 25),
        in_force_from=day,
        by=by or town.ben,
        now=NOW,
    )


def test_the_information_officer_adopts_a_version_that_holds_from_its_day(town: Town) -> None:
    version = adopted(town)
    assert (version.number, version.decision, version.content) == (2, "KS § 12", THREE)
    assert policy_for(town.library, at("2026-03-31", "23:59")).value("admins.minimum", int) == 2
    assert policy_for(town.library, at("2026-04-01", "00:00")).value("admins.minimum", int) == 3


def test_the_day_begins_at_midnight_in_the_municipality(town: Town) -> None:
    adopted(town)
    # Stockholm is two hours ahead of world time in summer
    assert version_in_force(town.library, datetime(2026, 3, 31, 21, 59, tzinfo=UTC)).number == 1
    assert version_in_force(town.library, datetime(2026, 3, 31, 22, 0, tzinfo=UTC)).number == 2


def test_an_adoption_leaves_one_entry_in_the_log(town: Town) -> None:
    version = adopted(town)
    entries = AuditEntry.objects.filter(act="policy.adopted", subject_id=version.pk)
    assert entries.count() == 1


def test_the_neighbour_cannot_adopt_anything_here(town: Town) -> None:
    with pytest.raises(NotAllowed):
        adopted(town, by=town.otto)
    assert PolicyVersion.objects.filter(municipality=town.municipality).count() == 1


def test_a_colleague_without_the_right_cannot_adopt(town: Town) -> None:
    with pytest.raises(NotAllowed):
        adopted(town, by=town.cleo)


def test_a_faulty_file_is_not_adopted(town: Town) -> None:
    with pytest.raises(PolicyRefused):
        adopted(town, content=changed("value = 2", "value = -2"))
    assert PolicyVersion.objects.filter(municipality=town.municipality).count() == 1


def test_a_new_version_cannot_hold_from_a_day_that_has_passed(town: Town) -> None:
    with pytest.raises(NoLongerPossible, match="2026-03-01"):
        adopted(town, date(2026, 3, 1))


def test_the_second_to_adopt_for_a_day_is_told_who_was_first(town: Town) -> None:
    adopted(town)
    with pytest.raises(NoLongerPossible) as refused:
        adopted(town)
    assert (refused.value.by, refused.value.at) == ("Ben Lind", NOW)


def test_a_file_for_another_country_is_refused(town: Town) -> None:
    Municipality.objects.filter(pk=town.municipality.pk).update(country="NO")
    with pytest.raises(NoLongerPossible, match="SE"):
        adopted(town)


def test_the_first_version_may_hold_from_the_day_of_the_guideline_itself(db: None) -> None:
    place, root = municipality("nyby", "Nyby kommun")
    with pytest.raises(NoPolicyInForce):
        policy_for(root, NOW)
    adopt_policy(
        place,
        text(),
        decision="KF § 56",
        adopted_on=date(2011, 5, 11),
        in_force_from=date(2011, 5, 11),
        by=User.objects.system(),
        now=NOW,
    )
    assert policy_for(root, NOW).value("admins.minimum", int) == 2


def test_a_policy_in_force_is_silent_on_what_the_vocabulary_learns_later(town: Town) -> None:
    of_its_day = changed('    "threat.rule",\n', "")
    adopt_text(town.municipality, of_its_day, number=2, in_force_from=date(2026, 3, 1))
    assert isinstance(policy_for(town.library, NOW).rule("threat.rule"), NotStated)


def test_a_policy_is_parsed_once_whoever_adopted_it(town: Town) -> None:
    assert policy_for(town.library, NOW) is policy_for(town.neighbour_unit, NOW)


def test_the_command_adopts_for_a_municipality_by_its_address(db: None) -> None:
    municipality("nyby", "Nyby kommun")
    out = StringIO()
    call_command(
        "policy",
        "adopt",
        "nyby",
        str(FOLDER / "vargarda.toml"),
        "--decision=KF § 56",
        "--date=2011-05-11",
        stdout=out,
    )
    assert out.getvalue() == "Nyby kommun: version 1 holds from 2011-05-11.\n"


@pytest.mark.parametrize(
    ("slug", "content", "message"),
    [
        ("nowhere", text(), "There is no municipality “nowhere”."),
        ("nyby", changed("value = 2", "value = -2"), "admins.minimum.value: cannot be less"),
    ],
)
def test_the_command_says_plainly_why_it_adopts_nothing(
    db: None, tmp_path: Path, slug: str, content: str, message: str
) -> None:
    municipality("nyby", "Nyby kommun")
    file = tmp_path / "policy.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=message):
        call_command("policy", "adopt", slug, str(file), "--decision=KF § 56", "--date=2011-05-11")
