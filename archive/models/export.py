"""Diary exports: asked for by a registrar, made by the worker, downloaded as one package."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Municipality, StoredFile, Unit, User


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """Those of the person's own municipality."""
        return self.filter(municipality__isnull=False, municipality=user.municipality_id)


class Export(models.Model):
    """What was asked for and how far the worker has come with it.

    `unit` is the board whose records are meant; the whole municipality where it is the root. Both
    days are included and read in the municipality's own zone.
    """

    class Kind(models.TextChoices):
        REMOVAL = "removal", _("removed or hidden content")
        SNAPSHOT = "snapshot", _("snapshots")
        PLAN = "plan", _("approved plans")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("board"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    kinds = ArrayField(models.CharField(max_length=12, choices=Kind.choices), verbose_name=_("of"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(_("asked for"))
    total = models.PositiveIntegerField(_("records"), default=0)
    done = models.PositiveIntegerField(_("records written"), default=0)
    counts = models.JSONField(_("how many of which"), default=dict, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    problem = models.CharField(_("why it failed"), max_length=300, blank=True)
    package = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager[Export]] = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("diary export")
        verbose_name_plural = _("diary exports")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="export_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(package__isnull=False),
                name="export_ready_has_its_package",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_on}–{self.ends_on}"
