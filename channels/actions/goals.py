"""The goals of an approved plan, taken up as the channel's own, and what each has come to.

A goal lives on the channel from the plan that first names it. A changed plan that keeps it keeps
its results, one that names it no longer ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.actions.checklists import IN_USE
from channels.following_up import GOALS, first_day_that_counts, label_of, rule_of_goals
from channels.goals import changes_between, require_may_record
from channels.models import Channel, Goal, GoalFollowUp, GoalResult, PlanVersion
from governance.audit import digest, record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.late import came_first
from governance.models import Obligation, User
from governance.obligations import meet, waive
from governance.policy.in_force import policy_for, version_in_force
from governance.transitions import locked

LONGEST_RESULT: Final = 200
LONGEST_NOTE: Final = 2000


# --- a plan is approved -----------------------------------------------------------------------


def take_up_goals(
    version: PlanVersion, channel: Channel, *, by: User, now: datetime
) -> dict[str, list[int]]:
    """Make the goals of an approved version those of the channel.

    Part of approving it. Returns the keys of the goals that it began, changed and ended, for the
    act's row in the log; empty lists are left out.
    """
    before = list(
        GoalFollowUp.objects.running()
        .filter(channel=channel)
        .select_for_update(of=("self",), no_key=True)
        .select_related("goal", "municipality")
        .order_by("goal__position", "pk")
    )
    kept = _same_goals(before, list(version.goals.all()))
    done: dict[str, list[int]] = {"begun": [], "changed": [], "ended": []}
    for goal in version.goals.all():
        follow_up = kept.get(goal.pk)
        if follow_up is None:
            done["begun"].append(_begin(goal, channel, now).pk)
        elif _reword(follow_up, goal, by=by, now=now):
            done["changed"].append(follow_up.pk)
    still = {each.pk for each in kept.values()}
    for each in before:
        if each.pk not in still:
            _end(each, version, by=by, now=now)
            done["ended"].append(each.pk)
    return {name: keys for name, keys in done.items() if keys}


def _same_goals(before: Iterable[GoalFollowUp], after: Iterable[Goal]) -> dict[int, GoalFollowUp]:
    """Which goal each of the new plan's (by key) goes on with.

    The one in the same words or else, where it was worded anew, the only one left that is
    measured by the same indicator.
    """
    left = list(before)
    found: dict[int, GoalFollowUp] = {}
    for goal in after:
        same = [each for each in left if _plain(each.goal.text) == _plain(goal.text)]
        if same:
            found[goal.pk] = same[0]
            left.remove(same[0])
    others = [goal for goal in after if goal.pk not in found and goal.indicator]
    for goal in others:
        mine = _plain(goal.indicator)
        same = [each for each in left if _plain(each.goal.indicator) == mine]
        if len(same) == 1 and sum(_plain(each.indicator) == mine for each in others) == 1:
            found[goal.pk] = same[0]
            left.remove(same[0])
    return found


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).rstrip(".")


def _begin(goal: Goal, channel: Channel, now: datetime) -> GoalFollowUp:
    follow_up = GoalFollowUp.objects.create(
        municipality=channel.municipality,
        channel=channel,
        goal=goal,
        since=channel.municipality.today(now),
    )
    _word(follow_up, goal)
    return follow_up


def _word(follow_up: GoalFollowUp, goal: Goal) -> None:
    goal.follow_up = follow_up
    goal.save(update_fields=["follow_up"])


def _reword(follow_up: GoalFollowUp, goal: Goal, *, by: User, now: datetime) -> bool:
    """Go on with the goal in the new plan's words; whether it says anything else than before."""
    before = follow_up.goal
    follow_up.goal = goal
    follow_up.save(update_fields=["goal"])
    _word(follow_up, goal)
    if before.due_on != goal.due_on:
        with translation.override(follow_up.municipality.locale):
            reason = _("A changed plan has given the goal another day.")
        _waive(follow_up, reason, by=by, now=now)
    else:
        open_rows = Obligation.objects.about(follow_up).open()
        open_rows.update(subject_label=label_of(follow_up)[:300])
    return bool(changes_between(before, goal))


def _end(follow_up: GoalFollowUp, version: PlanVersion, *, by: User, now: datetime) -> None:
    follow_up.ended_at, follow_up.ended_by = now, version
    follow_up.save(update_fields=["ended_at", "ended_by"])
    with translation.override(follow_up.municipality.locale):
        reason = _("A changed plan names the goal no longer.")
    _waive(follow_up, reason, by=by, now=now)


def _waive(follow_up: GoalFollowUp, reason: str, *, by: User, now: datetime) -> None:
    for row in Obligation.objects.about(follow_up).open().filter(duty=GOALS):
        waive(row, by=by, now=now, reason=reason)


# --- what came of it --------------------------------------------------------------------------


