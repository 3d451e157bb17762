"""That somebody looked through a plan in force and found that it stands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel
from channels.models.plan import PlanVersion
from governance.models import Municipality, PolicyVersion, Unit, User


class PlanReview(models.Model):
    """A dated word of somebody that a channel's approved plan stands as it is. Never changed.

    A plan that does not stand is changed instead, by a plan of its own.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="plan_reviews", verbose_name=_("channel")
    )
    version = models.ForeignKey(
        PlanVersion, models.PROTECT, related_name="reviews", verbose_name=_("version of the plan")
    )
    note = models.TextField(_("note"), blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("review of a plan")
        verbose_name_plural = _("reviews of plans")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["channel", "-at"], name="plan_review_latest")]

    def __str__(self) -> str:
        return f"{self.version} {self.at:%Y-%m-%d}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit
