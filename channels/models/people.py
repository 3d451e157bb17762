"""Who may speak through a channel, on whose word, from when to when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel
from channels.models.plan import PlanVersion
from governance.models import Municipality, Unit, User
from governance.models.people import in_force_on
from governance.names import as_kept
from governance.roles import Role


class EditorAssignmentQuerySet(models.QuerySet["EditorAssignment"]):
    def in_force(self, day: date) -> Self:
        """Those that hold on `day`, a date in the municipality."""
        return self.filter(in_force_on(day), revoked_at__isnull=True)


class EditorAssignment(models.Model):
    """A written assignment: this person, this channel, this role, for this purpose, until then.

    `user` is empty for somebody who has no account here yet; such an assignment gives no right.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="assignments", verbose_name=_("channel")
    )
    version = models.ForeignKey(
        PlanVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version of the plan"),
    )
    user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=120)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    purpose = models.TextField(_("purpose"), blank=True)
    scope = models.TextField(_("what it covers"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    appointed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("appointed by")
    )
    appointed_at = models.DateTimeField(_("appointed"))
    consulted = models.CharField(_("consulted"), max_length=300, blank=True)
    document = models.TextField(_("written assignment"))
    begun = models.BooleanField(
        default=True,
        editable=False,
        help_text=_("Its first day has come and its rights are given."),
    )
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    revoke_reason = models.CharField(_("why it ended"), max_length=300, blank=True)

    objects: ClassVar[models.Manager[EditorAssignment]] = EditorAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["channel__name", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "user", "role"],
                condition=Q(revoked_at__isnull=True),
                name="assignment_once_in_a_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True)
                | (Q(revoked_by__isnull=False) & ~Q(revoke_reason="")),
                name="assignment_is_ended_by_somebody_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["user", "channel"], name="assignment_of_a_person")]

    def __str__(self) -> str:
        return f"{self.shown_name}, {self.get_role_display()}, {self.channel}"

    @property
    def shown_name(self) -> str:
        """The name in the assignment, or what others may read of it now."""
        return as_kept(self.user, self.name)

    @property
    def shown_document(self) -> str:
        """The written assignment as others may read it now."""
        return self.as_shown(self.document)

    @property
    def shown_reason(self) -> str:
        """Why it ended, as others may read it now."""
        return self.as_shown(self.revoke_reason)

    def as_shown(self, text: str) -> str:
        """A text of the assignment without the names in it that are no longer shown."""
        for person, name in ((self.user, self.name), (self.appointed_by, self.appointed_by.name)):
            text = text.replace(name, as_kept(person, name))
        return text

    @property
    def unit(self) -> Unit:
        return self.channel.unit
