"""What a rule answers: stated, expressly none or not stated, and which scope won."""

import pytest

from governance.policy.law import acts_of, law_of
from governance.policy.reader import read
from governance.policy.times import (
    AsSoonAsPossible,
    CalendarDays,
    CalendarMonths,
    ClockHours,
    SameAsOtherCorrespondence,
    SameDay,
    Time,
    TimesPerDay,
    WorkingDays,
)
from governance.policy.types import Cited, ExpresslyNone, Holders, NotStated, Policy, Scope, Stated
from governance.roles import Role
from tests.governance.policy.files import changed, policy, text

HALF_YEARLY = 'every = { months = 6, basis = "calendar" }'
CRITICISM = '[reply.criticism]\n{}\nwho = "editor"\nclause = "Ansvar"\nsays = "Svara."\n'


def with_criticism(within: str) -> Policy:
    """Vårgårda's policy as if it said when criticism is answered."""
    return read(
        changed('    "reply.criticism",\n', "") + CRITICISM.format(within), "with criticism"
    )


def test_a_stated_rule_carries_its_clause_strength_words_and_who() -> None:
    rule = policy().rule("monitoring.interval")
    assert isinstance(rule, Stated)
    assert rule.value == TimesPerDay(times=1, day_basis="from_plan")
    assert (rule.strength, rule.clause) == ("must", "2.1 Att använda sociala medier")
    assert rule.requirements == ("VGD-21",)
    assert rule.who == (Role.RESPONSIBLE_PERSON,)
    assert rule.says == "Kanalen följs upp minst en gång om dagen."


def test_what_is_expressly_none_is_not_silence() -> None:
    rule = policy().rule("records.third_party_accounts")
    assert isinstance(rule, ExpresslyNone)
    assert rule.clause == "4.2 Biblioteksregeln"
    assert policy().rule("likes.rule") == NotStated(key="likes.rule")


def test_a_key_that_no_vocabulary_knows_is_a_typing_error_and_not_silence() -> None:
    with pytest.raises(KeyError):
        policy().rule("monitoring.intervall")


def test_a_value_is_asked_for_with_its_type_and_is_none_where_nothing_is_stated() -> None:
    assert policy().value("admins.minimum", int) == 2
    assert policy().value("admins.maximum", int) is None
    assert policy().value("records.third_party_accounts", bool) is None
    with pytest.raises(TypeError):
        policy().value("register.public", int)


def test_the_most_specific_scope_wins() -> None:
    rule = "controller_scope"
    assert policy().value(rule, str, Scope(platform="instagram")) == "assess"
    assert policy().value(rule, str, Scope(platform="facebook")) == "own_and_visitors"
    on_a_unit = Scope(platform="x", account_class="unit", unit_kind="library")
    assert policy().value(rule, str, on_a_unit) == "own_only"
    assert policy().value(rule, str) == "assess"


def test_a_rule_that_holds_only_in_a_scope_is_not_stated_elsewhere() -> None:
    content = changed(
        "[crisis.plan_section]\nvalue = true",
        '[crisis.plan_section]\nscope = { period = "crisis" }\nvalue = true',
    )
    scoped = read(content, "scoped")
    assert isinstance(scoped.rule("crisis.plan_section"), NotStated)
    assert scoped.value("crisis.plan_section", bool, Scope(period="crisis")) is True


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ('within = "as_soon_as_possible"', AsSoonAsPossible()),
        ('within = "same_day"', SameDay()),
        ('within = "same_as_other_correspondence"', SameAsOtherCorrespondence()),
        ("within = { clock_hours = 24 }", ClockHours(hours=24)),
        (
            'within = { clock_hours = 24, weekends = "next_working_day" }',
            ClockHours(hours=24, weekends="next_working_day"),
        ),
        ('within = { clock_hours = 24, kind = "target" }', ClockHours(hours=24, kind="target")),
        (
            'strength = "should"\nwithin = { clock_hours = 24 }',
            ClockHours(hours=24, kind="target"),
        ),
        ("within = { working_days = 3 }", WorkingDays(days=3)),
        ("within = { days = 3 }", CalendarDays(days=3)),
    ],
)
def test_every_kind_of_deadline_is_read(written: str, time: Time) -> None:
    assert with_criticism(written).value("reply.criticism", Time) == time


@pytest.mark.parametrize(
    ("key", "before", "written", "time"),
    [
        (
            "monitoring.interval",
            'every = { times_per_day = 1, day_basis = "from_plan" }',
            'every = { times_per_day = 3, day_basis = "working_days", window = "office_hours" }',
            TimesPerDay(times=3, day_basis="working_days", window="office_hours", weekends="skip"),
        ),
        ("snapshot.interval", HALF_YEARLY, "every = { months = 12 }", CalendarMonths(months=12)),
        (
            "snapshot.interval",
            HALF_YEARLY,
            'every = { months = 5, basis = "rolling" }',
            CalendarMonths(months=5, basis="rolling"),
        ),
    ],
)
def test_all_that_comes_round_again_is_read(
    key: str, before: str, written: str, time: Time
) -> None:
    assert read(changed(before, written), "again").value(key, Time) == time


def test_holders_are_all_of_the_roles_or_one_of_them() -> None:
    all_of_them = policy().value("credentials.holders", Holders)
    assert all_of_them == Holders(
        (Role.CHANNEL_OWNER, Role.CENTRAL_REGISTRAR, Role.INFORMATION_OFFICER), "all"
    )
    one = changed(
        '{ all = ["channel_owner", "central_registrar", "information_officer"] }',
        '{ one = ["unit_communicator", "communications_officer"] }',
    )
    holders = read(one, "one").value("credentials.holders", Holders)
    assert holders == Holders((Role.UNIT_COMMUNICATOR, Role.COMMUNICATIONS_OFFICER), "one")


def test_equal_files_give_equal_policies() -> None:
    assert read(text(), "vargarda.toml") == policy()


def test_no_two_countries_number_a_duty_alike() -> None:
    swedish, norwegian = (law_of(country) for country in ("SE", "NO"))
    assert not swedish.keys() & norwegian.keys()
    assert acts_of(Cited(law=("LAW-03", "LAW-18"))) == (
        swedish["LAW-03"].source,
        norwegian["LAW-18"].source,
    )
