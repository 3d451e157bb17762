"""Snapshots: how a channel looked at a moment."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from governance.models import Municipality, StoredFile, Unit, User


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: User) -> Self:
        """Those of the person's own municipality."""
        return self.filter(municipality__isnull=False, municipality=user.municipality_id)

    def to_register(self) -> Self:
        """Those that the policy sends to the diary and that have no number yet."""
        return self.filter(
            must_be_registered=True, registered_at__isnull=True, returned_because="", corrected=None
        )


class Snapshot(models.Model):
    """Pictures or documents that show a channel as it was, taken at one moment.

    What we can attest is that the files have been here unchanged since `stored_at`; `taken_at` is
    what the person said. A snapshot is never changed: a wrong one is followed by a correction.
    """

    class Trigger(models.TextChoices):
        PERIOD = "period", _("the period's own")
        BEFORE_CHANGE = "before_change", _("before or at a major change")
        BEFORE_CLOSING = "before_closing", _("before closing")
        EXTRA = "extra", _("extra")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="snapshots", verbose_name=_("channel")
    )
    trigger = models.CharField(_("occasion"), max_length=16, choices=Trigger.choices)
    period = models.CharField(_("period"), max_length=12, blank=True)
    taken_at = models.DateTimeField(_("taken"))
    note = models.TextField(_("note"), blank=True)
    stored_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("handed in by")
    )
    stored_at = models.DateTimeField(_("handed in"))
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected",
        verbose_name=_("corrects"),
    )

    must_be_registered = models.BooleanField(_("goes to the diary"), default=False)
    clause = models.CharField(_("clause"), max_length=200, blank=True)
    diary_number = models.CharField(_("diary number"), max_length=40, blank=True)
    registered_at = models.DateTimeField(_("registered"), null=True, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    returned_because = models.CharField(_("returned, because"), max_length=300, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager[Snapshot]] = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registered_at__isnull=True, registered_by__isnull=True, diary_number="")
                | (
                    Q(registered_at__isnull=False, registered_by__isnull=False)
                    & ~Q(diary_number="")
                ),
                name="snapshot_registered_with_a_number_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(returned_because="", returned_at__isnull=True, returned_by__isnull=True)
                | ~Q(returned_because="") & Q(returned_at__isnull=False, returned_by__isnull=False),
                name="snapshot_returned_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__lte=models.F("stored_at")),
                name="snapshot_taken_before_it_was_handed_in",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "-taken_at"], name="snapshot_by_time"),
            models.Index(
                fields=["municipality", "stored_at"],
                condition=Q(must_be_registered=True, registered_at__isnull=True),
                name="snapshot_to_register",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.taken_at:%Y-%m-%d}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit


class SnapshotFile(models.Model):
    """One file of a snapshot, in the order in which they were handed in."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("file of a snapshot")
        verbose_name_plural = _("files of a snapshot")
        ordering = ["snapshot", "position"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "position"], name="snapshot_file_position")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.position}"
