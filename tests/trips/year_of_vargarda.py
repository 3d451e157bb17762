"""What a year under Vårgårda's guideline asks for.

Requirements VGD-18, 21 to 25, 30, 35, 38, 50, 52, 62, 64, 66 and 67, and A.9 #1, #3, #4 and #36.
Of a record that people know the guideline it says nothing; its routine has no rests. Whether
social media are used in a crisis is decided from case to case (VGD-26), by the communications
unit.
"""

from __future__ import annotations

from datetime import date

from tests.trips.year import (
    LIBRARY,
    NEW,
    OLD,
    Asked,
    Crisis,
    Custody,
    Done,
    Goal,
    Looks,
    Page,
    Planned,
    Post,
    Reply,
    Snapshots,
    Term,
    Year,
    nearly_daily,
    on,
)

#: Its plan says office hours only, so that working days count; the floor counts every day.
OFFICE = Page("Ekby arkiv", "Dag", "Cleo", nearly_daily, office_only=True)


def morning_and_afternoon(day: date) -> tuple[int, ...]:
    """At nine and at three; on some days only the one, on every eighth neither."""
    return () if day.day % 8 == 0 else ((9, 15), (9,), (15,))[day.toordinal() % 3]


#: Its plan says twice a day, and was approved two years before 10 January.
TWICE = Page(
    "Ekby läsesal", "Cleo", "Dag", morning_and_afternoon, times=2, planned=date(2026, 1, 10)
)

