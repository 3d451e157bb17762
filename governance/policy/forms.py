"""Reads the forms, the groups, the steps and their questions."""

from collections.abc import Mapping
from typing import get_args

from governance.policy.rules import Rules
from governance.policy.table import ROLES, Table
from governance.policy.types import (
    Actor,
    Field,
    FieldKind,
    Form,
    Group,
    Phase,
    Signature,
    Stated,
    Step,
    StepKind,
)
from governance.policy.vocabulary import CHECKS, FACTS, PLAN_KINDS, PLATFORMS, WATCHING_HOURS
from governance.roles import BODIES, Role

_FIELD_KINDS: tuple[FieldKind, ...] = get_args(FieldKind)
_STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
_PHASES: tuple[Phase, ...] = get_args(Phase)
_SIGNATURES: tuple[Signature, ...] = get_args(Signature)
_APPLICANT = "applicant"


def read_forms(file: Table, rules: Rules) -> dict[str, Form]:
    """The forms by key; there must be one called `plan`."""
    forms = {key: _form(key, table, rules) for key, table in file.named_tables("form")}
    if "plan" not in forms:
        file.fault("form.plan", "is missing: every policy has a plan, however short.")
    return forms


def _form(key: str, table: Table, rules: Rules) -> Form:
    citation = table.citation(says_required=False)
    kind = table.word("kind", PLAN_KINDS, "plan kind") if key == "plan" else table.text("kind")
    form = Form(
        key=key,
        kind=kind or key,
        title=table.text("title", required=True),
        instruction=table.text("instruction"),
        fields=_fields(table, citation["clauses"], rules),
        **citation,
    )
    if not form.fields:
        table.fault("field", "is missing: a form has at least one question.")
    table.done(("kind", "title", "instruction", "field"))
    return form


def _fields(owner: Table, clauses: tuple[str, ...], rules: Rules) -> tuple[Field, ...]:
    fields = tuple(_field(table, clauses, rules) for table in owner.tables("field"))
    keys = [field.key for field in fields]
    for key in {key for key in keys if keys.count(key) > 1}:
        owner.fault("field", f"two questions are called “{key}”.")
    facts = [field.stands_for for field in fields if field.stands_for]
    for fact in {fact for fact in facts if facts.count(fact) > 1}:
        owner.fault("field", f"two questions stand for “{fact}”.")
    return fields


def _field(table: Table, clauses: tuple[str, ...], rules: Rules) -> Field:
    kind = table.word("kind", _FIELD_KINDS, "kind of question")
    field = Field(
        key=table.text("key", required=True),
        number=table.text("number"),
        label=table.text("label", required=True),
        hint=table.text("hint"),
        kind=kind,
        required=table.flag("required"),
        minimum=_bound(table, "minimum", rules),
        maximum=_bound(table, "maximum", rules),
        choices=_choices(table, kind),
        topic=table.text("topic"),
        not_looser_than=_cadence_key(table, rules),
        stands_for=table.word("stands_for", FACTS, "fact", ""),
        **table.citation(says_required=False, inherits=clauses),
    )
    if field.maximum is not None and (field.minimum or 0) > field.maximum:
        table.fault("minimum", "is greater than the maximum.")
    table.done(("key", "number", "label", "hint", "kind", "required", "minimum", "maximum"))
    if field.stands_for:
        _refuse_another_fact(table, field)
    return field


def _refuse_another_fact(table: Table, field: Field) -> None:
    """A question that stands for a fact asks so that code can use the answer."""
    kinds = FACTS[field.stands_for].kinds
    if field.kind not in kinds:
        table.fault("kind", f"must be {' or '.join(kinds)} to stand for “{field.stands_for}”.")
    known = {"watching_hours": WATCHING_HOURS, "platform": PLATFORMS}.get(field.stands_for)
    if known is None:
        return
    for choice in field.choices:
        if choice not in known:
            table.faults.unknown(table.at("choices"), choice, known, "choice here")
    if field.stands_for == "watching_hours" and len(field.choices) < len(WATCHING_HOURS):
        table.fault("choices", f"must be {' and '.join(WATCHING_HOURS)}.")


