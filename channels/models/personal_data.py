"""What was assessed of the personal data that a platform processes, and what a channel adds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel, Platform
from governance.models import Municipality, PolicyVersion, Unit, User


class AssessmentQuerySet(models.QuerySet["PersonalDataAssessment"]):
    def that_hold(self, municipality: Municipality, platforms: Collection[int]) -> Self:
        """The latest of each processing on each platform (by key), with who made it."""
        rows = self.filter(municipality=municipality, platform__in=platforms)
        latest = rows.order_by("platform_id", "processing", "-at", "-pk")
        found = latest.distinct("platform_id", "processing").select_related("by", "policy")
        return found.defer("policy__content")


class PersonalDataAssessment(models.Model):
    """One processing on one platform, assessed for all of the municipality's channels there.

    Never changed: the latest row of a processing holds, earlier ones stay. `transfer` and
    `visitors_posts` are what was known of the platform then, `policy` the version whose questions
    were answered. From `review_on`, if it has one, it is stale (VET-18: next review).
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="+", verbose_name=_("platform")
    )
    processing = models.CharField(_("processing"), max_length=120)
    answers = models.JSONField(_("answers"))
    transfer = models.CharField(
        _("transfer of personal data"), max_length=10, choices=Platform.Transfer.choices
    )
    visitors_posts = models.CharField(
        _("who controls visitors' posts"), max_length=16, choices=Platform.Control.choices
    )
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    review_on = models.DateField(_("to be made again on"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects: ClassVar[models.Manager[PersonalDataAssessment]] = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment of personal data")
        verbose_name_plural = _("assessments of personal data")
        ordering = ["processing", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(processing=""), name="assessment_names_processing"),
            # weaker by a night than what is asked of whoever sets it: the zone is not known here
            models.CheckConstraint(
                condition=Q(review_on__isnull=True) | Q(review_on__gte=TruncDate("at", tzinfo=UTC)),
                name="assessment_is_reviewed_after_it_is_made",
            ),
            # what the composite foreign key of the supplements leans on
            models.UniqueConstraint(
                fields=["id", "municipality"], name="assessment_id_and_municipality"
            ),
        ]
        indexes = [
            models.Index(
                fields=["municipality", "platform", "processing", "-at"], name="assessment_latest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.processing}"

    def is_to_be_reviewed(self, now: datetime) -> bool:
        """Whether its next review is set and lies ahead, on the municipality's days."""
        return self.review_on is not None and self.review_on > self.municipality.today(now)


class SupplementQuerySet(models.QuerySet["LocalSupplement"]):
    def that_hold(self, channels: Collection[Channel]) -> Self:
        """The latest of each processing on each of the channels, with who wrote it."""
        rows = self.filter(channel__in=channels).select_related("by", "assessment")
        latest = rows.order_by("channel_id", "assessment__processing", "-at", "-pk")
        return latest.distinct("channel_id", "assessment__processing")


class LocalSupplement(models.Model):
    """What one channel adds to the shared assessment of a processing; never changed.

    `exempt`: the channel relies on the exemption for artistic and literary creation, with
    `reasons` where the policy asks for them.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="supplements", verbose_name=_("channel")
    )
    assessment = models.ForeignKey(
        PersonalDataAssessment,
        models.PROTECT,
        related_name="supplements",
        verbose_name=_("assessment"),
    )
    text = models.TextField(_("what differs on this channel"), blank=True)
    exempt = models.BooleanField(_("relies on the artistic and literary exemption"), default=False)
    reasons = models.TextField(_("reasons for the exemption"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects: ClassVar[models.Manager[LocalSupplement]] = SupplementQuerySet.as_manager()

    class Meta:
        verbose_name = _("local supplement")
        verbose_name_plural = _("local supplements")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(exempt=True) | (~Q(text="") & Q(reasons="")),
                name="supplement_says_something",
            )
        ]
        indexes = [models.Index(fields=["channel", "-at"], name="supplement_latest")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.assessment.processing}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit
