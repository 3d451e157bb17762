"""A file of what a municipality has, from its upload until it has been brought in."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.importing.columns import Kind
from channels.importing.reading import Table
from governance.models import Municipality, Unit, User


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """Those of the person's own municipality."""
        return self.filter(municipality__isnull=False, municipality=user.municipality_id)


class Import(models.Model):
    """One file that somebody uploaded, and how far it has come.

    `table` is the file as a table (`importing.reading.Table`), kept only while it is needed: it is
    emptied when the sitting ends, whichever way, for it holds names and addresses of people.
    `mapped` says which of its columns are which; `sha256` is the file's digest.
    """

    class State(models.TextChoices):
        BEGUN = "begun", _("begun")
        DONE = "done", _("brought in")
        ENDED = "ended", _("put aside")

    Kind = Kind

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.BEGUN)
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    table = models.JSONField(null=True)
    mapped = models.JSONField(default=dict)
    units_below = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("missing units are made below"),
    )
    begun_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    begun_at = models.DateTimeField(_("uploaded"))
    over_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    over_at = models.DateTimeField(_("ended"), null=True)
    made = models.PositiveIntegerField(_("brought in"), default=0)
    left = models.PositiveIntegerField(_("there already"), default=0)

    objects: ClassVar[models.Manager[Import]] = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="begun", table__isnull=False, over_at__isnull=True)
                | (
                    ~Q(state="begun")
                    & Q(table__isnull=True, over_at__isnull=False, over_by__isnull=False)
                ),
                name="import_keeps_its_table_until_it_is_over",
            )
        ]
        indexes = [
            models.Index(
                fields=["begun_at"], condition=Q(state="begun"), name="import_not_yet_over"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.begun_at:%Y-%m-%d}"

    def as_table(self) -> Table:
        """The file as it was read. Raises ValueError when the sitting is over."""
        if self.table is None:
            raise ValueError("The file is not kept any more.")
        return Table.from_json(self.table)

    @property
    def unit(self) -> Unit:
        """The municipality as a whole, whose register is kept."""
        return Unit.objects.get(municipality=self.municipality_id, parent__isnull=True)
