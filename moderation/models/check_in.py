"""That somebody looked at a channel."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from governance.models import Municipality, Unit, User
from moderation.models.morning_link import MorningLink


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def standing(self) -> Self:
        """Entries that no later entry corrects."""
        return self.filter(corrected_by__isnull=True)


class CheckIn(models.Model):
    """One look at a channel, entered when it was entered: `at` is never a moment chosen.

    `day` is the day it counts for in the municipality and `period` the turn of that day's duty:
    `2026-03-02`, `2026-03-02/2` where several a day are owed, or `7/2026-03-02/2` where a crisis
    (its key) asks for it. `late`: entered when the turn was over. An entry is never changed; a
    correction is a new one that points at it. `mail_link`: the link in a morning mail by which it
    was entered, once for each channel, else none.
    """

    class Result(models.TextChoices):
        NOTHING = "nothing", _("nothing to remark")
        REMARK = "remark", _("something to remark")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="check_ins", verbose_name=_("channel")
    )
    day = models.DateField(_("day"))
    period = models.CharField(max_length=40)
    at = models.DateTimeField(_("entered"))
    by = models.ForeignKey(
        User, models.PROTECT, related_name="check_ins", verbose_name=_("entered by")
    )
    result = models.CharField(_("result"), max_length=8, choices=Result.choices)
    note = models.TextField(_("note"), blank=True)
    late = models.BooleanField(_("entered afterwards"), default=False)
    mail_link = models.ForeignKey(
        MorningLink,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="looks",
        verbose_name=_("by mail link"),
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )

    objects: ClassVar[models.Manager[CheckIn]] = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-day", "-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "period"],
                condition=Q(corrects__isnull=True),
                name="check_in_once_a_turn",
            ),
            models.UniqueConstraint(
                fields=["mail_link", "channel"], name="check_in_once_by_a_mail_link"
            ),
        ]
        indexes = [models.Index(fields=["channel", "-day"], name="check_in_by_channel_and_day")]

    def __str__(self) -> str:
        return f"{self.channel} {self.period}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit
