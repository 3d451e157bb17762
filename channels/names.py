"""The people in a plan's answers, as others may read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from channels.answers import Answers
from governance.models import User


def without_hidden_names(*answers: Answers) -> list[Answers]:
    """Each set of answers with the title alone for everybody whose name is not shown now.

    One query, whatever the answers hold.
    """
    named = {row["user"] for each in answers for row in _rows(each) if row.get("user")}
    hidden = User.objects.filter(pk__in=named, name_hidden=True).in_bulk() if named else {}
    if not hidden:
        return list(answers)
    return [
        {
            key: [_masked(row, hidden) for row in answer] if isinstance(answer, list) else answer
            for key, answer in each.items()
        }
        for each in answers
    ]


def _rows(answers: Answers) -> Iterator[dict[str, Any]]:
    for answer in answers.values():
        if isinstance(answer, list):
            yield from (row for row in answer if isinstance(row, dict))


def _masked(row: object, hidden: Mapping[Any, User]) -> object:
    if isinstance(row, dict) and row.get("user") in hidden:
        return {**row, "name": hidden[row["user"]].shown_name, "title": "", "contact": ""}
    return row
