"""What must hold across a whole policy once its parts are read."""

import re

from governance.policy.checklists import SECTIONS
from governance.policy.faults import Faults
from governance.policy.order import refuse_impossible_order
from governance.policy.places import Place, places
from governance.policy.times import TimesPerDay
from governance.policy.types import Policy, Stated, Value
from governance.policy.vocabulary import (
    GUIDANCE_CAPABILITIES,
    KEYS,
    PLACEHOLDERS,
    ROUTINES,
    STATUTE_CATEGORIES,
)

#: Kinds of questions about people, address and unit: their answers never change unapproved.
_ALWAYS_APPROVED = frozenset({"persons", "unit", "url"})


def refuse_contradictions(policy: Policy, faults: Faults) -> None:
    """Add a fault for everything in which the policy is incomplete or contradicts itself."""
    _silence(policy, faults)
    refuse_impossible_order(policy.steps, faults)
    _groups(policy, faults)
    found = list(places(policy))
    _clauses(policy, found, faults)
    _requirements(policy, found, faults)
    _law(policy, found, faults)
    _categories(policy, faults)
    _visitors(policy, faults)
    _gaps(policy, faults)
    _texts(policy, faults)
    _forms(policy, faults)
    _removal(policy, faults)
    _routines(policy, faults)
    _morning(policy, faults)
    _rest(policy, faults)
    _inactivity(policy, faults)
    _minor(policy, faults)
    _knowing(policy, faults)


def _stated(policy: Policy, key: str) -> Value | None:
    """The stated value of a rule whatever its scope; None where there is none."""
    rules = policy.rules.get(key, ())
    return next((rule.value for rule in rules if isinstance(rule, Stated)), None)


def _silence(policy: Policy, faults: Faults) -> None:
    """Each key is stated, expressly none, or silent; never two of these and never none."""
    for key in KEYS:
        stated = key in policy.rules
        if stated and key in policy.silent:
            faults.add(key, "is both stated and listed under silent.")
        if not stated and key not in policy.silent:
            faults.add(key, "is neither stated, nor expressly none, nor listed under silent.")


def _groups(policy: Policy, faults: Faults) -> None:
    acting = {step.actor.group_key for step in policy.steps}
    for key in policy.groups:
        if key not in acting:
            faults.add(f"group.{key}", "takes no step.")


def _clauses(policy: Policy, found: list[Place], faults: Faults) -> None:
    """A clause is a heading of the guideline, or a heading with “, punkt 6” or the like after."""
    for place in found:
        for clause in place.cited.clauses:
            known = (clause == each or clause.startswith(f"{each}, ") for each in policy.clauses)
            if not any(known):
                faults.unknown(place.key, clause, policy.clauses, "clause of this guideline")


def _requirements(policy: Policy, found: list[Place], faults: Faults) -> None:
    """Each demand is bound where it takes effect, and with its full strength."""
    bound: dict[str, list[Place]] = {}
    for place in found:
        for id_ in place.cited.requirements:
            bound.setdefault(id_, []).append(place)
            if id_ not in policy.requirements:
                faults.unknown(place.key, id_, policy.requirements, "requirement of this file")
    for id_, requirement in policy.requirements.items():
        key = f"requirements.{id_}"
        at = bound.get(id_, [])
        if not at:
            faults.add(key, "is bound nowhere.")
            continue
        if requirement.strength == "must" and all(p.cited.strength != "must" for p in at):
            faults.add(key, "is a must and is bound only where something weaker stands.")
        only_guidance = all(place.kind == "guidance" for place in at)
        expected = GUIDANCE_CAPABILITIES & set(requirement.capabilities)
        if only_guidance and not expected and not requirement.guidance_only_because:
            faults.add(
                key,
                "is bound to guidance only: bind it where it takes effect, or say under "
                "guidance_only_because why no system can check it.",
            )


