"""What moderation adds to a channel's page: the year of looks, how they go, words for its acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max, Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels import page, promises
from channels.models import Channel
from channels.rights import may_on
from channels.scope import scope_of
from governance.models import Obligation, User
from governance.policy.in_force import policy_for
from governance.policy.types import Stated
from moderation.access import inquiries_for
from moderation.actions.declaring import may_declare
from moderation.activity import asked_of, is_quiet, known_of, rule_for
from moderation.cadence import LOOKS
from moderation.models import DeclaredPeriod, Inquiry
from moderation.overview.reach import sees_channel
from moderation.reply_figures import of_channel
from moderation.year import year_of


def looks(channel: Channel, user: User, now: datetime) -> Mapping[str, Any] | None:
    """The section's context; None where the policy asks for no looks or the page is not open yet.

    Any colleague may read it.
    """
    rule = policy_for(channel.unit, now).rule("monitoring.interval", scope_of(channel))
    if not isinstance(rule, Stated) or channel.opened_on is None:
        return None
    return {
        "year": year_of(channel, channel.municipality.today(now).year, now),
        "rule": rule,
        "in_figures": sees_channel(user, channel, now),
    }


def declarations(channel: Channel, user: User, now: datetime) -> Mapping[str, Any] | None:
    """The crises and rests that the channel is in or has before it, and declaring another."""
    if channel.state != Channel.State.OPEN:
        return None
    found = DeclaredPeriod.objects.filter(parts__channel=channel).exclude(ends_at__lte=now)
    periods = list(found.select_related("municipality").order_by("starts_at"))
    taken = {each.kind for each in periods if each.kind == DeclaredPeriod.Kind.CRISIS}
    kinds = [kind for kind in DeclaredPeriod.Kind.values if kind not in taken]
    may = [kind for kind in kinds if may_declare(user, kind, channel, now)]
    return {"periods": periods, "declarable": may} if periods or may else None


def questions(channel: Channel, user: User, now: datetime) -> Mapping[str, Any] | None:
    """How many questions on the channel wait for an answer, how many of them are late."""
    waiting = Inquiry.objects.open().filter(channel=channel)
    late = Obligation.objects.overdue(now).filter(
        subject_type=ContentType.objects.get_for_model(Inquiry), subject_id__in=waiting.values("pk")
    )
    found = {
        "open": waiting.count(),
        "late": late.values("subject_id").distinct().count(),
        "may_enter": channel.state == Channel.State.OPEN and may_on(user, "moderate", channel, now),
    }
    reads = found["may_enter"] or inquiries_for(user, now).filter(channel=channel).exists()
    return found if reads else None


def answering(channel: Channel, now: datetime) -> page.Practice | None:
    """How this year's answers went; None where none has been owed, as obligations tell it."""
    today = channel.municipality.today(now)
    year = of_channel(channel, date(today.year, 1, 1), today, now)
    if not year.owed:
        return None
    words = _("Nothing had to be answered by a moment this year.")
    if year.due:
        words = ngettext(
            "%(met)s of %(due)s answer in time this year (%(share)s %%)",
            "%(met)s of %(due)s answers in time this year (%(share)s %%)",
            year.due,
        ) % {"met": year.in_time, "due": year.due, "share": _percent(year.in_time, year.due)}
    if year.missed:
        late = ngettext("%(n)s is late", "%(n)s are late", year.missed) % {"n": year.missed}
        return page.Practice(words, "late", late)
    if year.waiting or year.running:
        return page.Practice(words, "waiting", _("Remains"))
    return page.Practice(words, "done", _("In order"))


def activity(channel: Channel, user: User, now: datetime) -> Mapping[str, Any] | None:
    """The latest post that is known, where the guideline says something of quiet channels."""
    policy = policy_for(channel.unit, now)
    rule = rule_for(channel, policy)
    if channel.state != Channel.State.OPEN or rule is None:
        return None
    asked, known = asked_of(channel, policy), known_of([channel], now)[channel.pk]
    return {
        "rule": rule,
        "known": known,
        "quiet": asked is not None and is_quiet(known, asked),
        "may_note": may_on(user, "check_in", channel, now),
    }


