"""Which steps could never be taken in the order in which they stand."""

from collections.abc import Iterator

from governance.policy.faults import Faults
from governance.policy.types import Step

_NEED_AN_ACCOUNT = frozenset({"create", "hand_over", "register"})
_SHOW_AN_ACCOUNT = frozenset({"hand_over", "register"})
#: What several can do together. The rest is done by somebody.
_IN_MEETING = frozenset({"approve", "consult"})


def refuse_impossible_order(steps: tuple[Step, ...], faults: Faults) -> None:
    """Add a fault for every step that cannot stand where it does."""
    for number, step in enumerate(steps):
        for name, reason in (*_by_itself(step), *_after(step, steps[:number])):
            faults.add(f"step[{number + 1}].{name}", reason)
        if step.not_applicable_if_same_person_as and (reason := _never_needless(step, steps)):
            faults.add(f"step[{number + 1}].not_applicable_if_same_person_as", reason)
    if not any(step.decision for step in steps):
        faults.add("step", "no step is a decision: nobody would approve the plan.")


def _never_needless(step: Step, steps: tuple[Step, ...]) -> str:
    """Why no other step can make this one needless as the file says; empty where one can."""
    key = step.not_applicable_if_same_person_as
    other = next((each for each in steps if each.key == key and each is not step), None)
    if other is None:
        return f"no step is called “{key}”."
    if step.actor.in_meeting or other.actor.in_meeting:
        return "a group or board is never the same person as somebody."
    if step.kind == "approve" and other.kind != "approve":
        return f"“{key}” is no approval, so nobody would approve in this one's stead."
    if _leads_back(step, steps):
        return f"“{key}” leads back here: one person in all of them would approve in none."
    return ""


def _leads_back(step: Step, steps: tuple[Step, ...]) -> bool:
    """Whether the steps that make each other needless, from this one on, go round in a circle."""
    needs = {each.key: each.not_applicable_if_same_person_as for each in steps}
    seen, key = {step.key}, needs[step.key]
    while key and key not in seen:
        seen.add(key)
        key = needs.get(key, "")
    return bool(key)


def _by_itself(step: Step) -> Iterator[tuple[str, str]]:
    """What is wrong with a step wherever it stands."""
    if step.phase == "plan" and step.kind in _NEED_AN_ACCOUNT:
        yield "phase", f"“{step.kind}” needs an account: its phase is account."
    if step.kind == "approve" and step.actor.applicant:
        yield "actor", "nobody approves their own."
    if step.kind == "self_check" and not step.actor.applicant:
        yield "actor", "a self-check is the applicant's own: its actor is applicant."
    if step.kind == "self_check" and not step.fields:
        yield "field", "a self-check asks something: give it a question."
    if step.actor.in_meeting and (step.kind not in _IN_MEETING or step.phase != "plan"):
        yield "actor", "a group or board approves or is consulted, while the plan is a plan."
    if step.decision and step.kind != "approve":
        yield "decision", "only an approval is a decision."
    if step.automatic and step.kind != "notify":
        yield "automatic", "only a notice takes care of itself."
    if step.fields and step.kind == "notify":
        yield "field", "a notice asks its receiver nothing; use consult."


def _after(step: Step, earlier: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with a step after those before it."""
    kinds = {each.kind for each in earlier}
    keys = {each.key for each in earlier}
    if step.key in keys:
        yield "key", f"two steps are called “{step.key}”."
    if step.phase == "plan" and any(each.phase == "account" for each in earlier):
        yield "phase", "a step of the plan cannot follow a step with the account."
    if step.kind == "approve" and kinds & _NEED_AN_ACCOUNT:
        yield "kind", "an approval cannot come after the account is made or shown."
    if step.kind == "create" and kinds & _SHOW_AN_ACCOUNT:
        yield "kind", "an account cannot be handed over or shown before it exists."
    for other in step.different_person_from:
        if other not in keys:
            yield "different_person_from", f"no earlier step is called “{other}”."
