"""The vocabulary agrees with the documentation and with what it speaks of."""

from pathlib import Path

from governance.models import Unit
from governance.policy.documentation import vocabulary
from governance.policy.vocabulary import KEYS, ROUTINES, UNIT_KINDS

DOCS = Path(__file__).parents[3] / "docs" / "vocabulary.md"


def test_the_documentation_ends_with_the_whole_vocabulary() -> None:
    assert DOCS.read_text(encoding="utf-8").rstrip().endswith(vocabulary().rstrip())


def test_kinds_of_unit_are_those_of_the_organisation() -> None:
    assert sorted(UNIT_KINDS) == sorted(Unit.Activity.values)


def test_choices_and_likes_have_words_and_nothing_else_has() -> None:
    for name, key in KEYS.items():
        assert bool(key.words) == (key.type in ("choice", "choices", "likes")), name


def test_a_routine_serves_rules_that_the_vocabulary_knows() -> None:
    assert {key for keys in ROUTINES.values() for key in keys} <= set(KEYS)
