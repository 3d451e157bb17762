"""The shipped files as texts and policies, and small changes to them."""

from functools import cache

from governance.policy.faults import PolicyRefused
from governance.policy.reader import read
from governance.policy.shipped import FOLDER
from governance.policy.types import Policy


def text(name: str = "vargarda") -> str:
    """A shipped file's text."""
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@cache
def policy(name: str = "vargarda") -> Policy:
    """A shipped file as a policy."""
    return read(text(name), f"{name}.toml")


def changed(old: str, new: str, name: str = "vargarda") -> str:
    """A shipped file's text with one passage changed; the passage must be there."""
    before = text(name)
    assert old in before, f"{name}.toml does not hold {old!r}"
    return before.replace(old, new, 1)


def faults(content: str) -> list[str]:
    """Every fault of a text, as the command prints them."""
    try:
        read(content, "broken.toml")
    except PolicyRefused as refused:
        return [str(fault) for fault in refused.faults]
    return []