@transaction.atomic
def record_result(
    follow_up: GoalFollowUp,
    *,
    result: str,
    verdict: str,
    as_of: date,
    note: str = "",
    seen: int | None = None,
    by: User,
    now: datetime,
) -> GoalResult:
    """Put on record what the goal has come to by the day `as_of`, as a figure or in words.

    Meets the follow-up that is owed, unless the result is older than the days that count for it.

    `seen`: the key of the newest result that the person had before them, None where there was
    none. Raises NotAllowed; NoLongerPossible where the goal has ended, the channel is not in use
    or somebody recorded a result in the meantime; AgainstPolicy for an empty result (field
    `result`) and a day to come or before the goal was decided (field `as_of`).
    """
    follow_up = _held(follow_up, by, now)
    refuse_the_late(follow_up, seen)
    row = _recorded(follow_up, result, verdict, as_of, note, corrects=None, by=by, now=now)
    _record("goal.result_recorded", row, by=by, now=now)
    return row


@transaction.atomic
def correct_result(
    entry: GoalResult,
    *,
    result: str,
    verdict: str,
    as_of: date,
    note: str,
    by: User,
    now: datetime,
) -> GoalResult:
    """Put a new result in the place of one that was wrong; the old one stays behind it.

    Raises what `record_result` does, AgainstPolicy without a note (field `note`), and
    NoLongerPossible where it has been corrected.
    """
    follow_up = _held(entry.follow_up, by, now)
    later = GoalResult.objects.filter(corrects=entry).select_related("by", "municipality").first()
    if later is not None:
        words = _("Already corrected by %(name)s on %(moment)s.")
        raise came_first(words, later.by, later.at, later.municipality)
    if not note.strip():
        raise AgainstPolicy(_("Say what was wrong."), field="note")
    row = _recorded(follow_up, result, verdict, as_of, note, corrects=entry, by=by, now=now)
    _record("goal.result_corrected", row, by=by, now=now, corrects=entry.pk)
    return row


def refuse_the_late(follow_up: GoalFollowUp, seen: int | None) -> None:
    """NoLongerPossible where somebody recorded a result that the person had not before them."""
    newest = follow_up.results.select_related("by", "municipality").order_by("-pk").first()
    if newest is not None and newest.pk != seen:
        words = _("Already done by %(name)s on %(moment)s.")
        raise came_first(words, newest.by, newest.at, newest.municipality)


def _held(follow_up: GoalFollowUp, by: User, now: datetime) -> GoalFollowUp:
    """The goal under a lock: permitted, still the plan's, its channel in use."""
    require_may_record(by, follow_up.channel, now=now)
    held = locked(follow_up)
    if held.ended_at is not None:
        day = date_format(timezone.localtime(held.ended_at, held.municipality.zone))
        raise NoLongerPossible(
            _("The plan that was approved on %(day)s names the goal no longer.") % {"day": day}
        )
    if held.channel.state not in IN_USE:
        state = str(held.channel.get_state_display())
        raise NoLongerPossible(_("The channel is %(state)s.") % {"state": state})
    return held


def _recorded(
    follow_up: GoalFollowUp,
    result: str,
    verdict: str,
    as_of: date,
    note: str,
    *,
    corrects: GoalResult | None,
    by: User,
    now: datetime,
) -> GoalResult:
    _refuse_bad(follow_up, result, verdict, as_of, now)
    row = GoalResult.objects.create(
        municipality=follow_up.municipality,
        follow_up=follow_up,
        goal=follow_up.goal,
        result=result.strip()[:LONGEST_RESULT],
        verdict=verdict,
        as_of=as_of,
        note=note.strip()[:LONGEST_NOTE],
        corrects=corrects,
        policy=version_in_force(follow_up.unit, now),
        by=by,
        at=now,
    )
    policy = policy_for(follow_up.unit, now)
    for owed in Obligation.objects.about(follow_up).open().filter(duty=GOALS):
        if as_of >= first_day_that_counts(owed, policy):
            meet(owed, by=by, now=now)
    return row


def _refuse_bad(
    follow_up: GoalFollowUp, result: str, verdict: str, as_of: date, now: datetime
) -> None:
    if not result.strip():
        raise AgainstPolicy(_("Write what it has come to, a figure or words."), field="result")
    if verdict not in GoalResult.Verdict.values:
        raise AgainstPolicy(_("Choose how it stands."), field="verdict")
    if as_of > follow_up.municipality.today(now):
        raise AgainstPolicy(_("The day has not come yet."), field="as_of")
    if as_of < follow_up.since:
        raise AgainstPolicy(
            _("The goal was decided on %(day)s. Choose that day or a later one.")
            % {"day": date_format(follow_up.since)},
            field="as_of",
        )


def _record(act: str, row: GoalResult, *, by: User, now: datetime, **facts: int) -> None:
    """The log keeps the words as a digest only, since anything may be written there."""
    channel = row.follow_up.channel
    policy = policy_for(channel.unit, now)
    record(
        act,
        channel,
        by=by,
        now=now,
        under=rule_of_goals(policy, row.follow_up),
        goal=row.follow_up_id,
        result=row.pk,
        verdict=row.verdict,
        as_of=row.as_of,
        words=digest(f"{row.result}\n{row.note}", row.municipality),
        **facts,
    )
