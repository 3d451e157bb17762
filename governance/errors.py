"""The three ways in which an act can be refused. Each has its own answer and its own page."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the program
    """What every refusal has in common: a message for the person who tried."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused, PermissionDenied):
    """The person may not do this; the message says what would be needed. Answered with 403."""


class NoLongerPossible(Refused):
    """Somebody or something came first. `by` and `at` say who and when, where that is known.

    Answered with 409 and the message.
    """

    def __init__(self, message: str, *, by: str = "", at: datetime | None = None) -> None:
        super().__init__(message)
        self.by = by
        self.at = at


class AgainstPolicy(Refused):
    """The policy refuses it. `clause` cites where, `field` is the input it stands beside."""

    def __init__(self, message: str, *, clause: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.clause = clause
        self.field = field
