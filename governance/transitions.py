"""States move through a table: it draws the buttons and guards the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from governance.errors import NoLongerPossible
from governance.models import Unit, User
from governance.permissions import may, require


@dataclass(frozen=True)
class Transition:
    """From which state to which, and the right it needs. No right: the action decides itself."""

    source: str
    target: str
    needs: str | None = None


Table = Mapping[str, Transition]


class HasState(Protocol):
    """What a table can move: a row with a state and a unit."""

    pk: int
    state: str

    @property
    def unit(self) -> Unit: ...


T = TypeVar("T", bound=models.Model)


def locked(thing: T) -> T:
    """The same row read again under a lock that lasts until the transaction ends.

    Its unit and municipality come with it, for whatever is done next asks for their policy.
    """
    model = type(thing)
    near = [name for name in ("municipality", "unit__municipality") if _has(model, name)]
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    return (rows.select_related(*near) if near else rows).get(pk=thing.pk)


def _has(model: type[models.Model], path: str) -> bool:
    relations = {field.name for field in model._meta.concrete_fields if field.many_to_one}
    return path.partition("__")[0] in relations


def moves_for(user: User, thing: HasState, table: Table, now: datetime) -> list[str]:
    """The verbs of the table that the person may use on the thing as it stands."""
    return [
        verb
        for verb, step in table.items()
        if step.source == thing.state
        and (step.needs is None or may(user, step.needs, thing.unit, now))
    ]


def move(thing: T, verb: str, *, table: Table, by: User, now: datetime) -> T:
    """Set the state that the verb leads to and save it. The row must be locked by the caller.

    Raises NotAllowed without the right and NoLongerPossible from another state.
    """
    step = table[verb]
    if step.needs is not None:
        require(by, step.needs, thing.unit, now=now)  # type: ignore[attr-defined]
    state: str = thing.state  # type: ignore[attr-defined]
    if state != step.source:
        label: str = thing.get_state_display()  # type: ignore[attr-defined]
        raise NoLongerPossible(_("It is already %(state)s.") % {"state": label.lower()})
    thing.state = step.target  # type: ignore[attr-defined]
    thing.save(update_fields=["state"])
    return thing
