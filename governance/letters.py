"""Letters to people, each in its reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from governance.models import Municipality, User
from governance.notices import post

#: Makes a letter's subject and text; called with the reader's language in force.
Letter = Callable[[], tuple[str, str]]


def tell(
    people: Iterable[User], kind: str, letter: Letter, *, municipality: Municipality, now: datetime
) -> None:
    """Write the letter to each of the people, to be sent after the commit."""
    for person in people:
        with translation.override(person.language or municipality.locale):
            subject, text = letter()
        post(person, kind, subject, text, municipality=municipality, now=now)


def link(view: str, *args: object) -> str:
    """The whole address of a page, for a letter."""
    return f"{settings.BASE_URL}{reverse(view, args=args)}"
