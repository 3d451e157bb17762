"""What the policy's form demands of a plan before it is submitted. Reading only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.addresses import recognise_address
from channels.answers import Answers, is_blank, times_a_day
from channels.models import Plan
from channels.platforms import AddressRefused
from governance.errors import AgainstPolicy
from governance.models import Municipality, User
from governance.policy.times import CalendarDays, CalendarMonths, TimesPerDay
from governance.policy.types import Field, Policy, Rule, Stated

_MONTH = 30
#: Hours in a week; more cannot be set aside.
_WEEK = 168


class NotReady(AgainstPolicy):
    """The plan cannot be submitted; `faults` are what is wrong, each for its field."""

    def __init__(self, faults: list[AgainstPolicy]) -> None:
        first = faults[0]
        super().__init__(first.message, clause=first.clause, field=first.field)
        self.faults = faults


def plan_faults(
    policy: Policy, answers: Answers, plan: Plan, *, now: datetime
) -> list[AgainstPolicy]:
    """Everything in the answers that the policy's plan form refuses, in the form's order.

    `now` is when they are submitted: a day that passes while a plan waits is no fault of its.
    """
    today = plan.municipality.today(now)
    return [
        fault
        for field in policy.form("plan").fields
        for fault in answer_faults(
            field, answers.get(field.key), policy, plan.municipality, plan=plan, today=today
        )
    ]


def faults_so_far(policy: Policy, answers: Answers) -> list[AgainstPolicy]:
    """What is wrong with unfinished answers already: too many persons, too rare checks.

    More writing mends nothing of it, so it is told at every save and not first at the end.
    """
    found: list[AgainstPolicy] = []
    for field in policy.form("plan").fields:
        answer: Any = answers.get(field.key)
        if is_blank(field, answer):
            continue
        if field.kind == "persons":
            found += _too_many(field, answer)
        elif field.kind == "interval" and field.not_looser_than:
            found += _interval(field, answer, policy.rule(field.not_looser_than))
    return found


def answer_faults(
    field: Field,
    answer: Any,
    policy: Policy,
    municipality: Municipality,
    *,
    plan: Plan | None = None,
    today: date | None = None,
) -> Iterator[AgainstPolicy]:
    """What is wrong with one answer: a sentence each, with the clause it is asked under.

    `plan` is the one that is answered, which does not stand in its own way; `today` the day on
    which it is submitted, where that matters.
    """
    if is_blank(field, answer):
        if field.required:
            yield _fault(field, _("This is asked for and must be answered."))
        return
    match field.kind:
        case "persons":
            yield from _persons(field, answer, municipality)
        case "goals":
            earlier = plan.revises if plan else None
            yield from _goals(field, answer, today, earlier.answers if earlier else {})
        case "number" | "hours":
            yield from _number(field, answer)
        case "url":
            yield from _address(field, answer, municipality, plan)
        case "interval" if field.not_looser_than:
            yield from _interval(field, answer, policy.rule(field.not_looser_than))
        case "choice" if answer not in field.choices:
            yield _fault(field, _("Choose one of the listed answers."))
        case "choices" if not set(answer) <= set(field.choices):
            yield _fault(field, _("Choose among the listed answers."))
        case "yes_no_reason" if field.required and not answer["reason"].strip():
            yield _fault(field, _("Give the reason too."))


def _fault(field: Field, message: str, clause: str = "") -> AgainstPolicy:
    return AgainstPolicy(message, clause=clause or field.clause, field=field.key)


def _persons(
    field: Field, persons: list[dict[str, Any]], municipality: Municipality
) -> Iterator[AgainstPolicy]:
    named = [person for person in persons if person["name"].strip()]
    different = {who_is(person) for person in named}
    if field.minimum and len(different) < field.minimum:
        yield _fault(
            field,
            ngettext(
                "Name at least one person.",
                "Name at least %(n)d different persons.",
                field.minimum,
            )
            % {"n": field.minimum},
        )
    yield from _too_many(field, persons)
    for person in named:
        if not person["contact"].strip():
            yield _fault(
                field, _("Say how %(name)s is reached.") % {"name": person["name"].strip()}
            )
    keys = {person["user"] for person in named if person["user"]}
    if len(keys) != User.objects.filter(municipality=municipality, pk__in=keys).count():
        yield _fault(field, _("Choose colleagues from the list, or write a name."))


def _goals(
    field: Field, goals: list[dict[str, Any]], today: date | None, earlier: Answers
) -> Iterator[AgainstPolicy]:
    named = [goal for goal in goals if goal["goal"].strip()]
    if field.minimum and len(named) < field.minimum:
        yield _fault(
            field,
            ngettext("Name at least one goal.", "Name at least %(n)d goals.", field.minimum)
            % {"n": field.minimum},
        )
    for goal in named:
        if goal in (earlier.get(field.key) or []):
            continue  # approved as it stands; its day may have come since
        if today and goal["date"] and date.fromisoformat(goal["date"]) < today:
            yield _fault(
                field,
                _("The follow-up on %(day)s has passed already. Choose a day to come.")
                % {"day": date_format(date.fromisoformat(goal["date"]), "DATE_FORMAT")},
            )


def _too_many(field: Field, persons: list[dict[str, Any]]) -> Iterator[AgainstPolicy]:
    different = {who_is(person) for person in persons if person["name"].strip()}
    if field.maximum is not None and len(different) > field.maximum:
        yield _fault(
            field,
            ngettext("Name at most one person.", "Name at most %(n)d persons.", field.maximum)
            % {"n": field.maximum},
        )


def who_is(person: dict[str, Any]) -> tuple[str, str | int]:
    """What tells one named person from another: the account, else the name however written."""
    if person["user"]:
        return "user", int(person["user"])
    return "name", " ".join(person["name"].casefold().split())


def _number(field: Field, answer: Any) -> Iterator[AgainstPolicy]:
    if field.minimum is not None and answer < field.minimum:
        yield _fault(field, _("At least %(n)d.") % {"n": field.minimum})
    if field.maximum is not None and answer > field.maximum:
        yield _fault(field, _("At most %(n)d.") % {"n": field.maximum})
    if field.kind == "hours" and answer > _WEEK:
        yield _fault(field, _("A week has %(n)d hours.") % {"n": _WEEK})


def _address(
    field: Field, answer: str, municipality: Municipality, plan: Plan | None
) -> Iterator[AgainstPolicy]:
    try:
        found = recognise_address(answer, municipality, apart_from=plan)
    except AddressRefused as refused:
        yield _fault(field, str(refused))
        return
    if field.stands_for != "address":
        return
    if plan and plan.replaces_id and plan.channel and found.account.url != plan.channel.url:
        yield _fault(
            field,
            _(
                "Another account is another channel with a plan of its own. The account of this"
                " plan is %(address)s; where that has moved, it is changed in the register."
            )
            % {"address": plan.channel.url},
        )
        return
    if found.used_by is not None:
        yield _fault(
            field,
            _("%(channel)s at %(unit)s is at this address already.")
            % {"channel": found.used_by.name, "unit": found.used_by.unit},
        )
    elif found.asked_for is not None:
        yield _fault(
            field,
            _("A plan for this address already waits for approval: %(plan)s.")
            % {"plan": found.asked_for},
        )


def _interval(field: Field, answer: dict[str, Any], rule: Rule) -> Iterator[AgainstPolicy]:
    floor = _times_a_day(rule)
    if isinstance(rule, Stated) and floor is not None and times_a_day(answer) < floor:
        yield _fault(
            field,
            _("This is looser than the guideline allows: %(says)s") % {"says": rule.says},
            rule.clause,
        )


def _times_a_day(rule: Rule) -> Fraction | None:
    """How often a day, on average, a cadence asks for; None for what is no cadence."""
    match rule:
        case Stated(value=TimesPerDay(times=times)):
            return Fraction(times)
        case Stated(value=CalendarDays(days=days)):
            return Fraction(1, days)
        case Stated(value=CalendarMonths(months=months)):
            return Fraction(1, months * _MONTH)
    return None
