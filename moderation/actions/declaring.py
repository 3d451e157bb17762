"""Declaring a crisis or a rest for channels, and ending it before its time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Channel
from governance import audit
from governance.actions import root_of
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.late import came_first
from governance.models import Municipality, Obligation, User
from governance.obligations import open_obligations, waive_all
from governance.permissions import holds, reason_for, units_of_roles
from governance.policy.in_force import version_in_force
from governance.transitions import locked
from governance.working_time import Calendar
from moderation.declared import Ground, ground_for, ground_in
from moderation.duties import plans_in_crises
from moderation.letters import tell_of_declared
from moderation.models import DeclaredPeriod, PeriodChannel

Kind = DeclaredPeriod.Kind
LONGEST_WHY: Final = 2000
LONGEST_REST: Final = timedelta(days=365)


def declarable(user: User, kind: str, now: datetime) -> Ground | None:
    """On what ground the person may declare such a period somewhere; None where they may not."""
    if user.municipality is None:
        return None
    ground = ground_in(user.municipality, kind, now)
    if ground is None or not units_of_roles(user, ground.who, now).exists():
        return None
    return ground


def require_declarable(user: User, kind: str, now: datetime) -> Ground:
    """The ground on which the person may declare it, or NotAllowed with what would be needed."""
    ground = declarable(user, kind, now)
    if ground is not None:
        return ground
    place = _home(user)
    known = ground_in(place, kind, now)
    raise NotAllowed(
        reason_for(known.who, root_of(place))
        if known and known.who
        else _("Neither the guideline nor our routine says who declares this.")
    )


def may_declare(user: User, kind: str, channel: Channel, now: datetime) -> bool:
    """Whether the person's word is enough to declare it for the channel."""
    ground = ground_in(channel.municipality, kind, now)
    if ground is None or user.municipality_id != channel.municipality_id:
        return False
    return holds(user, ground.who, channel.unit, now) is not None


def may_end(user: User, period: DeclaredPeriod, now: datetime) -> bool:
    """Whether the person's word is enough to end it, on the unit of every channel in it."""
    ground = ground_for(period, now)
    if ground is None or user.municipality_id != period.municipality_id:
        return False
    units = units_of_roles(user, ground.who, now)
    return not period.parts.exclude(channel__unit__in=units).exists()


def _home(user: User) -> Municipality:
    if user.municipality is None:
        raise NotAllowed(_("This takes an appointment in the municipality."))
    return user.municipality


@transaction.atomic
def declare_crisis(
    channels: Collection[Channel],
    *,
    why: str,
    until: datetime | None = None,
    decision: str = "",
    by: User,
    now: datetime,
) -> DeclaredPeriod:
    """From now on the channels are in a crisis: looked at as the policy or our routine says then.

    It lasts until the moment `until` or, without one, until somebody ends it. What is owed from
    now is opened, and everybody concerned is written to.

    Raises NotAllowed without the role that the policy names on every channel's unit, AgainstPolicy
    where neither guideline nor routine speaks of crises or something is missing, NoLongerPossible
    for a channel that is not open or is in a crisis already.
    """
    ground = _ground(channels, Kind.CRISIS, by, now)
    if until is not None and until <= now:
        raise AgainstPolicy(_("Choose a moment that is still to come."), field="until")
    period = _declare(
        Kind.CRISIS, channels, why, now, until, decision=decision, ground=ground, by=by, now=now
    )
    parts = period.parts.with_channels()
    today = period.municipality.today(now)
    open_obligations(plans_in_crises(parts, period.municipality, today, now), now=now)
    return period


@transaction.atomic
def declare_rest(
    channels: Collection[Channel],
    *,
    why: str,
    first: date,
    last: date,
    decision: str = "",
    by: User,
    now: datetime,
) -> DeclaredPeriod:
    """On those days, both included, the channels rest: looked at as the policy or routine says.

    A rest begins tomorrow at the earliest, for what is owed today is owed.

    Raises as `declare_crisis` does.
    """
    ground = _ground(channels, Kind.REST, by, now)
    calendar = Calendar.of(_municipality_of(channels))
    if first <= calendar.day_of(now):
        raise AgainstPolicy(
            _("A rest begins tomorrow at the earliest: what is owed today is owed."), field="first"
        )
    if last < first:
        raise AgainstPolicy(_("The last day cannot come before the first."), field="last")
    if last - first > LONGEST_REST:
        raise AgainstPolicy(
            _("A rest lasts a year at most: after that it is decided anew."), field="last"
        )
    begins, ends = calendar.start(first), calendar.end(last)
    return _declare(
        Kind.REST, channels, why, begins, ends, decision=decision, ground=ground, by=by, now=now
    )


@transaction.atomic
def end_period(period: DeclaredPeriod, *, reason: str, by: User, now: datetime) -> DeclaredPeriod:
    """End it before its time; everything returns to what it was.

    A crisis ends now: turns that are not over are owed no more. A rest that has begun ends with
    the day, and one that has not never begins.

    Raises NotAllowed as declaring does, AgainstPolicy without a reason, and NoLongerPossible where
    it is over.
    """
    held = locked(period)
    rows = Channel.objects.filter(declared__period=held)
    channels = list(rows.select_related("unit", "municipality", "platform").order_by("pk"))
    ground = ground_for(held, now)
    _require_word(by, ground.who if ground else (), channels, now)
    if held.ended_at is not None:
        words = _("Already ended by %(name)s on %(moment)s.")
        raise came_first(words, held.ended_by, held.ended_at, held.municipality)
    if held.is_over(now):
        raise NoLongerPossible(_("It is over already."))
    reason = reason.strip()
    if not reason:
        raise AgainstPolicy(_("Say why it ends."), field="reason")
    held.ends_at = _end_of(held, now)
    held.ended_by, held.ended_at, held.end_reason = by, now, reason[:300]
    held.save(update_fields=["ends_at", "ended_by", "ended_at", "end_reason"])
    held.parts.update(ends_at=held.ends_at)
    if held.kind == Kind.CRISIS:
        _waive_what_is_not_over(held, by=by, now=now)
    tell_of_declared(held, channels, ground, now=now)
    _record("ended", held, channels, ground, by=by, now=now, reason=held.end_reason)
    return held


