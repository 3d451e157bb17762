"""Questions that come in: which clocks run under each policy, and what stops them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from channels.models import Channel
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, Escalation, Notice, Obligation
from governance.obligations import advance_due, open_due, replan, waiting_for
from moderation.actions import (
    answer_inquiry,
    correct_times,
    enter_inquiry,
    give_holding_reply,
    leave_unanswered,
    refer_inquiry,
    take_up,
)
from moderation.actions.findings import Finding
from moderation.actions.inquiries import Received
from moderation.models import Inquiry
from tests.channels_of_town import assign, library_page, open_channel
from tests.moderation.inquiries import asked, due, owed
from tests.moderation.scenes import logged
from tests.town import NOW, Town, adopt_text, at, away, build, file_of, later

Kind = Inquiry.Kind


def place(policy: str) -> tuple[Town, Channel]:
    """The town under a policy, and the library's page there."""
    town = build(policy)
    return town, library_page(town)


# --- what falls due when, worked out by hand ------------------------------------------------------

#: Each policy, kind, when it was posted, and when each of its clocks says that it is late; None
#: where there is a duty without a moment, and no entry where nothing is owed.
TABLE: list[tuple[str, str, datetime, dict[str, datetime | None]]] = [
    # Värmdö: criticism within 24 hours by the clock, all days
    ("varmdo", "criticism", at("2026-03-02", "09:00"), {"reply": at("2026-03-03", "09:00")}),
    ("varmdo", "criticism", at("2026-03-07", "10:15"), {"reply": at("2026-03-08", "10:15")}),
    # the Thursday before Good Friday, after the office has gone home
    ("varmdo", "criticism", at("2026-04-02", "16:30"), {"reply": at("2026-04-03", "16:30")}),
    # the night in which an hour is skipped, and the one in which an hour comes twice
    ("varmdo", "criticism", at("2026-03-28", "14:00"), {"reply": at("2026-03-29", "15:00")}),
    ("varmdo", "criticism", at("2026-10-24", "14:00"), {"reply": at("2026-10-25", "13:00")}),
    ("varmdo", "question", NOW, {"reply": None, "full_answer": None}),
    ("varmdo", "correction", NOW, {"reply": None}),
    # Vårgårda: as soon as possible, and the media are referred on the day
    ("vargarda", "question", NOW, {"reply": None, "full_answer": None}),
    ("vargarda", "media", at("2026-05-29", "16:30"), {"media_referral": at("2026-05-30", "00:00")}),
    ("vargarda", "media", at("2026-03-07", "10:00"), {"media_referral": at("2026-03-08", "00:00")}),
    ("vargarda", "media", at("2026-10-25", "00:00"), {"media_referral": at("2026-10-26", "00:00")}),
    # Tyresö: at once or a holding reply, and then as other letters, which nobody has set
    ("tyreso", "question", NOW, {"reply": None, "full_answer": None}),
    # Vetlanda: quickly, but not every question
    ("vetlanda", "question", NOW, {"reply": None}),
    # Volda: no duty to answer; errors of fact are answered
    ("volda", "question", NOW, {}),
    ("volda", "correction", NOW, {"reply": None}),
    # the sixth: within two working days, so when the second of them is over
    ("ekby", "question", at("2026-03-02", "09:00"), {"reply": at("2026-03-05", "00:00")}),
    ("ekby", "question", at("2026-03-06", "16:30"), {"reply": at("2026-03-11", "00:00")}),
    ("ekby", "question", at("2026-03-07", "10:00"), {"reply": at("2026-03-11", "00:00")}),
    # Friday 2 January, with Epiphany on the Tuesday; the eve of May Day
    ("ekby", "question", at("2026-01-02", "16:30"), {"reply": at("2026-01-08", "00:00")}),
    ("ekby", "question", at("2026-04-30", "16:30"), {"reply": at("2026-05-06", "00:00")}),
    ("ekby", "question", at("2026-03-02", "00:00"), {"reply": at("2026-03-05", "00:00")}),
]


@pytest.mark.parametrize(
    ("policy", "kind", "posted", "expected"),
    TABLE,
    ids=[f"{policy}-{kind}-{posted:%m%d-%H%M}" for policy, kind, posted, _due in TABLE],
)
def test_each_policy_has_the_clocks_that_its_guideline_names(
    policy: str, kind: str, posted: datetime, expected: dict[str, datetime | None], db: None
) -> None:
    town, channel = place(policy)
    assert due(asked(channel, town.cleo, posted=posted, kind=kind)) == expected


