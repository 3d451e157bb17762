"""Who holds access to a channel's account, and the sealed login where one was handed over."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel
from governance.models import Municipality, Unit, User
from governance.roles import Role


class CustodyQuerySet(models.QuerySet["Custody"]):
    def running(self) -> Self:
        """Access that somebody holds now."""
        return self.filter(ended_at__isnull=True)


class Custody(models.Model):
    """That this role, in this person, holds access to the account since then."""

    class Kind(models.TextChoices):
        LOGIN = "login", _("login details")
        ADMIN_RIGHTS = "admin_rights", _("administrator rights")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="custodies", verbose_name=_("channel")
    )
    role = models.CharField(_("held as"), max_length=32, choices=Role.choices)
    holder = models.ForeignKey(
        User, models.PROTECT, related_name="custodies", verbose_name=_("holder")
    )
    kind = models.CharField(_("kind of access"), max_length=12, choices=Kind.choices)
    where = models.CharField(
        _("where it is kept"),
        max_length=200,
        blank=True,
        help_text=_("A safe, an envelope, a password store. Never the login itself."),
    )
    since = models.DateField(_("since"))
    handed_over_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    verified_on = models.DateField(_("tried and found working"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tried by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    objects: ClassVar[models.Manager[Custody]] = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("access in safe keeping")
        verbose_name_plural = _("access in safe keeping")
        ordering = ["channel__name", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "role", "holder"],
                condition=Q(ended_at__isnull=True),
                name="custody_held_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_by__isnull=False),
                name="custody_is_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True, verified_by__isnull=True)
                | Q(verified_on__isnull=False, verified_by__isnull=False),
                name="custody_is_verified_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.get_role_display()}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit


class Secret(models.Model):
    """A channel's login, sealed. The key lies outside the database; no list or log shows it."""

    channel = models.OneToOneField(Channel, models.PROTECT, related_name="secret")
    token = models.BinaryField()
    stored_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(_("stored"))

    class Meta:
        verbose_name = _("sealed login")
        verbose_name_plural = _("sealed logins")

    def __str__(self) -> str:
        return str(self.channel)

    @property
    def unit(self) -> Unit:
        return self.channel.unit

    @property
    def municipality(self) -> Municipality:
        return self.channel.municipality


class SecretLook(models.Model):
    """That somebody had a sealed login opened, when, and why."""

    secret = models.ForeignKey(Secret, models.PROTECT, related_name="looks")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    reason = models.CharField(_("why"), max_length=300)

    class Meta:
        verbose_name = _("look at a sealed login")
        verbose_name_plural = _("looks at sealed logins")
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="secret_look_says_why")]

    def __str__(self) -> str:
        return f"{self.by} {self.at}"
