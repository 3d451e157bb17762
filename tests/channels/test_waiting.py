"""Who is shown which plans to decide on, and at what cost."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.actions.planning import submit_plan
from channels.models import Plan
from governance.obligations import waiting_for
from governance.roles import Role
from tests.plans_of_town import answers, submitted
from tests.town import NOW, Town, appoint, person


def _by_manager(town: Town, number: int) -> Plan:
    """A plan for the library by one of its managers, each a person of their own."""
    author = person(town.municipality, f"Chef {number}", "enhetschef")
    appoint(author, Role.OPERATIONS_MANAGER, town.library)
    plan = Plan.objects.create(
        municipality=town.municipality,
        unit=town.library,
        author=author,
        kind="activity_plan",
        title=f"Plan {number}",
        answers=answers(town, address=f"https://www.facebook.com/konto{number}"),
        created_at=NOW,
        saved_at=NOW,
        saved_by=author,
    )
    submit_plan(plan, revision=plan.revision, by=author, now=NOW)
    return plan


def _asked(town: Town) -> int:
    with CaptureQueriesContext(connection) as captured:
        list(waiting_for(town.sten, NOW))
    return len(captured)


def test_a_manager_s_plan_waits_for_somebody_else_however_many_there_are(town: Town) -> None:
    submitted(town)
    _by_manager(town, 1)
    few = _asked(town)
    plans = [_by_manager(town, number) for number in range(2, 7)]

    assert _asked(town) == few
    waits = {row.subject_id for row in waiting_for(town.anna, NOW).filter(duty="approval")}
    assert {plan.pk for plan in plans} <= waits
    own = waiting_for(plans[0].author, NOW).filter(duty="approval")
    assert plans[0].pk not in {row.subject_id for row in own}
