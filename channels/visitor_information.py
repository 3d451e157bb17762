"""What visitors must be able to see on a channel: the policy's list, its texts, how each stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from django.utils.translation import gettext as _

from channels.models import Channel, VisitorCheck
from channels.paper import clause_of
from channels.scope import scope_of
from governance.policy.in_force import policy_for, policy_of
from governance.policy.types import Policy, VisitorItem

#: A name in braces in a prescribed text; which there are stands in the policy's vocabulary.
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")

State = Literal["in_place", "impossible", "missing", "again"]


def filled(text: str, channel: Channel) -> str:
    """A prescribed text with the channel's own words in their places.

    Where a channel has no e-mail or telephone of its own, the municipality's stand.
    """
    words = _words_of(channel)
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)


def _words_of(channel: Channel) -> Mapping[str, str]:
    """Every placeholder and what stands in it."""
    home = channel.municipality
    return {
        "municipality": home.name,
        "unit": channel.unit.name,
        "channel": channel.name,
        "address": channel.url,
        "email": channel.contact_email or home.email,
        "phone": channel.contact_phone or home.phone,
        "website": home.website,
    }


def contacts(channel: Channel) -> str:
    """Whom a visitor can reach about the channel, a line each; the items on contacts ask for it."""
    words = _words_of(channel)
    lines = [words[name] for name in ("municipality", "unit", "phone", "email", "website")]
    return "\n".join(dict.fromkeys(line for line in lines if line))


@dataclass(frozen=True)
class Standing:
    """One item of the list on one channel: the text that is to stand there, and how it stands.

    `text` is filled, and empty where none is prescribed or the policy has none yet (`unset` says
    why). `check` is the look that holds. `why_again` tells why it no longer counts.
    """

    item: VisitorItem
    text: str
    unset: str
    check: VisitorCheck | None
    why_again: str

    @property
    def state(self) -> State:
        """How it stands by the look that holds."""
        if self.check is None or self.check.outcome == VisitorCheck.Outcome.MISSING:
            return "missing"
        if self.check.outcome == VisitorCheck.Outcome.IMPOSSIBLE:
            return "impossible"
        return "again" if self.why_again else "in_place"

    @property
    def lacks(self) -> bool:
        """Whether the policy's demand is not met: a reason stands only where it allows one."""
        if self.state == "impossible":
            return not self.item.where_possible
        return self.state != "in_place"

    @property
    def clause(self) -> str:
        """What demands it: the guideline's clause or, for what only an act asks for, the act."""
        return clause_of(self.item)


def standings(channel: Channel, now: datetime) -> list[Standing]:
    """Every item that the policy in force asks for on the channel, in its order."""
    policy = policy_for(channel.unit, now)
    return standings_of(channel, policy, checks_of([channel]).get(channel.pk, {}))


def checks_of(channels: Collection[Channel]) -> dict[int, dict[str, VisitorCheck]]:
    """The looks that hold, by channel and item; one query."""
    found: dict[int, dict[str, VisitorCheck]] = {}
    for check in VisitorCheck.objects.that_hold(channels):
        found.setdefault(check.channel_id, {})[check.item] = check
    return found


def standings_of(
    channel: Channel, policy: Policy, checks: Mapping[str, VisitorCheck]
) -> list[Standing]:
    """The same from the looks at hand, without a query unless a text has changed."""
    found = []
    for item in policy.visitor_items(scope_of(channel)):
        prescribed = policy.texts.get(item.text)
        text = filled(prescribed.text, channel) if prescribed else ""
        check = checks.get(item.key)
        found.append(
            Standing(
                item=item,
                text=text,
                unset=prescribed.unset if prescribed else "",
                check=check,
                why_again=_why_again(check, policy, item, text),
            )
        )
    return found


def _why_again(check: VisitorCheck | None, policy: Policy, item: VisitorItem, text: str) -> str:
    """Why what was seen in place must be looked at again; empty where it need not be."""
    if check is None or check.outcome != VisitorCheck.Outcome.IN_PLACE:
        return ""
    if not text or check.text == text:
        return ""
    before = policy_of(check.policy).texts.get(item.text)
    if before and before.text == policy.text(item.text).text:
        return _("The channel's contacts in the text have changed since.")
    return _("The guideline's text has changed since: version %(number)d was in force then.") % {
        "number": check.policy.number
    }


def digest_of(found: Sequence[Standing]) -> str:
    """What somebody who checks has before them; another list or text gives another digest."""
    shown = "\x1e".join(f"{each.item.key}\x1f{each.text}" for each in found)
    return sha256(shown.encode()).hexdigest()
