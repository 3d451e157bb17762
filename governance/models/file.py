"""Files, stored once under their digest."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.organisation import Municipality
from governance.models.people import User


class StoredFile(models.Model):
    """That somebody put this file here at this moment. The bytes lie under their SHA-256."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("kind"), max_length=80)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    stored_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("stored by")
    )
    stored_at = models.DateTimeField(_("stored"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-stored_at"]
        indexes = [models.Index(fields=["municipality", "sha256"], name="file_by_digest")]
        constraints = [
            # what the composite foreign keys of the migrations lean on
            models.UniqueConstraint(fields=["id", "municipality"], name="file_id_and_municipality")
        ]

    def __str__(self) -> str:
        return self.name
