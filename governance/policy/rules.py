"""Reads the rules of a policy file: value, scope, citation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from governance.policy.faults import Faults
from governance.policy.table import Table
from governance.policy.times import (
    AsSoonAsPossible,
    CalendarDays,
    CalendarMonths,
    ClockHours,
    DayBasis,
    Kind,
    MonthBasis,
    SameAsOtherCorrespondence,
    SameDay,
    Time,
    TimesPerDay,
    Weekends,
    WorkingDays,
)
from governance.policy.types import (
    ExpresslyNone,
    Holders,
    Likes,
    Scope,
    Stated,
    Strength,
    Value,
)
from governance.policy.vocabulary import (
    ACCOUNT_CLASSES,
    KEYS,
    PERIODS,
    PLATFORMS,
    UNIT_KINDS,
    Key,
)

Rules = dict[str, tuple[Stated | ExpresslyNone, ...]]

_WORDS_FOR_TIMES: dict[str, type[Time]] = {
    "as_soon_as_possible": AsSoonAsPossible,
    "same_day": SameDay,
    "same_as_other_correspondence": SameAsOtherCorrespondence,
}
_COUNTS = ("clock_hours", "working_days", "days", "times_per_day", "months")
_CADENCES: dict[str, type[Time]] = {
    "times a day": TimesPerDay,
    "days": CalendarDays,
    "months": CalendarMonths,
}
_DEADLINES = (
    AsSoonAsPossible,
    SameDay,
    SameAsOtherCorrespondence,
    ClockHours,
    WorkingDays,
    CalendarDays,
)


def read_rules(groups: Mapping[str, Any], faults: Faults) -> Rules:
    """All rules of the file, by key. `groups` are its tables that are no section of their own."""
    rules: Rules = {}
    for group, content in groups.items():
        if group in KEYS:
            rules[group] = _variants(group, content, faults)
        elif not isinstance(content, dict):
            faults.unknown(group, group, KEYS, "key")
        else:
            for name, inner in content.items():
                key = f"{group}.{name}"
                if key in KEYS:
                    rules[key] = _variants(key, inner, faults)
                else:
                    faults.unknown(key, key, KEYS, "key")
    return rules


def _variants(key: str, content: Any, faults: Faults) -> tuple[Stated | ExpresslyNone, ...]:
    """One rule, or several with different scopes written `[[key]]`."""
    if isinstance(content, dict):
        return (_rule(key, Table(content, key, faults)),)
    tables = Table({key: content}, "", faults).tables(key)
    rules = tuple(_rule(key, table) for table in tables)
    if not rules:
        faults.add(key, "is empty: write the rule as a table.")
    refuse_ties(key, [rule.scope for rule in rules], faults)
    return rules


def _rule(key: str, table: Table) -> Stated | ExpresslyNone:
    citation = table.citation()
    scope = read_scope(table.table("scope"))
    who = table.roles("who")
    if table.flag("expressly_none"):
        table.done(("expressly_none",))
        return ExpresslyNone(key=key, who=who, scope=scope, **citation)
    value = _value(KEYS[key], table, citation["strength"])
    if isinstance(value, Time) and not who:
        table.fault("who", "is missing: say who owes it.")
    table.done((KEYS[key].written_as, "scope", "who"))
    return Stated(key=key, value=value, who=who, scope=scope, **citation)


def read_scope(table: Table) -> Scope:
    """Where something applies; anywhere for an empty table."""
    known = {
        "platform": PLATFORMS,
        "account_class": ACCOUNT_CLASSES,
        "unit_kind": UNIT_KINDS,
        "period": PERIODS,
    }
    found = {
        name: table.word(name, words, name.replace("_", " "))
        for name, words in known.items()
        if table.has(name)
    }
    table.done(known)
    return Scope(**found)


def refuse_ties(key: str, scopes: Sequence[Scope], faults: Faults) -> None:
    """Where two scopes could both apply, one must contain the other."""
    for number, one in enumerate(scopes):
        for other in scopes[number + 1 :]:
            nested = one.contains(other) or other.contains(one)
            if one == other or (one.meets(other) and not nested):
                faults.add(
                    key,
                    f"two scopes tie: ({one}) and ({other}) can both apply and "
                    "neither contains the other.",
                )


def _value(key: Key, table: Table, strength: Strength) -> Value:
    name = key.written_as
    if not table.has(name):
        table.fault(name, "is missing: the rule has no value.")
        return False
    match key.type:
        case "flag":
            return table.flag(name)
        case "number":
            return table.number(name) or 0
        case "choice":
            return table.word(name, key.words, "value")
        case "choices":
            return _not_empty(table, name, table.words(name, key.words, "value"))
        case "texts":
            return _not_empty(table, name, table.texts(name))
        case "roles":
            return _not_empty(table, name, table.roles(name))
        case "holders":
            return _holders(table.table(name))
        case "likes":
            return _likes(table.table(name), key.words)
        case "deadline":
            return _only(_DEADLINES, "a deadline", name, table, strength)
        case "times a day" | "days" | "months":
            kinds = (_CADENCES[key.type],)
            return _only(kinds, f"a number of {key.type}", name, table, strength)


def _not_empty(table: Table, name: str, found: tuple[Any, ...]) -> tuple[Any, ...]:
    if not found:
        table.fault(name, "is empty.")
    return found


def _holders(table: Table) -> Holders:
    holders = (
        Holders(table.roles("all")) if table.has("all") else Holders(table.roles("one"), "one")
    )
    if not holders.roles:
        table.fault("", "must name roles under all or under one.")
    table.done(("all", "one"))
    return holders


def _likes(table: Table, words: tuple[str, ...]) -> Likes:
    likes = Likes(
        allowed=table.words("allowed", words, "kind of page"),
        forbidden=table.words("forbidden", words, "kind of page"),
    )
    if set(likes.allowed) & set(likes.forbidden):
        table.fault("forbidden", "names a kind of page that is allowed too.")
    table.done(("allowed", "forbidden"))
    return likes


def _only(
    kinds: tuple[type[Time], ...], what: str, name: str, table: Table, strength: Strength
) -> Time:
    time = read_time(table, name, strength)
    if not isinstance(time, kinds):
        table.fault(name, f"is not {what}.")
    return time


def read_time(table: Table, name: str, strength: Strength) -> Time:
    """The time under that name; how it is written stands in `governance.policy.times`."""
    default: Kind = "duty" if strength == "must" else "target"
    raw = table.raw(name)
    if isinstance(raw, str):
        if raw in _WORDS_FOR_TIMES:
            return _WORDS_FOR_TIMES[raw](kind=default)
        table.faults.unknown(table.at(name), raw, _WORDS_FOR_TIMES, "time")
        return AsSoonAsPossible()
    if not isinstance(raw, dict):
        table.fault(name, f"is no time: {raw!r}.")
        return AsSoonAsPossible()
    return _counted(Table(raw, table.at(name), table.faults), default)


def _counted(table: Table, default: Kind) -> Time:
    """A time with a count: exactly one of `_COUNTS`."""
    given = [count for count in _COUNTS if table.has(count)]
    if len(given) != 1:
        table.fault("", f"must have exactly one of {', '.join(_COUNTS)}.")
        return AsSoonAsPossible()
    count = table.number(given[0]) or 0
    if count < 1:
        table.fault(given[0], "must be 1 or more.")
    time = _of_count(given[0], count, table)
    kind: Kind = table.word("kind", get_args(Kind), "kind of time", default)
    time = replace(time, kind=kind)
    if not isinstance(time, TimesPerDay | WorkingDays) and table.has("weekends"):
        weekends: Weekends = table.word("weekends", get_args(Weekends), "weekend mode")
        time = replace(time, weekends=weekends)
    table.done(("kind", "weekends", "day_basis", "window", "basis"))
    return time


def _of_count(unit: str, count: int, table: Table) -> Time:
    match unit:
        case "clock_hours":
            return ClockHours(hours=count)
        case "working_days":
            return WorkingDays(days=count)
        case "days":
            return CalendarDays(days=count)
        case "months":
            basis: MonthBasis = table.word("basis", get_args(MonthBasis), "basis", "calendar")
            if basis == "calendar" and (count > 12 or 12 % count):
                table.fault("months", "must divide a year to be counted by the calendar.")
            return CalendarMonths(months=count, basis=basis)
    day_basis: DayBasis = table.word("day_basis", get_args(DayBasis), "day basis", "every_day")
    window = table.raw("window")
    if window not in (None, "office_hours"):
        table.fault("window", f"must be “office_hours”, not {window!r}.")
    return TimesPerDay(
        times=count,
        day_basis=day_basis,
        window="office_hours" if window == "office_hours" else None,
        weekends="skip" if day_basis == "working_days" else "count",
    )
