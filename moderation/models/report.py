"""Documents on how supervision was kept: asked for, made by the worker, kept as they were made."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import Municipality, StoredFile, Unit, User


class SupervisionReport(models.Model):
    """What was asked for and what came of it. `unit` with all below it; both days are included.

    `file` is the document, made once and never changed: the figures as they stood then.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(_("asked for"))
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    problem = models.CharField(_("why it failed"), max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("report on supervision")
        verbose_name_plural = _("reports on supervision")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="report_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state="ready", file__isnull=False, made_at__isnull=False)
                | (~Q(state="ready") & Q(file__isnull=True)),
                name="report_that_is_ready_has_its_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"], condition=Q(state="waiting"), name="report_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_on}–{self.ends_on}"
