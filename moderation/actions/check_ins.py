"""Looking at channels: confirming it, writing it down afterwards, correcting what was written."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.models import Channel
from channels.rights import require_on
from governance.audit import digest, record
from governance.calendars import calendar_at
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Obligation, User
from governance.models.obligation import OPEN
from governance.obligations import Owed, meet, meet_open, open_obligations
from governance.transitions import locked
from governance.working_time import NOT_DUE, Period
from moderation.by_mail import channels_of
from moderation.cadence import LOOKS, running_turns
from moderation.duties import plan_turn
from moderation.models import CheckIn, MorningLink

Result = CheckIn.Result


@dataclass
class Round:
    """What came of looking at several channels: the entries, and those that were too late."""

    done: list[CheckIn] = field(default_factory=list)
    already: list[NoLongerPossible] = field(default_factory=list)


@transaction.atomic
def check_in(
    channel: Channel,
    *,
    by: User,
    now: datetime,
    result: str = Result.NOTHING,
    note: str = "",
    link: MorningLink | None = None,
) -> CheckIn:
    """Confirm that the channel was looked at now, and meet the turn of today's duty.

    Where no check is owed today it is written down all the same. `link`: the one in a morning mail
    by which it is done. Raises NotAllowed, and NoLongerPossible for a channel that is not open, a
    turn that somebody has confirmed or a link that was used for the channel.
    """
    channel = _held_open(channel, by, now)
    calendar = calendar_at(channel.unit)
    day = calendar.day_of(now)
    # a day without duty is its own turn
    without = Period(day.isoformat(), calendar.start(day), NOT_DUE)
    running = running_turns(channel, day, calendar, now) or [("check_in", without)]
    left = [(duty, turn) for duty, turn in running if not _is_done(duty, channel, turn.key)]
    # the crisis asks first, and a look for it is the day's own look too
    (duty, turn), *rest = left or running
    _refuse_second(channel, turn.key)
    if link is not None:
        _refuse_used(link, channel)
    met = _meet_turn(duty, channel, day, turn.key, by=by, now=now)
    for another, each in rest:
        _meet_turn(another, channel, day, each.key, by=by, now=now)
    _meet_what_a_crisis_left(channel, day, by=by, now=now)
    return _enter(
        channel,
        day,
        turn.key,
        by=by,
        now=now,
        result=result,
        note=note,
        late=turn.due.at is not None and now >= turn.due.at,
        under=met,
        link=link,
    )


def check_in_all(
    channels: Iterable[Channel], *, by: User, now: datetime, link: MorningLink | None = None
) -> Round:
    """Confirm each of the channels with nothing to remark; what was done before is told of."""
    outcome = Round()
    for channel in channels:
        try:
            outcome.done.append(check_in(channel, by=by, now=now, link=link))
        except NoLongerPossible as late:
            outcome.already.append(late)
    return outcome


def check_in_by_mail(
    link: MorningLink, *, now: datetime, only: Collection[int] | None = None
) -> Round:
    """Confirm with nothing to remark what the link is for: all its channels, or those (keys) of
    them that `only` names.

    They are entered by the person whom the mail was for. Raises NoLongerPossible where the link
    has stopped, for all of its channels or for every one that is asked for.
    """
    asked = [each for each in channels_of(link, now) if only is None or each.pk in only]
    if not asked:
        raise NoLongerPossible(_("The link in the mail no longer works."))
    return check_in_all(asked, by=link.person, now=now, link=link)


@transaction.atomic
def check_in_afterwards(
    channel: Channel, day: date, *, by: User, now: datetime, note: str
) -> CheckIn:
    """Write down that the channel was looked at on a day that is over; it stays marked so.

    Raises AgainstPolicy without a note or for a day that is not over, NoLongerPossible where
    nothing was missed that day.
    """
    channel = _held_open(channel, by, now)
    if day >= channel.municipality.today(now):
        raise AgainstPolicy(_("Only a day that is over is written down afterwards."), field="day")
    if not note.strip():
        raise AgainstPolicy(_("Say who looked that day and why it was not written."), field="note")
    missed = _still_owed(channel, day, *LOOKS).order_by("due_at", "period").first()
    if missed is None:
        _refuse_second(channel, day.isoformat())
        raise NoLongerPossible(_("No check was missed on that day."))
    return _enter(
        channel,
        day,
        missed.period,
        by=by,
        now=now,
        result=Result.NOTHING,
        note=note.strip(),
        late=True,
        under=meet(missed, by=by, now=now),
    )


@transaction.atomic
def correct_check_in(entry: CheckIn, *, by: User, now: datetime, result: str, note: str) -> CheckIn:
    """Put a new entry in the place of one that was wrong; the old one stays behind it.

    Raises AgainstPolicy without a note and NoLongerPossible where it has been corrected.
    """
    require_on(by, "check_in", entry.channel, now=now)
    locked(entry.channel)
    if not note.strip():
        raise AgainstPolicy(_("Say what was wrong."), field="note")
    later = CheckIn.objects.filter(corrects=entry).select_related("by", "municipality").first()
    if later is not None:
        raise NoLongerPossible(
            _("Already corrected by %(name)s at %(time)s.") % _who_and_when(later),
            by=later.by.shown_name,
            at=later.at,
        )
    new = CheckIn.objects.create(
        municipality=entry.municipality,
        channel=entry.channel,
        day=entry.day,
        period=entry.period,
        at=now,
        by=by,
        result=result,
        note=note.strip(),
        late=entry.late,
        corrects=entry,
    )
    record(
        "channel.check_in_corrected",
        entry.channel,
        by=by,
        now=now,
        check_in=new.pk,
        corrects=entry.pk,
        day=entry.day,
        result=result,
        note=digest(new.note, entry.municipality),
    )
    return new


def _held_open(channel: Channel, by: User, now: datetime) -> Channel:
    """The channel under a lock: permitted, and open."""
    require_on(by, "check_in", channel, now=now)
    held = locked(channel)
    if held.state != Channel.State.OPEN:
        raise NoLongerPossible(_("%(channel)s is not open.") % {"channel": held})
    return held


def _still_owed(channel: Channel, day: date | None, *duties: str) -> QuerySet[Obligation]:
    """What is open of these duties on the channel, of one day."""
    return Obligation.objects.filter(
        OPEN,
        duty__in=duties,
        subject_id=channel.pk,
        municipality=channel.municipality,
        due_on=day,
    )


def _refuse_second(channel: Channel, period: str) -> None:
    first = (
        CheckIn.objects.filter(channel=channel, period=period, corrects__isnull=True)
        .select_related("by", "municipality")
        .first()
    )
    if first is not None:
        raise NoLongerPossible(
            _("%(channel)s: already done by %(name)s at %(time)s.")
            % {"channel": channel, **_who_and_when(first)},
            by=first.by.shown_name,
            at=first.at,
        )


def _refuse_used(link: MorningLink, channel: Channel) -> None:
    first = link.looks.filter(channel=channel).select_related("by", "municipality").first()
    if first is not None:
        raise NoLongerPossible(
            _("%(channel)s: already done by this link at %(time)s.")
            % {"channel": channel, **_who_and_when(first)},
            by=first.by.shown_name,
            at=first.at,
        )


def _who_and_when(entry: CheckIn) -> dict[str, str]:
    local = entry.at.astimezone(entry.municipality.zone)
    return {"name": entry.by.shown_name, "time": date_format(local, "TIME_FORMAT")}


def _is_done(duty: str, channel: Channel, period: str) -> bool:
    """Whether the turn was met, or waived, before."""
    rows = Obligation.objects.filter(duty=duty, subject_id=channel.pk, period=period)
    return rows.filter(municipality=channel.municipality).exclude(OPEN).exists()


def _meet_turn(
    duty: str, channel: Channel, day: date, period: str, *, by: User, now: datetime
) -> Obligation | None:
    """Meet the turn, opened here where somebody is ahead of the run that opens the day's."""
    owed = Owed(duty, channel, period)
    met = meet(owed, by=by, now=now)
    if met is None and (plan := plan_turn(duty, channel, day, period, now)):
        open_obligations([plan], now=now)
        met = meet(owed, by=by, now=now)
    return met


