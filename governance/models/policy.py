"""Adopted versions of a municipality's policy, who knows them, and who reviewed them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.organisation import Municipality
from governance.models.people import User


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, municipality: Municipality, day: date) -> Self:
        """The version in force on `day` first; earlier ones after it."""
        return self.filter(municipality=municipality, in_force_from__lte=day).order_by(
            "-in_force_from", "-number"
        )


class PolicyVersion(models.Model):
    """One adopted policy file, kept word for word. Never changed: a new one is adopted."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="policies", verbose_name=_("municipality")
    )
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    content = models.TextField(_("content"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    decision = models.CharField(_("decision"), max_length=200)
    adopted_on = models.DateField(_("adopted on"))
    in_force_from = models.DateField(_("in force from"))
    adopted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    adopted_at = models.DateTimeField(_("entered"))

    objects: ClassVar[models.Manager[PolicyVersion]] = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["municipality", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "number"], name="policy_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["municipality", "in_force_from"], name="policy_version_one_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.number}"


class Acknowledgement(models.Model):
    """That a person knows a version of the policy, by their own word or their manager's.

    Never changed. `on` is the day it happened and `how` in what way, where somebody else says so;
    `capacity` is as what, a line for each role on a channel that the person then had.
    """

    class Kind(models.TextChoices):
        READ = "read", _("has read it")
        INFORMED = "informed", _("was informed of it")
        COMPETENCE = "competence", _("has the knowledge and the routines")

    user = models.ForeignKey(User, models.PROTECT, related_name="acknowledgements")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="acknowledgements")
    kind = models.CharField(_("what is so"), max_length=10, choices=Kind.choices)
    on = models.DateField(_("day"))
    how = models.CharField(_("in what way"), max_length=200, blank=True)
    capacity = models.TextField(_("as what"), blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(fields=["user", "policy", "kind"], name="acknowledged_once"),
            models.CheckConstraint(
                condition=~Q(kind="read") | Q(by=F("user")),
                name="acknowledged_as_read_by_nobody_else",
            ),
            models.CheckConstraint(
                condition=Q(kind="read") | ~Q(how=""),
                name="acknowledged_for_somebody_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.policy}"


class GuidelineReview(models.Model):
    """That somebody went through a version of the guideline, and what came of it. Never changed.

    `decision` is the reference of minutes or diary, where there is one. A guideline that will be
    changed is changed by adopting a new version.
    """

    class Outcome(models.TextChoices):
        STANDS = "stands", _("It stands as it is")
        CHANGES = "changes", _("It will be changed")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="guideline_reviews")
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="reviews", verbose_name=_("policy version")
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    note = models.TextField(_("note"), blank=True)
    decision = models.CharField(_("decision"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("review of the guideline")
        verbose_name_plural = _("reviews of the guideline")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="stands") | ~Q(note=""),
                name="guideline_review_says_what_will_change",
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.at:%Y-%m-%d}"