def test_what_is_owed_names_channel_platform_and_moment(town: Town, channel: Channel) -> None:
    rows = owed(asked(channel, town.cleo, posted=at("2026-03-02", "16:30"))).values()
    assert {row.subject_label for row in rows} == {"Ekby bibliotek, Facebook, 2 mars kl. 16.30"}


@pytest.mark.parametrize(
    ("policy", "kinds"),
    [
        ("varmdo", ["question", "criticism", "correction"]),
        ("vargarda", ["question", "media"]),
        ("tyreso", ["question"]),
        ("vetlanda", ["question"]),
        ("volda", ["question", "correction"]),
        ("ekby", ["question"]),
    ],
)
def test_only_the_kinds_that_the_guideline_tells_apart_are_entered(
    policy: str, kinds: list[str], db: None
) -> None:
    town, channel = place(policy)
    for kind in Kind.values:
        if kind in kinds:
            asked(channel, town.cleo, kind=kind)
            continue
        with pytest.raises(AgainstPolicy, match="does not speak of this kind") as refused:
            asked(channel, town.cleo, kind=kind)
        assert refused.value.field == "kind"


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        (at("2026-03-02", "09:00"), at("2026-03-10", "00:00")),
        (at("2026-04-02", "16:30"), at("2026-04-14", "00:00")),  # over Easter
    ],
)
def test_the_full_answer_follows_the_limit_for_letters_once_the_municipality_has_set_one(
    posted: datetime, expected: datetime, db: None
) -> None:
    town, channel = place("tyreso")
    town.municipality.general_reply_days = 5
    town.municipality.save()
    channel.refresh_from_db()
    inquiry = asked(channel, town.cleo, posted=posted)
    assert due(inquiry) == {"reply": None, "full_answer": expected}
    assert "annan kommunikation" in owed(inquiry)["full_answer"].says


@pytest.mark.parametrize(
    ("weekends", "expected"),
    [
        ("count", at("2026-03-08", "10:00")),
        ("next_working_day", at("2026-03-09", "10:00")),
        ("skip", at("2026-03-10", "00:00")),
    ],
)
def test_hours_of_a_weekend_count_as_the_rule_says(
    weekends: str, expected: datetime, db: None
) -> None:
    town, channel = place("varmdo")
    text = file_of("varmdo").read_text()
    within = f'{{ clock_hours = 24, weekends = "{weekends}" }}'
    adopt_text(
        town.municipality,
        text.replace("within = { clock_hours = 24 }", f"within = {within}"),
        number=2,
        in_force_from=date(2020, 1, 2),
    )
    inquiry = asked(channel, town.cleo, posted=at("2026-03-07", "10:00"), kind="criticism")
    assert due(inquiry) == {"reply": expected}


def test_what_the_guideline_expressly_does_not_ask_for_is_not_owed(db: None) -> None:
    town, channel = place("ekby")
    text = file_of("ekby").read_text()
    found = text.replace("within = { working_days = 2 }", "expressly_none = true", 1)
    assert found != text
    adopt_text(town.municipality, found, number=2, in_force_from=date(2020, 1, 2))
    assert owed(asked(channel, town.cleo)) == {}


def test_the_time_is_counted_from_posting_or_else_from_when_it_became_known(db: None) -> None:
    town, channel = place("varmdo")
    noon = at("2026-03-02", "12:00")
    unknown = enter_inquiry(
        channel,
        Received(kind="criticism", about="Snön", became_aware_at=NOW),
        by=town.cleo,
        now=noon,
    )
    assert due(unknown) == {"reply": at("2026-03-03", "09:00")}
    posted = asked(channel, town.cleo, posted=at("2026-03-01", "20:00"), kind="criticism", now=noon)
    assert due(posted) == {"reply": at("2026-03-02", "20:00")}
    assert posted.became_aware_at == noon


def test_it_says_on_what_clause_it_stands_how_strongly_and_who_owes_it(db: None) -> None:
    town, channel = place("varmdo")
    row = owed(asked(channel, town.cleo, kind="criticism"))["reply"]
    assert row.clause == "Bemötande av påståenden och kritik, punkt 6"
    assert (row.strength, row.who, row.requirements) == ("must", "responsible_person", ["VMD-31"])
    assert row.path == f"/findings/questions/{row.subject_id}/"
    misread = owed(asked(channel, town.cleo, kind="correction"))["reply"]
    assert misread.strength == "should"


