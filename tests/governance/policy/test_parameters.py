"""The shipped files hold what the guidelines say: every parameter, from tables written by hand."""

from importlib import import_module

import pytest

from governance.policy.shipped import shipped
from tests.governance.policy.files import policy
from tests.governance.policy.parameters import PARAMETERS, Reading, reading

NAMES = [path.stem for path in shipped()]


def expected(name: str) -> dict[str, Reading]:
    table: dict[str, Reading] = import_module(f"tests.governance.policy.expected.{name}").EXPECTED
    return table


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_of_a_guideline_stands_in_its_hand_written_table(name: str) -> None:
    assert sorted(expected(name)) == sorted(PARAMETERS)


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_the_value_strength_and_clause_of_its_guideline(
    name: str, parameter: str
) -> None:
    assert reading(policy(name), parameter) == expected(name)[parameter]
