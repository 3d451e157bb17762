"""A channel's goals beside what came of them: for its page, a goal's page and the overview."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.following_up import GOALS
from channels.models import Channel, Goal, GoalFollowUp, GoalResult
from channels.rights import may_on
from governance.errors import NotAllowed
from governance.models import Obligation, Unit, User
from governance.permissions import may

#: The right on the unit by which those follow up who are not assigned to the channel.
RIGHT = "follow_up"

State = Literal["done", "soon", "late", "waiting", "noted"]
_STATES: dict[str, State] = {
    GoalResult.Verdict.REACHED: "done",
    GoalResult.Verdict.UNDER_WAY: "waiting",
    GoalResult.Verdict.NOT_REACHED: "noted",
}


def may_record(user: User, channel: Channel, now: datetime) -> bool:
    """Everybody assigned to the channel, the managers of its unit and communications."""
    right = may(user, RIGHT, channel.unit, now) is not None
    return right or may_on(user, "check_in", channel, now)


def require_may_record(by: User, channel: Channel, *, now: datetime) -> None:
    """Return, or raise NotAllowed with what would have been needed."""
    if not may_record(by, channel, now):
        raise NotAllowed(
            _(
                "This takes a written assignment to %(channel)s, or an appointment as manager or "
                "communicator at %(unit)s."
            )
            % {"channel": channel, "unit": channel.unit}
        )


@dataclass(frozen=True)
class Standing:
    """A goal, its latest result and what is owed of it, where there is any."""

    follow_up: GoalFollowUp
    latest: GoalResult | None
    owed: Obligation | None
    now: datetime

    @property
    def goal(self) -> Goal:
        return self.follow_up.goal

    @property
    def is_overdue(self) -> bool:
        return self.owed is not None and self.owed.is_overdue(self.now)

    @property
    def state(self) -> State:
        """How it stands, the follow-up that is late or waits before the latest result."""
        if self.is_overdue:
            return "late"
        if self.owed is not None:
            return "soon"
        return _STATES[self.latest.verdict] if self.latest else "waiting"

    @property
    def state_words(self) -> str:
        """The same in words."""
        if self.owed is not None and self.owed.due_on is not None:
            day = date_format(self.owed.due_on, "SHORT_DATE_FORMAT")
            late = _("Was due %(day)s") if self.is_overdue else _("By %(day)s")
            return late % {"day": day}
        if self.owed is not None:
            return _("To be followed up")
        if self.latest is not None:
            return capfirst(str(self.latest.get_verdict_display()))
        return _("Not followed up yet")

    @property
    def promise(self) -> str:
        """How the plan measures the goal, and by when."""
        goal = self.goal
        measured = ": ".join(part for part in (goal.indicator, goal.target) if part)
        if goal.due_on is None:
            return measured or _("The plan gives no measure and no day")
        day = _("by %(day)s") % {"day": date_format(goal.due_on, "SHORT_DATE_FORMAT")}
        return f"{measured}, {day}" if measured else capfirst(day)

    @property
    def came_to(self) -> str:
        """The latest result, or since when there is none."""
        if self.latest is None:
            day = date_format(self.follow_up.since, "SHORT_DATE_FORMAT")
            return _("Nothing recorded since %(day)s") % {"day": day}
        day = date_format(self.latest.as_of, "SHORT_DATE_FORMAT")
        return _("%(result)s, as of %(day)s") % {"result": self.latest.result, "day": day}


def standings(channel: Channel, now: datetime) -> list[Standing]:
    """The goals that the channel's plan in force names, in its order."""
    return standings_of(GoalFollowUp.objects.running().filter(channel=channel).with_words(), now)


def standings_of(goals: Iterable[GoalFollowUp], now: datetime) -> list[Standing]:
    """The same of goals at hand, in two queries whatever their number."""
    found = list(goals)
    latest = {row.follow_up_id: row for row in GoalResult.objects.latest_of(found)}
    owed = {row.subject_id: row for row in _owed().filter(subject_id__in=[g.pk for g in found])}
    return [Standing(each, latest.get(each.pk), owed.get(each.pk), now) for each in found]


def _owed() -> QuerySet[Obligation]:
    kind = ContentType.objects.get_for_model(GoalFollowUp)
    # the one that is due first stands last, and so in the table of `standings_of`
    return Obligation.objects.open().filter(duty=GOALS, subject_type=kind).order_by("-due_at")


# --- the overview -----------------------------------------------------------------------------


def _overdue(goals: QuerySet[GoalFollowUp], now: datetime) -> QuerySet[GoalFollowUp]:
    late = _owed().filter(due_at__lt=now, subject_id=OuterRef("pk")).order_by()
    return goals.filter(Exists(late))


def _not_recorded(goals: QuerySet[GoalFollowUp], _now: datetime) -> QuerySet[GoalFollowUp]:
    return goals.filter(~Exists(GoalResult.objects.filter(follow_up=OuterRef("pk"))))


def _not_reached(goals: QuerySet[GoalFollowUp], _now: datetime) -> QuerySet[GoalFollowUp]:
    results = GoalResult.objects.standing().filter(follow_up=OuterRef("pk"))
    latest = results.order_by("-as_of", "-at", "-pk").values("verdict")[:1]
    return goals.annotate(verdict=Subquery(latest)).filter(verdict=GoalResult.Verdict.NOT_REACHED)


_Narrow = Callable[[QuerySet[GoalFollowUp], datetime], QuerySet[GoalFollowUp]]
#: What the overview can be narrowed to.
FILTERS: Final[dict[str, tuple[str | Promise, _Narrow]]] = {
    "overdue": (gettext_lazy("Overdue"), _overdue),
    "not_recorded": (gettext_lazy("Nothing recorded yet"), _not_recorded),
    "not_reached": (gettext_lazy("Not reached"), _not_reached),
}


def overseen(
    units: QuerySet[Unit], now: datetime, *, unit: int | None = None, show: str = ""
) -> QuerySet[GoalFollowUp]:
    """The goals of the units' channels that plans in force name, the nearest in time first.

    `unit`: the key of the only unit asked for; `show`: one of FILTERS. Others are passed over.
    """
    found: QuerySet[GoalFollowUp] = GoalFollowUp.objects.running().with_words()
    found = found.filter(channel__unit__in=units)
    if unit is not None:
        found = found.filter(channel__unit=unit)
    if show in FILTERS:
        found = FILTERS[show][1](found, now)
    return found.order_by(F("goal__due_on").asc(nulls_last=True), "channel__name", "pk")


# --- one goal ---------------------------------------------------------------------------------


#: The parts of a goal, as what a changed plan changed.
_PARTS: Final[dict[str, str | Promise]] = {
    "text": gettext_lazy("the goal"),
    "indicator": gettext_lazy("what is measured"),
    "target": gettext_lazy("the target"),
    "due_on": gettext_lazy("the day"),
}


def changes_between(before: Goal, after: Goal) -> list[str]:
    """What two wordings of a goal differ in, in words; empty where they say the same."""
    return [
        str(words)
        for name, words in _PARTS.items()
        if getattr(before, name) != getattr(after, name)
    ]


@dataclass(frozen=True)
class Wording:
    """How one version of the plan words a goal, and what it changed."""

    goal: Goal
    changed: list[str]


def wordings(follow_up: GoalFollowUp) -> list[Wording]:
    """Every wording that says something else than the one before it, the newest first."""
    rows = list(follow_up.wordings.select_related("version__plan").order_by("version__number"))
    found = [Wording(rows[0], [])]
    for before, after in pairwise(rows):
        if changed := changes_between(before, after):
            found.append(Wording(after, changed))
    return found[::-1]
