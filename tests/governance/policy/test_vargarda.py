"""Vårgårda's plan form, steps and removal categories, as the guideline prescribes them."""

from governance.policy.vocabulary import STATUTE_CATEGORIES
from governance.roles import Role
from tests.governance.policy.files import policy


def test_the_plan_asks_in_the_order_of_the_form_and_adds_the_missing_description() -> None:
    numbers = [(field.number, field.key) for field in policy().form("plan").fields]
    assert numbers == [
        ("1", "medium"),
        ("2", "address"),
        ("3", "operation"),
        ("4", "purpose"),
        ("4", "purposes"),
        ("5", "audience"),
        ("", "description"),
        ("6", "goals"),
        ("7", "administrators"),
        ("8", "operators"),
        ("9a", "watching_hours"),
        ("9a", "other_times"),
        ("9b", "check_interval"),
        ("9c", "publishing_interval"),
        ("10", "weekly_hours"),
        ("11", "other"),
    ]
    assert policy().form("plan").field("description").derived


def test_the_plan_covers_the_six_topics_that_the_guideline_demands() -> None:
    required = {field.topic for field in policy().form("plan").fields if field.required}
    assert required - {""} == {"1", "2", "3", "4", "5", "6"}


def test_the_plan_offers_the_eighteen_purposes_and_demands_none_of_them() -> None:
    purposes = policy().form("plan").field("purposes")
    assert len(purposes.choices) == 18
    assert not purposes.required


def test_the_plan_asks_for_two_administrators_and_refuses_looser_checks_than_daily() -> None:
    form = policy().form("plan")
    assert form.field("administrators").minimum == policy().value("admins.minimum", int) == 2
    assert form.field("check_interval").not_looser_than == "monitoring.interval"


def test_two_different_managers_sign_and_may_return_or_reject() -> None:
    first, second = policy().steps_in("plan")
    assert first.actor.roles == (Role.OPERATIONS_MANAGER,)
    assert second.actor.roles == (Role.SECTOR_HEAD,)
    assert second.different_person_from == (first.key,)
    assert first.not_applicable_if_same_person_as == second.key
    for step in (first, second):
        assert step.decision and step.may_return and step.may_reject
        assert step.signature == "signed"


def test_the_sector_head_considers_the_benefit_and_the_manager_the_resources() -> None:
    assert policy().step("sector_approval").fields[0].requirements == ("VGD-13",)
    assert policy().step("operations_approval").fields[0].requirements == ("VGD-20",)


def test_the_centre_appoints_receives_and_registers_but_cannot_refuse_the_plan() -> None:
    account = policy().steps_in("account")
    assert [step.kind for step in account] == ["notify", "appoint", "hand_over", "register"]
    assert not any(step.decision or step.may_reject or step.may_return for step in account)
    assert policy().step("appoint_writers").consulted == (Role.SECTOR_HEAD,)


def test_the_eight_headings_of_the_statute_are_law_and_must_be_obvious() -> None:
    for code in STATUTE_CATEGORIES:
        category = policy().removal.category(code)
        assert category.status == "mandatory" and category.ground == "statute"
        assert category.must_be_obvious and category.law and category.statute


def test_an_image_of_child_abuse_is_described_and_never_stored() -> None:
    assert policy().removal.category("child_abuse_image").evidence == "describe_only"


def test_what_must_be_in_order_before_a_removal_is_closed() -> None:
    assert policy().removal.must_before_closing == (
        "diary_number_if_confidential",
        "case_reference_if_case",
    )
    assert policy().removal.category("confidential").diarise
    assert not policy().removal.category("agitation").diarise


def test_our_routine_names_no_clause_and_the_rules_name_no_reminder() -> None:
    check_in = policy().routine["check_in"]
    assert not hasattr(check_in, "clause")
    assert [each.who for each in check_in.tell] == [
        "duty_holder",
        Role.ADMINISTRATOR,
        Role.OPERATIONS_MANAGER,
        Role.SECTOR_HEAD,
    ]
