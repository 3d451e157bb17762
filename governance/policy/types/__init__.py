"""A municipality's policy as frozen, typed objects. Typical use:

    from governance.policy.in_force import policy_for
    from governance.policy.times import CalendarMonths
    from governance.policy.types import ExpresslyNone, NotStated, Scope, Stated

    policy = policy_for(channel.unit, now)
    match policy.rule("snapshot.interval", Scope(platform="facebook", account_class="unit")):
        case Stated(value=CalendarMonths(months=months)) as rule:
            ...                             # rule.clause, rule.strength, rule.says, rule.who
        case ExpresslyNone() as rule:
            ...                             # the guideline says that there is no such duty
        case NotStated():
            ...                             # silence: nothing falls due, nothing is shown as a duty

    policy.value("admins.minimum", int)     # 2, or None where nothing is stated
    policy.value("monitoring.interval", Time, scope)
    policy.steps                            # the approval, in order
    policy.form("plan").fields              # the questions, in order
    policy.removal.category("agitation")
    policy.text("reservation").text
    policy.routine["check_in"].tell         # our routine: no clause, never a duty

Everything that came from the guideline carries `clause` (its heading, for people), `requirements`
(ids), `strength` and `says` (our own words in the policy's language). What came from an act
carries `law` ids instead of a clause. `governance.policy.vocabulary` says which keys exist, what
type each value has and what it means; `governance.policy.reader.read` makes a `Policy` of a file.
"""

from governance.policy.types.approval import Actor, Group, Phase, Signature, Step, StepKind
from governance.policy.types.checklist import CHECKLIST_KINDS, ChecklistItem, ChecklistKind
from governance.policy.types.document import (
    Act,
    Gap,
    Guidance,
    GuidanceUse,
    Guideline,
    LawDuty,
    Recommendation,
    Text,
    TextUse,
)
from governance.policy.types.forms import Field, FieldKind, Form
from governance.policy.types.removal import Category, Evidence, Ground, Removal, Status
from governance.policy.types.routine import OffsetUnit, Routine, Side, Tell, Threshold
from governance.policy.types.rules import (
    ANYWHERE,
    Cited,
    ExpresslyNone,
    Holders,
    Likes,
    NotStated,
    Rule,
    Scope,
    Stated,
    Strength,
    Value,
)
from governance.policy.types.whole import Policy, Requirement

__all__ = [
    "ANYWHERE",
    "CHECKLIST_KINDS",
    "Act",
    "Actor",
    "Category",
    "ChecklistItem",
    "ChecklistKind",
    "Cited",
    "Evidence",
    "ExpresslyNone",
    "Field",
    "FieldKind",
    "Form",
    "Gap",
    "Ground",
    "Group",
    "Guidance",
    "GuidanceUse",
    "Guideline",
    "Holders",
    "LawDuty",
    "Likes",
    "NotStated",
    "OffsetUnit",
    "Phase",
    "Policy",
    "Recommendation",
    "Removal",
    "Requirement",
    "Routine",
    "Rule",
    "Scope",
    "Side",
    "Signature",
    "Stated",
    "Status",
    "Step",
    "StepKind",
    "Strength",
    "Tell",
    "Text",
    "TextUse",
    "Threshold",
    "Value",
]
