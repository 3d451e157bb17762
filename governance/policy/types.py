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

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

from governance.policy.times import Time
from governance.roles import Role

Strength = Literal["must", "should", "may", "fact"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a rule applies, or where it is asked about. An empty field means anywhere."""

    platform: str | None = None
    account_class: str | None = None
    unit_kind: str | None = None
    period: str | None = None

    def pairs(self) -> frozenset[tuple[str, str]]:
        """The fields that are set."""
        fields = {
            "platform": self.platform,
            "account_class": self.account_class,
            "unit_kind": self.unit_kind,
            "period": self.period,
        }
        return frozenset((name, value) for name, value in fields.items() if value is not None)

    def contains(self, other: "Scope") -> bool:
        """Whether this scope applies wherever the other does."""
        return self.pairs() <= other.pairs()

    def meets(self, other: "Scope") -> bool:
        """Whether there is a place where both apply."""
        mine, theirs = dict(self.pairs()), dict(other.pairs())
        return all(theirs.get(name, value) == value for name, value in mine.items())

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in sorted(self.pairs())) or "anywhere"


ANYWHERE = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What binds somebody: the guideline's clause, or an act (`law`), or both."""

    strength: Strength = "must"
    clauses: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    says: str = ""
    derived: str = ""
    """Where the guideline leaves something open: how it was read, in a sentence."""

    @property
    def clause(self) -> str:
        """The clause headings as one text for a screen; empty for what comes from law alone."""
        return "; ".join(self.clauses)


@dataclass(frozen=True, slots=True)
class Holders:
    """Roles that must hold something: all of them, or at least one."""

    roles: tuple[Role, ...]
    needs: Literal["all", "one"] = "all"


@dataclass(frozen=True, slots=True)
class Likes:
    """Kinds of page that may be liked and that may never be."""

    allowed: tuple[str, ...]
    forbidden: tuple[str, ...]


Value = bool | int | str | tuple[str, ...] | tuple[Role, ...] | Time | Holders | Likes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Cited):
    """The guideline (or the law) says so."""

    key: str
    value: Value
    who: tuple[Role, ...] = ()
    scope: Scope = ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpresslyNone(Cited):
    """The guideline says that there is no such duty."""

    key: str
    who: tuple[Role, ...] = ()
    scope: Scope = ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStated:
    """The guideline is silent: nothing falls due."""

    key: str


Rule = Stated | ExpresslyNone | NotStated


# --- forms -----------------------------------------------------------------------------------

FieldKind = Literal[
    "text",
    "long_text",
    "url",
    "choice",
    "choices",
    "unit",
    "persons",
    "goals",
    "interval",
    "hours",
    "number",
    "yes_no_reason",
    "confirm",
    "note",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Cited):
    """One question of a form or of a step.

    `minimum`/`maximum`: persons or goals asked for, or the bounds of a number (hours per week).
    `not_looser_than`: the rule whose cadence the answered interval may not fall short of; an
    answer that does is refused with that rule's clause.
    `stands_for`: which fact of the channel or plan the answer is (`vocabulary.FACTS`), so that
    code finds the administrators of any policy's form; empty for an answer that is only kept.
    """

    key: str
    number: str = ""
    label: str
    hint: str = ""
    kind: FieldKind
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    topic: str = ""
    not_looser_than: str = ""
    stands_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Cited):
    """`kind` is a plan kind for the form `plan`, else what the form is about."""

    key: str
    kind: str
    title: str
    instruction: str = ""
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """The field of that key. Raises KeyError."""
        for each in self.fields:
            if each.key == key:
                return each
        raise KeyError(key)

    def standing_for(self, fact: str) -> Field | None:
        """The field whose answer is that fact (`administrators`, `check_interval` …)."""
        return next((each for each in self.fields if each.stands_for == fact), None)


# --- approval --------------------------------------------------------------------------------

