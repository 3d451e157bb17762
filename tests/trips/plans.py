"""The form of any policy's plan, filled in as a person would."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from channels.models import Plan
from channels.views.writing import plan_form
from governance.models import User
from governance.policy.in_force import policy_for
from tests.channels.filling import filled


def filled_plan(plan: Plan, *people: User, **changes: Any) -> dict[str, Any]:
    """What a browser sends when every question of the plan is answered; named are the people."""
    form = policy_for(plan.unit, timezone.now()).form("plan")
    return {**filled(form, plan.unit, *people), **changes}


def answers_of(plan: Plan, *people: User, **changes: Any) -> dict[str, Any]:
    """The same as answers, for the verb."""
    data = QueryDict(mutable=True)
    for name, value in filled_plan(plan, *people, **changes).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    form = plan_form(plan, plan.author, timezone.now(), data=data)
    assert form.is_valid(), form.errors
    return form.answers()
