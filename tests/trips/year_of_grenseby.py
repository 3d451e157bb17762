"""What a year under Grenseby's rules asks for: what the five leave unused.

Three looks in the office's hours, rules of the guideline's own for crises and the season, a floor
of three days, a half-year that rolls, one of two holders of the login, closed days of the
municipality's own, and a clock on the wall that is Finland's beside holidays that are Norway's.
The rules stand in `tests/policies/grenseby.toml`, and are put down here by hand.
"""

from __future__ import annotations

from datetime import date

from tests.governance.slow_clock import SlowClock
from tests.trips.year import (
    NEW,
    OLD,
    Asked,
    Checkup,
    Crisis,
    Custody,
    Done,
    Knowing,
    Looks,
    Page,
    Reply,
    Rest,
    Snapshots,
    Year,
    on,
)

CLOSED = frozenset({on(1, 5), on(5, 18), on(5, 19), on(10, 30)})


CLOCK = SlowClock("NO", "Europe/Helsinki", CLOSED, 10)


def thrice(day: date) -> tuple[int, ...]:
    """At nine, noon and three, but for some; now and then only when the office has closed."""
    if not CLOCK.works(day):
        return (20,) if day.weekday() == 6 and day.day % 2 else ()
    if day.toordinal() % 9 == 0 or on(4, 8) <= day <= on(4, 20):
        return ()
    if on(6, 26) <= day <= on(7, 21):
        return (13,)
    return ((9, 12, 15), (9, 15), (9, 12, 18), (12,))[day.toordinal() % 4]


LIBRARY = Page("Ekby bibliotek", "Cleo", "Dag", thrice)

YEAR = Year(
    policy="grenseby",
    clock=CLOCK,
    second="editor",
    looks=Looks(times=3, working_days=True, office_hours=True, who="editor"),
    season=Looks(working_days=True, who="editor"),
    floor=3,
    snapshots=Snapshots(months=6, window=30, who="editor", rolling=True),
    custody=Custody(("unit_registrar",), "editor"),
    knowing=Knowing("acknowledgement", "editor", everybody=True),
    # one thing by the calendar, one by the routine alone, one so long after the last look
    checkups=(
        Checkup("visitor_information", "sender", 6, window=20),
        Checkup("visitor_information", "contact", 4, rolling=True, window=20, stated=False),
        Checkup("graphic_profile", "logotype", 2, rolling=True),
    ),
    crisis_times=4,
    pages=(LIBRARY, NEW, OLD),
    ladders={
        "check_in": (
            ("before", 1, "hours", "duty_holder"),
            ("after", 0, "hours", "responsible_person"),
            ("after", 0, "working days", "communications_officer"),
            ("after", 1, "working days", "nearest_manager"),
        ),
        "legal_floor": (
            ("before", 0, "days", "duty_holder"),
            ("after", 0, "days", "nearest_manager"),
            ("after", 2, "working days", "information_officer"),
        ),
        "crisis_check": (
            ("before", 1, "hours", "duty_holder"),
            ("after", 0, "hours", "information_officer"),
            ("after", 3, "hours", "nearest_manager"),
        ),
        "reply": (
            ("before", 6, "hours", "duty_holder"),
            ("before", 1, "working days", "responsible_person"),
            ("after", 0, "days", "nearest_manager"),
            ("after", 2, "working days", "communications_officer"),
        ),
        "visitor_information": (
            ("before", 5, "days", "duty_holder"),
            ("after", 3, "working days", "duty_holder"),
            ("after", 5, "working days", "nearest_manager"),
        ),
        "custody": (("after", 5, "working days", "nearest_manager"),),
        "acknowledgement": (
            ("after", 5, "days", "duty_holder"),
            ("after", 10, "working days", "nearest_manager"),
        ),
        "snapshot": (
            ("before", 10, "working days", "duty_holder"),
            ("after", 0, "days", "nearest_manager"),
        ),
    },
    replies={
        "question": (
            Reply("reply", "editor", lambda c, at: c.days(at, 5, "next_working_day"), first=True),
            Reply("full_answer", "editor", lambda c, at: c.correspondence(at)),
        ),
        "criticism": (Reply("reply", "responsible_person", lambda c, at: c.hours(at, 36, "skip")),),
        "correction": (Reply("reply", "editor", lambda c, at: c.days(at, 4, "skip")),),
    },
    asked=(
        # the fifth day is a Saturday; the second time the Saturday before Easter
        Asked(
            "Opningstida",
            "question",
            LIBRARY,
            (on(1, 3), 9),
            (on(1, 3), 10),
            held=(on(1, 13), 9),
            answered=(on(1, 31), 9),
        ),
        Asked("Bøkene", "question", LIBRARY, (on(4, 10), 9), (on(4, 10), 10)),
        # Saturdays, Sundays and the closed Wednesday are left out
        Asked("Køen", "criticism", LIBRARY, (on(1, 4), 16), (on(1, 4), 17), answered=(on(1, 7), 9)),
        Asked("Stengt i påska", "criticism", LIBRARY, (on(4, 11), 12), (on(4, 11), 13)),
        Asked(
            "Årstalet",
            "correction",
            LIBRARY,
            (on(1, 14), 16),
            (on(1, 17), 9),
            answered=(on(1, 24), 9),
        ),
        Asked("Namnet", "correction", LIBRARY, (on(5, 15), 12), (on(5, 15), 13)),
        Asked("Prøve", "question", LIBRARY, (on(2, 1), 9), (on(2, 1), 10), needless=(on(2, 1), 12)),
    ),
    crises=(
        Crisis(LIBRARY, (on(1, 11), 10), ended=(on(1, 12), 13)),
        Crisis(LIBRARY, (on(3, 24), 21), until=(on(3, 26), 18)),
    ),
    rests=(
        Rest(NEW, on(1, 18), on(1, 20), on(1, 26)),
        Rest(LIBRARY, on(6, 20), on(6, 26), on(7, 21)),
    ),
    done=(
        # before its turn began, so that the two months begin anew; then in time, then late
        Done("graphic_profile", "Ekby bibliotek", on(1, 20), about="logotype"),
        Done("graphic_profile", "Ekby bibliotek", on(3, 20), about="logotype"),
        Done("graphic_profile", "Ekby bibliotek", on(6, 1), about="logotype"),
        Done("visitor_information", "Ekby bibliotek", on(6, 14), about="sender"),
        Done("visitor_information", "Ekby läser", on(7, 2), about="sender"),
        Done("visitor_information", "Ekby bibliotek", on(4, 25), about="contact"),
        Done("visitor_information", "Ekby bibliotek", on(9, 29), about="contact"),
        Done("custody", "Ekby bibliotek", on(1, 11), about="unit_registrar"),
        Done("acknowledgement", "Cleo", on(1, 13)),
        Done("snapshot", "Ekby bibliotek", on(6, 20)),
        Done("snapshot", "Ekby bibliotek", on(12, 29)),
        # before its time, so that the half-year begins anew
        Done("snapshot", "Ekby läser", on(5, 2)),
    ),
)
