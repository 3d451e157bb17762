"""What a year under Vetlanda's guideline asks for.

Requirements VET-11, 27, 28 and 37, and A.9 #23 and #37. Who holds the login stands in the
assignment description (VET-31), so that nobody is missing; that people have the knowledge is the
manager's matter (VET-14), of which the routine asks for no record. Of crises it says nothing.
"""

from __future__ import annotations

from datetime import date

from tests.trips.year import (
    LIBRARY,
    NEW,
    OLD,
    Asked,
    Done,
    Goal,
    Late,
    Looks,
    Page,
    Reply,
    Rest,
    Snapshots,
    Year,
    on,
)


def late_at_times(day: date) -> tuple[int, ...]:
    """At four, every fifth day when the office has closed, and on no fourth of a month."""
    if day.day == 4:
        return ()
    return (18,) if day.toordinal() % 5 == 0 else (16,)


#: Looked at when the reminder at three has gone, and sometimes after the office has closed.
ARCHIVE = Page("Ekby arkiv", "Dag", "Cleo", late_at_times)

YEAR = Year(
    policy="vetlanda",
    # VET-28: a substitute at absence
    second="substitute",
    # VET-27: daily during office hours, so on working days and until the office closes
    looks=Looks(working_days=True, office_hours=True),
    # VET-37: once a year; each operation does it, so its manager owes it
    snapshots=Snapshots(months=12, window=60, who="unit_manager"),
    # VET-11: by the manager, when the operation follows up its own; without a day each year
    goals_who="unit_manager",
    goals_again=12,
    # of these only the routine speaks, and nothing falls due
    register=12,
    ending=30,
    morning=True,
    pages=(LIBRARY, NEW, OLD, ARCHIVE),
    ladders={
        "check_in": (
            ("before", 2, "hours", "duty_holder"),
            ("after", 0, "days", "duty_holder"),
            ("after", 0, "days", "substitute"),
            ("after", 2, "working days", "unit_manager"),
        ),
        "reply": (("after", 2, "working days", "responsible_person"),),
        "uncovered_absence": (("after", 5, "working days", "duty_holder"),),
        "goals": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 5, "working days", "duty_holder"),
            ("after", 15, "working days", "head_of_communications"),
        ),
        "register": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 30, "working days", "communications_officer"),
        ),
        "snapshot": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 0, "days", "communications_officer"),
        ),
    },
    replies={
        # VET-22: fast, so that nothing falls due; VET-23: whoever answers judges whether to
        "question": (Reply("reply", "editor", reminded=True, first=False),),
    },
    asked=(
        Asked("Hyllan", "question", LIBRARY, (on(1, 7), 13), (on(1, 7), 14)),
        Asked(
            "Taket",
            "question",
            ARCHIVE,
            (on(1, 18), 9),
            (on(1, 18), 10),
            needless=(on(1, 19), 9),
        ),
        Asked(
            "Golvet", "question", LIBRARY, (on(4, 13), 9), (on(4, 13), 10), answered=(on(4, 19), 9)
        ),
    ),
    late=(
        Late(LIBRARY, on(1, 12), (on(1, 13), 9)),
        Late(ARCHIVE, on(2, 4), (on(2, 7), 9)),
    ),
    rests=(
        Rest(LIBRARY, on(1, 12), on(1, 17), on(1, 30)),
        # seventeen days: nothing is owed in what is left of the third week
        Rest(NEW, on(6, 15), on(7, 3), on(7, 19)),
    ),
    goals=(
        Goal("Fler prenumeranter", ARCHIVE, date(2027, 3, 1)),
        Goal("Fler lån", LIBRARY, date(2027, 3, 1), due=on(6, 30)),
    ),
    done=(
        Done("goals", "Fler prenumeranter", on(2, 14)),
        Done("register", "Ekby bibliotek", on(1, 25)),
        Done("snapshot", "Ekby bibliotek", on(10, 30)),
        Done("snapshot", "Ekby bibliotek", on(12, 1)),
    ),
)
