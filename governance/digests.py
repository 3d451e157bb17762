"""Who is told of what has come to a step of its ladder: one mail to each person, not one a duty.

The escalations are the facts; here they are gathered into notices, once. In quiet hours they stay
where they are, so that the morning's mail tells of the whole night. Nobody gets two digests within
an hour: what comes meanwhile is held back for them and told when the hour is over. What a routine
calls urgent goes at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import notices
from governance.models import (
    Absence,
    Escalation,
    HeldBack,
    Municipality,
    Notice,
    Obligation,
    User,
)
from governance.obligations import duties, label_of
from governance.permissions import actors_of
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Policy
from governance.roles import Role
from governance.standing_in import stand_ins

#: Escalations of one municipality in one digest round; the rest follows in the next.
ROUND = 10_000
#: Duties that a mail tells of one by one, the latest first; of more it gives the number.
LISTED = 25
#: Within it a person gets one digest, what is urgent apart.
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One obligation that one person is told of, in the role for which they hear of it."""

    step: Escalation
    skipped: bool
    """Whether earlier steps passed without a mail."""
    away: bool = False
    """Whether the role is held, but by people who are away and for whom nobody stands in."""
    late: bool = False
    """Whether the mail says that it is late: set when it is written."""

    @property
    def obligation(self) -> Obligation:
        return self.step.obligation

    @property
    def role(self) -> str:
        return self.step.who

    def as_of(self, now: datetime) -> Item:
        """A reminder that quiet hours kept until the moment had passed tells of what is late."""
        return replace(self, late=self.step.kind == "tell" or self.obligation.is_overdue(now))


def gather(now: datetime) -> int:
    """Turn what has been passed and not yet told into notices; returns how many were written.

    Safe to repeat, and with several workers at once: each municipality is gathered by one.
    """
    waiting = Escalation.objects.filter(handled_at__isnull=True, at__lte=now).order_by()
    fresh = waiting.values_list("obligation__municipality", flat=True).distinct()
    held = HeldBack.objects.values_list("escalation__obligation__municipality", flat=True)
    return sum(_gather_in(pk, now) for pk in sorted({*fresh, *held.distinct()}))


@transaction.atomic
def _gather_in(municipality_id: int, now: datetime) -> int:
    # not FOR UPDATE: rows that refer to the municipality must still be written meanwhile
    places = Municipality.objects.select_for_update(skip_locked=True, no_key=True)
    municipality = places.filter(pk=municipality_id).first()
    if municipality is None:
        return 0  # another worker is at it
    hush = _quiet(municipality, now)
    passed = list(
        Escalation.objects.filter(
            handled_at__isnull=True, at__lte=now, obligation__municipality=municipality
        )
        .exclude(obligation__duty__in=hush)
        .select_related("obligation__unit")
        .order_by("obligation", "step")[:ROUND]
    )
    told = _by_reader(_to_tell(passed), municipality, now)
    written = _tell_or_hold(told, municipality, hush, now)
    Escalation.objects.filter(pk__in=[each.pk for each in passed]).update(handled_at=now)
    return written


# --- once an hour --------------------------------------------------------------------------------

ByReader = dict[User | None, list[Item]]


def _tell_or_hold(
    told: ByReader, municipality: Municipality, hush: Collection[str], now: datetime
) -> int:
    """Write to everybody who had no digest within the hour, and to the others of what is urgent;
    returns how many letters. The municipality's lock lets nobody else write meanwhile.
    """
    urgent, busy = _urgent(municipality, now), _told_lately(municipality, now)
    rows = _passed_on(_held_back(municipality, hush), municipality, now)
    waiting = _still_open(rows)
    letters: list[Notice] = []
    held: list[HeldBack] = []
    for person in dict.fromkeys([*told, *waiting]):
        items = told.get(person, [])
        key = person.pk if person else None
        if key not in busy:
            held_before = _not_overtaken(waiting.pop(person, []), items)
            if not (items := [*held_before, *items]):
                continue
            letter = digest(person, items, municipality, now)
            if any(item.obligation.duty not in urgent for item in items):
                letter.alone_until = now + HOUR
            letters.append(letter)
            continue
        at_once = [item for item in items if item.obligation.duty in urgent]
        if at_once:
            letters.append(digest(person, at_once, municipality, now))
        held += [_held(item, person) for item in items if item.obligation.duty not in urgent]
    _keep(rows, waiting)
    HeldBack.objects.bulk_create(held)
    Notice.objects.bulk_create(letters)
    return len(letters)


