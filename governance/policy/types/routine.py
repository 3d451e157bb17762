"""What stands beside the rules: who is told when, and what else the guideline leaves open."""

from dataclasses import dataclass
from typing import Literal

from governance.policy.types.rules import ANYWHERE, Scope
from governance.roles import Role

Side = Literal["before", "after"]
OffsetUnit = Literal["working days", "days", "hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell `who` so much `before` or `after` the moment the duty is due.

    `duty_holder` is whoever owes it: the responsible person, the actor of the waiting step …
    """

    side: Side
    count: int
    unit: OffsetUnit
    who: Role | Literal["duty_holder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """After so many days without a post a channel in the scope has gone quiet."""

    days: int
    scope: Scope = ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """Our routine beside the rules; it has no clause because the guideline says nothing of it.

    `window_days`: so long before the end of the period a snapshot counts for it; for what ends, so
    far ahead it is looked for.
    `change_days`: so long before (or, for `at`, after) a major change a snapshot counts for it.
    `give_days`: working days after which a step or a duty without a moment in the guideline is
    reminded of; it makes nothing fall due.
    `recheck_months`: so long after it was looked at, the visitor information is looked at again
    where the guideline gives no interval; nothing falls due.
    `times_per_day`: checks while a crisis is declared.
    `every_days`: in a declared rest, a check is owed every so many days.
    `snooze_days`: for so many days in all may whoever owes it put it off.
    `who`: who declares a crisis or a rest, where the guideline does not say; elsewhere who owes
    what the routine speaks of.
    `inactive`: after how many days without a post a channel has gone quiet, by scope.
    `minor`: questions of the plan form whose answers may change without new approvals.
    `morning`: the time of day (`HH:MM`, local, before noon) from which, on a working day, whoever
    is to look gets one mail of what waits.
    `urgent`: mail of it goes at once, whatever else the reader got within the hour.
    `quiet_from`/`quiet_to`: no mail between these times of day (`HH:MM`), local time.
    """

    key: str
    says: str
    tell: tuple[Tell, ...] = ()
    window_days: int | None = None
    change_days: int | None = None
    give_days: int | None = None
    recheck_months: int | None = None
    times_per_day: int | None = None
    every_days: int | None = None
    snooze_days: int | None = None
    who: tuple[Role, ...] = ()
    inactive: tuple[Threshold, ...] = ()
    minor: tuple[str, ...] = ()
    morning: str = ""
    urgent: bool = False
    quiet_from: str = ""
    quiet_to: str = ""

    def inactive_days(self, scope: Scope) -> int | None:
        """After how many days a channel there has gone quiet; the most specific number holds."""
        fitting = [each for each in self.inactive if each.scope.contains(scope)]
        best = max(fitting, key=lambda each: len(each.scope.pairs()), default=None)
        return best.days if best else None
