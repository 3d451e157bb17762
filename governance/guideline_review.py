"""Reviewing the guideline itself: owed as often as it says, met by a word or by a new version.

Where the guideline states no interval nothing falls due. What its own text leaves open although it
must say it (a placeholder never filled in) is owed without a moment, until a version is adopted
that fills it; the program never fills it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.actions import root_of
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.late import came_first
from governance.models import GuidelineReview, Municipality, Obligation, PolicyVersion, User
from governance.obligations import Duty, Ground, Plan, meet, meet_open, register
from governance.permissions import RIGHTS, holds, reason_for
from governance.policy.in_force import policy_for, policy_of, version_in_force
from governance.policy.times import CalendarMonths
from governance.policy.types import Gap, Policy, Stated
from governance.roles import Role
from governance.working_time import Calendar, Due, turn_to_do

REVIEW: Final = "guideline_review"
GAP: Final = "guideline_gap"
#: The routines that say who is told of the two.
REVIEW_ROUTINE: Final = "review"
GAP_ROUTINE: Final = "gaps"
LONGEST_NOTE: Final = 2000


# --- what is asked ----------------------------------------------------------------------------


def interval_of(policy: Policy) -> Stated | None:
    """The rule that says how often the guideline is reviewed; None where it says nothing."""
    rule = policy.rule("review.interval")
    return rule if isinstance(rule, Stated) else None


def reviewers(policy: Policy) -> list[str]:
    """The roles that may say that the guideline was reviewed: its owner, whoever the interval
    names, and those who may adopt a version of it.
    """
    owner, interval = policy.rule("review.owner"), interval_of(policy)
    owners = owner.value if isinstance(owner, Stated) and isinstance(owner.value, tuple) else ()
    named = [*owners, *(interval.who if interval else ())]
    return [*dict.fromkeys(map(str, named)), *sorted(RIGHTS["adopt_policy"])]


def owed_gaps(policy: Policy) -> dict[str, Gap]:
    """What the document must say and does not, by its key. Other gaps are only shown."""
    gaps = policy.guideline.gaps
    return {gap.key: gap for gap in gaps if gap.strength == "must"}


def _who_fills(policy: Policy) -> Role | None:
    """Who sees to the gaps: the guideline's owner, else whom our routine names, else nobody."""
    owner, routine = policy.rule("review.owner"), policy.routine.get(GAP_ROUTINE)
    if isinstance(owner, Stated) and isinstance(owner.value, tuple) and owner.value:
        return Role(str(owner.value[0]))
    return next(iter(routine.who), None) if routine else None


# --- what is owed -----------------------------------------------------------------------------


def last_review(municipality: Municipality) -> date:
    """The day on which the guideline was adopted or last reviewed, whichever came last."""
    adopted = PolicyVersion.objects.filter(municipality=municipality)
    reviewed = municipality.guideline_reviews.aggregate(last=Max("at"))["last"]
    days: list[date] = [adopted.aggregate(last=Max("adopted_on"))["last"]]
    days += [municipality.today(reviewed)] if reviewed else []
    return max(days)