YEAR = Year(
    policy="vargarda",
    # the guideline wants two administrators
    second="administrator",
    # VGD-21 and 24: daily at the least
    looks=Looks(),
    # VGD-52: never less often than weekly, or the duty of supervision is broken (A.9 #1)
    floor=7,
    # VGD-38 and 50: every half-year (A.9 #4)
    snapshots=Snapshots(months=6, window=45),
    # VGD-18, 22, 23: the owner, the central registrar and the informatör (A.9 #3)
    custody=Custody(("channel_owner", "central_registrar", "information_officer"), "channel_owner"),
    # no guideline says how often a plan is looked through; the routine does
    plan_review=24,
    # VGD-62: two administrators, and the second page has but one (who sees to it is not said)
    administrators=2,
    # VGD-25: the plan's goals by the day it gives; without a day the routine asks each year
    goals_again=12,
    # of these only the routine speaks, and nothing falls due
    register=12,
    ending=30,
    # VGD-30: whoever writes is appointed by the informatör
    appoints="information_officer",
    latest_post=2,
    # VGD-35: whoever starts a page is active on it; after how long it is not, the routine says
    quiet_after=90,
    morning=True,
    pages=(LIBRARY, NEW, OLD, OFFICE, TWICE),
    ladders={
        "check_in": (
            ("before", 5, "hours", "duty_holder"),
            ("after", 0, "days", "administrator"),
            ("after", 1, "working days", "operations_manager"),
            ("after", 3, "working days", "sector_head"),
        ),
        "legal_floor": (
            ("before", 2, "days", "duty_holder"),
            ("before", 2, "days", "operations_manager"),
            ("after", 0, "days", "sector_head"),
        ),
        "crisis_check": (
            ("before", 2, "hours", "duty_holder"),
            ("after", 0, "hours", "duty_holder"),
            ("after", 0, "hours", "administrator"),
            ("after", 0, "hours", "information_officer"),
            ("after", 2, "hours", "operations_manager"),
        ),
        "uncovered_absence": (("after", 5, "working days", "duty_holder"),),
        "ending_assignment": (("after", 5, "working days", "duty_holder"),),
        "latest_post": (("after", 5, "working days", "duty_holder"),),
        "inactivity": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 20, "working days", "operations_manager"),
        ),
        "goals": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 5, "working days", "duty_holder"),
            ("after", 10, "working days", "operations_manager"),
        ),
        "approval": (
            ("after", 3, "working days", "duty_holder"),
            ("after", 10, "working days", "information_officer"),
        ),
        "register": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 30, "working days", "information_officer"),
        ),
        "snapshot": (
            ("before", 30, "days", "duty_holder"),
            ("before", 7, "days", "duty_holder"),
            ("after", 0, "days", "information_officer"),
            ("after", 10, "working days", "sector_head"),
        ),
        "plan_review": (
            ("after", 10, "working days", "duty_holder"),
            ("after", 20, "working days", "operations_manager"),
        ),
        "custody": (
            ("after", 5, "working days", "duty_holder"),
            ("after", 15, "working days", "sector_head"),
        ),
        "reply": (
            ("after", 1, "working days", "duty_holder"),
            ("after", 3, "working days", "operations_manager"),
        ),
        "media_referral": (("before", 8, "hours", "communications_officer"),),
    },
    replies={
        # VGD-24 and 51: as soon as possible, so that nothing falls due; the routine reminds
        "question": (
            Reply("reply", "responsible_person", reminded=True, first=True),
            Reply("full_answer", "responsible_person", reminded=True),
        ),
        # VGD-06: the same day, whatever day it is
        "media": (
            Reply(
                "media_referral",
                "communications_officer",
                lambda clock, at: clock.same_day(at, "count"),
                ladder="media_referral",
            ),
        ),
    },
    asked=(
        Asked("Öppettider", "question", LIBRARY, (on(1, 7), 9), (on(1, 7), 10)),
        Asked(
            "Boken",
            "question",
            LIBRARY,
            (on(1, 12), 9),
            (on(1, 12), 10),
            held=(on(1, 12), 11),
            answered=(on(1, 14), 9),
        ),
        # on a Saturday; on a Monday when the reminder's hour has passed; on the leap day
        Asked("Intervju", "media", LIBRARY, (on(1, 15), 9), (on(1, 15), 10)),
        Asked(
            "Siffror",
            "media",
            LIBRARY,
            (on(1, 17), 17),
            (on(1, 17), 18),
            answered=(on(1, 17), 19),
        ),
        Asked("Radion", "media", LIBRARY, (on(2, 29), 8), (on(2, 29), 9), answered=(on(3, 1), 9)),
    ),
    crises=(
        # declared and ended within an hour, before the first third of the day is over
        Crisis(LIBRARY, (on(1, 12), 7), ended=(on(1, 12), 8)),
        # the plan's turns of the day and the crisis's cross
        Crisis(TWICE, (on(1, 25), 8), ended=(on(1, 27), 12)),
        # over the night in which the clocks leap an hour ahead
        Crisis(LIBRARY, (on(3, 24), 22), ended=(on(3, 26), 15)),
    ),
    goals=(
        Goal("Nå fler unga", LIBRARY, date(2027, 11, 2), due=on(1, 31)),
        Goal("Svara snabbare", OFFICE, date(2027, 2, 20)),
    ),
    posts=(
        # three months had gone when somebody looked
        Post(OFFICE, (on(1, 5), 9), posted=date(2027, 10, 12)),
        Post(LIBRARY, (on(1, 14), 9)),
        Post(LIBRARY, (on(3, 20), 9), posted=on(3, 2)),
        Post(LIBRARY, (on(11, 8), 10)),
    ),
    # VGD-66 and 67: the manager decides when three weeks have gone, the head of sector never
    planned=(
        Planned(
            "https://www.facebook.com/ekbyspelar",
            (on(1, 11), 9),
            (
                ("operations_approval", "operations_manager", (on(1, 31), 10)),
                ("sector_approval", "sector_head", None),
            ),
        ),
    ),
    terms=(
        Term(LIBRARY, "Ola", on(1, 3), on(1, 28)),
        Term(TWICE, "Ulla", on(2, 1), on(3, 31), prolonged=(on(3, 14), 9)),
    ),
    done=(
        Done("goals", "Nå fler unga", on(2, 9)),
        Done("goals", "Svara snabbare", on(3, 10)),
        Done("inactivity", "Ekby bibliotek", on(7, 5)),
        Done("register", "Ekby bibliotek", on(1, 25)),
        Done("custody", "Ekby bibliotek", on(1, 4), about="channel_owner"),
        Done("custody", "Ekby bibliotek", on(1, 20), about="central_registrar"),
        Done("custody", "Ekby bibliotek", on(3, 1), about="information_officer"),
        Done("custody", "Ekby läser", on(1, 18), about="information_officer"),
        Done("snapshot", "Ekby bibliotek", on(5, 30)),
        Done("snapshot", "Ekby arkiv", on(7, 3)),
        Done("snapshot", "Ekby läser", on(12, 31), 23),
    ),
)
