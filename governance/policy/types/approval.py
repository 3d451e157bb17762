"""The steps on the way from idea to open channel."""

from dataclasses import dataclass
from typing import Literal

from governance.policy.types.forms import Field
from governance.policy.types.rules import Cited
from governance.roles import BODIES, Role

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
class Group:
    """A group that decides or gives its opinion in a meeting, such as a council for social media.

    Whoever is appointed to it (`Appointment.group` is its key) may act for it.
    """

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who takes a step: the applicant, whoever holds one of the roles, or a group.

    A role on a unit is sought on the plan's unit, then upwards; a central role (`CENTRAL_ROLES`)
    on the municipality. A group's role is `group_member`. For a group and for a body (`BODIES`)
    somebody records the decision with the reference of the minutes.
    """

    roles: tuple[Role, ...] = ()
    applicant: bool = False
    group: Group | None = None

    @property
    def in_meeting(self) -> bool:
        """Whether several decide together, so that the decision stands in minutes."""
        return self.group is not None or not BODIES.isdisjoint(self.roles)

    @property
    def group_key(self) -> str:
        """The group's key; empty where the actor is none."""
        return self.group.key if self.group else ""


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
