"""What a year under Volda's guideline asks for: nothing that comes round again.

It gives no cadence for checks, replies, snapshots or logins (A.9 #32), lets comments go without an
answer (VOL-16, A.9 #38), and its routine has nothing of crises and rests. What is followed up is a
goal to which the assessment gave a day (VOL-04). The clock is Norway's.
"""

from __future__ import annotations

from datetime import date

from tests.governance.slow_clock import SlowClock
from tests.trips.year import LIBRARY, NEW, Done, Goal, Year, on

YEAR = Year(
    policy="volda",
    clock=SlowClock("NO", "Europe/Oslo"),
    second="editor",
    ladders={
        "goals": (
            ("before", 7, "days", "duty_holder"),
            ("after", 5, "working days", "duty_holder"),
            ("after", 10, "working days", "information_officer"),
        ),
    },
    goals=(
        Goal("Nå fleire unge", LIBRARY, date(2027, 12, 1), due=on(1, 21)),
        # to this one the assessment gave no day
        Goal("Svare raskare", NEW, on(1, 17)),
    ),
    done=(Done("goals", "Nå fleire unge", on(2, 7)),),
)
