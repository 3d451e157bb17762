"""A person's calendar feed: the address under which their calendar program reads what waits."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.people import User


class CalendarFeed(models.Model):
    """One address that a person has had made. The row opens nothing: see `signed_links`."""

    person = models.ForeignKey(
        User, models.CASCADE, related_name="calendar_feeds", verbose_name=_("person")
    )
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at__isnull=True),
                name="calendar_feed_one_in_use",
            )
        ]

    def __str__(self) -> str:
        return str(self.key)
