"""What a new version of a policy says otherwise than an earlier one, sentence by sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.policy.explain import Line, explain
from governance.policy.types import Policy

#: Silence is told of by the rules that come and go.
_TOLD_ELSEWHERE = frozenset({"silence"})


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence under a heading, as it was and as it is; empty where it was or is not there."""

    section: str
    before: str
    after: str


def changes(before: Policy, after: Policy) -> list[Change]:
    """Every sentence that differs between two versions, in the order of the later one.

    What was taken away comes last in its section. In the language of each version.
    """
    earlier = {section.key: section for section in explain(before)}
    found = []
    for section in explain(after):
        if section.key in _TOLD_ELSEWHERE:
            continue
        were = _by_key(earlier[section.key].lines)
        are = _by_key(section.lines)
        for key in dict.fromkeys([*are, *were]):
            old, new = were.get(key, ""), are.get(key, "")
            if old != new:
                found.append(Change(section.title, old, new))
    return found


def _by_key(lines: tuple[Line, ...]) -> dict[str, str]:
    """The sentences with what stands on them, each under a key of its own."""
    return dict(_told(lines))


def _told(lines: tuple[Line, ...]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for line in lines:
        seen[line.key] = seen.get(line.key, 0) + 1
        yield f"{line.key} {seen[line.key]}", f"{line.sentence} ({line.note})".removesuffix(" ()")
