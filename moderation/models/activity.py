"""When a channel last had a post, as somebody saw it, and what was decided of one gone quiet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from governance.models import Municipality, PolicyVersion, Unit, User


class LatestPost(models.Model):
    """Somebody's word on which day the channel last had a post of ours. Never changed.

    The program does not see posts. The newest word holds; what it says of earlier days changes
    nothing that was owed then.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="latest_posts", verbose_name=_("channel")
    )
    on = models.DateField(_("day of the latest post"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("latest post")
        verbose_name_plural = _("latest posts")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["channel", "-at"], name="latest_post_newest_word")]

    def __str__(self) -> str:
        return f"{self.channel} {self.on}"


class ActivityDecision(models.Model):
    """What was decided of a channel that had gone quiet: it goes on, or is to be closed.

    `post_on` is the latest post that was known then. Never changed; another decision follows.
    """

    class Outcome(models.TextChoices):
        GO_ON = "go_on", _("It goes on")
        CLOSE = "close", _("It is to be closed")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="activity_decisions", verbose_name=_("channel")
    )
    outcome = models.CharField(_("outcome"), max_length=5, choices=Outcome.choices)
    reason = models.TextField(_("reason"))
    consulted = models.CharField(_("consulted"), max_length=300, blank=True)
    post_on = models.DateField(_("day of the latest post"), null=True, blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision on a quiet channel")
        verbose_name_plural = _("decisions on quiet channels")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="activity_decision_says_why")
        ]
        indexes = [models.Index(fields=["channel", "-at"], name="activity_decision_newest")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.get_outcome_display()}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit
