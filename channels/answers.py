"""The answers to a policy's questions: their shape as JSON, and as words on paper.

An answer is JSON-plain, so that it can be frozen and digested as it stands. By kind of question:

    text, long_text, url, choice, note   "text"; for a choice, the choice's key
    choices                              ["key", …]
    unit                                 {"unit": 12, "name": "Ekby bibliotek"}
    persons                              [{"user": 7 or null, "name", "title", "contact"}, …]
    goals                                [{"goal", "indicator", "target", "date": ISO or ""}, …]
    interval                             {"times": 2, "per": "day" | "week" | "month"}
    number, hours                        4 or 4.5; hours are hours a week
    yes_no_reason                        {"answer": true | false, "reason": "text"}
    confirm                              true

A question without an answer has no key. While a draft is written, an answer may be half-made; it
then has the same shape with empty texts and nulls, so that nothing typed is lost.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.policy.types import Field

Answer = Any
Answers = dict[str, Answer]

PERIODS: Final[dict[str, str | Promise]] = {
    "day": gettext_lazy("day"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
}
_DAYS: Final = {"day": 1, "week": 7, "month": 30}


def is_blank(field: Field, answer: Answer) -> bool:
    """Whether the question still waits for an answer."""
    match field.kind:
        case "persons":
            return not any(person["name"] for person in answer or [])
        case "goals":
            return not any(goal["goal"] for goal in answer or [])
        case "interval":
            return not answer or not answer["times"] or not answer["per"]
        case "yes_no_reason":
            return not answer or answer["answer"] is None
        case "number" | "hours":
            return answer is None or answer == ""
    return not answer


def times_a_day(interval: dict[str, Any]) -> Fraction:
    """How often a day, on average, the answered interval is; a month is counted as 30 days."""
    return Fraction(int(interval["times"]), _DAYS[interval["per"]])


def words(field: Field, answer: Answer) -> list[str]:
    """The answer as lines of text, in the language in force; empty where there is none."""
    if is_blank(field, answer):
        return []
    match field.kind:
        case "choice":
            return [field.choices.get(answer, answer)]
        case "choices":
            return [", ".join(field.choices.get(each, each) for each in answer)]
        case "unit":
            return [answer["name"]]
        case "persons":
            return [_person(person) for person in answer if person["name"]]
        case "goals":
            return [_goal(goal) for goal in answer if goal["goal"]]
        case "interval":
            return [_interval(answer["times"], answer["per"])]
        case "number":
            return [formats.number_format(answer, use_l10n=True)]
        case "hours":
            return [_hours(answer)]
        case "yes_no_reason":
            return [_("Yes") if answer["answer"] else _("No"), *_lines(answer["reason"])]
        case "confirm":
            return [_("Confirmed")]
    return _lines(answer)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _person(person: dict[str, Any]) -> str:
    return ", ".join(part for part in (person["name"], person["title"], person["contact"]) if part)


def _goal(goal: dict[str, Any]) -> str:
    measured = ": ".join(part for part in (goal["indicator"], goal["target"]) if part)
    text = f"{goal['goal'].rstrip('.')} ({measured})." if measured else goal["goal"]
    if not goal["date"]:
        return text
    day = formats.date_format(date.fromisoformat(goal["date"]), "DATE_FORMAT")
    return f"{text.rstrip('.')}. " + _("Followed up %(day)s.") % {"day": day}


def _hours(count: float) -> str:
    text = ngettext("%(n)s hour", "%(n)s hours", 1 if count == 1 else 2)
    return text % {"n": formats.number_format(count, use_l10n=True)}


def _interval(times: int, per: str) -> str:
    match per:
        case "day":
            text = ngettext("Once a day", "%(n)s times a day", times)
        case "week":
            text = ngettext("Once a week", "%(n)s times a week", times)
        case _:
            text = ngettext("Once a month", "%(n)s times a month", times)
    return text % {"n": times}
