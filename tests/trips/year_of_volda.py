"""What a year under Volda's guideline asks for: nothing that comes round again.

It gives no cadence for checks, replies, snapshots or logins (A.9 #32), lets comments go without an
answer (VOL-16, A.9 #38), and its routine has nothing of crises and rests. The clock is Norway's.
"""

from __future__ import annotations

from tests.governance.slow_clock import SlowClock
from tests.trips.year import Year

YEAR = Year(
    policy="volda",
    clock=SlowClock("NO", "Europe/Oslo"),
    second="editor",
    ladders={},
)
