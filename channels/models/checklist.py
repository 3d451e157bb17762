"""How the items of the policy's checklists stood on a channel, a dated row for each look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel, Platform
from governance.models import Municipality, PolicyVersion, Unit, User


class ChannelCheckQuerySet(models.QuerySet["ChannelCheck"]):
    def that_hold(self, channels: Iterable[Channel], kind: ChannelCheck.Kind) -> Self:
        """The latest of each item of one list on each of the channels, with who made it."""
        rows = self.filter(channel__in=list(channels), kind=kind).select_related("by", "policy")
        latest = rows.order_by("channel_id", "item", "-at", "-pk").distinct("channel_id", "item")
        return latest.defer("policy__content")


class ChannelCheck(models.Model):
    """How one item of a checklist stood when somebody looked.

    Never changed: the latest row of an item holds, earlier ones stay. `text` is the prescribed
    text as it was filled for the channel, word for word, and `policy` the version it came from.
    """

    class Kind(models.TextChoices):
        """The lists, by the names that policies give them (`ChecklistKind`)."""

        VISITOR_INFORMATION = "visitor_information", _("visitor information")
        GRAPHIC_PROFILE = "graphic_profile", _("graphic profile")

    class Outcome(models.TextChoices):
        IN_PLACE = "in_place", _("in place")
        MISSING = "missing", _("not in place")
        IMPOSSIBLE = "impossible", _("the platform does not allow it")
        DEVIATES = "deviates", _("deviates, with a reason")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="checks", verbose_name=_("channel")
    )
    kind = models.CharField(_("list"), max_length=20, choices=Kind.choices)
    item = models.CharField(_("item"), max_length=24)
    outcome = models.CharField(_("how it stands"), max_length=10, choices=Outcome.choices)
    reason = models.CharField(_("why it is not in place"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects: ClassVar[models.Manager[ChannelCheck]] = ChannelCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a channel")
        verbose_name_plural = _("checks of channels")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=("impossible", "deviates")) & ~Q(reason="")
                | ~Q(outcome__in=("impossible", "deviates")) & Q(reason=""),
                name="channel_check_says_why_it_is_excepted",
            ),
            models.CheckConstraint(
                condition=Q(kind="visitor_information") & ~Q(outcome="deviates")
                | Q(kind="graphic_profile") & ~Q(outcome="impossible"),
                name="channel_check_has_an_outcome_of_its_list",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "kind", "item", "-at"], name="channel_check_latest")
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.item}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit


class BasisChange(models.Model):
    """Something that earlier looks or assessments rest on is another now, as was announced.

    Never changed. What was looked at or assessed before it is to be done again. The basis of
    personal data is a `platform`'s; a graphic profile is the municipality's.
    """

    class Basis(models.TextChoices):
        GRAPHIC_PROFILE = "graphic_profile", _("the municipality's graphic profile")
        TRANSFER = "transfer", _("what a transfer of personal data rests on")
        CONTROLLER = "controller", _("for whose posts the municipality is controller")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    basis = models.CharField(_("what has changed"), max_length=20, choices=Basis.choices)
    platform = models.ForeignKey(
        Platform,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("platform"),
    )
    reason = models.CharField(_("how it has changed"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("changed basis")
        verbose_name_plural = _("changed bases")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="basis_change_says_how"),
            models.CheckConstraint(
                condition=Q(basis="graphic_profile") & Q(platform__isnull=True)
                | ~Q(basis="graphic_profile") & Q(platform__isnull=False),
                name="basis_change_names_its_platform",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "basis", "-at"], name="basis_change_latest")
        ]

    def __str__(self) -> str:
        return str(self.get_basis_display())
