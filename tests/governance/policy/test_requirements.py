"""Every numbered demand of the guidelines takes effect somewhere."""

import pytest

from governance.policy.coverage import coverage
from governance.policy.shipped import shipped
from governance.policy.vocabulary import GUIDANCE_CAPABILITIES
from tests.governance.policy.files import policy

#: How many demands each guideline makes, and how they are numbered.
DEMANDS = {
    "varmdo": ("VMD", 46),
    "vargarda": ("VGD", 67),
    "volda": ("VOL", 30),
    "tyreso": ("TYR", 45),
    "vetlanda": ("VET", 40),
}
NAMES = [path.stem for path in shipped()]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_all_demands_of_its_guideline_and_no_other(name: str) -> None:
    prefix, count = DEMANDS[name]
    assert list(policy(name).requirements) == [f"{prefix}-{n:02}" for n in range(1, count + 1)]


def test_the_five_files_hold_228_demands() -> None:
    assert sorted(NAMES) == sorted(DEMANDS)
    assert len(coverage(policy(name) for name in NAMES)) == 228


@pytest.mark.parametrize("name", NAMES)
def test_every_demand_is_bound(name: str) -> None:
    assert [each.id for each in coverage([policy(name)]) if not each.places] == []


@pytest.mark.parametrize("name", NAMES)
def test_advice_alone_meets_only_what_no_system_can_check(name: str) -> None:
    for each in coverage([policy(name)]):
        requirement = policy(name).requirements[each.id]
        if all(place.kind == "guidance" for place in each.places):
            checked_by_nobody = GUIDANCE_CAPABILITIES & set(requirement.capabilities)
            assert checked_by_nobody or requirement.guidance_only_because, each.id


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_of_a_policy_is_empty_or_shouts(name: str) -> None:
    for each in coverage([policy(name)]):
        for place in each.places:
            assert place.sentence and "!" not in place.sentence, place.key