# --- what stops the clocks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "kind", "met"),
    [
        ("tyreso", "question", ["reply"]),
        ("varmdo", "question", ["reply"]),
        ("vargarda", "question", ["reply"]),
        ("varmdo", "criticism", []),  # 24 hours are for the answer itself
        ("ekby", "question", []),  # nothing would be owed any more
        ("vetlanda", "question", []),
        ("vargarda", "media", []),
    ],
)
def test_a_holding_reply_stops_the_first_answers_clock_and_no_other(
    policy: str, kind: str, met: list[str], db: None
) -> None:
    town, channel = place(policy)
    inquiry = asked(channel, town.cleo, kind=kind)
    before = due(inquiry)
    held = give_holding_reply(inquiry, by=town.dag, now=later(minutes=5))
    assert (held.held_by, held.is_open) == (town.dag, True)
    assert [duty for duty, row in owed(inquiry).items() if row.met_at] == met
    assert due(inquiry) == before
    assert owed(inquiry)[list(before)[-1]].is_open


def test_a_second_holding_reply_is_told_of_the_first(db: None) -> None:
    town, channel = place("tyreso")
    inquiry = asked(channel, town.cleo)
    give_holding_reply(inquiry, by=town.cleo, now=later(minutes=5))
    with pytest.raises(NoLongerPossible, match=r"already given by Cleo Sjö on .*9.05"):
        give_holding_reply(inquiry, by=town.dag, now=later(minutes=6))


def test_an_answer_that_waited_while_somebody_gave_a_holding_reply_is_closed_after_it(
    db: None,
) -> None:
    town, channel = place("tyreso")
    inquiry = asked(channel, town.cleo)
    give_holding_reply(inquiry, by=town.dag, now=later(minutes=5))
    closed = answer_inquiry(inquiry, by=town.cleo, now=later(minutes=5, microseconds=-1))
    assert (closed.outcome, closed.closed_at) == ("answered", later(minutes=5))
    assert [each.at for each in logged("inquiry.answered")] == [later(minutes=5)]


def test_where_the_guideline_expressly_knows_no_holding_reply_none_is_given(db: None) -> None:
    town, channel = place("tyreso")
    text = file_of("tyreso").read_text()
    refused = text.replace(
        "[reply.holding_reply]\nvalue = true", "[reply.holding_reply]\nvalue = false"
    )
    assert refused != text
    adopt_text(town.municipality, refused, number=2, in_force_from=date(2020, 1, 2))
    with pytest.raises(AgainstPolicy) as why:
        give_holding_reply(asked(channel, town.cleo), by=town.cleo, now=NOW)
    assert why.value.clause == "Svara snabbt och korrekt"


def test_the_answer_stops_every_clock_and_names_who_gave_it(db: None) -> None:
    town, channel = place("tyreso")
    inquiry = answer_inquiry(asked(channel, town.cleo), by=town.dag, now=later(minutes=5))
    assert (inquiry.outcome, inquiry.closed_by) == ("answered", town.dag)
    assert {row.met_by for row in owed(inquiry).values()} == {town.dag}
    assert [entry.actor_name for entry in logged("inquiry.answered")] == ["Dag Åberg"]


def test_whoever_answers_second_is_told_who_was_first_and_when(db: None) -> None:
    town, channel = place("tyreso")
    inquiry = asked(channel, town.cleo)
    answer_inquiry(inquiry, by=town.cleo, now=later(minutes=5))
    late: dict[str, Any] = {"by": town.dag, "now": later(minutes=6)}
    verbs: list[tuple[Callable[..., Inquiry], dict[str, Any]]] = [
        (answer_inquiry, {}),
        (give_holding_reply, {}),
        (refer_inquiry, {"to": "Socialdemokraterna"}),
        (leave_unanswered, {"ground": "gone", "reason": "Borta"}),
    ]
    for verb, given in verbs:
        with pytest.raises(NoLongerPossible, match=r"Already answered by Cleo Sjö on .*9.05"):
            verb(inquiry, **given, **late)
    assert Inquiry.objects.get().closed_by == town.cleo