def _law(policy: Policy, found: list[Place], faults: Faults) -> None:
    cited: list[tuple[str, tuple[str, ...]]] = [(place.key, place.cited.law) for place in found]
    cited += [(f"recommendation.{each.key}", each.law) for each in policy.recommendations]
    for key, ids in cited:
        for id_ in ids:
            if id_ not in policy.law:
                faults.unknown(key, id_, policy.law, "duty under law")


def _categories(policy: Policy, faults: Faults) -> None:
    codes = [category.code for category in policy.categories]
    _refuse_twins("category", codes, faults)
    if policy.jurisdiction == "SE":
        for code in STATUTE_CATEGORIES:
            if code not in codes:
                faults.add("category", f"“{code}” is missing: act 1998:112 § 5 names it.")
    for number, category in enumerate(policy.categories, start=1):
        key = f"category[{number}]"
        if category.ground == "statute" and not (category.statute and category.law):
            faults.add(f"{key}.statute", "is missing: name the section, and the duty under law.")
        if category.code == "child_abuse_image" and category.evidence != "describe_only":
            faults.add(f"{key}.evidence", "must be describe_only: such material is never stored.")


def _visitors(policy: Policy, faults: Faults) -> None:
    """What visitors must see, the statute's own demand included."""
    items = policy.checklists["visitor_information"]
    if policy.jurisdiction == "SE" and not any("LAW-03" in item.law for item in items):
        faults.add("visitor_item", "must hold identity and visibility: act 1998:112 § 3 (LAW-03).")
    for kind, section in SECTIONS.items():
        _refuse_twins(section, [item.key for item in policy.checklists[kind]], faults)
    _refuse_twins("guidance", [page.key for page in policy.guidance], faults)
    _refuse_twins("recommendation", [each.key for each in policy.recommendations], faults)


def _refuse_twins(section: str, keys: list[str], faults: Faults) -> None:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        faults.add(section, f"“{key}” stands twice.")


def _gaps(policy: Policy, faults: Faults) -> None:
    """What the document leaves open is told apart by what it is about; our routine for it serves
    only where the document must say it.
    """
    _refuse_twins("guideline.gap", [gap.key for gap in policy.guideline.gaps], faults)
    owed = any(gap.strength == "must" for gap in policy.guideline.gaps)
    if "gaps" in policy.routine and not owed:
        faults.add(
            "routine.gaps", "has no duty to serve: the document lacks nothing that it must say."
        )


def _texts(policy: Policy, faults: Faults) -> None:
    for kind, section in SECTIONS.items():
        for number, item in enumerate(policy.checklists[kind], start=1):
            if item.text and item.text not in policy.texts:
                key = f"{section}[{number}].text"
                faults.unknown(key, item.text, policy.texts, "text of this file")
    for key, text in policy.texts.items():
        found = re.findall(r"\{(\w+)\}", text.text) if text.use == "visitor_information" else []
        for name in found:
            if name not in PLACEHOLDERS:
                faults.unknown(f"text.{key}.text", name, PLACEHOLDERS, "placeholder")


def _forms(policy: Policy, faults: Faults) -> None:
    """Forms that a rule speaks of exist, and ask for no fewer administrators than the rule."""
    needed = {
        "criticism": _stated(policy, "criticism.workflow") is True,
        "personal_data": _stated(policy, "personal_data.assessment") == "six_questions",
    }
    for key, is_needed in needed.items():
        if is_needed and key not in policy.forms:
            faults.add(f"form.{key}", "is missing, and a rule says that it is filled in.")
    plan = policy.forms.get("plan")
    field = plan.standing_for("administrators") if plan else None
    minimum, maximum = _stated(policy, "admins.minimum"), _stated(policy, "admins.maximum")
    if isinstance(minimum, int) and (field is None or field.minimum != minimum):
        faults.add("form.plan", f"must ask for at least {minimum} administrators.")
    if isinstance(maximum, int) and (field is None or field.maximum != maximum):
        faults.add("form.plan", f"must ask for at most {maximum} administrators.")
    checks = _stated(policy, "monitoring.interval")
    from_plan = isinstance(checks, TimesPerDay) and checks.day_basis == "from_plan"
    if plan and from_plan and plan.standing_for("watching_hours") is None:
        faults.add("form.plan", "must ask for watching_hours: monitoring.interval reads them.")


