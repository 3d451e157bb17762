"""Whether a pattern of accounts' paths may be used: it names an account, and never takes long.

Python's `re` tries every way in which a pattern can fit before it says no. So a pattern is taken
only while these ways are few: no group is repeated, nothing refers back, and what remains is
counted for the longest path that is ever matched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

#: Characters of the longest address that is read; no path is longer.
LONGEST: Final = 500
#: In so many ways a pattern may fit a path of that length: some hundredths of a second at the most.
WAYS: Final = 2_000_000
#: What a group may begin with beside nothing: without a name, ours by name, looking ahead.
_GROUPS: Final = ("(?:", "(?P<handle>", "(?P<id>", "(?P<drop>", "(?=", "(?!")
#: The pieces of a pattern, as far as they matter here.
_PIECE: Final = re.compile(
    r"(?P<escaped>\\.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<opens>\((?:\?P?(?:<\w*>|[^\w\s]|\w))?)"
    r"|(?P<closes>\))"
    r"|(?P<or>\|)"
    r"|(?P<repeats>[*+?]|\{\d*,?\d*\})"
    r"|(?P<other>.)",
    re.DOTALL,
)


class PatternRefused(ValueError):  # noqa: N818 - an answer, not a fault of the program
    """The pattern cannot be used. The message says why, for whoever wrote it."""


def require_usable(pattern: str) -> None:
    """Raise PatternRefused for a pattern that cannot be read, names no account or may take long."""
    try:
        groups = re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError) as fault:
        raise PatternRefused(
            _("It cannot be read as a pattern: %(fault)s.") % {"fault": fault}
        ) from None
    if not pattern.startswith("/"):
        raise PatternRefused(_("It begins with the slash that a path begins with."))
    if not {"handle", "id"} & groups.keys():
        raise PatternRefused(
            _("It needs a group (?P<handle>…) for the account's name or (?P<id>…) for its number.")
        )
    pieces = list(_pieces(pattern))
    _require_known(pieces)
    if _ways(pieces) > WAYS:
        raise PatternRefused(
            _("Too many ways to fit a long address: let fewer parts be repeated or optional.")
        )


def _pieces(pattern: str) -> Iterator[tuple[str, str]]:
    for found in _PIECE.finditer(pattern):
        yield str(found.lastgroup), found.group()


def _require_known(pieces: list[tuple[str, str]]) -> None:
    before = ""
    for kind, text in pieces:
        if kind == "opens" and text not in ("(", *_GROUPS):
            raise PatternRefused(_("A group cannot begin with %(text)s here.") % {"text": text})
        if kind == "escaped" and text[1].isdigit():
            raise PatternRefused(_("It cannot refer back to what it has found."))
        if kind == "repeats" and text != "?" and before == "closes":
            raise PatternRefused(_("A whole group cannot be repeated; it may be optional: (…)?"))
        before = kind


def _ways(pieces: list[tuple[str, str]]) -> int:
    """In how many ways the pattern can fit a path, at the most."""
    ways, choices, before = 1, [1], ""
    for kind, text in pieces:
        if kind == "opens":
            choices.append(1)
        elif kind == "or":
            choices[-1] += 1
        elif kind == "closes":
            ways *= choices.pop()
        elif kind == "repeats" and before != "repeats":  # the second mark is how, not how often
            ways *= _lengths(text)
        before = kind
    return ways * choices.pop()


def _lengths(repeats: str) -> int:
    """How many different numbers of repetitions there can be."""
    if repeats == "?":
        return 2
    if repeats in "*+":
        return LONGEST
    least, comma, most = repeats[1:-1].partition(",")
    if not comma:
        return 1
    return int(most) - int(least or 0) + 1 if most else LONGEST
