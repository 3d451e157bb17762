"""What a year under Värmdö's guideline asks for.

Requirements VMD-02, 04, 05, 09, 11, 16, 17, 23, 31 and 44, and A.9 #9, #11, #12, #23 and #37. The
guideline says nothing of a floor; that crisis is one of the purposes of social media (its
introduction) lets one be declared.
"""

from __future__ import annotations

from datetime import date

from tests.trips.year import (
    LIBRARY,
    NEW,
    Asked,
    Central,
    Crisis,
    Custody,
    Done,
    Goal,
    Knowing,
    Looks,
    Reply,
    Rest,
    Snapshots,
    Year,
    on,
)

YEAR = Year(
    policy="varmdo",
    second="editor",
    # VMD-16: daily, which is read as every day (A.9 #23)
    looks=Looks(),
    # VMD-23 and 44: once a half-year, which is read as a must and as the calendar's (A.9 #9, #37)
    snapshots=Snapshots(months=6, window=45),
    # VMD-11: the login is with the unit's registrar; the editor hands it over
    custody=Custody(("unit_registrar",), "editor"),
    # VMD-09: the manager sees to it that whoever is assigned knows the guideline
    knowing=Knowing("informing", "nearest_manager", everybody=True),
    # VMD-02: a goal is always followed up; where the plan gives no day, each year
    goals_again=12,
    # of these only the routine speaks, and nothing falls due
    register=12,
    ending=30,
    morning=True,
    ladders={
        "check_in": (
            ("before", 5, "hours", "duty_holder"),
            ("after", 0, "days", "duty_holder"),
            ("after", 1, "working days", "nearest_manager"),
        ),
        "crisis_check": (
            ("before", 2, "hours", "duty_holder"),
            ("after", 0, "hours", "duty_holder"),
            ("after", 0, "hours", "communications_officer"),
            ("after", 2, "hours", "nearest_manager"),
        ),
        "guideline_gap": (("after", 10, "working days", "duty_holder"),),
        "reply": (
            ("before", 4, "hours", "duty_holder"),
            ("after", 0, "hours", "nearest_manager"),
        ),
        "uncovered_absence": (("after", 5, "working days", "duty_holder"),),
        "goals": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 5, "working days", "duty_holder"),
            ("after", 10, "working days", "nearest_manager"),
        ),
        "register": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 30, "working days", "communications_officer"),
        ),
        "snapshot": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 0, "days", "nearest_manager"),
            ("after", 10, "working days", "sector_head"),
        ),
        "custody": (
            ("after", 5, "working days", "duty_holder"),
            ("after", 15, "working days", "nearest_manager"),
        ),
        "informing": (
            ("after", 5, "working days", "duty_holder"),
            ("after", 15, "working days", "communications_officer"),
        ),
    },
    replies={
        # VMD-17: promptly, so that nothing falls due; the routine reminds of criticism alone
        "question": (
            Reply("reply", "responsible_person", first=True),
            Reply("full_answer", "responsible_person"),
        ),
        # VMD-31: within 24 hours by the clock; a first reply is not the answer (A.9 #11)
        "criticism": (
            Reply("reply", "responsible_person", lambda clock, at: clock.hours(at, 24, "count")),
        ),
    },
    asked=(
        Asked(
            "Cykelställ",
            "question",
            LIBRARY,
            (on(1, 7), 16),
            (on(1, 7), 17),
            held=(on(1, 10), 9),
            answered=(on(1, 31), 9),
        ),
        # on the eve of a public holiday, put off and answered too late
        Asked(
            "Kön",
            "criticism",
            LIBRARY,
            (on(1, 5), 16),
            (on(1, 5), 17),
            held=(on(1, 5), 18),
            answered=(on(1, 10), 9),
        ),
        Asked(
            "Avgifterna",
            "criticism",
            LIBRARY,
            (on(1, 18), 9),
            (on(1, 18), 10),
            answered=(on(1, 18), 15),
        ),
        # entered when the time is over
        Asked(
            "Bussen", "criticism", LIBRARY, (on(1, 24), 9), (on(1, 26), 9), needless=(on(1, 28), 9)
        ),
        # over the nights on which the clocks change
        Asked("Ljudet", "criticism", LIBRARY, (on(3, 25), 12), (on(3, 25), 13)),
        Asked("Ljuset", "criticism", LIBRARY, (on(10, 28), 12), (on(10, 28), 13)),
    ),
    # VMD-04 and 05: what the guideline leaves open stays owed until a version fills it (A.9 #12)
    central=(
        Central("guideline_gap", "communications_officer", about="beslutande-organ-och-lagstod"),
        Central("guideline_gap", "communications_officer", about="ansvarig-enhet"),
    ),
    crises=(
        Crisis(LIBRARY, (on(1, 11), 9), ended=(on(1, 13), 14)),
        Crisis(LIBRARY, (on(3, 24), 22), until=(on(3, 26), 16)),
    ),
    rests=(
        Rest(NEW, on(1, 18), on(1, 20), on(1, 26)),
        Rest(LIBRARY, on(6, 20), on(6, 26), on(7, 12)),
    ),
    # it was to be followed up before the year began; from the result on it is a year again
    goals=(Goal("Syns mer", LIBRARY, date(2027, 1, 3)),),
    done=(
        Done("goals", "Syns mer", on(1, 21)),
        Done("register", "Ekby bibliotek", on(1, 25)),
        Done("custody", "Ekby bibliotek", on(1, 20), about="unit_registrar"),
        Done("informing", "Cleo", on(1, 5)),
        Done("informing", "Dag", on(1, 28)),
        Done("snapshot", "Ekby bibliotek", on(4, 10)),
        Done("snapshot", "Ekby bibliotek", on(12, 10)),
        Done("snapshot", "Ekby läser", on(6, 30), 23),
    ),
)
