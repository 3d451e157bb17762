"""Reads what stands beside the rules: the document, categories, texts, guidance, law, routine."""

import re
from typing import Final, get_args

from governance.policy.rules import read_scope, refuse_ties
from governance.policy.table import ROLES, Table
from governance.policy.types import (
    Act,
    Category,
    Cited,
    Evidence,
    Gap,
    Ground,
    Guidance,
    GuidanceUse,
    Guideline,
    OffsetUnit,
    Recommendation,
    Requirement,
    Routine,
    Side,
    Status,
    Strength,
    Tell,
    Text,
    TextUse,
    Threshold,
)
from governance.policy.vocabulary import CAPABILITIES, CATEGORIES, KEYS, ROUTINES

_STRENGTHS: tuple[Strength, ...] = get_args(Strength)
_STATUSES: tuple[Status, ...] = get_args(Status)
_GROUNDS: tuple[Ground, ...] = get_args(Ground)
_EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
_TEXT_USES: tuple[TextUse, ...] = get_args(TextUse)
_GUIDANCE_USES: tuple[GuidanceUse, ...] = get_args(GuidanceUse)
_UNITS: tuple[OffsetUnit, ...] = get_args(OffsetUnit)
_DUTY_HOLDER: Final = "duty_holder"
_IN_ROUTINE: Final = (
    "says tell window_days change_days give_days recheck_months times_per_day every_days who minor "
    "inactive_days snooze_days morning urgent quiet_from quiet_to"
).split()
_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


def read_requirements(file: Table) -> dict[str, Requirement]:
    """The guideline's numbered demands."""
    found = {}
    for id_, table in file.named_tables("requirements"):
        found[id_] = Requirement(
            id=id_,
            strength=table.word("strength", _STRENGTHS, "strength"),
            capabilities=table.words("for", CAPABILITIES, "capability"),
            guidance_only_because=table.text("guidance_only_because"),
        )
        if not found[id_].capabilities:
            table.fault("for", "is missing: name what the demand is for.")
        table.done(("strength", "for", "guidance_only_because"))
    return found


def read_guideline(file: Table) -> Guideline:
    """The document itself: what it says of its adoption, and what it leaves open."""
    table = file.table("guideline")
    cited_acts = table.table("acts")
    acts = tuple(_act(each) for each in cited_acts.tables("act"))
    guideline = Guideline(
        title=table.text("title", required=True),
        short=table.text("short", required=True),
        address=_address(table),
        document_type=table.text("document_type"),
        adopted_by=table.text("adopted_by"),
        decision=table.text("decision"),
        adopted_on=table.day("adopted_on"),
        revised_on=table.day("revised_on"),
        in_force_from=table.day("in_force_from"),
        legal_basis=table.text("legal_basis"),
        applies_to=table.text("applies_to"),
        related=table.texts("related"),
        gaps=tuple(_gap(each) for each in table.tables("gap")),
        acts=acts,
        acts_cited=Cited(**cited_acts.citation()) if acts else None,
        **table.citation(default="fact"),
    )
    cited_acts.done(("act",))
    table.done(
        ("title", "short", "address", "document_type", "adopted_by", "decision", "gap", "acts")
    )
    return guideline


def _address(table: Table) -> str:
    found = table.text("address")
    if found and not found.startswith("https://"):
        table.fault("address", "must begin with https://, for people are sent there.")
    return found


def _gap(table: Table) -> Gap:
    gap = Gap(about=table.text("about", required=True), **table.citation())
    table.done(("about",))
    return gap


def _act(table: Table) -> Act:
    act = Act(name=table.text("name", required=True), now=table.text("now"))
    table.done(("name", "now"))
    return act


def read_categories(file: Table) -> tuple[Category, ...]:
    """The kinds of content that may or must be removed."""
    return tuple(_category(table) for table in file.tables("category"))


def _category(table: Table) -> Category:
    category = Category(
        code=table.word("code", CATEGORIES, "category"),
        label=table.text("label", required=True),
        definition=table.text("definition"),
        status=table.word("status", _STATUSES, "status"),
        ground=table.word("ground", _GROUNDS, "ground"),
        statute=table.text("statute"),
        must_be_obvious=table.flag("must_be_obvious"),
        evidence=table.word("evidence", _EVIDENCE, "way to keep evidence", "store"),
        notice=table.text("notice"),
        diarise=table.flag("diarise"),
        **table.citation(says_required=False),
    )
    table.done(("code", "label", "definition", "status", "ground", "notice", "diarise"))
    return category


