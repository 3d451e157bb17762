"""What *Mitt arbete* shows: everything that waits for a person, in order of time.

Upper apps put sections of their own above the list, such as all of today's checks with one button:

    add_section(SectionSource(order=10, duties=frozenset({"check_in"}), make=checks_of_today))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.asked_once import once
from governance.models import Absence, Obligation, User
from governance.navigation import Item
from governance.obligations import act_of, duties, label_of, missed_for_good, waiting_for
from governance.obligations.snoozing import may_be_put_off
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Policy
from governance.put_off_form import PutOffForm
from governance.standing_in import stood_in_for

#: How much of a long list is on a page of it.
PER_PAGE = 50
SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Section:
    """A section that an upper app shows above the list: a template and what it is given.

    `lead`: how much it shows that is still to be done, in a sentence; empty where nothing is.
    """

    template: str
    context: Mapping[str, Any]
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSource:
    """Where a section comes from. `make` returns None where it has nothing to show.

    What waits under `duties` is shown there and is left out of the list.
    """

    order: int
    duties: frozenset[str]
    make: Callable[[User, datetime], Section | None]


_sources: list[SectionSource] = []


def add_section(source: SectionSource) -> None:
    """Put a section on the page, once, in `AppConfig.ready()`."""
    if source not in _sources:
        _sources.append(source)


def sections_for(user: User, now: datetime) -> list[Section]:
    """The upper apps' sections for the person, in order."""
    made = (source.make(user, now) for source in sorted(_sources, key=lambda each: each.order))
    return [section for section in made if section is not None]


def listed_for(user: User, now: datetime) -> QuerySet[Obligation]:
    """What waits for the person and no section of its own shows."""
    return waiting_for(user, now, of={duty.key for duty in duties()} - _in_sections())


def _counted(user: User, now: datetime) -> dict[str, int]:
    """How much the list holds, and how much of it is late: asked by the menu and by the page."""

    def count() -> dict[str, int]:
        late = Count("pk", filter=Q(due_at__lt=now))
        return listed_for(user, now).order_by().aggregate(all=Count("pk"), late=late)

    return once(("counted", user.pk), count)


def dated_for(user: User, today: date, now: datetime) -> QuerySet[Obligation]:
    """What waits for the person and has a due day; not what was missed on a day that is over."""
    return waiting_for(user, now).filter(due_on__isnull=False).exclude(missed_for_good(today))


def _in_sections() -> frozenset[str]:
    return frozenset().union(*(source.duties for source in _sources))


MENU_ITEM = Item(
    key="today",
    label=gettext_lazy("My work"),
    url_name="today",
    order=0,
    allowed=lambda user, _now: user.municipality_id is not None,
    count=lambda user, now: _counted(user, now)["all"],
    icon="list",
    tab=True,
)


