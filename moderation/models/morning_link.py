"""The link in a person's morning mail, by which looks are confirmed without signing in."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from governance.models import Municipality, User
from governance.signed_links import UNSIGNED


class MorningLink(models.Model):
    """One person's link for one day, and the channels that were theirs to look at that morning.

    The row opens nothing: what opens is a signature over `key`, which stands in the mail alone.
    That a person has at most one a day is also what keeps them from a second mail.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    day = models.DateField(_("day"))
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    channels = models.ManyToManyField(Channel, related_name="+", verbose_name=_("channels"))
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("link in a morning mail")
        verbose_name_plural = _("links in morning mails")
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="morning_link_once_a_day"),
            # what the composite foreign key of check-ins leans on
            models.UniqueConstraint(
                fields=["id", "person", "municipality"], name="morning_link_of_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.day}"

    @property
    def unsigned_path(self) -> str:
        """The address as the notice has it, which opens nothing."""
        return reverse("morning:looks", args=[self.key, UNSIGNED])
