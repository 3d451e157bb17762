"""What somebody is told who comes second: who came first, and when by the municipality's clocks."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format

from governance.errors import NoLongerPossible
from governance.models import Municipality, User, name_not_shown


def came_first(
    words: str, by: User | None, at: datetime | None, municipality: Municipality
) -> NoLongerPossible:
    """The refusal; `words` has places for `%(name)s` and `%(moment)s`."""
    name = by.shown_name if by else name_not_shown()
    local = at.astimezone(municipality.zone) if at else None
    moment = date_format(local, "MONTH_DAY_TIME_FORMAT") if local else ""
    return NoLongerPossible(words % {"name": name, "moment": moment}, by=name, at=at)