# --- the page ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits, in the words of the page."""

    state: str
    when: str
    near: str
    what: str
    why: str
    clause: str
    url: str
    act: str
    urgent: bool
    put_off: PutOffForm | None = None
    put_off_url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that fall due at the same distance in time."""

    title: str
    rows: list[Row]


def page_for(user: User, now: datetime, *, number: str | None = None) -> dict[str, Any]:
    """The context of the page, in the active language and the person's municipality's zone.

    `number`: which page of a long list. A bounded number of queries, whatever waits.
    """
    sections = sections_for(user, now)
    counted = _counted(user, now)
    paginator = Paginator(listed_for(user, now), PER_PAGE)
    paginator.count = counted["all"]
    page = paginator.get_page(number)
    return {
        "lead": _lead(counted, sections, now),
        "stands_in": _stands_in(user, now),
        "sections": sections,
        "all_done": not page and not any(section.lead for section in sections),
        "page": page,
        "groups": _groups(page.object_list, now, _policy_for(user, now)),
        "done": [_done(row) for row in _met_today(user, now)],
    }


def lead_for(user: User, now: datetime) -> str:
    """How much waits and how much of it is late: of the sections, and of the list."""
    return _lead(_counted(user, now), sections_for(user, now), now)


def _lead(counted: Mapping[str, int], sections: Iterable[Section], now: datetime) -> str:
    local = timezone.localtime(now)
    moment = _("%(day)s, %(time)s.") % {
        "day": capfirst(date_format(local, "WEEKDAY_FORMAT")),
        "time": time_format(local, "TIME_FORMAT"),
    }
    count, late = counted["all"], counted["late"]
    said = [section.lead for section in sections if section.lead]
    if count:
        said.append(ngettext("%(n)d thing waits.", "%(n)d things wait.", count) % {"n": count})
    if late:
        said.append(
            ngettext("%(n)d of them is late.", "%(n)d of them are late.", late) % {"n": late}
        )
    return " ".join([moment, *(said or [_("Nothing waits for you.")])])


def _stands_in(user: User, now: datetime) -> list[str]:
    """For whom the person acts today, and until when."""
    day = timezone.localtime(now).date()
    away = Absence.objects.in_force(day).filter(user__in=stood_in_for(user, day))
    of = {each.user_id: each for each in away.select_related("user")}

    def until(absence: Absence) -> date:
        # in a line of deputies, as long as everybody between the two is away
        between = of.get(absence.deputy_id or 0)
        return min(absence.ends_on, until(between)) if between else absence.ends_on

    last_days = sorted((until(each), each.user.shown_name) for each in of.values())
    return [
        _("You stand in for %(name)s until %(day)s.")
        % {"name": name, "day": date_format(last_day, "MONTH_DAY_FORMAT")}
        for last_day, name in last_days
    ]


def _policy_for(user: User, now: datetime) -> Policy | None:
    try:
        return policy_for(user.municipality, now) if user.municipality else None
    except NoPolicyInForce:
        return None


def _groups(rows: Iterable[Obligation], now: datetime, policy: Policy | None) -> list[Group]:
    today = timezone.localtime(now).date()
    groups: dict[str, list[Row]] = {
        _("Late"): [],
        _("Today"): [],
        _("Without a day"): [],  # somebody waits already
        _("Later"): [],
    }
    late, this_day, undated, later = groups.values()
    for row in rows:
        words = _with_form(row, in_words(row, now), now, policy)
        if row.due_on is None:
            undated.append(words)
        elif row.is_overdue(now):
            late.append(words)
        else:
            (this_day if row.due_on <= today else later).append(words)
    return [Group(title, held) for title, held in groups.items() if held]


def _with_form(row: Obligation, words: Row, now: datetime, policy: Policy | None) -> Row:
    """The row with a form beside it, where our routine lets it be put off."""
    if policy is None or not may_be_put_off(row, policy, now):
        return words
    form = PutOffForm(auto_id=f"put-off-{row.pk}-%s")
    return replace(words, put_off=form, put_off_url=reverse("put_off", args=[row.pk]))


def in_words(row: Obligation, now: datetime) -> Row:
    """What is owed in the words of the page, in the active language and time zone."""
    late = row.is_overdue(now)
    soon = row.due_at is not None and row.due_at - now <= SOON
    why = row.says
    if row.problem:
        problem = _("No reminder could be planned, because: %(problem)s") % {"problem": row.problem}
        why = f"{why} {problem}".strip()
    if row.put_off_until is not None:
        why = f"{why} {_put_off(row, row.put_off_until)}".strip()
    return Row(
        state="late" if late else "soon" if soon else "",
        when=_("Late") if late else _due(row, now),
        near=_since(row, late=late),
        what=f"{label_of(row.duty)}: {row.subject_label}",
        why=why,
        clause=row.clause,
        url=row.path,
        act=act_of(row.duty),
        urgent=late,
    )


def _put_off(row: Obligation, until: date) -> str:
    return _("Put off until %(day)s: %(reason)s") % {
        "day": date_format(until, "MONTH_DAY_FORMAT"),
        "reason": row.put_off_reason,
    }


def _due(row: Obligation, now: datetime) -> str:
    """The due day as people say it, with its clock time where it has one."""
    if row.due_on is None or row.due_at is None:
        return _("When you can")
    days = (row.due_on - timezone.localtime(now).date()).days
    near = {0: _("Today"), 1: _("Tomorrow")}
    said = near.get(days) or capfirst(date_format(row.due_on, "SHORT_WEEKDAY_FORMAT"))
    due = timezone.localtime(row.due_at)
    return f"{said} {time_format(due, 'TIME_FORMAT')}" if due.date() == row.due_on else said


def _since(row: Obligation, *, late: bool) -> str:
    if late and row.due_on is not None:
        return _("was due %(day)s") % {"day": date_format(row.due_on, "MONTH_DAY_FORMAT")}
    if row.due_on is None:
        opened = timezone.localtime(row.opened_at)
        return _("has waited since %(day)s") % {"day": date_format(opened, "MONTH_DAY_FORMAT")}
    return ""


def _met_today(user: User, now: datetime) -> QuerySet[Obligation]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Obligation.objects.filter(met_by=user, met_at__gte=midnight, met_at__lte=now)
    return mine.order_by("-met_at")[:20]


def _done(row: Obligation) -> dict[str, Any]:
    return {
        "at": row.met_at,
        "what": f"{label_of(row.duty)}: {row.subject_label}",
        "url": row.path,
        "late": row.due_at is not None and row.met_at is not None and row.met_at >= row.due_at,
    }