def _removal(policy: Policy, faults: Faults) -> None:
    needs = {
        "diary_number": _stated(policy, "removal.diarise") == "always",
        "off_platform_note": _stated(policy, "removal.document_off_platform") == "always",
    }
    given = policy.removal.must_before_closing
    for word, is_needed in needs.items():
        if is_needed and word not in given:
            faults.add("removal.close_requires", f"must hold “{word}”: another rule demands it.")


def _routines(policy: Policy, faults: Faults) -> None:
    for key in policy.routine:
        rules = ROUTINES.get(key, ())
        if rules and not any(_stated(policy, rule) is not None for rule in rules):
            faults.add(
                f"routine.{key}",
                f"has no duty to serve: none of {', '.join(rules)} is stated.",
            )


def _morning(policy: Policy, faults: Faults) -> None:
    """The morning's mail tells of looks, and goes in the morning."""
    for routine in policy.routine.values():
        key = f"routine.{routine.key}.morning"
        if routine.morning and routine.key != "check_in":
            faults.add(key, "belongs under routine.check_in.")
        if routine.morning >= "12:00":
            faults.add(key, "must be before noon.")


def _rest(policy: Policy, faults: Faults) -> None:
    """Our routine loosens in a rest what ought to be done, and never what must be."""
    routine = policy.routine.get("rest")
    rules = policy.rules.get("monitoring.interval", ())
    if routine is None:
        return
    if routine.every_days is None:
        if not any(rule.scope.period == "season" for rule in rules):
            faults.add("routine.rest.every_days", "is missing: nothing says how a rest loosens.")
        return
    for rule in rules:
        if rule.strength == "must" and rule.scope.period != "season":
            faults.add(
                "routine.rest.every_days",
                "cannot loosen what the guideline says must be done; a rule of the guideline can, "
                'with scope = { period = "season" }.',
            )


def _inactivity(policy: Policy, faults: Faults) -> None:
    """How long a channel may be quiet is a number of our routine for that, and of no other."""
    for routine in policy.routine.values():
        if routine.key == "inactivity" and not routine.inactive:
            faults.add("routine.inactivity.inactive_days", "is missing.")
        if routine.key != "inactivity" and routine.inactive:
            faults.add(f"routine.{routine.key}.inactive_days", "belongs under routine.inactivity.")


def _minor(policy: Policy, faults: Faults) -> None:
    """What may change in a plan without new approvals: questions of the form, and none by which
    people get rights or the channel another unit or address."""
    asked = {field.key: field for field in policy.forms["plan"].fields}
    for routine in policy.routine.values():
        key = f"routine.{routine.key}.minor"
        if routine.minor and routine.key != "plan":
            faults.add(key, "belongs under routine.plan.")
        for name in routine.minor:
            if name not in asked:
                faults.unknown(key, name, asked, "question of the plan form")
            elif asked[name].kind in _ALWAYS_APPROVED or asked[name].stands_for == "platform":
                faults.add(key, f"“{name}” cannot be minor: who, where and which unit is approved.")


def _knowing(policy: Policy, faults: Faults) -> None:
    """A step can ask only for a word about the guideline that a rule lets people give."""
    silent = _stated(policy, "editors.acknowledgement") is None
    for number, step in enumerate(policy.steps, start=1):
        if silent and "guideline_acknowledged" in step.checks:
            faults.add(
                f"step[{number}].checks",
                "“guideline_acknowledged” needs editors.acknowledgement to be stated.",
            )
