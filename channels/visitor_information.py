"""The prescribed texts that visitors read, filled with the channel's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from channels.models import Channel

#: A name in braces in a prescribed text; which there are stands in the policy's vocabulary.
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


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