Phase = Literal["plan", "account"]
Signature = Literal["signed", "written"]
StepKind = Literal[
    "self_check",
    "consult",
    "notify",
    "approve",
    "create",
    "appoint",
    "hand_over",
    "register",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who takes a step: the applicant, or whoever holds one of the roles.

    A role on a unit is sought on the plan's unit, then upwards; a central role (`CENTRAL_ROLES`)
    on the municipality; for a body (`BODIES`) somebody records its decision with the reference.
    """

    roles: tuple[Role, ...] = ()
    applicant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Cited):
    """One step on the way from idea to open channel.

    `phase` `plan` comes before the plan is approved, `account` after: what is done with the new
    account. `checks` (`vocabulary.CHECKS`) must hold before the step can be taken. `decision`:
    counts as one of the approvals. `not_applicable_if_same_person_as`: the step is declared not
    applicable, with a reason, when its actor is the actor of that step; never passed silently.
    The actor of a `notify` is whoever is told; `automatic`: the notice itself is the whole step.
    """

    key: str
    kind: StepKind
    phase: Phase
    actor: Actor
    consulted: tuple[Role, ...] = ()
    title: str
    button: str
    waiting: str
    done: str
    fields: tuple[Field, ...] = ()
    checks: tuple[str, ...] = ()
    may_return: bool = False
    may_reject: bool = False
    decision: bool = False
    automatic: bool = False
    signature: Signature | None = None
    different_person_from: tuple[str, ...] = ()
    not_applicable_if_same_person_as: str = ""


# --- removal, texts, information ---------------------------------------------------------------

Status = Literal["mandatory", "permitted", "refused", "refer"]
Ground = Literal["statute", "house_rule", "gdpr", "secrecy", "guideline"]
Evidence = Literal["store", "describe_only"]
TextUse = Literal["visitor_information", "reply", "notice"]
GuidanceUse = Literal["private_use", "tone", "records", "general"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Cited):
    """A kind of content and what may or must be done with it.

    `status`: mandatory (must be removed), permitted (may be), refused (may not be), refer.
    `must_be_obvious`: the duty holds only for what is obviously so; the screen asks.
    `evidence` `describe_only`: nothing is stored, only described.
    """

    code: str
    label: str
    definition: str = ""
    status: Status
    ground: Ground
    statute: str = ""
    must_be_obvious: bool = False
    evidence: Evidence = "store"
    notice: str = ""
    diarise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The action model in one place; each part is also a rule with its citation."""

    default: Rule
    ladder: Rule
    close_requires: Rule
    police_report: Rule
    categories: tuple[Category, ...]

    def category(self, code: str) -> Category:
        """The category of that code. Raises KeyError."""
        for each in self.categories:
            if each.code == code:
                return each
        raise KeyError(code)

    @property
    def must_before_closing(self) -> tuple[str, ...]:
        """What a removal case needs before it can be closed (`diary_number` …)."""
        if isinstance(self.close_requires, Stated) and isinstance(self.close_requires.value, tuple):
            return tuple(str(each) for each in self.close_requires.value)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Cited):
    """A text the guideline prescribes, word for word. `unset` says why there is none yet."""

    key: str
    version: int = 1
    use: TextUse
    text: str = ""
    unset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorItem(Cited):
    """Something visitors must be able to see on the channel; `text` names a prescribed text."""

    key: str
    label: str
    text: str = ""
    where_possible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance(Cited):
    """A page of advice: conduct that no system can check."""

    key: str
    title: str
    use: GuidanceUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Ours, or from good practice: shown labelled as such beside a rule, never due."""

    key: str
    about: str
    says: str
    why: str
    law: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LawDuty:
    """A duty from an act, not from the guideline; screens mark it as law. Shared by a country."""

    id: str
    source: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act the guideline lists, and what applies instead today."""

    name: str
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Cited):
    """Something the document itself leaves open; raised as a task for its owner, never invented."""

    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline(Cited):
    """The document, with what it says of itself; empty or None where it does not."""

    title: str
    short: str
    document_type: str = ""
    adopted_by: str = ""
    decision: str = ""
    adopted_on: date | None = None
    revised_on: date | None = None
    in_force_from: date | None = None
    legal_basis: str = ""
    applies_to: str = ""
    related: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    acts: tuple[Act, ...] = ()
    acts_cited: Cited | None = None