def _urgent(municipality: Municipality, now: datetime) -> set[str]:
    """The duties whose routine wants its mail to go at once."""
    try:
        routines = policy_for(municipality, now).routine
    except NoPolicyInForce:
        return set()
    return {
        duty.key
        for duty in duties()
        if duty.routine_key in routines and routines[duty.routine_key].urgent
    }


def _told_lately(municipality: Municipality, now: datetime) -> set[int | None]:
    """Who had a digest within the hour, by key; None for the communications unit."""
    rows = Notice.objects.filter(
        municipality=municipality, alone_until__gt=now, created_at__lt=now + HOUR
    )
    return set(rows.values_list("recipient_id", flat=True))


def _held_back(municipality: Municipality, hush: Collection[str]) -> list[HeldBack]:
    """What has been held back there; what is quiet now stays as it is."""
    rows = HeldBack.objects.filter(escalation__obligation__municipality=municipality)
    rows = rows.exclude(escalation__obligation__duty__in=hush)
    return list(rows.select_related("recipient", "escalation__obligation__unit").order_by("pk"))


def _passed_on(rows: list[HeldBack], municipality: Municipality, now: datetime) -> list[HeldBack]:
    """The rows, those of people whose account was closed meanwhile given to who holds the role now.

    Told as if it came now, so that somebody hears of it.
    """
    kept = [row for row in rows if row.recipient is None or row.recipient.is_active]
    closed = [row for row in rows if row.recipient is not None and not row.recipient.is_active]
    if not closed:
        return rows
    there = {(row.recipient, row.escalation) for row in kept}
    items = {
        row.escalation: Item(row.escalation, row.skipped)
        for row in closed
        if row.escalation.obligation.is_open
    }
    told = _by_reader(list(items.values()), municipality, now)
    given = [_held(item, person) for person, items in told.items() for item in items]
    HeldBack.objects.filter(pk__in=[row.pk for row in closed]).delete()
    new = [row for row in given if (row.recipient, row.escalation) not in there]
    return kept + HeldBack.objects.bulk_create(new)


def _held(item: Item, person: User | None) -> HeldBack:
    return HeldBack(escalation=item.step, recipient=person, skipped=item.skipped, away=item.away)


def _still_open(rows: Iterable[HeldBack]) -> ByReader:
    """By whom it is for, what nobody has met meanwhile."""
    found: ByReader = defaultdict(list)
    for row in rows:
        if row.escalation.obligation.is_open:
            found[row.recipient].append(Item(row.escalation, row.skipped, row.away))
    return found


def _not_overtaken(held: list[Item], items: list[Item]) -> list[Item]:
    """Those of which the person is not told a higher step by now."""
    by_place = sorted(held, key=lambda item: item.step.step)
    newest = {item.obligation.pk: item.step.step for item in by_place}
    newest |= {item.obligation.pk: item.step.step for item in items}
    return [item for item in held if newest[item.obligation.pk] == item.step.step]


def _keep(rows: Iterable[HeldBack], waiting: ByReader) -> None:
    """Forget of what was held back all but what still waits."""
    waits_on = {(person, item.step) for person, items in waiting.items() for item in items}
    over = [row.pk for row in rows if (row.recipient, row.escalation) not in waits_on]
    if over:
        HeldBack.objects.filter(pk__in=over).delete()


# --- what is told --------------------------------------------------------------------------------


def _quiet(municipality: Municipality, now: datetime) -> list[str]:
    """The duties of which no mail is sent at this time of day."""
    try:
        policy = policy_for(municipality, now)
    except NoPolicyInForce:
        return []
    clock = now.astimezone(municipality.zone).time()
    return [duty.key for duty in duties() if is_quiet(policy, duty.routine_key, clock)]