def test_what_is_answered_on_the_minute_it_is_due_is_late_and_a_moment_before_is_not(
    db: None,
) -> None:
    town, channel = place("varmdo")
    first, second = (asked(channel, town.cleo, kind="criticism", about=str(n)) for n in range(2))
    due_at = at("2026-03-03", "09:00")
    answer_inquiry(first, by=town.cleo, now=due_at - timedelta(microseconds=1))
    answer_inquiry(second, by=town.cleo, now=due_at)
    rows = [owed(each)["reply"] for each in (first, second)]
    assert [row.met_at >= row.due_at for row in rows if row.met_at and row.due_at] == [False, True]


def test_what_is_entered_after_its_time_is_late_from_the_beginning(db: None) -> None:
    town, channel = place("varmdo")
    inquiry = asked(channel, town.cleo, posted=at("2026-02-27", "09:00"), now=NOW, kind="criticism")
    row = owed(inquiry)["reply"]
    assert row.is_overdue(NOW)
    answer_inquiry(inquiry, by=town.cleo, now=later(minutes=1))
    row.refresh_from_db()
    assert row.met_at is not None and row.due_at is not None and row.met_at > row.due_at


# --- without an answer ----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["varmdo", "vargarda", "tyreso"])
def test_where_every_question_is_answered_nobody_judges_that_one_needs_none(
    policy: str, db: None
) -> None:
    town, channel = place(policy)
    inquiry = asked(channel, town.cleo)
    with pytest.raises(AgainstPolicy) as refused:
        leave_unanswered(inquiry, ground="judged", reason="Retorisk", by=town.cleo, now=NOW)
    assert (refused.value.field, bool(refused.value.clause)) == ("ground", True)
    leave_unanswered(inquiry, ground="gone", reason="Hon tog bort den", by=town.cleo, now=NOW)
    assert not Obligation.objects.about(inquiry).open().exists()


@pytest.mark.parametrize("policy", ["vetlanda", "volda", "ekby"])
def test_where_not_everything_is_answered_it_takes_a_reason(policy: str, db: None) -> None:
    town, channel = place(policy)
    inquiry = asked(channel, town.cleo)
    for reason in ("", "  "):
        with pytest.raises(AgainstPolicy, match="Say why") as refused:
            leave_unanswered(inquiry, ground="judged", reason=reason, by=town.cleo, now=NOW)
        assert refused.value.field == "reason"
    with pytest.raises(AgainstPolicy, match="Choose why"):
        leave_unanswered(inquiry, ground="because", reason="Ja", by=town.cleo, now=NOW)
    left = leave_unanswered(inquiry, ground="judged", reason="Ett skämt", by=town.cleo, now=NOW)
    assert (left.outcome, left.reason) == ("unanswered", "Ett skämt")
    for row in owed(inquiry).values():
        assert row.waived_by == town.cleo
        assert "Ett skämt" in row.waive_reason


# --- referral -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "kind", "clause"),
    [
        ("vargarda", "media", "Massmedia"),
        ("tyreso", "question", "Svara snabbt och korrekt"),
        ("volda", "question", "bokstav j"),
    ],
)
def test_it_is_referred_where_the_guideline_says_so(
    policy: str, kind: str, clause: str, db: None
) -> None:
    town, channel = place(policy)
    inquiry = asked(channel, town.cleo, kind=kind)
    with pytest.raises(AgainstPolicy, match="Say to whom"):
        refer_inquiry(inquiry, to=" ", by=town.cleo, now=NOW)
    referred = refer_inquiry(inquiry, to="Ordföraren", by=town.cleo, now=NOW)
    assert (referred.outcome, referred.referred_to) == ("referred", "Ordföraren")
    assert all(row.met_by == town.cleo for row in owed(inquiry).values())
    (entry,) = logged("inquiry.referred")
    assert clause in entry.clause
    assert "Ordföraren" not in str(entry.facts)


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        ("vargarda", "question"),
        ("varmdo", "question"),
        ("varmdo", "criticism"),
        ("vetlanda", "question"),
        ("ekby", "question"),
    ],
)
def test_elsewhere_nothing_is_referred(policy: str, kind: str, db: None) -> None:
    town, channel = place(policy)
    with pytest.raises(AgainstPolicy, match="does not say that this is referred"):
        refer_inquiry(asked(channel, town.cleo, kind=kind), to="Någon", by=town.cleo, now=NOW)


# --- moments that were entered wrongly ------------------------------------------------------------