def _choices(table: Table, kind: FieldKind) -> dict[str, str]:
    choices = table.table("choices")
    found = {key: choices.text(key, required=True) for key in list(choices.left())}
    if (kind in ("choice", "choices")) != bool(found):
        table.fault("choices", "belong to the kinds choice and choices, which must have them.")
    return found


def _bound(table: Table, name: str, rules: Rules) -> int | None:
    """A number, or the key of a rule whose number it is."""
    raw = table.raw(name)
    if raw is None or (isinstance(raw, int) and not isinstance(raw, bool)):
        return raw
    for rule in rules.get(raw, ()) if isinstance(raw, str) else ():
        if isinstance(rule, Stated) and isinstance(rule.value, int):
            return rule.value
    table.fault(name, f"must be a whole number or the key of a rule that states one, not {raw!r}.")
    return None


def _cadence_key(table: Table, rules: Rules) -> str:
    key = table.text("not_looser_than")
    if key and not any(isinstance(rule, Stated) for rule in rules.get(key, ())):
        table.fault("not_looser_than", f"“{key}” is no rule that this file states.")
    return key


def read_groups(file: Table) -> dict[str, Group]:
    """The groups by key, each with the name that people know it by."""
    groups = {}
    for key, table in file.named_tables("group"):
        if key in (*Role, _APPLICANT):
            table.fault("", f"cannot be called “{key}”: that is a word for an actor already.")
        groups[key] = Group(key=key, name=table.text("name", required=True))
        table.done(("name",))
    return groups


def read_steps(file: Table, rules: Rules, groups: Mapping[str, Group]) -> tuple[Step, ...]:
    """The steps in order."""
    return tuple(_step(table, rules, groups) for table in file.tables("step"))


def _step(table: Table, rules: Rules, groups: Mapping[str, Group]) -> Step:
    citation = table.citation(says_required=True)
    step = Step(
        key=table.text("key", required=True),
        kind=table.word("kind", _STEP_KINDS, "kind of step"),
        phase=table.word("phase", _PHASES, "phase"),
        actor=_actor(table, groups),
        consulted=table.roles("consulted"),
        title=table.text("title", required=True),
        button=table.text("button", required=True),
        waiting=table.text("waiting", required=True),
        done=table.text("done", required=True),
        fields=_fields(table, citation["clauses"], rules),
        checks=table.words("checks", CHECKS, "check"),
        may_return=table.flag("may_return"),
        may_reject=table.flag("may_reject"),
        decision=table.flag("decision"),
        automatic=table.flag("automatic"),
        signature=(
            table.word("signature", _SIGNATURES, "signature") if table.has("signature") else None
        ),
        different_person_from=table.texts("different_person_from"),
        not_applicable_if_same_person_as=table.text("not_applicable_if_same_person_as"),
        **citation,
    )
    table.done(("key", "kind", "phase", "actor", "consulted", "title", "button", "checks"))
    return step


def _actor(table: Table, groups: Mapping[str, Group]) -> Actor:
    """The applicant or a group alone, or the roles."""
    words = table.words(
        "actor", (*ROLES, _APPLICANT, *groups), "role or group" if groups else "role"
    )
    alone = [word for word in words if word not in ROLES or ROLES[word] in BODIES]
    if not words or (alone and len(words) > 1):
        table.fault(
            "actor",
            "must be applicant, a group or board alone, or a role or roles of which one takes "
            "the step.",
        )
    if words and words[0] in groups:
        return Actor(roles=(Role.GROUP_MEMBER,), group=groups[words[0]])
    return Actor(
        roles=tuple(ROLES[word] for word in words if word in ROLES),
        applicant=_APPLICANT in words,
    )
