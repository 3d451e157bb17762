"""Where a rule holds, in words."""

from __future__ import annotations

from governance.policy.scope_words import scope_words
from governance.policy.types import ANYWHERE, Scope
from governance.policy.vocabulary import ACCOUNT_CLASSES, PERIODS, PLATFORMS, UNIT_KINDS


def test_every_scope_that_a_file_may_name_has_words_of_its_own() -> None:
    scopes = [
        ANYWHERE,
        *(Scope(platform=each) for each in PLATFORMS),
        *(Scope(account_class=each) for each in ACCOUNT_CLASSES),
        *(Scope(unit_kind=each) for each in UNIT_KINDS),
        *(Scope(period=each) for each in PERIODS),
    ]
    words = [scope_words(each) for each in scopes]
    assert len(set(words)) == len(scopes)
    assert not any("=" in each or "_" in each for each in words)


def test_a_narrow_scope_is_told_whole() -> None:
    scope = Scope(platform="youtube", account_class="main", unit_kind="library")
    assert scope_words(scope) == "on YouTube, main account, where the unit is: library"
    assert scope_words(ANYWHERE) == ""