# --- routine -----------------------------------------------------------------------------------

Side = Literal["before", "after"]
OffsetUnit = Literal["working days", "days", "hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell `who` so much `before` or `after` the moment the duty is due.

    `duty_holder` is whoever owes it: the responsible person, the actor of the waiting step …
    """

    side: Side
    count: int
    unit: OffsetUnit
    who: Role | Literal["duty_holder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """Our routine beside the rules; it has no clause because the guideline says nothing of it.

    `window_days`: so long before the end of the period a snapshot counts for it.
    `change_days`: so long before (or, for `at`, after) a major change a snapshot counts for it.
    `give_days`: working days after which a step or a duty without a moment in the guideline is
    reminded of; it makes nothing fall due.
    `times_per_day`: checks while a crisis period is open.
    `quiet_from`/`quiet_to`: no mail between these times of day (`HH:MM`), local time.
    """

    key: str
    says: str
    tell: tuple[Tell, ...] = ()
    window_days: int | None = None
    change_days: int | None = None
    give_days: int | None = None
    times_per_day: int | None = None
    quiet_from: str = ""
    quiet_to: str = ""


# --- the whole ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One numbered demand of the guideline: how strong, and which capabilities meet it."""

    id: str
    strength: Strength
    capabilities: tuple[str, ...]
    guidance_only_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of one municipality's policy. Equal files give equal policies."""

    name: str
    locale: str
    jurisdiction: str
    guideline: Guideline
    clauses: tuple[str, ...]
    requirements: Mapping[str, Requirement]
    rules: Mapping[str, tuple[Stated | ExpresslyNone, ...]]
    silent: frozenset[str]
    steps: tuple[Step, ...]
    forms: Mapping[str, Form]
    categories: tuple[Category, ...]
    texts: Mapping[str, Text]
    visitor_information: tuple[VisitorItem, ...]
    guidance: tuple[Guidance, ...]
    recommendations: tuple[Recommendation, ...]
    law: Mapping[str, LawDuty]
    routine: Mapping[str, Routine]

    def rule(self, key: str, scope: Scope = ANYWHERE) -> Rule:
        """What the policy says of a key, in a scope; the most specific rule wins.

        Raises KeyError for a key that is not in the vocabulary: a typing error, not silence.
        """
        if key in self.silent:
            return NotStated(key=key)
        fitting = [each for each in self.rules[key] if each.scope.contains(scope)]
        return max(fitting, key=lambda each: len(each.scope.pairs()), default=NotStated(key=key))

    def value(self, key: str, kind: type[T], scope: Scope = ANYWHERE) -> T | None:
        """The stated value, or None where the policy states none.

        Raises KeyError for an unknown key and TypeError if the vocabulary gives another type.
        """
        rule = self.rule(key, scope)
        if not isinstance(rule, Stated):
            return None
        if not isinstance(rule.value, kind) or (kind is int and isinstance(rule.value, bool)):
            raise TypeError(f"{key} holds {type(rule.value).__name__}, not {kind.__name__}.")
        return rule.value

    def step(self, key: str) -> Step:
        """The step of that key. Raises KeyError."""
        for each in self.steps:
            if each.key == key:
                return each
        raise KeyError(key)

    def steps_in(self, phase: Phase) -> tuple[Step, ...]:
        """The steps before the plan is approved, or those taken with the new account."""
        return tuple(step for step in self.steps if step.phase == phase)

    def form(self, key: str) -> Form:
        """The form of that key; every policy has `plan`. Raises KeyError."""
        return self.forms[key]

    def text(self, key: str) -> Text:
        """The prescribed text of that key. Raises KeyError."""
        return self.texts[key]

    @property
    def removal(self) -> Removal:
        """The moderation rules gathered."""
        return Removal(
            default=self.rule("removal.default"),
            ladder=self.rule("removal.ladder"),
            close_requires=self.rule("removal.close_requires"),
            police_report=self.rule("removal.police_report"),
            categories=self.categories,
        )