def looking(channel: Channel, now: datetime) -> page.Practice | None:
    """The days missed with their share of those owed; None where none was, as obligations tell it.

    A missed day stays missed, so only the latest turn that fell due, yesterday's or an earlier one
    of today, makes it late. What was missed before a later look is remarked.
    """
    rows = Obligation.objects.about(channel).filter(
        duty__in=LOOKS, due_at__lte=now, waived_at__isnull=True
    )
    days = rows.aggregate(
        owed=Count("due_on", distinct=True),
        missed=Count("due_on", distinct=True, filter=Q(met_at__isnull=True)),
    )
    latest = rows.order_by("-due_at").first()
    if latest is None or not days["missed"]:
        return None
    counted = ngettext("%(n)s day missed", "%(n)s days missed", days["missed"])
    return page.Practice(
        _practice_words(channel, **days),
        "late" if latest.is_open else "noted",
        counted % {"n": days["missed"]},
    )


def looks_this_year(channel: Channel, now: datetime) -> page.Practice | None:
    """The share of this year's days with a look, and how many were written afterwards."""
    year = year_of(channel, channel.municipality.today(now).year, now)
    if not year.owed:
        return page.Practice(_("No look has been owed yet."), "none", _("Nothing due"))
    share = ngettext(
        "Looked on %(looked)s of %(owed)s day this year (%(share)s %%)",
        "Looked on %(looked)s of %(owed)s days this year (%(share)s %%)",
        year.owed,
    ) % {"looked": year.looked, "owed": year.owed, "share": _percent(year.looked, year.owed)}
    if year.afterwards:
        afterwards = ngettext(
            "%(n)s of them was written afterwards",
            "%(n)s of them were written afterwards",
            year.afterwards,
        )
        share = f"{share}. {afterwards % {'n': year.afterwards}}"
    if not year.missed:
        return page.Practice(share, "done", _("As planned"))
    missed = ngettext("%(n)s day missed", "%(n)s days missed", year.missed)
    return page.Practice(share, "noted", missed % {"n": year.missed})


def _percent(part: int, whole: int) -> str:
    # number_format cuts what does not fit; it does not round
    return formats.number_format(round(100 * part / whole, 1), 1)


def _practice_words(channel: Channel, *, owed: int, missed: int) -> str:
    share = ngettext(
        "Missed %(missed)s of %(owed)s day (%(share)s %%)",
        "Missed %(missed)s of %(owed)s days (%(share)s %%)",
        owed,
    ) % {"missed": missed, "owed": owed, "share": _percent(missed, owed)}
    last = channel.check_ins.filter(corrected_by__isnull=True).aggregate(day=Max("day"))["day"]
    if last is None:
        return share
    looked = _("Last %(day)s") % {"day": formats.date_format(last, "SHORT_DATE_FORMAT")}
    return f"{looked}. {share}"


def add() -> None:
    """Put them on the page."""
    label = gettext_lazy("Looking after the channel")
    page.add_promise(page.Promise("monitoring.interval", label, "check_in", looking))
    by_plan = promises.Planned(
        "check_interval", gettext_lazy("Looks, by the plan"), looks_this_year
    )
    promises.add(by_plan)
    page.add_section(page.Section("declared", 5, "moderation/_declared.html", declarations))
    page.add_promise(
        page.Promise("reply.question", gettext_lazy("Answers to questions"), "reply", answering)
    )
    page.add_section(page.Section("inquiries", 7, "moderation/_inquiries.html", questions))
    page.add_section(page.Section("looks", 10, "moderation/_year.html", looks))
    page.add_acts(
        {
            "channel.checked": gettext_lazy("Looked at"),
            "channel.checked_by_mail": gettext_lazy("Looked at, by mail link"),
        },
        icon="check",
    )
    page.add_acts(
        {
            "channel.crisis_declared": gettext_lazy("A crisis was declared"),
            "channel.rest_declared": gettext_lazy("A rest was declared"),
        },
        icon="flag",
    )
    page.add_acts(
        {
            "channel.crisis_ended": gettext_lazy("The crisis was ended"),
            "channel.rest_ended": gettext_lazy("The rest was ended before its time"),
        },
        icon="done",
    )
    page.add_section(page.Section("activity", 15, "moderation/_activity.html", activity))
    page.add_acts(
        {
            "channel.post_noted": gettext_lazy("The day of the latest post was put down"),
            "channel.goes_on": gettext_lazy("It had gone quiet, and goes on"),
            "channel.to_be_closed": gettext_lazy("It had gone quiet, and is to be closed"),
        },
        icon="channel",
    )
    page.add_acts({"channel.check_in_corrected": gettext_lazy("A look was corrected")}, icon="edit")
