"""A channel's page: what it promises and does, and what other apps add to it.

Upper apps add in `AppConfig.ready()`, so that channels never learns of them:

    page.add_section(page.Section("check_ins", order=10, template="…/_year.html", context=year))
    page.add_promise(page.Promise("reply.question", _("Replies to questions"), practice=replies))
    page.add_acts({"check_in.made": _("Nothing to remark")}, icon="check")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils import formats
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.custody import custody_gaps
from channels.models import Channel
from channels.paper import clause_of
from channels.scope import scope_of
from governance.models import AuditEntry, Obligation, User
from governance.names import with_names
from governance.policy.types import ExpresslyNone, NotStated, Policy, Recommendation, Rule

Words = str | Lazy


@dataclass(frozen=True)
class Section:
    """A part of the page that another app draws. `context` None leaves it out."""

    key: str
    order: int
    template: str
    context: Callable[[Channel, User, datetime], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Practice:
    """How it goes: what was done, in words, and its state (`done`, `soon`, `late` …)."""

    words: Words
    state: str
    state_words: Words


@dataclass(frozen=True)
class Promise:
    """A rule of the policy that the page holds beside practice.

    `duty` is whose obligations tell how it goes; `practice` tells it better where it is given.
    """

    key: str
    label: Words
    duty: str = ""
    practice: Callable[[Channel, datetime], Practice | None] | None = None


def _custody(channel: Channel, now: datetime) -> Practice | None:
    """In place when every holder has access; else the open duties tell since when one lacks."""
    if channel.state != Channel.State.OPEN or custody_gaps(channel, now):
        return None
    return Practice(_("Every holder has access"), "done", _("In place"))


def _review(channel: Channel, _now: datetime) -> Practice | None:
    """When the plan was last found to stand; None where nobody said so, or it is owed again."""
    if Obligation.objects.about(channel).open().filter(duty="plan_review").exists():
        return None
    latest = channel.plan_reviews.select_related("by").first()
    if latest is None:
        return None
    words = _("%(name)s found on %(day)s that it stands") % {
        "name": latest.by.shown_name,
        "day": _day(latest.at, channel),
    }
    return Practice(words, "done", _("In order"))


_sections: dict[str, Section] = {}
_promises: dict[str, Promise] = {
    promise.key: promise
    for promise in (
        Promise("monitoring.interval", gettext_lazy("Looking after the channel"), "check_in"),
        Promise("reply.question", gettext_lazy("Answers to questions"), "reply"),
        Promise("snapshot.interval", gettext_lazy("Snapshot"), "snapshot"),
        Promise("plan.review", gettext_lazy("Looking through the plan"), "plan_review", _review),
        Promise("credentials.holders", gettext_lazy("Access in safe keeping"), "custody", _custody),
    )
}
_acts: dict[str, tuple[Words, str]] = {}


def add_section(section: Section) -> None:
    """Put a part on the page. The same key replaces the part it had."""
    _sections[section.key] = section


def add_promise(promise: Promise) -> None:
    """Hold one more rule beside practice, or tell better how one of ours goes."""
    _promises[promise.key] = promise


def add_acts(acts: Mapping[str, Words], *, icon: str) -> None:
    """Words and an icon for acts of the audit log that concern channels."""
    _acts.update({act: (words, icon) for act, words in acts.items()})


add_acts(
    {
        "channel.entered": gettext_lazy("Entered among the municipality's channels"),
        "channel.planned": gettext_lazy("The plan that was missing is approved"),
        "channel.replanned": gettext_lazy("A changed plan was approved"),
        "channel.opened": gettext_lazy("Opened"),
        "channel.changed": gettext_lazy("What the register says was changed"),
        "channel.confirmed": gettext_lazy("What the register says was confirmed"),
        "channel.refused": gettext_lazy("The account was not approved"),
        "channel.step_done": gettext_lazy("A step with the account was taken"),
        "visitor_information.checked": gettext_lazy("The visitor information was looked at"),
        "graphic_profile.checked": gettext_lazy("The graphic profile was looked at"),
        "personal_data.supplemented": gettext_lazy(
            "The assessment of personal data was supplemented"
        ),
    },
    icon="channel",
)
add_acts(
    {
        "goal.result_recorded": gettext_lazy("What a goal has come to was recorded"),
        "goal.result_corrected": gettext_lazy("A result of a goal was corrected"),
    },
    icon="flag",
)
add_acts(
    {
        "plan.started": gettext_lazy("The plan was begun"),
        "plan.submitted": gettext_lazy("The plan was submitted"),
        "plan.step_approved": gettext_lazy("The plan was approved in one step"),
        "plan.step_done": gettext_lazy("A step of the plan was taken"),
        "plan.approvals_stand": gettext_lazy("Only minor changes: the earlier approvals stand"),
        "plan.taken_over": gettext_lazy("Somebody else went on with the plan"),
        "plan.confirmed": gettext_lazy("The plan was looked through, and stands"),
        "plan.returned": gettext_lazy("The plan was returned"),
        "plan.document_made": gettext_lazy("The plan was made a document"),
    },
    icon="plan",
)
add_acts(
    {
        "editor.assigned": gettext_lazy("Somebody was assigned to the channel"),
        "editor.begun": gettext_lazy("An assignment began"),
        "editor.expired": gettext_lazy("An assignment came to its end"),
        "editor.revoked": gettext_lazy("An assignment was ended"),
        "editor.prolonged": gettext_lazy("An assignment was prolonged"),
        "editor.let_end": gettext_lazy("An assignment is to end on its last day"),
    },
    icon="person",
)
add_acts(
    {
        "custody.handed_over": gettext_lazy("Access was handed over"),
        "custody.verified": gettext_lazy("Access was tried and works"),
        "custody.ended": gettext_lazy("Access ended"),
        "secret.stored": gettext_lazy("The login was sealed"),
        "secret.looked_at": gettext_lazy("The sealed login was opened"),
    },
    icon="key",
)
add_acts(
    {
        "obligation.reminded": gettext_lazy("Whoever is to do it was reminded"),
        "obligation.escalated": gettext_lazy("It was not done in time, and others were told"),
        "obligation.waived": gettext_lazy("It need not be done"),
        "obligation.put_off": gettext_lazy("It was put off, and its reminder with it"),
        "obligation.replanned": gettext_lazy("A new guideline changed when it is due"),
        "obligation.no_longer_asked": gettext_lazy("The new guideline no longer asks for it"),
    },
    icon="bell",
)


def sections(channel: Channel, user: User, now: datetime) -> list[tuple[str, Mapping[str, Any]]]:
    """The templates and contexts that other apps add, in order."""
    found = []
    for section in sorted(_sections.values(), key=lambda each: each.order):
        context = section.context(channel, user, now)
        if context is not None:
            found.append((section.template, context))
    return found


# --- promise beside practice ------------------------------------------------------------------


@dataclass(frozen=True)
class PromiseRow:
    """One line of the table: what is promised under which clause, and how it goes.

    `url`: where to read more of it, and do it. `in_plan`: the plan promises it, and `clause` is
    its place there in the reader's language.
    """

    label: Words
    clause: str
    promise: Words
    practice: Practice
    recommendation: Recommendation | None
    url: str = ""
    in_plan: bool = False


def promise_rows(channel: Channel, policy: Policy, now: datetime) -> list[PromiseRow]:
    """Every promise of the page beside its practice; silence has a row like any other rule."""
    owed = _owed(channel)
    return [
        _promise_row(promise, channel, policy, owed.get(promise.duty, []), now)
        for promise in _promises.values()
    ]


def _owed(channel: Channel) -> dict[str, list[Obligation]]:
    """The channel's obligations by duty: the open ones, then the latest that was met."""
    rows = Obligation.objects.about(channel)
    latest = rows.filter(met_at__isnull=False).order_by("duty", "-met_at").distinct("duty")
    found: dict[str, list[Obligation]] = {}
    for row in [*rows.open().order_by("due_at"), *latest]:
        found.setdefault(row.duty, []).append(row)
    return found


