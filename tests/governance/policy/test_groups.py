"""Groups in a policy file: what is refused, and what `policy explain` says of them."""

from __future__ import annotations

import pytest

from governance.policy.explain import explain
from governance.policy.reader import read
from tests.governance.policy.files import faults
from tests.town import file_of

NAME = 'name = "Rådet för sociala medier"\n'
SECTOR = 'actor = "sector_head"\n'
TWICE = 'not_applicable_if_same_person_as = "sector_approval"\n'


def text() -> str:
    return file_of("ekby").read_text(encoding="utf-8")


def changed(*changes: tuple[str, str]) -> str:
    """The file with passages changed; each must be there."""
    content = text()
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new, 1)
    return content


REFUSED = {
    "a group without a name": (
        [(NAME, "")],
        "broken.toml: group.media_council.name: is missing.",
    ),
    "a group with an empty name": (
        [(NAME, 'name = " "\n')],
        "broken.toml: group.media_council.name: is empty.",
    ),
    "a group with more than a name": (
        [(NAME, f'{NAME}members = ["sector_head"]\n')],
        "broken.toml: group.media_council.members: “members” is not a known key here.",
    ),
    "a group that is no table": (
        [(f"[group.media_council]\n{NAME}", '[group]\nmedia_council = "Rådet"\n')],
        "broken.toml: group.media_council: must be a table, not 'Rådet'.",
    ),
    "an unknown group": (
        [('actor = "media_council"', 'actor = "media_counsil"')],
        "broken.toml: step[3].actor: “media_counsil” is not a known role or group. "
        "Did you mean “media_council”?",
    ),
    "a group that takes no step": (
        [('actor = "media_council"', 'actor = "chief_executive"')],
        "broken.toml: group.media_council: takes no step.",
    ),
    "a group called like a role": (
        [("[group.media_council]", "[group.board]")],
        "broken.toml: group.board: cannot be called “board”: that is a word for an actor already.",
    ),
    "a group among roles": (
        [('actor = "media_council"', 'actor = ["media_council", "sector_head"]')],
        "broken.toml: step[3].actor: must be applicant, a group or board alone, or a role or ",
    ),
    "a board among roles": (
        [(SECTOR, 'actor = ["sector_head", "board"]\n')],
        "broken.toml: step[4].actor: must be applicant, a group or board alone, or a role or ",
    ),
    "a seat in no group": (
        [(SECTOR, 'actor = "group_member"\n')],
        "broken.toml: step[4].actor: “group_member” is not a known role or group.",
    ),
    "a group that makes the account": (
        [('actor = "communications_officer"', 'actor = "media_council"')],
        "broken.toml: step[5].actor: a group or board approves or is consulted, while the plan is "
        "a plan.",
    ),
    "a group that is the same person as somebody": (
        [(TWICE, 'not_applicable_if_same_person_as = "council_approval"\n')],
        "broken.toml: step[2].not_applicable_if_same_person_as: a group or board is never the "
        "same person as somebody.",
    ),
    "approvals that give way to each other": (
        [(SECTOR, f'{SECTOR}not_applicable_if_same_person_as = "unit_approval"\n')],
        "broken.toml: step[2].not_applicable_if_same_person_as: “sector_approval” leads back here:"
        " one person in all of them would approve in none.",
    ),
    "an approval that gives way to what is none": (
        [(TWICE, 'not_applicable_if_same_person_as = "make_account"\n')],
        "broken.toml: step[2].not_applicable_if_same_person_as: “make_account” is no approval, so "
        "nobody would approve in this one's stead.",
    ),
    "a self-check of somebody else's": (
        [('actor = "applicant"', 'actor = "unit_manager"')],
        "broken.toml: step[1].actor: a self-check is the applicant's own: its actor is applicant.",
    ),
    "a form that lets in more administrators than the rule": (
        [('maximum = "admins.maximum"', "maximum = 5")],
        "broken.toml: form.plan: must ask for at most 3 administrators.",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_is_refused_with_file_key_and_reason(why: str) -> None:
    changes, fault = REFUSED[why]
    found = faults(changed(*changes))
    assert any(each.startswith(fault) for each in found), found


def test_a_self_check_that_asks_nothing_is_refused() -> None:
    before, _dash, after = text().partition('[[step.field]]\nkey = "alternative"')
    _questions, _dash, after = after.partition("[[step]]")
    assert "broken.toml: step[1].field: a self-check asks something: give it a question." in faults(
        f"{before}[[step]]{after}"
    )


def test_the_sixth_file_has_no_fault() -> None:
    assert faults(text()) == []


def test_explain_says_that_the_group_s_decision_stands_in_minutes() -> None:
    policy = read(changed(('locale = "sv"', 'locale = "en"')), "ekby.toml")
    steps = next(section for section in explain(policy) if section.key == "steps")
    notes = {line.key: line.note for line in steps.lines}
    assert notes["3"].startswith(
        "Rådet för sociala medier, for which a member records the decision with the minutes'"
    )
    assert notes["1"].startswith("the applicant")
    assert notes["4"].startswith("head of sector ·")