def is_quiet(policy: Policy, routine_key: str, clock: time) -> bool:
    """Whether the duty's own routine, or else the one for mail, asks for silence now."""
    for key in (routine_key, "mail"):
        routine = policy.routine.get(key)
        if routine is not None and routine.quiet_from and routine.quiet_to:
            begins, ends = (
                time.fromisoformat(routine.quiet_from),
                time.fromisoformat(routine.quiet_to),
            )
            if begins <= ends:
                return begins <= clock < ends
            return clock >= begins or clock < ends  # over midnight
    return False


def _to_tell(passed: Iterable[Escalation]) -> list[Item]:
    """Of each obligation that is still open, the highest moment reached and who hears then.

    After an outage several steps may have passed at once: only the highest is mailed.
    """
    items = []
    for _pk, group in groupby(passed, key=attrgetter("obligation_id")):
        steps = list(group)
        highest = steps[-1].planned_at
        skipped = steps[0].planned_at < highest
        items += [
            Item(step, skipped)
            for step in steps
            if step.planned_at == highest and step.obligation.is_open
        ]
    return items


# --- who is told ---------------------------------------------------------------------------------


def _by_reader(items: list[Item], municipality: Municipality, now: datetime) -> ByReader:
    """What each person hears of; under None what the municipality's communications unit does.

    That is what would reach nobody: the role is not held, or everybody who holds it is away.
    """
    found = _people(items, municipality, now)
    away = _away({user.pk for people in found for user in people}, municipality, now)
    told: ByReader = defaultdict(list)
    for item, people in zip(items, found, strict=True):
        for person in people:
            told[person].append(item)
        if away.issuperset(user.pk for user in people):
            told[None].append(replace(item, away=bool(people)))
    return told


def _people(items: list[Item], municipality: Municipality, now: datetime) -> list[list[User]]:
    """Who holds each item's role, in the order of the items; deputies for the absent.

    The duty is asked first, for roles on its subjects; what it leaves open are roles on units.
    A bounded number of queries for each kind of duty and role.
    """
    on_subjects = _holders_on_subjects(items, now)
    found = [on_subjects.get((i.obligation.duty, i.role, i.obligation.subject_id)) for i in items]
    pairs = {
        (item.role, item.obligation.unit_id)
        for item, people in zip(items, found, strict=True)
        if not people
    }
    on_units = actors_of(pairs, municipality.pk, now) if pairs else {}
    holders = {user.pk for people in found for user in people or ()}
    deputies = stand_ins(holders, municipality.today(now))
    return [
        _present(people, deputies) if people else on_units[item.role, item.obligation.unit_id]
        for item, people in zip(items, found, strict=True)
    ]


def _holders_on_subjects(
    items: list[Item], now: datetime
) -> dict[tuple[str, str, int], list[User]]:
    """What the duties say of who holds a role on their subjects."""
    subjects: dict[tuple[str, str], set[int]] = defaultdict(set)
    for item in items:
        subjects[item.obligation.duty, item.role].add(item.obligation.subject_id)
    asked = {duty.key: duty.people for duty in duties()}
    found = {}
    for (key, role), ids in subjects.items():
        people = asked.get(key)
        if people is not None:
            for subject, users in people(ids, Role(role), now).items():
                found[key, role, subject] = users
    return found


def _away(users: Collection[int], municipality: Municipality, now: datetime) -> set[int]:
    """Those of the users (keys) who are away."""
    absences = Absence.objects.in_force(municipality.today(now)).filter(user__in=users)
    return set(absences.values_list("user_id", flat=True))


def _present(people: Iterable[User], deputies: dict[int, User]) -> list[User]:
    """The people or their deputies, each once; nobody whose account is closed."""
    acting = [deputies.get(user.pk, user) for user in people]
    return [user for user in dict.fromkeys(acting) if user.is_active]


# --- how it is told ------------------------------------------------------------------------------