def test_a_wrong_moment_is_put_right_beside_the_first_and_the_clock_counts_anew(db: None) -> None:
    town, channel = place("varmdo")
    inquiry = asked(channel, town.cleo, kind="criticism", now=later(hours=1))
    right = at("2026-03-01", "21:00")
    correct_times(
        inquiry,
        posted_at=right,
        became_aware_at=later(hours=1),
        why="Fel dag",
        by=town.dag,
        now=later(hours=2),
    )
    inquiry = Inquiry.objects.get()
    assert (inquiry.posted_at, inquiry.received_at) == (NOW, right)
    row = owed(inquiry)["reply"]
    assert row.subject_label.endswith("1 mars kl. 21.00"), (
        "the page says what the clock counts from"
    )
    assert row.due_at == at("2026-03-02", "21:00")
    assert datetime.fromisoformat(row.steps[0]["at"]) == at("2026-03-02", "17:00")
    (entry,) = logged("inquiry.times_corrected")
    assert entry.actor_name == "Dag Åberg"
    assert "Fel dag" not in str(entry.facts)
    (anew,) = logged("obligation.replanned")
    assert anew.facts["due_before"] != anew.facts["due"]


def test_nobody_hears_twice_that_the_same_thing_is_late(db: None) -> None:
    town, channel = place("varmdo")
    inquiry = asked(channel, town.cleo, kind="criticism", posted=NOW)
    while advance_due(now=at("2026-03-03", "09:00")):
        pass
    assert [row.who for row in Escalation.objects.order_by("step")] == [
        "responsible_person",
        "nearest_manager",
    ]
    correct_times(
        inquiry,
        posted_at=later(hours=-1),
        became_aware_at=NOW,
        why="En timme fel",
        by=town.cleo,
        now=at("2026-03-03", "09:05"),
    )
    while advance_due(now=at("2026-03-04", "09:00")):
        pass
    assert Escalation.objects.count() == 2


def test_a_correction_says_what_was_wrong_and_names_moments_that_can_be(db: None) -> None:
    town, channel = place("varmdo")
    inquiry = asked(channel, town.cleo, kind="criticism")

    def correct(**fields: Any) -> None:
        values: dict[str, Any] = {
            "posted_at": later(hours=-1),
            "became_aware_at": NOW,
            "why": "Fel",
        }
        correct_times(inquiry, **(values | fields), by=town.cleo, now=later(minutes=1))

    for fields, field in (
        ({"why": " "}, "why"),
        ({"became_aware_at": later(hours=1)}, "became_aware_at"),
        ({"posted_at": later(seconds=1)}, "posted_at"),
        ({"posted_at": NOW}, "posted_at"),
    ):
        with pytest.raises(AgainstPolicy) as refused:
            correct(**fields)
        assert refused.value.field == field
    answer_inquiry(inquiry, by=town.cleo, now=later(minutes=2))
    with pytest.raises(NoLongerPossible, match="Already answered"):
        correct()


def test_what_was_met_keeps_the_moment_it_was_due(db: None) -> None:
    town, channel = place("tyreso")
    town.municipality.general_reply_days = 5
    town.municipality.save()
    channel.refresh_from_db()
    inquiry = asked(channel, town.cleo)
    give_holding_reply(inquiry, by=town.cleo, now=later(minutes=5))
    correct_times(
        inquiry,
        posted_at=at("2026-02-27", "09:00"),
        became_aware_at=NOW,
        why="Fredag",
        by=town.cleo,
        now=later(minutes=6),
    )
    rows = owed(inquiry)
    assert rows["reply"].met_at == later(minutes=5)
    assert rows["full_answer"].due_at == at("2026-03-07", "00:00")


# --- who, and who is told -------------------------------------------------------------------------


def test_only_whoever_may_moderate_the_channel_enters_and_answers(
    town: Town, channel: Channel
) -> None:
    inquiry = asked(channel, town.cleo)
    for who in (town.ola, town.anna, town.otto):
        for verb in (
            partial(asked, channel),
            partial(answer_inquiry, inquiry, now=NOW),
            partial(give_holding_reply, inquiry, now=NOW),
            partial(refer_inquiry, inquiry, to="X", now=NOW),
            partial(leave_unanswered, inquiry, ground="gone", reason="X", now=NOW),
        ):
            with pytest.raises(NotAllowed, match="written assignment"):
                verb(by=who)
    answer_inquiry(inquiry, by=town.ben, now=NOW)


