"""Policies as lines of plain text for a terminal."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap

from governance.policy.coverage import Covered
from governance.policy.explain import Line, explain
from governance.policy.types import Policy

_GAP = "  "
_NARROWEST = 24


def explained(policy: Policy) -> Iterator[str]:
    """Every section of one policy: the sentence, and beneath it strength, clause and who."""
    yield policy.guideline.title
    yield policy.guideline.says
    for section in explain(policy):
        if not section.lines:
            continue
        yield f"\n{section.title}\n{'-' * len(section.title)}"
        for line in section.lines:
            yield from wrap(line.sentence, 98, subsequent_indent="  ")
            yield from wrap(line.note, 98, initial_indent="    ", subsequent_indent="    ")


def side_by_side(policies: Sequence[Policy], width: int = 0) -> Iterator[str]:
    """Several policies in columns, each key in one row; a dash where a policy says nothing."""
    available = width or shutil.get_terminal_size((160, 50)).columns
    column = max(_NARROWEST, available // len(policies) - len(_GAP))
    yield from _row([Path(policy.name).stem for policy in policies], column)
    by_policy = [{section.key: section for section in explain(policy)} for policy in policies]
    for key in by_policy[0]:
        sections = [sections[key] for sections in by_policy]
        keyed = [{line.key: line for line in section.lines} for section in sections]
        if not any(keyed):
            continue
        yield ""
        yield from _row([section.title for section in sections], column)
        for line_key in dict.fromkeys(name for lines in keyed for name in lines):
            yield f"· {line_key}"
            yield from _row([_cell(lines.get(line_key)) for lines in keyed], column)


def _cell(line: Line | None) -> str:
    if line is None:
        return "–"
    return f"{line.sentence} ({line.note})" if line.note else line.sentence


def _row(cells: Iterable[str], column: int) -> Iterator[str]:
    wrapped = [wrap(cell, column) for cell in cells]
    for parts in zip_longest(*wrapped, fillvalue=""):
        yield _GAP.join(part.ljust(column) for part in parts).rstrip()


def coverage_lines(covered: Sequence[Covered]) -> Iterator[str]:
    """One line for each place of each requirement, then the counts."""
    for each in covered:
        for place in each.places:
            yield f"{each.id}  {place.kind:<9}  {place.key}  {place.sentence}"
    kinds = Counter(place.kind for each in covered for place in each.places)
    bound = sum(1 for each in covered if each.places)
    yield ""
    yield from (f"{kind}: {number}" for kind, number in kinds.most_common())
    yield f"{bound} of {len(covered)} requirements are bound."
