"""What a year under Tyresö's guideline asks for.

Requirements TYR-02, 05, 06, 09, 10, 30, 34 and 44, and A.9 #19 and #37. Of a floor it says
nothing, and of rests neither it nor the routine does; a fast channel in a crisis is one of its
purposes (TYR-14).
"""

from __future__ import annotations

from datetime import date

from tests.trips.year import (
    LAST,
    LIBRARY,
    MUNICIPALITY,
    NEW,
    Asked,
    Central,
    Crisis,
    Custody,
    Done,
    Goal,
    Knowing,
    Late,
    Looks,
    Post,
    Reply,
    Snapshots,
    Term,
    Year,
    on,
)

YEAR = Year(
    policy="tyreso",
    # TYR-06: a substitute at leave and illness
    second="substitute",
    # TYR-30: daily, which is read as every day (A.9 #23)
    looks=Looks(),
    # TYR-34: every half-year
    snapshots=Snapshots(months=6, window=45),
    # TYR-09: the administration's communicator and/or the communications unit, so that one of
    # them is enough (A.9 #19); the nearest manager gives it
    custody=Custody(("unit_communicator",), "nearest_manager"),
    # TYR-10: whoever answers for the channel follows the guideline; that they say so is routine
    knowing=Knowing("acknowledgement", "responsible_person", everybody=False),
    # of these only the routine speaks, and nothing falls due
    register=12,
    ending=30,
    # TYR-02: the nearest manager appoints
    appoints="nearest_manager",
    latest_post=2,
    # TYR-44: what is not kept up is woken or closed; after how long, the routine says
    quiet_after=90,
    # TYR-05: the manager answers for the goals; no routine reminds, so they are owed on their day
    goals_who="nearest_manager",
    goals_window=1,
    morning=True,
    ladders={
        "check_in": (
            ("before", 5, "hours", "duty_holder"),
            ("after", 0, "days", "duty_holder"),
            ("after", 0, "days", "substitute"),
            ("after", 1, "working days", "nearest_manager"),
            ("after", 3, "working days", "head_of_administration"),
        ),
        "crisis_check": (
            ("before", 2, "hours", "duty_holder"),
            ("after", 0, "hours", "duty_holder"),
            ("after", 0, "hours", "substitute"),
            ("after", 0, "hours", "communications_officer"),
            ("after", 2, "hours", "nearest_manager"),
        ),
        "guideline_review": (("before", 30, "days", "duty_holder"),),
        "uncovered_absence": (("after", 5, "working days", "duty_holder"),),
        "ending_assignment": (("after", 5, "working days", "duty_holder"),),
        "latest_post": (("after", 5, "working days", "duty_holder"),),
        "inactivity": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 20, "working days", "nearest_manager"),
        ),
        "register": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 30, "working days", "communications_officer"),
        ),
        "snapshot": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 0, "days", "unit_communicator"),
            ("after", 10, "working days", "head_of_administration"),
        ),
        "custody": (
            ("after", 5, "working days", "duty_holder"),
            ("after", 15, "working days", "head_of_administration"),
        ),
        "reply": (
            ("after", 1, "working days", "duty_holder"),
            ("after", 3, "working days", "nearest_manager"),
        ),
        "acknowledgement": (("after", 10, "working days", "duty_holder"),),
    },
    replies={
        # TYR-22 and 23: fast, so that nothing falls due; the full answer as other letters, for
        # which the municipality has set no number of days
        "question": (
            Reply("reply", "responsible_person", reminded=True, first=True),
            Reply("full_answer", "responsible_person", reminded=True),
        ),
    },
    asked=(
        Asked(
            "Sagostund",
            "question",
            LIBRARY,
            (on(1, 18), 9),
            (on(1, 18), 10),
            held=(on(1, 19), 9),
            answered=(on(1, 28), 9),
        ),
        Asked("Lån", "question", LIBRARY, (on(4, 12), 15), (on(4, 12), 16)),
    ),
    late=(
        # written down the next morning, and when three working days have gone
        Late(LIBRARY, on(1, 12), (on(1, 13), 9)),
        Late(LIBRARY, on(1, 21), (on(1, 26), 9)),
        Late(LIBRARY, on(2, 29), (on(3, 1), 8)),
    ),
    # TYR-13: the communications unit reviews the guideline each year
    central=(Central("guideline_review", "communications_officer", LAST),),
    # the second crisis goes over the night in which an hour comes twice
    crises=(
        Crisis(NEW, (on(1, 25), 6), ended=(on(1, 26), 16)),
        Crisis(LIBRARY, (on(10, 27), 15), until=(on(10, 30), 8)),
    ),
    goals=(Goal("Fler besök", LIBRARY, date(2027, 9, 1), due=on(1, 20)),),
    posts=(Post(NEW, (on(1, 20), 9)),),
    terms=(Term(NEW, "Ola", on(1, 18), on(2, 10)),),
    done=(
        Done("goals", "Fler besök", on(1, 25)),
        Done("inactivity", "Ekby läser", on(6, 1)),
        Done("guideline_review", MUNICIPALITY, on(12, 14)),
        Done("register", "Ekby bibliotek", on(3, 15)),
        Done("custody", "Ekby bibliotek", on(1, 31), about="unit_communicator"),
        Done("acknowledgement", "Cleo", on(1, 13)),
        Done("acknowledgement", "Dag", on(3, 1)),
        Done("snapshot", "Ekby läser", on(6, 1)),
        Done("snapshot", "Ekby bibliotek", on(7, 11)),
        Done("snapshot", "Ekby bibliotek", on(12, 29)),
    ),
)
