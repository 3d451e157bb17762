"""A small duty for the tests of the engine: a unit is looked at once a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from governance.models import Municipality, Obligation, PolicyVersion, Unit
from governance.obligations import Duty, Ground, Plan, register
from governance.obligations.registry import _duties
from governance.policy.in_force import policy_for
from governance.policy.times import TimesPerDay
from governance.policy.types import Stated
from governance.roles import Role
from governance.working_time import Calendar, day_periods
from tests.town import LONG_AGO, POLICIES, adopt_text

LADDER = """
[[routine.check_in.tell]]
before = "3 hours"
who = "duty_holder"
[[routine.check_in.tell]]
after = "0 days"
who = "operations_manager"
[[routine.check_in.tell]]
after = "1 working day"
who = "sector_head"
"""


def vargarda_with(ladder: str = LADDER, *, quiet: bool = False) -> str:
    """Vårgårda's policy with another routine for the daily check, and mail at any hour."""
    text = (POLICIES / "vargarda.toml").read_text()
    text = re.sub(r"\[routine\.check_in\].*?(?=\n\[)", "", text, flags=re.DOTALL)
    if not quiet:
        text = re.sub(r"\[routine\.mail\].*?(?=\n\[)", "", text, flags=re.DOTALL)
    return f'{text}\n[routine.check_in]\nsays = "Vår rutin."\n{ladder}'


def adopt_ladder(
    place: Municipality,
    ladder: str = LADDER,
    *,
    number: int = 2,
    in_force_from: date = date(2020, 1, 2),
    quiet: bool = False,
) -> PolicyVersion:
    """Vårgårda's policy with that ladder, in force from the day."""
    return adopt_text(
        place, vargarda_with(ladder, quiet=quiet), number=number, in_force_from=in_force_from
    )


def plan(unit: Unit, now: datetime, **other: object) -> Plan:
    """Today's look at the unit, under the policy's rule for monitoring."""
    calendar = Calendar.of(unit.municipality)
    (period,) = day_periods(TimesPerDay(times=1), calendar.day_of(now), calendar)
    rule = policy_for(unit, now).rule("monitoring.interval")
    values: dict[str, object] = {
        "duty": "check_in",
        "subject": unit,
        "unit": unit,
        "who": Role.OPERATIONS_MANAGER,
        "period": period.key,
        "due": period.due,
        "rule": rule if isinstance(rule, Stated) else None,
        "path": f"/units/{unit.pk}/look/",
    }
    return Plan(**(values | other))  # type: ignore[arg-type]


def looks(municipality: Municipality, now: datetime) -> list[Plan]:
    """Every unit is looked at every day where the policy states how often, and not otherwise."""
    if not isinstance(policy_for(municipality, now).rule("monitoring.interval"), Stated):
        return []
    units = municipality.units.filter(kind=Unit.Kind.UNIT).select_related("municipality")
    return [plan(unit, now) for unit in units]


def look_again(row: Obligation, ground: Ground, _now: datetime) -> Plan | None:
    """The plan for an open row; none where the policy has become silent."""
    assert isinstance(row.subject, Unit)
    if not isinstance(ground.in_force.rule("monitoring.interval"), Stated):
        return None
    return plan(row.subject, row.opened_at)


LOOK = Duty(key="check_in", label="Look at the unit", opener=looks, plan_again=look_again)


@contextmanager
def only(*these: Duty) -> Iterator[None]:
    """The engine knows these duties and no others until the end."""
    before = dict(_duties)
    _duties.clear()
    for duty in these:
        register(duty)
    try:
        yield
    finally:
        _duties.clear()
        _duties.update(before)


__all__ = ["LADDER", "LONG_AGO", "LOOK", "adopt_ladder", "look_again", "looks", "only", "plan"]
