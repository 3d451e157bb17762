"""What somebody saw of the visitor information on a channel, a dated row for each look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel
from governance.models import Municipality, PolicyVersion, Unit, User


class VisitorCheckQuerySet(models.QuerySet["VisitorCheck"]):
    def that_hold(self, channels: Iterable[Channel]) -> Self:
        """The latest of each item on each of the channels, with who made it."""
        rows = self.filter(channel__in=list(channels)).select_related("by", "policy")
        latest = rows.order_by("channel_id", "item", "-at", "-pk").distinct("channel_id", "item")
        return latest.defer("policy__content")


class VisitorCheck(models.Model):
    """How one item of the policy's checklist stood when somebody looked.

    Never changed: the latest row of an item holds, earlier ones stay. `text` is the prescribed
    text as it was filled for the channel, word for word, and `policy` the version it came from.
    """

    class Outcome(models.TextChoices):
        IN_PLACE = "in_place", _("in place")
        MISSING = "missing", _("not in place")
        IMPOSSIBLE = "impossible", _("the platform does not allow it")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="visitor_checks", verbose_name=_("channel")
    )
    item = models.CharField(_("item"), max_length=24)
    outcome = models.CharField(_("how it stands"), max_length=10, choices=Outcome.choices)
    reason = models.CharField(_("why the platform does not allow it"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects: ClassVar[models.Manager[VisitorCheck]] = VisitorCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of the visitor information")
        verbose_name_plural = _("checks of the visitor information")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="impossible") & ~Q(reason="")
                | ~Q(outcome="impossible") & Q(reason=""),
                name="visitor_check_says_why_it_is_impossible",
            )
        ]
        indexes = [models.Index(fields=["channel", "item", "-at"], name="visitor_check_latest")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.item}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit
