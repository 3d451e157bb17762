"""What each of the policies asks before a case is closed, and on which grounds anything goes."""

from pathlib import Path

import pytest

from governance.errors import AgainstPolicy
from governance.policy.reader import read
from governance.policy.types import Policy
from moderation.closing import Facts, missing
from moderation.grounds import category_of, ground_for
from tests.town import POLICIES

SHIPPED = ["vargarda", "volda", "tyreso", "vetlanda", "varmdo"]


def policy(name: str) -> Policy:
    return read((Path(POLICIES) / f"{name}.toml").read_text(), name)


def case(of: Policy, code: str, **facts: bool) -> Facts:
    """Something removed under a category, the author answered for."""
    known = {"decided": True, "taken_away": True, "author_answered": True} | facts
    return Facts(category=category_of(of, code), **known)


def lacks(of: Policy, facts: Facts) -> list[tuple[str, str]]:
    return [(each.what, each.clause) for each in missing(of, facts)]


@pytest.mark.parametrize("name", SHIPPED)
def test_an_undecided_case_is_asked_for_a_decision_and_for_nothing_else(name: str) -> None:
    assert lacks(policy(name), Facts()) == [("decision", "")]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_was_left_lacks_nothing(name: str) -> None:
    assert lacks(policy(name), Facts(decided=True)) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_the_author_is_answered_for_but_not_for_our_own_words(name: str) -> None:
    of = policy(name)
    code = of.categories[0].code
    theirs = case(of, code, author_answered=False)
    assert ("author", "") in lacks(of, theirs)
    ours = case(of, code, author_answered=False, received=False)
    assert ("author", "") not in lacks(of, ours)


def test_vargarda_asks_nothing_for_criminal_content() -> None:
    assert lacks(policy("vargarda"), case(policy("vargarda"), "unlawful_threat")) == []


def test_vargarda_asks_for_the_number_of_confidential_content_and_for_the_case() -> None:
    of = policy("vargarda")
    found = lacks(of, case(of, "confidential"))
    assert [what for what, _clause in found] == ["diary_number"]
    assert found[0][1].startswith("4.4")
    belonging = case(of, "advertising", belongs_to_case=True)
    assert [what for what, _clause in lacks(of, belonging)] == ["case_reference"]
    assert lacks(of, case(of, "advertising", belongs_to_case=True, case_reference=True)) == []


def test_volda_asks_nothing_on_paper() -> None:
    of = policy("volda")
    for category in of.categories:
        assert lacks(of, case(of, category.code)) == [], category.code


@pytest.mark.parametrize("code", ["unlawful_threat", "advertising", "personal_data", "obscene"])
def test_tyreso_always_asks_for_the_number(code: str) -> None:
    of = policy("tyreso")
    found = lacks(of, case(of, code))
    assert [what for what, _clause in found] == ["diary_number"]
    assert found[0][1] == "Bevaka, gallra, ta bort och registrera"
    assert lacks(of, case(of, code, need_not_be_registered=True)) == found
    assert lacks(of, case(of, code, diary_number=True)) == []


def test_tyreso_asks_for_the_number_of_its_own_deleted_words_too() -> None:
    of = policy("tyreso")
    ours = Facts(decided=True, taken_away=True, received=False)
    assert [what for what, _clause in lacks(of, ours)] == ["diary_number"]


@pytest.mark.parametrize("code", ["unlawful_threat", "advertising", "party_politics"])
def test_vetlanda_always_asks_for_the_note_outside_the_medium(code: str) -> None:
    of = policy("vetlanda")
    found = lacks(of, case(of, code))
    assert found == [("off_platform_note", "Uppsikt, moderering och sekretess")]
    assert lacks(of, case(of, code, off_platform_note=True)) == []


def test_varmdo_asks_for_number_and_measures_where_it_is_criminal() -> None:
    of = policy("varmdo")
    found = lacks(of, case(of, "unlawful_threat"))
    assert "diary_number" in [what for what, _clause in found]
    assert all(clause for _what, clause in found)
    done = case(of, "unlawful_threat", diary_number=True, measures=True)
    assert lacks(of, done) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_what_was_handed_over_freely_waits_for_an_answer(name: str) -> None:
    of = policy(name)
    facts = Facts(decided=True, taken_away=False, handed_over=True)
    assert lacks(of, facts) == [("registrar", "")]
    answered = Facts(decided=True, handed_over=True, need_not_be_registered=True)
    assert lacks(of, answered) == []


# --- grounds -----------------------------------------------------------------------------------


def refused(of: Policy, code: str, *, published: tuple[str, ...] = ()) -> AgainstPolicy:
    with pytest.raises(AgainstPolicy) as refusal:
        ground_for(of, code, obvious=None, published=published, removing=True)
    assert refusal.value.field == "category"
    return refusal.value


def test_volda_removes_others_words_on_its_three_grounds_only() -> None:
    of = policy("volda")
    for code in ("personal_attack", "inappropriate_conduct", "other_crime"):
        assert ground_for(of, code, obvious=None, published=(), removing=True).code == code
    for code in ("off_topic", "party_politics", "advertising", "unlawful_threat", "nonsense"):
        assert refused(of, code).clause, code


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_refused_or_referred_is_answered_with_its_clause(name: str) -> None:
    of = policy(name)
    for category in of.categories:
        if category.status in ("refused", "refer"):
            assert refused(of, category.code).clause, category.code


@pytest.mark.parametrize("name", ["vetlanda", "tyreso"])
def test_what_no_law_asks_for_needs_the_published_rule_where_the_policy_says_so(name: str) -> None:
    of = policy(name)
    assert "Information till besökarna" in refused(of, "advertising").clause
    found = ground_for(of, "advertising", obvious=None, published=("advertising",), removing=True)
    assert found.ground == "house_rule"


def test_vargarda_removes_advertising_without_more() -> None:
    of = policy("vargarda")
    assert ground_for(of, "advertising", obvious=None, published=(), removing=True)


@pytest.mark.parametrize("name", ["vargarda", "tyreso", "vetlanda", "varmdo"])
def test_the_eight_headings_of_the_act_ask_whether_it_is_obvious(name: str) -> None:
    of = policy(name)
    headings = [each.code for each in of.categories if each.ground == "statute"]
    assert len(headings) == 8
    for code in headings:
        with pytest.raises(AgainstPolicy) as refusal:
            ground_for(of, code, obvious=False, published=(), removing=True)
        assert refusal.value.field == "obvious"
        assert refusal.value.clause
        assert ground_for(of, code, obvious=False, published=(), removing=False).code == code
