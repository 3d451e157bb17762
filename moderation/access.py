"""Who may read findings, evidence and questions.

Rights on a channel itself are asked of `channels.rights`.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from channels.rights import channels_where
from governance.errors import NotAllowed
from governance.models import User
from governance.permissions import may, units_where
from moderation.models import Evidence, Inquiry, Item
from moderation.models.inquiry import InquiryQuerySet


def items_for(user: User, now: datetime) -> QuerySet[Item]:
    """The findings that the person may read: their channels', their own, and the registrar's."""
    return Item.objects.filter(
        Q(channel__in=channels_where(user, "moderate", now))
        | Q(channel__unit__in=units_where(user, "see_evidence", now))
        | Q(found_by=user),
        municipality=user.municipality_id,
    )


def permitted_item(pk: int, user: User, *, now: datetime) -> Item:
    """The finding, already permitted to be read. Http404 to strangers, NotAllowed to colleagues."""
    item = (
        Item.objects.filter(municipality=user.municipality_id, pk=pk)
        .select_related("channel__unit__municipality", "channel__platform", "municipality")
        .first()
    )
    if item is None:
        raise Http404
    if not items_for(user, now).filter(pk=item.pk).exists():
        raise NotAllowed(
            _("Findings of %(channel)s are seen by those who moderate it and by the registrars.")
            % {"channel": item.channel}
        )
    return item


def may_see_evidence(user: User, item: Item, now: datetime) -> bool:
    """Whoever found it, the communications unit, registrars and archivists; nobody else."""
    if user.municipality_id != item.municipality_id:
        return False
    return item.found_by_id == user.pk or may(user, "see_evidence", item.unit, now) is not None


def permitted_evidence(pk: int, user: User, *, now: datetime) -> Evidence:
    """The evidence, already permitted. Http404 to strangers, NotAllowed to colleagues."""
    evidence = (
        Evidence.objects.filter(municipality=user.municipality_id, pk=pk)
        .select_related("item__channel__unit__municipality", "municipality", "file")
        .first()
    )
    if evidence is None:
        raise Http404
    if not may_see_evidence(user, evidence.item, now):
        raise NotAllowed(
            _(
                "Evidence is seen by whoever found it, the communications unit, the registrars"
                " and the archivist."
            )
        )
    return evidence


def inquiries_for(user: User, now: datetime) -> InquiryQuerySet:
    """The questions that the person may read: of channels that they moderate or oversee."""
    return Inquiry.objects.filter(
        Q(channel__in=channels_where(user, "moderate", now))
        | Q(channel__unit__in=units_where(user, "see_overview", now)),
        municipality=user.municipality_id,
    )


def permitted_inquiry(pk: int, user: User, *, now: datetime) -> Inquiry:
    """The question, already permitted to be read. Http404 to strangers, NotAllowed to colleagues.

    To answer it takes more; that is asked by the verbs.
    """
    inquiry = (
        Inquiry.objects.filter(municipality=user.municipality_id, pk=pk)
        .select_related("channel__unit__municipality", "channel__platform", "municipality")
        .select_related("entered_by", "held_by", "closed_by", "item")
        .first()
    )
    if inquiry is None:
        raise Http404
    if not inquiries_for(user, now).filter(pk=inquiry.pk).exists():
        raise NotAllowed(
            _(
                "Questions on %(channel)s are seen by those who moderate it and by those who"
                " oversee its unit."
            )
            % {"channel": inquiry.channel}
        )
    return inquiry
