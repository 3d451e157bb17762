"""Where each parameter that the five guidelines are compared by stands in a policy.

A reading is (value, strength, clause). Silence is None, and what is expressly none has the value
NONE. Times are spelled out so that a table written by hand can be read aloud.
"""

from collections.abc import Callable

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
from governance.policy.types import Cited, Holders, Likes, NotStated, Policy, Stated, Step, Value

Plain = str | int | bool | list[str]
Reading = tuple[Plain, str, str] | None
Read = Callable[[Policy], Reading]

NONE = "expressly none"


def spelled(value: Value) -> Plain:
    """A value in words that a table can hold."""
    match value:
        case TimesPerDay(times=times):
            return f"{times} a day"
        case CalendarMonths(months=months):
            return f"{months} months"
        case CalendarDays(days=days):
            return f"{days} days"
        case WorkingDays(days=days):
            return f"{days} working days"
        case ClockHours(hours=hours):
            return f"{hours} clock hours"
        case AsSoonAsPossible():
            return "as soon as possible"
        case SameDay():
            return "same day"
        case SameAsOtherCorrespondence():
            return "same as other correspondence"
        case Time():
            raise AssertionError(value)
        case Holders(roles=roles, needs=needs):
            return [needs, *map(str, roles)]
        case Likes(allowed=allowed, forbidden=forbidden):
            return [*allowed, "but not", *forbidden]
        case tuple():
            return [str(each) for each in value]
    return value


def cited(value: Plain, by: Cited) -> Reading:
    return value, by.strength, by.clause


def rule(key: str) -> Read:
    """The rule of that key; with several scopes, each as `platform = x: value`."""

    def of(policy: Policy) -> Reading:
        rules = policy.rules.get(key, ())
        if not rules:
            assert isinstance(policy.rule(key), NotStated)
            return None
        values = [spelled(each.value) if isinstance(each, Stated) else NONE for each in rules]
        if len(rules) == 1:
            return cited(values[0], rules[0])
        each_place = [f"{each.scope}: {value}" for each, value in zip(rules, values, strict=True)]
        return cited(each_place, rules[0])

    return of


def part(key: str, kind: type[Time], name: str) -> Read:
    """A property of the rule's time, where the time is of that kind."""

    def of(policy: Policy) -> Reading:
        for each in policy.rules.get(key, ()):
            if isinstance(each, Stated) and isinstance(each.value, kind):
                return cited(getattr(each.value, name), each)
        return None

    return of


def strength(key: str) -> Read:
    def of(policy: Policy) -> Reading:
        for each in policy.rules.get(key, ()):
            return cited(each.strength, each)
        return None

    return of


def who(key: str) -> Read:
    def of(policy: Policy) -> Reading:
        for each in policy.rules.get(key, ()):
            return cited([str(role) for role in each.who], each)
        return None

    return of


def taker(step: Step) -> str:
    return "applicant" if step.actor.applicant else "|".join(step.actor.roles)


def steps(policy: Policy) -> Reading:
    return [f"{each.kind} {taker(each)}" for each in policy.steps], "must", ""


def decisions(policy: Policy) -> Reading:
    return sum(each.decision for each in policy.steps), "must", ""


def final_approver(policy: Policy) -> Reading:
    last = [each for each in policy.steps if each.decision][-1]
    return cited(taker(last), last)


def creator(policy: Policy) -> Reading:
    return next((cited(taker(e), e) for e in policy.steps if e.kind == "create"), None)


def signature(policy: Policy) -> Reading:
    for each in policy.steps:
        if each.decision and each.signature:
            return cited(each.signature, each)
    return None


def plan_kind(policy: Policy) -> Reading:
    return cited(policy.form("plan").kind, policy.form("plan"))


def required_fields(policy: Policy) -> Reading:
    form = policy.form("plan")
    return cited([each.key for each in form.fields if each.required], form)


def visitor_items(policy: Policy) -> Reading:
    """What the guideline asks for; what only the law asks for is not the guideline's."""
    items = [each for each in policy.checklists["visitor_information"] if each.clauses]
    return cited([each.key for each in items], items[0]) if items else None


def standard_text(policy: Policy) -> Reading:
    """Whether a text to show visitors is prescribed."""
    shown = [each for each in policy.texts.values() if each.use == "visitor_information"]
    return cited(True, shown[0]) if shown else None


def plain(name: str) -> Read:
    return lambda policy: (getattr(policy, name), "fact", "")


#: Parameters that stand elsewhere than in the rule of the same key.
MOVED: dict[str, Read] = {
    "locale": plain("locale"),
    "jurisdiction": plain("jurisdiction"),
    "guideline.owner": rule("review.owner"),
    "guideline.review_interval_months": rule("review.interval"),
    "approval.steps": steps,
    "approval.decisions_required": decisions,
    "approval.final_approver": final_approver,
    "approval.account_creator": creator,
    "approval.signature_required": signature,
    "plan.kind": plan_kind,
    "plan.required_fields": required_fields,
    "editors.acknowledgement_required": rule("editors.acknowledgement"),
    "visitor_info.items": visitor_items,
    "visitor_info.standard_text": standard_text,
    "monitoring.strength": strength("monitoring.interval"),
    "monitoring.day_basis": part("monitoring.interval", TimesPerDay, "day_basis"),
    "reply.max_hours": part("reply.criticism", ClockHours, "hours"),
    "reply.hours_basis": rule("reply.criticism"),
    "reply.full_answer_limit": rule("reply.full_answer"),
    "reply.no_answer_reason": rule("reply.no_answer"),
    "snapshot.interval_months": part("snapshot.interval", CalendarMonths, "months"),
    "snapshot.strength": strength("snapshot.interval"),
    "snapshot.basis": part("snapshot.interval", CalendarMonths, "basis"),
    "snapshot.actor": who("snapshot.interval"),
    "copyright.record": rule("copyright.rule"),
}

#: Every parameter, in the order in which the guidelines are compared.
PARAMETERS = """
locale jurisdiction guideline.owner guideline.review_interval_months scope.excludes
scope.user_types approval.steps approval.decisions_required approval.final_approver
approval.central_veto approval.account_creator approval.signature_required plan.kind
plan.required_fields plan.measurable_goals editors.appointed_by editors.central_register
editors.acknowledgement_required admins.minimum substitute.required credentials.holders
credentials.custodian credentials.kind register.public register.two_way_links register.maintainer
register.main_account records_plan.lists_channels records_plan.disposal_decision
visitor_info.items visitor_info.standard_text monitoring.interval monitoring.strength
monitoring.day_basis monitoring.legal_floor monitoring.focus reply.max_hours reply.hours_basis
reply.holding_reply reply.full_answer_limit reply.all_questions reply.media_referral
reply.signature political_questions case_processing criticism.workflow removal.default
removal.diarise removal.document_off_platform removal.police_report removal.own_content
direct_messages.records snapshot.interval_months snapshot.strength snapshot.on_major_change
snapshot.diarise snapshot.before_closing snapshot.actor snapshot.formats closing.inactivity
closing.farewell_post personal_data.assessment consent.images copyright.record likes.rule
spokesperson.register politician_links.rule crisis.rule threat.rule private_use.rule
accessibility.rule graphic_profile.rule record_default snapshot.basis controller_scope
closing.consult register.units_notify reply.no_answer_reason disposal.immediate
official_use.approval
""".split()


def reading(policy: Policy, parameter: str) -> Reading:
    """The parameter as the policy has it."""
    return MOVED.get(parameter, rule(parameter))(policy)