def test_it_waits_for_those_of_the_channel_and_for_the_deputy_of_whoever_is_away(
    town: Town, channel: Channel
) -> None:
    inquiry = asked(channel, town.cleo)
    away(town.cleo, town.ola)

    def waits(user: Any) -> bool:
        return waiting_for(user, NOW).filter(subject_id=inquiry.pk, duty="reply").exists()

    assert [waits(each) for each in (town.cleo, town.dag, town.ola)] == [True, True, True]
    assert [waits(each) for each in (town.anna, town.rut, town.otto)] == [False, False, False]
    answer_inquiry(inquiry, by=town.ola, now=NOW)
    assert not waits(town.dag)


def test_a_question_from_the_media_waits_for_the_communications_unit(
    town: Town, channel: Channel
) -> None:
    asked(channel, town.cleo, kind="media", posted=NOW)
    rows = waiting_for(town.ben, NOW).filter(duty="media_referral")
    assert [row.who for row in rows] == ["communications_officer"]
    assert not waiting_for(town.dag, NOW).filter(duty="media_referral").exists()


def test_a_question_of_a_channel_that_has_gone_meanwhile_is_still_answered(
    town: Town, channel: Channel
) -> None:
    inquiry = asked(channel, town.cleo)
    Channel.objects.filter(pk=channel.pk).update(state=Channel.State.CLOSED, closed_on=NOW.date())
    channel.refresh_from_db()
    with pytest.raises(NoLongerPossible, match="is not open"):
        asked(channel, town.cleo)
    assert answer_inquiry(inquiry, by=town.cleo, now=NOW).closed_at == NOW


@pytest.mark.parametrize(
    ("policy", "kind", "steps"),
    [
        # four hours before, and when the time is out
        (
            "varmdo",
            "criticism",
            [
                (at("2026-03-03", "05:00"), "responsible_person"),
                (at("2026-03-03", "09:00"), "nearest_manager"),
            ],
        ),
        ("varmdo", "question", []),
        (
            "vargarda",
            "question",
            [
                (at("2026-03-03", "09:00"), "responsible_person"),
                (at("2026-03-05", "09:00"), "operations_manager"),
            ],
        ),
        ("vargarda", "media", [(at("2026-03-02", "16:00"), "communications_officer")]),
        (
            "tyreso",
            "question",
            [
                (at("2026-03-03", "09:00"), "responsible_person"),
                (at("2026-03-05", "09:00"), "nearest_manager"),
            ],
        ),
        ("vetlanda", "question", [(at("2026-03-04", "09:00"), "responsible_person")]),
        ("volda", "correction", []),
    ],
)
def test_the_routine_says_who_is_reminded_and_a_duty_without_a_moment_is_never_late(
    policy: str, kind: str, steps: list[tuple[datetime, str]], db: None
) -> None:
    town, channel = place(policy)
    row = owed(asked(channel, town.cleo, kind=kind)).popitem()[1]
    assert [(datetime.fromisoformat(each["at"]), each["who"]) for each in row.steps] == steps
    if row.due_at is None:
        assert not row.is_overdue(later(days=400))
        assert {each["kind"] for each in row.steps} <= {"remind"}


def test_the_answer_comes_before_the_reminder_and_nobody_is_written_to(db: None) -> None:
    town, channel = place("varmdo")
    inquiry = asked(channel, town.cleo, kind="criticism")
    answer_inquiry(inquiry, by=town.cleo, now=later(hours=1))
    while advance_due(now=at("2026-03-05", "09:00")):
        pass
    assert not Escalation.objects.exists()
    assert not Notice.objects.exists()


# --- policy, log and database ---------------------------------------------------------------------


def test_a_new_policy_moves_the_open_clock_and_leaves_the_answered_one(db: None) -> None:
    town, channel = place("varmdo")
    done = answer_inquiry(
        asked(channel, town.cleo, kind="criticism"), by=town.cleo, now=later(minutes=1)
    )
    still = asked(channel, town.cleo, kind="criticism", posted=later(minutes=2))
    text = file_of("varmdo").read_text()
    changed = text.replace("clock_hours = 24", "clock_hours = 48")
    adopt_text(town.municipality, changed, number=2, in_force_from=date(2026, 3, 3))
    replan(town.municipality, now=at("2026-03-03", "01:00"))
    assert due(done) == {"reply": at("2026-03-03", "09:00")}
    assert due(still) == {"reply": at("2026-03-04", "09:02")}


