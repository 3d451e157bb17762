"""The library's channel with its goals, and results of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from channels.actions.goals import record_result
from channels.models import Channel, GoalFollowUp, GoalResult
from governance.models import Obligation, User
from tests.plans_of_town import opened
from tests.plans_revised import both_approve, changed_and_submitted
from tests.town import NOW, Town

REACHED, UNDER_WAY, NOT_REACHED = GoalResult.Verdict.values
#: The day on which the library's goal is to be followed up, and one on which that can be done.
DUE = date(2026, 6, 30)


def goal(
    text: str = "Nå fler unga",
    indicator: str = "Följare",
    target: str = "500",
    date: str = "2026-06-30",
) -> dict[str, str]:
    """A goal as a plan's form takes it."""
    return {"goal": text, "indicator": indicator, "target": target, "date": date}


def channel_with(town: Town, *goals: dict[str, str], **changes: Any) -> Channel:
    """The library's open channel, whose plan names these goals."""
    return opened(town, goals=list(goals) or [goal()], **changes)


def revised(channel: Channel, town: Town, *goals: dict[str, str], **changes: Any) -> Channel:
    """A week later a changed plan with these goals is approved."""
    both_approve(changed_and_submitted(channel, town, goals=list(goals), **changes), town)
    channel.refresh_from_db()
    return channel


def followed(channel: Channel) -> GoalFollowUp:
    """The channel's only goal."""
    return GoalFollowUp.objects.running().with_words().get(channel=channel)


def recorded(follow_up: GoalFollowUp, by: User, now: datetime = NOW, **given: Any) -> GoalResult:
    """A result, of the day it is recorded unless said otherwise, by somebody who saw the rest."""
    newest = follow_up.results.order_by("-pk").first()
    values: dict[str, Any] = {
        "result": "430",
        "verdict": UNDER_WAY,
        "as_of": follow_up.municipality.today(now),
        "seen": newest.pk if newest else None,
    }
    return record_result(follow_up, **(values | given), by=by, now=now)


def owed(follow_up: GoalFollowUp) -> list[Obligation]:
    """What is open of the goal."""
    return list(Obligation.objects.about(follow_up).open())
