"""The duties that the apps have registered: what the engine knows of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from governance.models import Municipality, Obligation, Unit, User
from governance.roles import Role
from governance.working_time import NOT_DUE, Due

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from governance.obligations.ground import Ground
    from governance.policy.types import Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One obligation to be opened: `who` owes `duty` about `subject`, once for `period`.

    `rule` is what it stands on (a rule, step or field of the policy): clause, summary, strength
    and requirements are taken from it. `label` and `path` are `str(subject)` and the duty's
    address unless given. `blocks`: the subject cannot be closed before it is met. `since`: from
    when it is owed, where it may be opened later than that, as after an outage.
    """

    duty: str
    subject: Model
    unit: Unit
    who: Role
    period: str = ""
    due: Due = NOT_DUE
    rule: Cited | None = None
    label: str = ""
    path: str = ""
    blocks: bool = False
    since: datetime | None = None


Opener = Callable[[Municipality, datetime], Iterable[Plan]]
WaitsFor = Callable[[User, datetime], Q]
People = Callable[[Collection[int], Role, datetime], Mapping[int, list[User]]]
PlanAgain = Callable[[Obligation, "Ground", datetime], Plan | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A kind of obligation, as the app that owns it describes it to the engine.

    - `label`: what is to be done, as a heading: "Look at the channel".
    - `act`: the word on the button that leads there: "Sign", "Hand over"; "Open" unless given.
    - `where`: the name of the address that meets it; the subject's key is its argument.
    - `opener`: the plans that the policy asks for in a municipality at a moment. It may name what
      is open already; it should not grow with what is not due. None: opened by acts alone.
    - `waits_for`: which obligations of this duty wait for a person. Unless given, those whose
      role the person holds on the unit by appointment.
    - `people`: who holds a role *on the subjects* (editor, substitute …), by the subjects' keys;
      roles on units the engine finds itself. The engine puts in deputies for the absent.
    - `plan_again`: the plan for an open row on a ground, that is by the policy now in force and
      the calendars as they are, or None where these no longer ask for it. What else it needs to
      know it asks for many rows at once (`Ground.once`). Unless given, a row keeps its due moment.
    - `waivable`: whether somebody above may say, with a reason, that one of them need not be done.
      Not for a step that an approval waits for, nor for what closing or the law depends on.
    - `of_its_day`: what is missed when its day is over stays missed; another day has its own.
    - `routine`: under which `[routine.…]` of the policy file its ladder stands; the key by default.
    """

    key: str
    label: str | _StrPromise
    act: str | _StrPromise = ""
    where: str = ""
    opener: Opener | None = None
    waits_for: WaitsFor | None = None
    people: People | None = None
    plan_again: PlanAgain | None = None
    waivable: bool = False
    of_its_day: bool = False
    routine: str = ""

    @property
    def routine_key(self) -> str:
        return self.routine or self.key


_duties: dict[str, Duty] = {}
_subjects: dict[type[Model], QuerySet[Any]] = {}


def register(duty: Duty) -> None:
    """Make a duty known, once, in `AppConfig.ready()`. Raises ValueError for a key taken."""
    if duty.key in _duties and _duties[duty.key] != duty:
        raise ValueError(f"There is already a duty called {duty.key}.")
    _duties[duty.key] = duty


def lead_to(key: str, where: str) -> None:
    """Meet a lower app's duty at an address of the calling app. For `AppConfig.ready()`."""
    _duties[key] = replace(_duties[key], where=where)


def read_subjects_as(rows: QuerySet[Any]) -> None:
    """Let subjects of that kind come as these rows do where what is owed of them is planned again:
    with the relations that planning reads. For `AppConfig.ready()`.
    """
    _subjects[rows.model] = rows


def subjects() -> list[QuerySet[Any]]:
    """How the subjects come of which an app has said so."""
    return list(_subjects.values())


def by_turn(plans: Iterable[Plan]) -> dict[tuple[int, str], Plan]:
    """Plans of one duty by their subject (its key) and period."""
    return {(plan.subject.pk, plan.period): plan for plan in plans}


def duty_of(key: str) -> Duty:
    """The duty of that key. Raises KeyError for one that no app has registered."""
    return _duties[key]


def duties() -> list[Duty]:
    """Every duty, in the order of registration."""
    return list(_duties.values())


def act_of(key: str) -> str:
    """The word on the button that leads to where the duty is met."""
    return str(_duties[key].act if key in _duties else "") or _("Open")


def label_of(key: str) -> str:
    """What is to be done, in the language of the moment. An open row may outlive its duty's code:
    then its key stands in.
    """
    return str(_duties[key].label) if key in _duties else key