def _end_of(period: DeclaredPeriod, now: datetime) -> datetime:
    if now <= period.starts_at:
        return period.starts_at
    if period.kind == Kind.CRISIS:
        return now
    calendar = Calendar.of(period.municipality)
    return calendar.end(calendar.day_of(now))


def _ground(channels: Collection[Channel], kind: str, by: User, now: datetime) -> Ground:
    """The ground on which `by` declares it for all of these channels."""
    if not channels:
        raise AgainstPolicy(_("Choose at least one channel."), field="channels")
    ground = ground_in(_municipality_of(channels), kind, now)
    if ground is None:
        raise AgainstPolicy(
            _("Neither the guideline nor our routine speaks of this, so it cannot be declared.")
        )
    _require_word(by, ground.who, channels, now)
    return ground


def _require_word(
    by: User, who: Collection[str], channels: Collection[Channel], now: datetime
) -> None:
    """Return where the person holds one of the roles for every channel's unit, or NotAllowed."""
    mine = set(units_of_roles(by, who, now).values_list("pk", flat=True))
    for channel in channels:
        if channel.unit_id not in mine or channel.municipality_id != by.municipality_id:
            raise NotAllowed(reason_for(who, channel.unit))


def _municipality_of(channels: Iterable[Channel]) -> Municipality:
    return next(iter(channels)).municipality


def _declare(
    kind: str,
    channels: Collection[Channel],
    why: str,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    decision: str,
    ground: Ground,
    by: User,
    now: datetime,
) -> DeclaredPeriod:
    if not why.strip():
        raise AgainstPolicy(_("Say why."), field="why")
    held = _held_open(channels)
    _refuse_twice(held, kind, starts_at, ends_at)
    municipality = held[0].municipality
    period = DeclaredPeriod.objects.create(
        municipality=municipality,
        kind=kind,
        why=why.strip()[:LONGEST_WHY],
        decision=decision.strip()[:200],
        starts_at=starts_at,
        ends_at=ends_at,
        policy=version_in_force(municipality, now),
        declared_by=by,
        declared_at=now,
    )
    PeriodChannel.objects.bulk_create(
        PeriodChannel(
            municipality=municipality,
            period=period,
            channel=channel,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        for channel in held
    )
    tell_of_declared(period, held, ground, now=now)
    _record("declared", period, held, ground, by=by, now=now, reason=period.why)
    return period


def _held_open(channels: Collection[Channel]) -> list[Channel]:
    """The channels under a lock, in one order always, so that two who declare cannot deadlock."""
    held = list(
        Channel.objects.filter(pk__in=[channel.pk for channel in channels])
        .select_for_update(of=("self",), no_key=True)
        .select_related("unit", "municipality", "platform")
        .order_by("pk")
    )
    for channel in held:
        if channel.state != Channel.State.OPEN:
            raise NoLongerPossible(_("%(channel)s is not open.") % {"channel": channel})
    return held


def _refuse_twice(
    channels: Collection[Channel], kind: str, starts_at: datetime, ends_at: datetime | None
) -> None:
    before_its_end = Q() if ends_at is None else Q(starts_at__lt=ends_at)
    there = PeriodChannel.objects.not_taken_back().filter(
        before_its_end,
        Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at),
        channel__in=channels,
        kind=kind,
    )
    parts = list(there.select_related("channel", "period__declared_by", "municipality"))
    if parts:
        period = parts[0].period
        words = _("Already declared by %(name)s on %(moment)s.")
        refusal = came_first(words, period.declared_by, period.declared_at, parts[0].municipality)
        # all of them at once, so that whoever chose many need not try as many times
        names = sorted({str(part.channel) for part in parts})
        refusal.message = f"{', '.join(names)}: {refusal.message}"
        raise refusal


def _waive_what_is_not_over(period: DeclaredPeriod, *, by: User, now: datetime) -> None:
    rows = Obligation.objects.filter(
        municipality=period.municipality,
        duty="crisis_check",
        period__startswith=f"{period.pk}/",
        due_at__gt=now,
    )
    with translation.override(period.municipality.locale):
        because = _("The crisis was ended: %(reason)s") % {"reason": period.end_reason}
    waive_all(rows, by=by, now=now, reason=because)


def _record(
    act: str,
    period: DeclaredPeriod,
    channels: Iterable[Channel],
    ground: Ground | None,
    *,
    by: User,
    now: datetime,
    reason: str,
) -> None:
    """A row of the log about each channel, where its events are read."""
    facts: dict[str, Any] = {
        "period": period.pk,
        "starts_at": period.starts_at,
        "ends_at": period.ends_at,
        "decision": period.decision,
        "reason": audit.digest(reason, period.municipality),
    }
    clause = ground.clause if ground else ""
    lines = (
        audit.line(f"channel.{period.kind}_{act}", channel, now=now, **facts)
        for channel in channels
    )
    # the version is known, and not to be asked for once more by each of a hundred channels
    under = (line._replace(clause=clause, policy_id=period.policy_id) for line in lines)
    audit.record_many(under, by=by, now=now)
