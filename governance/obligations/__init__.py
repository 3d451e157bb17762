"""The engine for everything owed: someone owes something by a time, and others hear if it is late.

Upper apps register their duties when they start and open and meet obligations by calling down:

    register(Duty(key="check_in", label=_("Look at the channel"), where="moderation:check_in",
                  opener=plan_check_ins, waits_for=channels_of, people=people_of_channels))
    open_obligations([Plan(duty="check_in", subject=channel, unit=channel.unit,
                           who=Role.RESPONSIBLE_PERSON, period=period.key, due=period.due,
                           rule=rule)], now=now)
    meet(Owed("check_in", channel, period.key), by=cleo, now=now)
    if blocking_open(channel).exists(): ...

The engine knows rows, times and ladders; not comments or snapshots. docs/deadlines.md tells it
to people.
"""

from governance.obligations.ground import Ground
from governance.obligations.meeting import Owed, meet, meet_open, waive, waive_all
from governance.obligations.opening import open_due, open_obligations
from governance.obligations.reading import (
    blocking_open,
    by_appointment,
    missed_for_good,
    waiting_for,
)
from governance.obligations.registry import (
    Duty,
    Plan,
    act_of,
    by_turn,
    duties,
    duty_of,
    label_of,
    lead_to,
    read_subjects_as,
    register,
)
from governance.obligations.replanning import (
    follow_calendar,
    plan_anew,
    replan,
    replan_everywhere,
)
from governance.obligations.snoozing import put_off
from governance.obligations.sweep import advance_due

__all__ = [
    "Duty",
    "Ground",
    "Owed",
    "Plan",
    "act_of",
    "advance_due",
    "blocking_open",
    "by_appointment",
    "by_turn",
    "duties",
    "duty_of",
    "follow_calendar",
    "label_of",
    "lead_to",
    "meet",
    "meet_open",
    "missed_for_good",
    "open_due",
    "open_obligations",
    "plan_anew",
    "put_off",
    "read_subjects_as",
    "register",
    "replan",
    "replan_everywhere",
    "waiting_for",
    "waive",
    "waive_all",
]
