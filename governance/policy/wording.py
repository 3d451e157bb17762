"""The values of rules in a few words, in the language in use: "once a day", "within 24 hours"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from governance.policy.choice_words import CHOICE_WORDS
from governance.policy.explain import names
from governance.policy.times import (
    AsSoonAsPossible,
    CalendarDays,
    CalendarMonths,
    ClockHours,
    SameAsOtherCorrespondence,
    SameDay,
    Time,
    TimesPerDay,
    WorkingDays,
)
from governance.policy.types import Holders, Likes, Value
from governance.roles import Role


def value_words(key: str, value: Value) -> str:
    """The value of a rule in words; a policy file's own words stay as they are written there."""
    match value:
        case bool():
            return pgettext("answer", "Yes") if value else pgettext("answer", "No")
        case Time():
            return time_words(value)
        case Holders():
            together = _(" and ") if value.needs == "all" else _(" or ")
            return together.join(names(value.roles))
        case Likes():
            return _("allowed: %(allowed)s; never: %(forbidden)s") % {
                "allowed": _listed(key, value.allowed),
                "forbidden": _listed(key, value.forbidden),
            }
        case tuple():
            return _listed(key, value)
        case _:
            return _readable(key, value)


def time_words(time: Time) -> str:
    """When something is done: how often, or within what."""
    said = [_TIMES[type(time)](time)]
    if time.weekends == "next_working_day":
        said.append(_("on the next working day where it falls on a day off"))
    elif time.weekends == "skip" and not isinstance(time, WorkingDays):
        said.append(_("days off left out"))
    if time.kind == "target":
        said.append(_("as a target"))
    return ", ".join(said)


def _times_a_day(time: TimesPerDay) -> str:
    if time.times == 1:
        often = _("once a day")
    else:
        often = ngettext("%(n)s time a day", "%(n)s times a day", time.times) % {"n": time.times}
    days = {
        "every_day": "",
        "working_days": _("on working days"),
        "from_plan": _("on the days of the plan"),
    }[time.day_basis]
    window = _("within office hours") if time.window else ""
    return ", ".join(filter(None, (often, days, window)))


def _hours(time: ClockHours) -> str:
    return ngettext("within %(n)s hour", "within %(n)s hours", time.hours) % {"n": time.hours}


def _working_days(time: WorkingDays) -> str:
    words = ngettext("within %(n)s working day", "within %(n)s working days", time.days)
    return words % {"n": time.days}


def _days(time: CalendarDays) -> str:
    return ngettext("every %(n)s day", "every %(n)s days", time.days) % {"n": time.days}


def _months(time: CalendarMonths) -> str:
    words = ngettext("every %(n)s month", "every %(n)s months", time.months) % {"n": time.months}
    by_calendar = {6: _("by calendar half-years"), 12: _("by calendar years")}
    how = by_calendar.get(time.months, "") if time.basis == "calendar" else _("since the last")
    return ", ".join(filter(None, (words, how)))


_TIMES: Final[dict[type[Time], Callable[[Any], str]]] = {
    AsSoonAsPossible: lambda _time: _("as soon as possible, without a moment"),
    SameAsOtherCorrespondence: lambda _time: _("as other correspondence"),
    SameDay: lambda _time: _("the same day"),
    ClockHours: _hours,
    WorkingDays: _working_days,
    CalendarDays: _days,
    TimesPerDay: _times_a_day,
    CalendarMonths: _months,
}


def _listed(key: str, words: Iterable[str]) -> str:
    return ", ".join(_readable(key, word) for word in words) or _("nothing")


def _readable(key: str, word: object) -> str:
    chosen = CHOICE_WORDS.get(key, {})
    if word in chosen:
        return str(chosen[str(word)])
    return str(Role(word).label) if word in Role.values else str(word)