def _meet_what_a_crisis_left(channel: Channel, day: date, *, by: User, now: datetime) -> None:
    """A look on the day on which a crisis ran out is, late, one for the last of its turns.

    As a look in the evening is for the day's own turn that ended with the office's hours.
    """
    turns = Obligation.objects.filter(
        duty="crisis_check", subject_id=channel.pk, municipality=channel.municipality, due_on=day
    )
    last = turns.order_by("-due_at").first()
    if last is not None and last.is_open and last.due_at is not None and last.due_at <= now:
        meet(last, by=by, now=now)


def _enter(
    channel: Channel,
    day: date,
    period: str,
    *,
    by: User,
    now: datetime,
    result: str,
    note: str,
    late: bool,
    under: Obligation | None,
    link: MorningLink | None = None,
) -> CheckIn:
    entry = CheckIn.objects.create(
        municipality=channel.municipality,
        channel=channel,
        day=day,
        period=period,
        at=now,
        by=by,
        result=result,
        note=note,
        late=late,
        mail_link=link,
    )
    meet_open("legal_floor", channel, by=by, now=now)
    record(
        "channel.checked_by_mail" if link else "channel.checked",
        channel,
        by=by,
        now=now,
        under=under,
        check_in=entry.pk,
        day=day,
        result=result,
        late=late,
        **({"note": digest(note, channel.municipality)} if note else {}),
    )
    return entry