def test_a_policy_that_no_longer_asks_for_it_waives_it(db: None) -> None:
    town, channel = place("ekby")
    inquiry = asked(channel, town.cleo)
    text = file_of("ekby").read_text()
    none = text.replace("within = { working_days = 2 }", "expressly_none = true", 1)
    adopt_text(town.municipality, none, number=2, in_force_from=date(2026, 3, 3))
    replan(town.municipality, now=at("2026-03-03", "01:00"))
    assert owed(inquiry)["reply"].waived_at is not None


def test_the_runs_of_the_engine_open_nothing_more(town: Town, channel: Channel) -> None:
    inquiry = asked(channel, town.cleo)
    open_due(later(minutes=5))
    assert sorted(owed(inquiry)) == ["full_answer", "reply"]


def test_the_log_knows_that_it_came_and_none_of_its_words(town: Town, channel: Channel) -> None:
    inquiry = asked(channel, town.cleo, about="Bengts grannes hund")
    give_holding_reply(inquiry, by=town.cleo, now=later(minutes=1))
    leave_unanswered(
        inquiry, ground="gone", reason="Bengt tog bort den", by=town.cleo, now=later(minutes=2)
    )
    acts = list(AuditEntry.objects.order_by("number").values_list("act", flat=True))
    assert acts[:2] == ["inquiry.entered", "inquiry.held"]
    assert acts[-1] == "inquiry.unanswered"
    kept = str(list(AuditEntry.objects.values_list("facts", "subject_label", "clause")))
    assert "Bengt" not in kept
    assert logged("inquiry.entered")[0].clause.startswith("2.2 Krav")


def test_a_question_that_is_a_finding_points_at_it_on_its_own_channel(
    town: Town, channel: Channel
) -> None:
    item = take_up(channel, Finding(text="När öppnar ni?"), by=town.cleo, now=NOW)
    assert asked(channel, town.cleo, finding=item).item == item
    other = open_channel(town.library, "Ekby läser")
    assign(town.cleo, other)
    with pytest.raises(AgainstPolicy, match="another channel"):
        asked(other, town.cleo, finding=item)


def test_it_is_about_something_and_was_known_after_it_was_posted(
    town: Town, channel: Channel
) -> None:
    for fields, field in (
        ({"about": "  "}, "about"),
        ({"posted_at": later(minutes=1)}, "posted_at"),
        ({"became_aware_at": later(minutes=1)}, "became_aware_at"),
    ):
        with pytest.raises(AgainstPolicy) as refused:
            asked(channel, town.cleo, now=NOW, **fields)
        assert refused.value.field == field
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moderation_inquiry SET about = 'annat'",
        "UPDATE moderation_inquiry SET posted_at = posted_at - interval '1 hour'",
        "UPDATE moderation_inquiry SET held_at = now()",
        "DELETE FROM moderation_inquiry",
        "UPDATE moderation_timecorrection SET why = 'annat'",
        "DELETE FROM moderation_timecorrection",
    ],
)
def test_the_database_keeps_what_was_entered(statement: str, town: Town, channel: Channel) -> None:
    inquiry = asked(channel, town.cleo)
    give_holding_reply(inquiry, by=town.cleo, now=NOW)
    correct_times(inquiry, posted_at=None, became_aware_at=NOW, why="Fel", by=town.cleo, now=NOW)
    with pytest.raises(Exception, match="what was done stays"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_database_keeps_an_answer_from_being_taken_back(town: Town, channel: Channel) -> None:
    answer_inquiry(asked(channel, town.cleo), by=town.cleo, now=NOW)
    reopened = "UPDATE moderation_inquiry SET closed_at = NULL, closed_by_id = NULL, outcome = ''"
    with pytest.raises(Exception, match="what was done stays"), transaction.atomic():
        connection.cursor().execute(reopened)


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "answered"},
        {"outcome": "referred", "closed_at": NOW},
        {"outcome": "unanswered", "closed_at": NOW, "ground": "gone"},
        {"ground": "gone"},
        {"held_at": NOW},
        {"about": ""},
    ],
)
def test_the_database_refuses_half_an_outcome(
    fields: dict[str, Any], town: Town, channel: Channel
) -> None:
    row = {
        "municipality": town.municipality,
        "channel": channel,
        "kind": "question",
        "about": "Snön",
        "became_aware_at": NOW,
        "entered_by": town.cleo,
        "entered_at": NOW,
    }
    if "closed_at" in fields:
        row["closed_by"] = town.cleo
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.create(**(row | fields))
