"""`manage.py policy` on files inside the repository and outside."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.checks import shipped_policies_are_whole
from governance.policy.printing import side_by_side
from governance.policy.shipped import FOLDER, shipped
from tests.governance.policy.files import changed, policy

VARGARDA = str(FOLDER / "vargarda.toml")


def said(*args: str) -> str:
    out = StringIO()
    call_command("policy", *args, stdout=out)
    return out.getvalue()


def test_the_shipped_files_have_no_fault() -> None:
    assert said("check").count("No fault.") == len(shipped())
    assert shipped_policies_are_whole(None) == []


def test_a_broken_file_ends_the_check_with_a_fault_and_exit_code_1(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(changed("value = 2", "value = -2"), encoding="utf-8")
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("policy", "check", VARGARDA, str(broken), stdout=StringIO(), stderr=errors)
    assert ended.value.code == 1
    assert errors.getvalue() == f"{broken}: admins.minimum.value: cannot be less than 0.\n"


def test_a_file_that_is_not_there_is_a_plain_message(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        said("check", str(tmp_path / "nothing.toml"))


def test_a_file_that_is_no_text_is_a_plain_message(tmp_path: Path) -> None:
    (tmp_path / "picture.toml").write_bytes(b"\x89PNG\xff")
    with pytest.raises(CommandError, match="is not UTF-8 text"):
        said("explain", str(tmp_path / "picture.toml"))


def test_explain_says_every_duty_with_its_clause_and_the_routine_last() -> None:
    lines = said("explain", VARGARDA)
    for place in policy().rules.values():
        assert " ".join(place[0].says.split()) in " ".join(lines.split())
    routine = policy().routine["check_in"].says
    assert " ".join(lines.split()).index(routine) > max(
        " ".join(lines.split()).index(" ".join(step.says.split())) for step in policy().steps
    )
    assert "VGD-21" in lines and "2.1 Att använda sociala medier" in lines


def test_two_policies_stand_side_by_side_with_a_dash_where_one_is_silent() -> None:
    lines = list(side_by_side([policy(), policy()], width=120))
    row = lines.index("· admins.minimum") + 1
    assert lines[row].count("Varje konto har minst två") == 2


def test_coverage_counts_the_demands_and_the_kinds_of_place() -> None:
    lines = said("coverage", VARGARDA).splitlines()
    assert lines[-1] == "67 of 67 requirements are bound."
    assert any(line.startswith("VGD-62  rule       admins.minimum  Varje konto") for line in lines)
    assert any(line.startswith("field: ") for line in lines)