def read_texts(file: Table) -> dict[str, Text]:
    """The prescribed texts, word for word."""
    found = {}
    for key, table in file.named_tables("text"):
        found[key] = Text(
            key=key,
            version=table.number("version") or 1,
            use=table.word("use", _TEXT_USES, "use of a text"),
            text=table.text("text"),
            unset=table.text("unset"),
            **table.citation(),
        )
        if bool(found[key].text) == bool(found[key].unset):
            table.fault("text", "must have a text, or say under unset why there is none yet.")
        table.done(("version", "use", "text", "unset"))
    return found


def read_guidance(file: Table) -> tuple[Guidance, ...]:
    """The advice."""
    items = []
    for table in file.tables("guidance"):
        items.append(
            Guidance(
                key=table.text("key", required=True),
                title=table.text("title", required=True),
                use=table.word("use", _GUIDANCE_USES, "use of guidance"),
                **table.citation(),
            )
        )
        table.done(("key", "title", "use"))
    return tuple(items)


def read_recommendations(file: Table) -> tuple[Recommendation, ...]:
    """What is recommended beside a rule; never due."""
    items = []
    for table in file.tables("recommendation"):
        items.append(
            Recommendation(
                key=table.text("key", required=True),
                about=table.word("about", KEYS, "key"),
                says=table.text("says", required=True),
                why=table.text("why", required=True),
                law=table.texts("law"),
            )
        )
        table.done(("key", "about", "says", "why", "law"))
    return tuple(items)


def read_routines(file: Table) -> dict[str, Routine]:
    """Our routine: never with a clause or a requirement."""
    found = {}
    for key, table in file.named_tables("routine"):
        if key not in ROUTINES:
            table.faults.unknown(table.key, key, ROUTINES, "routine")
        for name in ("clause", "requirements", "law", "strength"):
            if table.raw(name) is not None:
                table.fault(name, "cannot stand in a routine: it is ours, not the guideline's.")
        found[key] = Routine(
            key=key,
            says=table.text("says", required=True),
            tell=tuple(_tell(each) for each in table.tables("tell")),
            window_days=table.number("window_days"),
            change_days=table.number("change_days"),
            give_days=table.number("give_days"),
            recheck_months=_at_least_one(table, "recheck_months"),
            times_per_day=table.number("times_per_day"),
            every_days=_at_least_one(table, "every_days"),
            snooze_days=_at_least_one(table, "snooze_days"),
            who=table.roles("who"),
            inactive=_thresholds(table),
            minor=table.texts("minor"),
            morning=_time_of_day(table, "morning"),
            urgent=table.flag("urgent"),
            quiet_from=_time_of_day(table, "quiet_from"),
            quiet_to=_time_of_day(table, "quiet_to"),
        )
        table.done(_IN_ROUTINE)
    return found


def _tell(table: Table) -> Tell:
    side: Side = "before" if table.has("before") else "after"
    count, _, unit = table.text(side, required=True).partition(" ")
    units = [each for each in _UNITS if unit in (each, each.removesuffix("s"))]
    if not count.isdecimal() or not units:
        table.fault(side, "must be such as “1 working day”, “7 days” or “4 hours”.")
    who = table.word("who", (*ROLES, _DUTY_HOLDER), "role")
    table.done(("before", "after", "who"))
    return Tell(
        side=side,
        count=int(count) if count.isdecimal() else 0,
        unit=units[0] if units else "days",
        who=ROLES.get(who, _DUTY_HOLDER),
    )


def _thresholds(table: Table) -> tuple[Threshold, ...]:
    """`inactive_days` for every channel, and under `unless` what holds in narrower scopes."""
    days = _at_least_one(table, "inactive_days")
    found = [Threshold(days=days)] if days else []
    for each in table.tables("unless"):
        narrower = Threshold(
            days=_at_least_one(each, "inactive_days") or 0,
            scope=read_scope(each.table("scope")),
        )
        if not narrower.days:
            each.fault("inactive_days", "is missing.")
        each.done(("inactive_days", "scope"))
        found.append(narrower)
    refuse_ties(table.key, [each.scope for each in found], table.faults)
    return tuple(found)


def _at_least_one(table: Table, name: str) -> int | None:
    found = table.number(name)
    if found == 0:
        table.fault(name, "must be 1 or more.")
    return found or None


def _time_of_day(table: Table, name: str) -> str:
    found = table.text(name)
    if found and not _CLOCK.match(found):
        table.fault(name, "must be a time of day such as “07:00”.")
    return found
