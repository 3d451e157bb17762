"""Which steps could never be taken in the order in which they stand."""

from collections.abc import Iterator

from governance.policy.faults import Faults
from governance.policy.types import Step

_NEED_AN_ACCOUNT = frozenset({"create", "hand_over", "register"})
_SHOW_AN_ACCOUNT = frozenset({"hand_over", "register"})


def refuse_impossible_order(steps: tuple[Step, ...], faults: Faults) -> None:
    """Add a fault for every step that cannot stand where it does."""
    for number, step in enumerate(steps):
        for name, reason in (*_by_itself(step), *_after(step, steps[:number])):
            faults.add(f"step[{number + 1}].{name}", reason)
        other = step.not_applicable_if_same_person_as
        if other and other not in {each.key for each in steps if each is not step}:
            faults.add(
                f"step[{number + 1}].not_applicable_if_same_person_as",
                f"no step is called “{other}”.",
            )
    if not any(step.decision for step in steps):
        faults.add("step", "no step is a decision: nobody would approve the plan.")


def _by_itself(step: Step) -> Iterator[tuple[str, str]]:
    """What is wrong with a step wherever it stands."""
    if step.phase == "plan" and step.kind in _NEED_AN_ACCOUNT:
        yield "phase", f"“{step.kind}” needs an account: its phase is account."
    if step.kind == "approve" and step.actor.applicant:
        yield "actor", "nobody approves their own."
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
