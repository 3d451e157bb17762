"""Each way in which a file can be wrong is answered with file, key and reason."""

from dataclasses import dataclass

import pytest

from tests.governance.policy.files import changed, faults, text


@dataclass(frozen=True)
class Broken:
    """A passage of Vårgårda's file changed, and the fault that must be found."""

    why: str
    old: str
    new: str
    fault: str


BROKEN = [
    Broken(
        "not TOML",
        'locale = "sv"',
        "locale = sv",
        "broken.toml: (the whole file): is not TOML: ",
    ),
    Broken(
        "an unknown key",
        "[admins.minimum]",
        "[admins.minimun]",
        "broken.toml: admins.minimun: “admins.minimun” is not a known key. "
        "Did you mean “admins.minimum”?",
    ),
    Broken(
        "an unknown name inside a rule",
        'who = "communications_officer"\nclause = "Massmedia"',
        'whom = "communications_officer"\nclause = "Massmedia"',
        "broken.toml: reply.media_referral.whom: “whom” is not a known key here. "
        "Did you mean “who”?",
    ),
    Broken(
        "a rule neither stated nor silent",
        '    "threat.rule",\n',
        "",
        "broken.toml: threat.rule: is neither stated, nor expressly none, nor listed under silent.",
    ),
    Broken(
        "a rule both stated and silent",
        '    "threat.rule",\n',
        '    "threat.rule",\n    "admins.minimum",\n',
        "broken.toml: admins.minimum: is both stated and listed under silent.",
    ),
    Broken(
        "an unknown silence",
        '    "threat.rule",\n',
        '    "threats.rule",\n',
        "broken.toml: silent: “threats.rule” is not a known key. Did you mean “threat.rule”?",
    ),
    Broken(
        "a number that is a text",
        "[admins.minimum]\nvalue = 2",
        '[admins.minimum]\nvalue = "two"',
        "broken.toml: admins.minimum.value: must be a whole number, not 'two'.",
    ),
    Broken(
        "a flag that is a number",
        "[register.public]\nvalue = true",
        "[register.public]\nvalue = 1",
        "broken.toml: register.public.value: must be true or false, not 1.",
    ),
    Broken(
        "an unknown word",
        'value = "register_or_keep_ordered"',
        'value = "register_or_keep_order"',
        "broken.toml: record_default.value: “register_or_keep_order” is not a known value. "
        "Did you mean “register_or_keep_ordered”?",
    ),
    Broken(
        "a rule without a value",
        'value = "manual"\n',
        "",
        "broken.toml: graphic_profile.rule.value: is missing: the rule has no value.",
    ),
    Broken(
        "days that are a deadline",
        "every = { days = 7 }",
        "every = { clock_hours = 168 }",
        "broken.toml: monitoring.legal_floor.every: is not a number of days.",
    ),
    Broken(
        "looks that come round by the week, for which nothing would fall due",
        'every = { times_per_day = 1, day_basis = "from_plan" }',
        "every = { days = 7 }",
        "broken.toml: monitoring.interval.every: is not a number of times a day.",
    ),
    Broken(
        "snapshots that come round by the day, for which nothing would fall due",
        'every = { months = 6, basis = "calendar" }',
        "every = { days = 180 }",
        "broken.toml: snapshot.interval.every: is not a number of months.",
    ),
    Broken(
        "a time with two counts",
        "every = { days = 7 }",
        "every = { days = 7, months = 1 }",
        "broken.toml: monitoring.legal_floor.every: must have exactly one of ",
    ),
    Broken(
        "an unknown time",
        'within = "same_day"',
        'within = "the_same_day"',
        "broken.toml: reply.media_referral.within: “the_same_day” is not a known time. "
        "Did you mean “same_day”?",
    ),
    Broken(
        "an unknown role",
        'actor = "sector_head"',
        'actor = "sektor_head"',
        "broken.toml: step[2].actor: “sektor_head” is not a known role. "
        "Did you mean “sector_head”?",
    ),
    Broken(
        "an unknown clause",
        'clause = "Massmedia"\nrequirements = ["VGD-06"]',
        'clause = "Media"\nrequirements = ["VGD-06"]',
        "broken.toml: reply.media_referral: “Media” is not a known clause of this guideline.",
    ),
    Broken(
        "no clause",
        'clause = "Grafisk manual"\n',
        "",
        "broken.toml: graphic_profile.rule.clause: is missing: "
        "name the clause, or the act under law.",
    ),
    Broken(
        "no words",
        'says = "Varje konto har minst två administratörer."\n',
        "",
        "broken.toml: admins.minimum.says: is missing.",
    ),
    Broken(
        "an unknown requirement",
        'requirements = ["VGD-06"]',
        'requirements = ["VGD-66", "VGD-99"]',
        "broken.toml: reply.media_referral: “VGD-99” is not a known requirement of this file.",
    ),
    Broken(
        "a requirement bound nowhere",
        'requirements = ["VGD-06"]',
        "requirements = []",
        "broken.toml: requirements.VGD-06: is bound nowhere.",
    ),
    Broken(
        "a must bound to something weaker",
        'requirements = ["VGD-06"]',
        'requirements = ["VGD-06"]\nstrength = "should"',
        "broken.toml: requirements.VGD-06: is a must and is bound only where something weaker",
    ),
    Broken(
        "two scopes that tie",
        'scope = { platform = "blog" }',
        'scope = { unit_kind = "school" }',
        "broken.toml: controller_scope: two scopes tie: (platform = facebook) and "
        "(unit_kind = school) can both apply and neither contains the other.",
    ),
    Broken(
        "the same scope twice",
        'scope = { platform = "blog" }',
        'scope = { platform = "facebook" }',
        "broken.toml: controller_scope: two scopes tie: (platform = facebook) and "
        "(platform = facebook)",
    ),
    Broken(
        "a step before its time",
        'kind = "register"\nphase = "account"',
        'kind = "register"\nphase = "plan"',
        "broken.toml: step[6].phase: “register” needs an account: its phase is account.",
    ),
    Broken(
        "the plan after the account",
        'kind = "approve"\nphase = "plan"\nactor = "operations_manager"',
        'kind = "approve"\nphase = "account"\nactor = "operations_manager"',
        "broken.toml: step[2].phase: a step of the plan cannot follow a step with the account.",
    ),
    Broken(
        "an approval of one's own",
        'actor = "operations_manager"',
        'actor = "applicant"',
        "broken.toml: step[1].actor: nobody approves their own.",
    ),
    Broken(
        "a different person from nobody",
        'different_person_from = ["operations_approval"]',
        'different_person_from = ["unit_approval"]',
        "broken.toml: step[2].different_person_from: no earlier step is called “unit_approval”.",
    ),
    Broken(
        "a question twice",
        'key = "other_times"',
        'key = "watching_hours"',
        "broken.toml: form.plan.field: two questions are called “watching_hours”.",
    ),
    Broken(
        "fewer administrators on the form than in the rule",
        'minimum = "admins.minimum"',
        "minimum = 1",
        "broken.toml: form.plan: must ask for at least 2 administrators.",
    ),
    Broken(
        "a bound that is no rule",
        'minimum = "admins.minimum"',
        'minimum = "admins.least"',
        "broken.toml: form.plan.field[9].minimum: must be a whole number or the key of a rule",
    ),
    Broken(
        "a heading of the statute left out",
        'code = "agitation"',
        'code = "obscene"',
        "broken.toml: category: “agitation” is missing: act 1998:112 § 5 names it.",
    ),
    Broken(
        "what may never be stored",
        'evidence = "describe_only"\n',
        "",
        "broken.toml: category[5].evidence: must be describe_only: such material is never stored.",
    ),
    Broken(
        "a duty from an act that is not there",
        'law = ["LAW-02", "LAW-24"]',
        'law = ["LAW-02", "LAW-18"]',
        "broken.toml: category[5]: “LAW-18” is not a known duty under law.",
    ),
    Broken(
        "a routine with a clause",
        "[routine.mail]\n",
        '[routine.mail]\nclause = "Massmedia"\n',
        "broken.toml: routine.mail.clause: cannot stand in a routine: "
        "it is ours, not the guideline's.",
    ),
    Broken(
        "a minor change of what the plan does not ask",
        'minor = ["publishing_interval"',
        'minor = ["publishing_intervall"',
        "broken.toml: routine.plan.minor: “publishing_intervall” is not a known question of the "
        "plan form. Did you mean “publishing_interval”?",
    ),
    Broken(
        "people who change without approval",
        'minor = ["publishing_interval"',
        'minor = ["administrators"',
        "broken.toml: routine.plan.minor: “administrators” cannot be minor: ",
    ),
    Broken(
        "minor changes under another routine",
        "[routine.plan]",
        "[routine.visitor_information]",
        "broken.toml: routine.visitor_information.minor: belongs under routine.plan.",
    ),
    Broken(
        "a morning after noon",
        'morning = "07:30"',
        'morning = "12:00"',
        "broken.toml: routine.check_in.morning: must be before noon.",
    ),
    Broken(
        "a morning mail of something else than looks",
        "[routine.crisis]\n",
        '[routine.crisis]\nmorning = "07:30"\n',
        "broken.toml: routine.crisis.morning: belongs under routine.check_in.",
    ),
    Broken(
        "a routine for a duty that the guideline does not have",
        "[routine.crisis]",
        "[routine.acknowledgement]",
        "broken.toml: routine.acknowledgement: has no duty to serve: "
        "none of editors.acknowledgement is stated.",
    ),
    Broken(
        "a moment that is none",
        '{ before = "8 hours", who = "communications_officer" }',
        '{ before = "eight hours", who = "communications_officer" }',
        "broken.toml: routine.media_referral.tell[1].before: must be such as “1 working day”, ",
    ),
    Broken(
        "an unknown capability",
        'VGD-06 = { strength = "must", for = ["spokesperson",',
        'VGD-06 = { strength = "must", for = ["spokesman",',
        "broken.toml: requirements.VGD-06.for: “spokesman” is not a known capability.",
    ),
    Broken(
        "a deadline that nobody owes",
        'within = "same_day"\nwho = "communications_officer"',
        'within = "same_day"',
        "broken.toml: reply.media_referral.who: is missing: say who owes it.",
    ),
    Broken(
        "an answer that code could not use",
        'kind = "interval"\nrequired = true\nnot_looser_than',
        'kind = "text"\nrequired = true\nnot_looser_than',
        "broken.toml: form.plan.field[13].kind: must be interval to stand for “check_interval”.",
    ),
    Broken(
        "a basis read from a plan that does not tell it",
        'stands_for = "watching_hours"\n',
        "",
        "broken.toml: form.plan: must ask for watching_hours: monitoring.interval reads them.",
    ),
    Broken(
        "a fact asked for twice",
        'stands_for = "operators"',
        'stands_for = "administrators"',
        "broken.toml: form.plan.field: two questions stand for “administrators”.",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.why)
def test_a_broken_file_is_refused_with_file_key_and_reason(broken: Broken) -> None:
    found = faults(changed(broken.old, broken.new))
    assert any(each.startswith(broken.fault) for each in found), found


def test_all_faults_are_told_at_once() -> None:
    content = changed('within = "same_day"', 'within = "soon"').replace(
        "value = 2", "value = -2", 1
    )
    assert len(faults(content)) == 2


def test_a_demand_met_by_advice_alone_is_refused_unless_the_file_says_why() -> None:
    advice = '\n[[guidance]]\nkey = "media"\ntitle = "Media"\nuse = "general"\n'
    advice += 'clause = "Massmedia"\nrequirements = ["VGD-06"]\nsays = "Hänvisa samma dag."\n'
    content = changed('requirements = ["VGD-06"]', "requirements = []") + advice
    assert faults(content) == [
        "broken.toml: requirements.VGD-06: is bound to guidance only: bind it where it takes "
        "effect, or say under guidance_only_because why no system can check it."
    ]
    demand = next(line for line in content.splitlines() if line.startswith("VGD-06"))
    reason = demand.replace(" }", ', guidance_only_because = "Ingen kan kontrollera det." }')
    assert faults(content.replace(demand, reason)) == []


def test_a_statement_that_there_is_no_duty_is_not_silence() -> None:
    content = changed('    "threat.rule",\n', "")
    content += '\n[threat.rule]\nexpressly_none = true\nclause = "Ansvar"\nsays = "Ingen plikt."\n'
    assert faults(content) == []


def test_a_whole_file_has_no_fault() -> None:
    assert faults(text()) == []
