"""What a routine settles in figures and times, in a few words, in the language in use.

Its sentence says it for people; these say what the engine goes by, so that two versions that differ
in a figure alone are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.policy.scope_words import scope_words
from governance.policy.types import Routine, Tell, Threshold
from governance.roles import Role

#: Under which keys `who` are those who decide; elsewhere they owe it.
_DECIDED: Final = frozenset({"crisis", "rest"})
#: Where the window is how far is looked ahead.
_ENDING: Final = "ending"


def routine_words(routine: Routine) -> Iterator[str]:
    """Each figure and time of the routine, those of its ladder first."""
    for tell in routine.tell:
        yield _step(tell)
    yield from _numbers(routine)
    for threshold in routine.inactive:
        yield _quiet(threshold)
    if routine.who:
        words = _("decided by %(who)s") if routine.key in _DECIDED else _("owed by %(who)s")
        yield words % {"who": ", ".join(str(role.label) for role in routine.who)}
    if routine.morning:
        yield _("from %(time)s") % {"time": routine.morning}
    if routine.quiet_from and routine.quiet_from == routine.quiet_to:
        yield _("mail at any hour")
    elif routine.quiet_from:
        hours = {"first": routine.quiet_from, "last": routine.quiet_to}
        yield _("no mail between %(first)s and %(last)s") % hours
    if routine.urgent:
        yield _("mail at once")


def _step(tell: Tell) -> str:
    who = _("whoever owes it") if tell.who == "duty_holder" else str(Role(tell.who).label)
    before = tell.side == "before"
    if tell.count == 0:
        moment = _at_once(tell.unit, before=before)
    else:
        moment = (_("%(time)s before") if before else _("%(time)s after")) % {"time": _long(tell)}
    return f"{moment}: {who}"


def _at_once(unit: str, *, before: bool) -> str:
    """Nothing before or after: where a whole day is due, days before it begin with that day."""
    if unit == "working days":
        return (
            _("on the day or the last working day before it")
            if before
            else _("when the time is out or the next working day begins")
        )
    if before:
        return _("on the day") if unit == "days" else _("just when the time is out")
    return _("when the time is out")


def _long(tell: Tell) -> str:
    match tell.unit:
        case "hours":
            words = ngettext("%(n)s hour", "%(n)s hours", tell.count)
        case "days":
            words = ngettext("%(n)s day", "%(n)s days", tell.count)
        case "working days":
            words = ngettext("%(n)s working day", "%(n)s working days", tell.count)
    return words % {"n": tell.count}


def _numbers(routine: Routine) -> Iterator[str]:
    if (n := routine.window_days) is not None:
        if routine.key == _ENDING:
            words = ngettext("%(n)s day ahead", "%(n)s days ahead", n)
        else:
            words = ngettext("on the last day", "in the last %(n)s days", n)
        yield words % {"n": n}
    if (n := routine.change_days) is not None:
        yield ngettext(
            "within %(n)s day of a major change", "within %(n)s days of a major change", n
        ) % {"n": n}
    if (n := routine.give_days) is not None:
        yield ngettext(
            "%(n)s working day where no moment is said",
            "%(n)s working days where no moment is said",
            n,
        ) % {"n": n}
    if (n := routine.recheck_months) is not None:
        yield ngettext("every %(n)s month", "every %(n)s months", n) % {"n": n}
    if (n := routine.times_per_day) is not None:
        yield ngettext("%(n)s time a day", "%(n)s times a day", n) % {"n": n}
    if (n := routine.every_days) is not None:
        yield ngettext("every %(n)s day", "every %(n)s days", n) % {"n": n}
    if (n := routine.snooze_days) is not None:
        yield ngettext("put off for one day", "put off for %(n)s days at most", n) % {"n": n}


def _quiet(threshold: Threshold) -> str:
    words = ngettext("quiet after %(n)s day", "quiet after %(n)s days", threshold.days)
    where = scope_words(threshold.scope)
    return ", ".join(filter(None, (words % {"n": threshold.days}, where)))
