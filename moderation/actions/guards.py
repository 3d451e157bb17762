"""What the verbs on findings and inquiries ask first."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import Municipality, User
from moderation.models import Item


def require_order(posted_at: datetime | None, became_aware_at: datetime, now: datetime) -> None:
    """Return where it was posted before it became known, and that before now; or AgainstPolicy."""
    if became_aware_at > now:
        raise AgainstPolicy(_("This moment has not come yet."), field="became_aware_at")
    if posted_at is not None and posted_at > became_aware_at:
        raise AgainstPolicy(
            _("It cannot have been written after it became known."), field="posted_at"
        )


def require_open(item: Item) -> Item:
    """The finding, if its case is open; else NoLongerPossible with who closed it and when."""
    if item.state == Item.State.CLOSED:
        raise too_late(
            _("The case was closed by %(name)s %(moment)s."),
            by=item.closed_by,
            at=item.closed_at,
            place=item.municipality,
        )
    return item


def require_unregistered(item: Item) -> Item:
    """The finding, if registration is undecided; else NoLongerPossible with who decided when."""
    if item.registered_at is None:
        return item
    if item.diary_number:
        words = _("It was already registered as %(number)s by %(name)s %(moment)s.")
    else:
        words = _("%(name)s already decided %(moment)s that it need not be registered.")
    raise too_late(
        words,
        by=item.registered_by,
        at=item.registered_at,
        place=item.municipality,
        number=item.diary_number,
    )


def too_late(
    words: str, *, by: User | None, at: datetime | None, place: Municipality, **facts: str
) -> NoLongerPossible:
    """Who came first and when, by the municipality's clocks, in a sentence with both.

    `facts` are what else the sentence names.
    """
    name = by.shown_name if by else ""
    moment = date_format(at.astimezone(place.zone), "MONTH_DAY_TIME_FORMAT") if at else ""
    return NoLongerPossible(words % ({"name": name, "moment": moment} | facts), by=name, at=at)
