"""What people are written when a crisis or a rest is declared for their channels, or ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels.models import Channel, EditorAssignment
from channels.steps import ON_CHANNEL
from governance.letters import link, tell
from governance.models import User
from governance.permissions import actors_of
from governance.roles import Role
from governance.standing_in import stand_ins
from moderation.declared import Ground
from moderation.models import DeclaredPeriod

Kind = DeclaredPeriod.Kind

#: Why the letters of moderation are written; those about what waits are named by their duty.
KINDS: Final[Mapping[str, str | Promise]] = {
    "morning": gettext_lazy("What is to be looked at today"),
    Kind.CRISIS: gettext_lazy("A crisis is declared or over"),
    Kind.REST: gettext_lazy("A rest is declared or ended early"),
}


def tell_of_declared(
    period: DeclaredPeriod, channels: Collection[Channel], ground: Ground | None, *, now: datetime
) -> None:
    """Write to everybody concerned, one letter each, naming the channels that are theirs.

    Those are who is assigned to the channels and, in a crisis, who our routine tells when a look
    is missed. Why it was declared is read on the page, not in the mail.
    """
    for person, theirs in _concerned(period, channels, ground, now).items():
        names = sorted(channel.full_name for channel in theirs)
        tell(
            [person],
            period.kind,
            lambda names=names: _letter(period, names, ground),  # type: ignore[misc]
            municipality=period.municipality,
            now=now,
        )


def _concerned(
    period: DeclaredPeriod, channels: Collection[Channel], ground: Ground | None, now: datetime
) -> dict[User, list[Channel]]:
    """The people and the channels that concern them; deputies for the absent."""
    day = period.municipality.today(now)
    rows = (
        EditorAssignment.objects.in_force(day)
        .filter(channel__in=channels, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    acting = stand_ins({row.user_id for row in rows if row.user_id}, day)
    found: dict[User, dict[Channel, None]] = defaultdict(dict)
    by_key = {channel.pk: channel for channel in channels}
    for row in rows:
        person = acting.get(row.user_id or 0, row.user)
        if person is not None and person.is_active:
            found[person][by_key[row.channel_id]] = None
    told = _told_by_the_routine(period, ground)
    pairs = {(role, channel.unit_id) for role in told for channel in channels}
    holders = actors_of(pairs, period.municipality_id, now) if pairs else {}
    for channel in channels:
        for role in told:
            for person in holders[role, channel.unit_id]:
                found[person][channel] = None
    return {person: list(theirs) for person, theirs in found.items()}


def _told_by_the_routine(period: DeclaredPeriod, ground: Ground | None) -> set[Role]:
    """The roles on units that hear of a look that is missed in a crisis."""
    if period.kind != Kind.CRISIS or ground is None or ground.routine is None:
        return set()
    roles = {Role(tell.who) for tell in ground.routine.tell if tell.who != "duty_holder"}
    return roles - ON_CHANNEL


def _letter(period: DeclaredPeriod, names: list[str], ground: Ground | None) -> tuple[str, str]:
    subject, first = _ended(period, names) if period.ended_at else _declared(period, names)
    paragraphs = [first, "\n".join(f"- {name}" for name in names)]
    routine = ground.routine if ground else None
    if routine and not period.ended_at:
        paragraphs.append(_("Our routine: %(says)s") % {"says": routine.says})
    paragraphs.append(
        _("Who decided it, and why: %(link)s") % {"link": link("moderation:period", period.pk)}
    )
    return subject, "\n\n".join(paragraphs) + "\n"


def _declared(period: DeclaredPeriod, names: list[str]) -> tuple[str, str]:
    count = {"n": len(names)}
    if period.kind == Kind.CRISIS:
        subject = ngettext("Crisis: %(n)d channel", "Crisis: %(n)d channels", len(names)) % count
        if period.ends_at is None:
            return subject, _("A crisis is declared, until it is ended, for:")
        return subject, _("A crisis is declared until %(moment)s, for:") % {
            "moment": date_format(
                period.ends_at.astimezone(period.municipality.zone), "MONTH_DAY_TIME_FORMAT"
            )
        }
    subject = ngettext("Rest: %(n)d channel", "Rest: %(n)d channels", len(names)) % count
    return subject, _("A rest is declared from %(first)s to %(last)s, for:") % {
        "first": date_format(period.first_day, "DATE_FORMAT"),
        "last": date_format(period.last_day or period.first_day, "DATE_FORMAT"),
    }


def _ended(period: DeclaredPeriod, names: list[str]) -> tuple[str, str]:
    count = {"n": len(names)}
    if period.kind == Kind.CRISIS:
        words = ngettext("Crisis over: %(n)d channel", "Crisis over: %(n)d channels", len(names))
        return words % count, _("The crisis is over. All is owed as before, on:")
    if period.is_taken_back:
        words = ngettext(
            "Rest taken back: %(n)d channel", "Rest taken back: %(n)d channels", len(names)
        )
        return words % count, _(
            "The rest that was to begin on %(first)s is taken back. Nothing changes, on:"
        ) % {"first": date_format(period.first_day, "DATE_FORMAT")}
    words = ngettext("Rest over: %(n)d channel", "Rest over: %(n)d channels", len(names))
    return words % count, _(
        "The rest ends before its time. From tomorrow all is owed as before, on:"
    )
