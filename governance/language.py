"""The language in which a person reads the tool."""

from datetime import datetime

from django.db import transaction

from governance.models import Municipality, User


class UnknownLanguage(ValueError):  # noqa: N818 - reads as what it is
    """The interface does not exist in that language."""


@transaction.atomic
def choose_language(language: str, *, by: User, now: datetime) -> None:
    """Store the language `by` wants to read; empty for the municipality's own.

    Raises UnknownLanguage. `now` is the moment of the choice, for the history.
    """
    if language and language not in Municipality.Locale.values:
        raise UnknownLanguage(language)
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    person.language = language
    person._history_date = now  # type: ignore[attr-defined]  # read by the history
    person.save(update_fields=["language"])