def _promise_row(
    promise: Promise, channel: Channel, policy: Policy, owed: list[Obligation], now: datetime
) -> PromiseRow:
    rule = policy.rule(promise.key, scope_of(channel))
    advice = next((each for each in policy.recommendations if each.about == promise.key), None)
    nothing = Practice("", "none", _("No demand"))
    if isinstance(rule, NotStated):
        words = _("The guideline says nothing")
        return PromiseRow(promise.label, _("not stated"), words, nothing, advice)
    if isinstance(rule, ExpresslyNone):
        return PromiseRow(promise.label, clause_of(rule), rule.says, nothing, advice)
    own = promise.practice(channel, now) if promise.practice else None
    practice = own or _practice(owed, rule, channel, now)
    return PromiseRow(promise.label, clause_of(rule), rule.says, practice, advice)


def _practice(owed: list[Obligation], rule: Rule, channel: Channel, now: datetime) -> Practice:
    """How a duty goes, as its obligations tell it."""
    waiting = [row for row in owed if row.is_open]
    met = next((row for row in owed if row.met_at), None)
    words = _("Last %(day)s") % {"day": _day(met.met_at, channel)} if met and met.met_at else ""
    late = [row for row in waiting if row.is_overdue(now)]
    if late:
        return Practice(words, "late", _("Since %(day)s") % {"day": _day(late[0].due_at, channel)})
    if waiting and waiting[0].due_on:
        # the day it is owed for: a duty of a day without a clock time ends at the midnight after
        day = formats.date_format(waiting[0].due_on, "SHORT_DATE_FORMAT")
        return Practice(words, "soon", _("By %(day)s") % {"day": day})
    if waiting:
        return Practice(words, "waiting", _("Remains"))
    if met:
        return Practice(words, "done", _("In order"))
    return Practice(words, "none", _("Nothing due"))


def _day(moment: datetime | None, channel: Channel) -> str:
    local = moment.astimezone(channel.municipality.zone) if moment else None
    return formats.date_format(local, "SHORT_DATE_FORMAT") if local else ""


# --- timeline ---------------------------------------------------------------------------------

PER_PAGE: Final = 20


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    at: datetime
    icon: str
    words: Words
    who: str
    clause: str


def timeline(channel: Channel, *, before: int | None = None) -> tuple[list[Event], int | None]:
    """What happened to a channel, its plans and goals, newest first, and where older rows begin.

    The timeline is the audit log filtered by subject; nothing is gathered from other tables.
    """
    plans = list(channel.plans.values_list("pk", flat=True))
    about = Q(subject_type="channels.channel", subject_id=channel.pk)
    about |= Q(subject_type="channels.plan", subject_id__in=plans)
    goals = list(channel.goals.values_list("pk", flat=True))
    about |= Q(subject_type="channels.goalfollowup", subject_id__in=goals)
    entries = AuditEntry.objects.filter(about, municipality=channel.municipality_id)
    if before is not None:
        entries = entries.filter(number__lt=before)
    rows = list(with_names(entries).order_by("-number")[: PER_PAGE + 1])
    more = rows[PER_PAGE - 1].number if len(rows) > PER_PAGE else None
    return list(_events(rows[:PER_PAGE])), more


def _events(rows: Sequence[Any]) -> Iterator[Event]:
    for row in rows:
        words, icon = _acts.get(row.act, (row.act, "list"))
        yield Event(row.at, icon, words, row.who, row.clause.partition("; ")[0])
