"""The audit log: rows that are only ever added, and checkpoints that leave the database."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.organisation import Municipality


class AppendOnlyError(TypeError):
    """A row of the log was to be changed or removed. The database refuses it too."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows are added and read. Nothing else."""

    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never removed")


class AppendOnly(models.Model):
    """A table of the log. A trigger of the database says the same to whoever goes around this."""

    objects: ClassVar[models.Manager[Any]] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are never removed")


class AuditHead(models.Model):
    """How many rows a municipality's log has. Its lock is what makes the numbers gapless."""

    municipality = models.OneToOneField(Municipality, models.PROTECT, related_name="audit_head")
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("head of the audit log")
        verbose_name_plural = _("heads of the audit log")

    def __str__(self) -> str:
        return f"{self.municipality}: {self.size}"


class AuditEntry(AppendOnly):
    """Who did what to what, when, under which clause. A trigger refuses change and removal.

    The actor is a number, name and title as they were, not a foreign key: rows outlive people.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(_("who"), max_length=120)
    actor_title = models.CharField(_("title"), max_length=120, blank=True)
    act = models.CharField(_("act"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(_("concerns"), max_length=300)
    clause = models.CharField(_("clause"), max_length=200, blank=True)
    policy_id = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    leaf = models.BinaryField(_("digest"), max_length=32)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["municipality", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "number"], name="audit_entry_number_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["municipality", "subject_type", "subject_id", "-number"],
                name="audit_timeline",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class Checkpoint(AppendOnly):
    """Size and root of a municipality's log at a moment, signed, and also kept outside.

    `frontier` is the right edge of the tree at that size, so that the next checkpoint reads only
    the rows added since.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField(_("rows"))
    root = models.BinaryField(_("root"), max_length=32)
    frontier = models.BinaryField()
    at = models.DateTimeField(_("when"))
    note = models.TextField(_("signed note"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["municipality", "-at"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "size"], name="checkpoint_once_a_size"),
            models.CheckConstraint(condition=Q(size__gt=0), name="checkpoint_is_over_something"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.size}"
