"""The library's approved plan, and a change of it that Cleo or Dag writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels.actions.planning import save_draft, start_plan_of, submit_plan
from channels.models import Channel, Plan
from governance.models import User
from tests.plans_of_town import anna_approves, answers, fresh, sten_approves
from tests.town import NOW, Town, later

WEEK = later(NOW, days=7)


def changed(
    channel: Channel, town: Town, *, by: User, now: datetime = WEEK, **changes: Any
) -> Plan:
    """A draft of a changed plan with these answers other than in `answers`."""
    plan = start_plan_of(channel, by=by, now=now)
    return save_draft(
        plan, answers=answers(town, **changes), revision=plan.revision, by=by, now=now
    )


def changed_and_submitted(
    channel: Channel, town: Town, *, now: datetime = WEEK, **changes: Any
) -> Plan:
    """The change as Cleo submits it."""
    plan = changed(channel, town, by=town.cleo, now=now, **changes)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=now)
    return fresh(plan)


def both_approve(plan: Plan, town: Town, *, now: datetime = WEEK) -> Plan:
    """Anna and Sten approve it."""
    return sten_approves(anna_approves(plan, town, now=now), town, now=now)
