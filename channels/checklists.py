"""The policy's checklists on a channel: what visitors must see, how it must look, and how each
item stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.models import BasisChange, Channel, ChannelCheck
from channels.paper import clause_of
from channels.scope import scope_of
from channels.visitor_information import filled
from governance.models import Municipality
from governance.policy.in_force import policy_for, policy_of
from governance.policy.types import ChecklistItem, ChecklistKind, Policy

Words = str | Lazy
Outcome = ChannelCheck.Outcome
State = Literal["in_place", "excepted", "missing", "again"]


@dataclass(frozen=True)
class Checklist:
    """What tells one list from the other: its words, and the outcome that needs a reason.

    `basis`: what its looks rest on beside the policy, if anything. `anchor`: its place on the
    channel's page, whose address is `channels:KIND`.
    """

    kind: ChecklistKind
    title: Words
    lead: Words
    asked: Words
    exception: ChannelCheck.Outcome
    excepted: Words
    why: Words
    done: Words
    anchor: str
    act: Words
    read: Words
    basis: BasisChange.Basis | None = None


VISITOR_INFORMATION: Final = Checklist(
    kind="visitor_information",
    title=gettext_lazy("Visitor information"),
    lead=gettext_lazy("What visitors are to see on %(name)s, %(platform)s"),
    asked=gettext_lazy("What visitors are to see"),
    exception=Outcome.IMPOSSIBLE,
    excepted=gettext_lazy("The platform does not allow it"),
    why=gettext_lazy("Why the platform does not allow it"),
    done=gettext_lazy("It is on record how the visitor information stands."),
    anchor="visitors",
    act=gettext_lazy("Texts and check"),
    read=gettext_lazy("Read the texts"),
)
GRAPHIC_PROFILE: Final = Checklist(
    kind="graphic_profile",
    title=gettext_lazy("Graphic profile"),
    lead=gettext_lazy("How %(name)s, %(platform)s is to look"),
    asked=gettext_lazy("What the channel is to show"),
    exception=Outcome.DEVIATES,
    excepted=gettext_lazy("Deviates"),
    why=gettext_lazy("How it deviates, and why"),
    done=gettext_lazy("It is on record how the channel follows the graphic profile."),
    anchor="appearance",
    act=gettext_lazy("Check the appearance"),
    read=gettext_lazy("Read what is asked"),
    basis=BasisChange.Basis.GRAPHIC_PROFILE,
)
CHECKLISTS: Final[Mapping[str, Checklist]] = {
    each.kind: each for each in (VISITOR_INFORMATION, GRAPHIC_PROFILE)
}


@dataclass(frozen=True)
class Standing:
    """One item of a list on one channel: the text that is to stand there, and how it stands.

    `text` is filled, and empty where none is prescribed or the policy has none yet (`unset` says
    why). `check` is the look that holds. `why_again` tells why it no longer counts.
    """

    list: Checklist
    item: ChecklistItem
    text: str
    unset: str
    check: ChannelCheck | None
    why_again: str

    @property
    def state(self) -> State:
        """How it stands by the look that holds."""
        if self.check is None or self.check.outcome == Outcome.MISSING:
            return "missing"
        if self.why_again:
            return "again"
        return "excepted" if self.check.outcome == self.list.exception else "in_place"

    @property
    def lacks(self) -> bool:
        """Whether the policy's demand is not met: a reason stands only where it allows one."""
        if self.state == "excepted":
            return not self.item.where_possible
        return self.state != "in_place"

    @property
    def clause(self) -> str:
        """What demands it: the guideline's clause or, for what only an act asks for, the act."""
        return clause_of(self.item)


def standings(channel: Channel, checklist: Checklist, now: datetime) -> list[Standing]:
    """Every item of the list that the policy in force asks for on the channel, in its order."""
    return standings_on([channel], checklist, policy_for(channel.unit, now))[channel.pk]


def standings_on(
    channels: Collection[Channel], checklist: Checklist, policy: Policy
) -> dict[int, list[Standing]]:
    """The same of channels of one municipality, by channel; two queries whatever their number."""
    if not channels or not policy.checklists[checklist.kind]:
        return {channel.pk: [] for channel in channels}
    checks = checks_of(channels, checklist)
    change = latest_change(next(iter(channels)).municipality, checklist)
    return {
        channel.pk: standings_of(channel, checklist, policy, checks.get(channel.pk, {}), change)
        for channel in channels
    }


def checks_of(
    channels: Collection[Channel], checklist: Checklist
) -> dict[int, dict[str, ChannelCheck]]:
    """The looks that hold, by channel and item; one query."""
    found: dict[int, dict[str, ChannelCheck]] = {}
    kind = ChannelCheck.Kind(checklist.kind)
    for check in ChannelCheck.objects.that_hold(channels, kind):
        found.setdefault(check.channel_id, {})[check.item] = check
    return found


def latest_change(municipality: Municipality, checklist: Checklist) -> BasisChange | None:
    """The last change of what the list's looks rest on; None, without a query, for most lists."""
    if checklist.basis is None:
        return None
    rows = BasisChange.objects.filter(municipality=municipality, basis=checklist.basis)
    return rows.select_related("by").first()


def standings_of(
    channel: Channel,
    checklist: Checklist,
    policy: Policy,
    checks: Mapping[str, ChannelCheck],
    change: BasisChange | None,
) -> list[Standing]:
    """The same from the looks at hand, without a query unless a text has changed."""
    found = []
    for item in policy.checklist(checklist.kind, scope_of(channel)):
        prescribed = policy.texts.get(item.text)
        text = filled(prescribed.text, channel) if prescribed else ""
        check = checks.get(item.key)
        found.append(
            Standing(
                list=checklist,
                item=item,
                text=text,
                unset=prescribed.unset if prescribed else "",
                check=check,
                why_again=_why_again(check, policy, item, text, change),
            )
        )
    return found


def _why_again(
    check: ChannelCheck | None,
    policy: Policy,
    item: ChecklistItem,
    text: str,
    change: BasisChange | None,
) -> str:
    """Why what was seen must be looked at again; empty where it need not be."""
    if check is None or check.outcome == Outcome.MISSING:
        return ""
    if change is not None and check.at < change.at:
        return _("The graphic profile has changed since: %(how)s") % {"how": change.reason}
    if check.outcome != Outcome.IN_PLACE or not text or check.text == text:
        return ""
    before = policy_of(check.policy).texts.get(item.text)
    if before and before.text == policy.text(item.text).text:
        return _("The channel's contacts in the text have changed since.")
    return _("The guideline's text has changed since: version %(number)d was in force then.") % {
        "number": check.policy.number
    }


def digest_of(found: Sequence[Standing], change: BasisChange | None = None) -> str:
    """What somebody who checks has before them; another list, text or basis gives another."""
    shown = [f"{each.item.key}\x1f{each.text}" for each in found]
    if change is not None:
        shown.append(str(change.pk))
    return sha256("\x1e".join(shown).encode()).hexdigest()