def digest(
    person: User | None, items: list[Item], municipality: Municipality, now: datetime
) -> Notice:
    """The one mail that tells a person of all their items, in their language.

    Nobody is named in it but the person it is written to: roles suffice, and names that are not
    shown need no exception.
    """
    items = [item.as_of(now) for item in items]
    items.sort(key=lambda item: (not item.late, item.obligation.due_at or now))
    with translation.override(notices.language_of(person, municipality)):
        return notices.draft(
            person or municipality.communications_email,
            "digest",
            _subject(items),
            _text(person, items, municipality),
            municipality=municipality,
            now=now,
        )


def _subject(items: list[Item]) -> str:
    if len(items) == 1:
        (item,) = items
        what = {"duty": label_of(item.obligation.duty), "about": item.obligation.subject_label}
        if item.late:
            return _("Late: %(duty)s, %(about)s") % what
        return _("To do: %(duty)s, %(about)s") % what
    late = sum(item.late for item in items)
    parts = []
    if late:
        parts.append(ngettext("%(n)d duty is late", "%(n)d duties are late", late) % {"n": late})
    if left := len(items) - late:
        parts.append(ngettext("%(n)d duty to do", "%(n)d duties to do", left) % {"n": left})
    return ", ".join(parts)


def _text(person: User | None, items: list[Item], municipality: Municipality) -> str:
    hello = _("Hello %(name)s,") % {"name": person.get_short_name()} if person else _("Hello,")
    paragraphs = [hello, *_sections(items[:LISTED], municipality, nobody=person is None)]
    if (more := len(items) - LISTED) > 0:
        words = ngettext("%(n)d more is not listed here.", "%(n)d more are not listed here.", more)
        paragraphs.append(words % {"n": more})
    paragraphs.append(
        _("Everything that waits for you: %(link)s") % {"link": f"{settings.BASE_URL}/today/"}
    )
    paragraphs.append(
        _("Uppsikt writes this for %(municipality)s, as its own routine says.")
        % {"municipality": municipality}
    )
    return "\n\n".join(paragraphs) + "\n"


def _sections(items: list[Item], municipality: Municipality, *, nobody: bool) -> list[str]:
    """A heading for each state, and under it a paragraph for each item."""
    found = []
    for late, group in groupby(items, key=attrgetter("late")):
        found.append(_("THIS IS LATE") if late else _("THIS IS TO BE DONE"))
        found += [_paragraph(item, municipality, nobody=nobody) for item in group]
    return found


def _paragraph(item: Item, municipality: Municipality, *, nobody: bool) -> str:
    """What, about what, by when, under which clause, why you, and the link that meets it."""
    row = item.obligation
    role = Role(item.role).label
    lines = [f"{label_of(row.duty)}: {row.subject_label}", _when(item, municipality)]
    if row.says:
        lines.append(f"{row.says} ({row.clause})" if row.clause else row.says)
    if nobody:
        lines.append(_why_here(item) % {"role": role, "unit": row.unit})
    elif item.role != row.who:
        lines.append(_("You hear of it as %(role)s.") % {"role": role})
    if item.skipped:
        lines.append(_("Earlier reminders of this were not mailed."))
    lines.append(f"{settings.BASE_URL}{row.path}")
    return "\n".join(lines)


def _why_here(item: Item) -> str:
    """Why the communications unit hears of something that somebody else should have."""
    if item.away:
        return _(
            "Everybody who holds the role %(role)s for %(unit)s is away and nobody who is there "
            "stands in, so this comes to you too."
        )
    return _("Nobody holds the role %(role)s for %(unit)s, so this comes to you.")


def _when(item: Item, municipality: Municipality) -> str:
    """The due day, with the clock time where the duty has one."""
    row = item.obligation
    if row.due_at is None or row.due_on is None:
        since = date_format(row.opened_at.astimezone(municipality.zone), "WEEKDAY_FORMAT")
        return _("Has waited since %(day)s.") % {"day": since}
    due = row.due_at.astimezone(municipality.zone)
    when = date_format(row.due_on, "WEEKDAY_FORMAT")
    if due.date() == row.due_on:
        when = _("%(day)s at %(time)s") % {"day": when, "time": date_format(due, "TIME_FORMAT")}
    said = _("Was due %(when)s.") if item.late else _("Due %(when)s.")
    return said % {"when": when}