def reviews_owed(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """The review of the municipality's guideline, where it is to be made by now."""
    policy = policy_for(municipality, now)
    if interval_of(policy) is not None:
        yield from _reviews(municipality, policy, Calendar.of(municipality), now)


def _reviews(
    municipality: Municipality, policy: Policy, calendar: Calendar, now: datetime
) -> Iterator[Plan]:
    rule = interval_of(policy)
    if rule is None or not isinstance(rule.value, CalendarMonths):
        return
    routine = policy.routine.get(REVIEW_ROUTINE)
    turn = turn_to_do(
        rule.value,
        now,
        calendar,
        since=last_review(municipality),
        window_days=routine.window_days if routine else None,
    )
    if turn is not None:
        yield _review(municipality, policy, rule, turn.key, turn.due)


def _review(
    municipality: Municipality, policy: Policy, rule: Stated, period: str, due: Due
) -> Plan:
    return Plan(
        duty=REVIEW,
        subject=municipality,
        unit=root_of(municipality),
        who=rule.who[0],  # whoever owes what comes round again is always named
        period=period,
        due=due,
        rule=rule,
        label=policy.guideline.title,
        path=reverse("guideline_review"),
    )


def review_again(row: Obligation, ground: Ground, now: datetime) -> Plan | None:
    """The same under the policy now in force; a turn that is over stays owed as it was."""
    place, policy = ground.municipality, ground.in_force
    if row.is_overdue(now):
        rule, over = interval_of(policy), Due(row.due_on, row.due_at)
        return _review(place, policy, rule, row.period, over) if rule else None
    plans = _reviews(place, policy, ground.calendars.whole, now)
    return next((plan for plan in plans if plan.period == row.period), None)


def gaps_owed(municipality: Municipality, now: datetime) -> Iterator[Plan]:
    """What the guideline in force must say and does not, each with its clause."""
    yield from _gaps(municipality, policy_for(municipality, now))


def _gaps(municipality: Municipality, policy: Policy) -> Iterator[Plan]:
    who = _who_fills(policy)
    if who is None:
        return
    for key, gap in owed_gaps(policy).items():
        yield Plan(
            duty=GAP,
            subject=municipality,
            unit=root_of(municipality),
            who=who,
            period=key,
            rule=gap,
            label=gap.about,
            path=reverse("guideline_review"),
        )


def gap_again(row: Obligation, ground: Ground, _now: datetime) -> Plan | None:
    """The same gap in the version now in force; None where that one has filled it."""
    plans = _gaps(ground.municipality, ground.in_force)
    return next((plan for plan in plans if plan.period == row.period), None)


def register_duties() -> None:
    """Make both duties known to the engine; once, when the app is ready."""
    register(
        Duty(
            key=REVIEW,
            label=gettext_lazy("Review the guideline"),
            act=gettext_lazy("Review"),
            opener=reviews_owed,
            plan_again=review_again,
            routine=REVIEW_ROUTINE,
        )
    )
    register(
        Duty(
            key=GAP,
            label=gettext_lazy("Fill in what the guideline leaves open"),
            act=gettext_lazy("Look"),
            opener=gaps_owed,
            plan_again=gap_again,
            routine=GAP_ROUTINE,
        )
    )


# --- the verbs --------------------------------------------------------------------------------


def may_review(user: User, municipality: Municipality, now: datetime) -> bool:
    """Whether the person may say that the guideline was reviewed."""
    roles = reviewers(policy_for(municipality, now))
    return holds(user, roles, root_of(municipality), now) is not None


def require_reviewer(by: User, municipality: Municipality, *, now: datetime) -> None:
    """Return, or raise NotAllowed with the roles that could."""
    if not may_review(by, municipality, now):
        roles = reviewers(policy_for(municipality, now))
        raise NotAllowed(reason_for(roles, root_of(municipality)))


@transaction.atomic
def review_guideline(
    municipality: Municipality,
    *,
    version: int,
    seen: int | None = None,
    outcome: str,
    note: str = "",
    decision: str = "",
    by: User,
    now: datetime,
) -> GuidelineReview:
    """Put on record that the guideline in force was reviewed, and meet what was owed of that.

    `version` and `seen`: the number of the version and the key of the newest review that the
    person had before them.

    Raises NotAllowed, AgainstPolicy (field `note`) where it will change and nobody says how, and
    NoLongerPossible where another version holds or somebody else has reviewed it meanwhile.
    """
    municipality = Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
    require_reviewer(by, municipality, now=now)
    in_force = refuse_the_late(municipality, version, seen, now=now)
    rule = interval_of(policy_of(in_force))
    if outcome == GuidelineReview.Outcome.CHANGES and not note.strip():
        clause = rule.clause if rule else ""
        raise AgainstPolicy(_("Write what will be changed."), clause=clause, field="note")
    review = GuidelineReview.objects.create(
        municipality=municipality,
        policy=in_force,
        outcome=outcome,
        note=note.strip()[:LONGEST_NOTE],
        decision=decision.strip()[:200],
        by=by,
        at=now,
    )
    meet_open(REVIEW, municipality, by=by, now=now)
    record(
        "guideline.reviewed",
        in_force,
        by=by,
        now=now,
        under=rule,
        review=review.pk,
        version=in_force.number,
        outcome=outcome,
        decision=review.decision,
        note=digest(review.note, municipality),
    )
    return review


def refuse_the_late(
    municipality: Municipality, version: int, seen: int | None, *, now: datetime
) -> PolicyVersion:
    """The version in force, or NoLongerPossible where the person had something else before them."""
    in_force = version_in_force(municipality, now)
    if in_force.number != version:
        raise NoLongerPossible(
            _("Version %(number)d of the guideline holds now. Read it once more.")
            % {"number": in_force.number}
        )
    newest = municipality.guideline_reviews.select_related("by").first()
    if newest is not None and newest.pk != seen:
        words = _("Already done by %(name)s on %(moment)s.")
        raise came_first(words, newest.by, newest.at, municipality)
    return in_force


def met_by_adopting(version: PolicyVersion, *, by: User, now: datetime) -> None:
    """A version that is adopted meets the review that is owed, and each gap that it fills."""
    municipality = version.municipality
    meet_open(REVIEW, municipality, by=by, now=now)
    still_open = owed_gaps(policy_of(version))
    for row in Obligation.objects.open().about(municipality).filter(duty=GAP):
        if row.period not in still_open:
            meet(row, by=by, now=now)
