"""The registrar's three answers, as the tray gives them: a number, none needed, a question back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from archive.actions.snapshots import register_snapshot, return_snapshot
from archive.models import Snapshot
from governance.models import User
from moderation.actions import (
    assess_secrecy,
    need_not_be_registered,
    register_number,
    return_with_question,
)
from moderation.models import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the registrar wrote. Secrecy empty: not asked for."""

    number: str = ""
    reason: str = ""
    question: str = ""
    secrecy: str = ""
    paragraph: str = ""


@transaction.atomic
def register(record: Item | Snapshot, answer: Answer, *, by: User, now: datetime) -> None:
    """Give the number, with the assessment of secrecy. Raises as each of the two does."""
    if isinstance(record, Snapshot):
        register_snapshot(record, answer.number, by=by, now=now)
        return
    _assess(record, answer, by, now)
    register_number(record, answer.number, by=by, now=now)


@transaction.atomic
def need_not(record: Item | Snapshot, answer: Answer, *, by: User, now: datetime) -> None:
    """Say that no number is needed and why.

    A snapshot lies in the tray because the guideline sends it to the diary, so there is no such
    answer for one: TypeError. Raises as `need_not_be_registered` does.
    """
    if isinstance(record, Snapshot):
        raise TypeError("A snapshot in the tray is to be registered.")
    _assess(record, answer, by, now)
    need_not_be_registered(record, answer.reason, by=by, now=now)


@transaction.atomic
def give_back(record: Item | Snapshot, answer: Answer, *, by: User, now: datetime) -> None:
    """Return it to the editor with a question. Raises as the record's own verb does."""
    if isinstance(record, Snapshot):
        return_snapshot(record, answer.question, by=by, now=now)
        return
    _assess(record, answer, by, now)
    return_with_question(record, answer.question, by=by, now=now)


def _assess(item: Item, answer: Answer, by: User, now: datetime) -> None:
    if answer.secrecy:
        assess_secrecy(item, answer.secrecy, answer.paragraph, by=by, now=now)
