"""What a channel's plan promises, held beside practice: lines of the table on the channel's page.

Upper apps that count something add how it goes, in `AppConfig.ready()`:

    promises.add(promises.Planned("check_interval", _("Looks"), practice=looks))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.answers import words
from channels.goals import standings
from channels.models import Channel
from channels.page import Practice, PromiseRow, Words
from channels.steps import plan_of
from governance.policy.in_force import policy_of
from governance.policy.types import Field


@dataclass(frozen=True)
class Planned:
    """A fact of the plan that the page holds beside practice.

    `practice` tells how it goes; without one the page says that nothing counts it.
    """

    fact: str
    label: Words
    practice: Callable[[Channel, datetime], Practice | None] | None = None


_planned: dict[str, Planned] = {
    each.fact: each
    for each in (
        Planned("check_interval", gettext_lazy("Looks, by the plan")),
        Planned("publishing_interval", gettext_lazy("Publishing, by the plan")),
    )
}


def add(planned: Planned) -> None:
    """Hold one more answer of the plan beside practice, or tell how one of ours goes."""
    _planned[planned.fact] = planned


def plan_rows(channel: Channel, now: datetime) -> list[PromiseRow]:
    """What the plan in force promises, the goals last; empty where no plan was approved."""
    plan = plan_of(channel)
    version = plan.current if plan else None
    if version is None:
        return []
    form, answers = policy_of(version.policy).form("plan"), version.answers
    rows = []
    for planned in _planned.values():
        field = form.standing_for(planned.fact)
        said = words(field, answers.get(field.key)) if field else []
        if field and said:
            practice = planned.practice(channel, now) if planned.practice else None
            promise = " ".join(said)
            rows.append(_row(planned.label, field, promise, practice or _uncounted()))
    return [*rows, *_goals(channel, form.standing_for("goals"), now)]


def _row(label: Words, field: Field | None, promise: str, practice: Practice) -> PromiseRow:
    return PromiseRow(label, _place(field), promise, practice, None, in_plan=True)


def _place(field: Field | None) -> str:
    """Where in the plan it stands."""
    if field is None or not field.number:
        return _("the plan")
    return _("the plan, question %(number)s") % {"number": field.number}


def _uncounted() -> Practice:
    return Practice(_("Nothing here counts it"), "none", _("Not counted"))


def _goals(channel: Channel, field: Field | None, now: datetime) -> Iterator[PromiseRow]:
    for standing in standings(channel, now):
        yield PromiseRow(
            standing.goal.text,
            _place(field),
            standing.promise,
            Practice(standing.came_to, standing.state, standing.state_words),
            None,
            url=reverse("channels:goal", args=[standing.follow_up.pk]),
            in_plan=True,
        )
