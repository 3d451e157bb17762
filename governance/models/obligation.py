"""What somebody owes by a time, and that others were told when it did not come."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.organisation import Municipality, Unit
from governance.models.people import SYSTEM, User
from governance.models.policy import PolicyVersion

#: Neither met nor waived. The condition of every index and question about open rows.
OPEN = Q(met_at__isnull=True, waived_at__isnull=True)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def overdue(self, now: datetime) -> Self:
        """Open and past its moment: a question asked, never a state stored."""
        return self.open().filter(due_at__lt=now)

    def no_longer_asked(self) -> Self:
        """Those that nobody waived: policy or calendar did not ask for them, and may again."""
        return self.filter(waived_at__isnull=False, waived_by__email=SYSTEM)

    def about(self, subject: models.Model) -> Self:
        """Those whose subject is this row."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)


class Obligation(models.Model):
    """One duty, owed once: this subject, this period, by this moment.

    `steps` is the ladder computed when the row was opened: a list of
    `{"at": iso moment, "who": role, "kind": "remind" | "tell"}` in order of time. `step` says how
    many have passed; `next_step_at` is the next one's moment, or null when none is left.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="obligations")
    duty = models.CharField(_("duty"), max_length=60)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    subject_label = models.CharField(_("concerns"), max_length=300)
    path = models.CharField(_("where it is met"), max_length=300)
    period = models.CharField(_("period"), max_length=40)

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    clause = models.CharField(_("clause"), max_length=200, blank=True)
    says = models.TextField(_("what the policy says"), blank=True)
    strength = models.CharField(_("strength"), max_length=8, blank=True)
    requirements = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    who = models.CharField(_("who owes it"), max_length=32)
    blocks = models.BooleanField(_("must be met before its subject is closed"), default=False)

    opened_at = models.DateTimeField(_("opened"))
    due_on = models.DateField(_("due day"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    steps = models.JSONField(default=list, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(_("why no reminder could be planned"), max_length=300, blank=True)

    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    met_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(_("waived"), null=True, blank=True)
    waived_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    waive_reason = models.CharField(_("why it was waived"), max_length=300, blank=True)

    put_off_on = models.DateField(_("first put off"), null=True, blank=True)
    put_off_until = models.DateField(_("put off until"), null=True, blank=True)
    put_off_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    put_off_reason = models.CharField(
        _("why it was put off"), max_length=300, blank=True, default="", db_default=""
    )

    objects: ClassVar[models.Manager[Obligation]] = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "subject_type", "subject_id", "period"],
                name="obligation_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(waived_at__isnull=True),
                name="obligation_is_met_or_waived_not_both",
            ),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True, met_by__isnull=True)
                | Q(met_at__isnull=False, met_by__isnull=False),
                name="obligation_is_met_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True) | (~Q(waive_reason="") & ~Q(waived_by=None)),
                name="obligation_is_waived_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(put_off_until__isnull=True)
                | Q(put_off_on__isnull=False, put_off_by__isnull=False) & ~Q(put_off_reason=""),
                name="obligation_is_put_off_by_somebody_with_a_reason",
            ),
        ]
        indexes = [
            # what the sweep reads: as large as what is open and has a step left
            models.Index(
                fields=["next_step_at"],
                condition=OPEN & Q(next_step_at__isnull=False),
                name="obligation_next_step",
            ),
            models.Index(fields=["municipality", "due_at"], condition=OPEN, name="obligation_due"),
            models.Index(fields=["subject_type", "subject_id"], name="obligation_subject"),
            # what every run that opens a day's duties asks, and every page that looks back
            models.Index(fields=["municipality", "duty", "due_on"], name="obligation_day"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.subject_label} {self.period}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.waived_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Open after its moment has passed."""
        return self.is_open and self.due_at is not None and self.due_at < now


class Escalation(models.Model):
    """That a step of the ladder was passed while the obligation was open. The fact itself."""

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="escalations")
    step = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField(_("planned"))
    at = models.DateTimeField(_("when"))
    who = models.CharField(_("who was to hear"), max_length=32)
    kind = models.CharField(_("kind"), max_length=8)
    handled_at = models.DateTimeField(_("handed to the sender"), null=True, blank=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.UniqueConstraint(fields=["obligation", "step"], name="escalation_once_a_step")
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(handled_at__isnull=True), name="escalation_unhandled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.step}"


class HeldBack(models.Model):
    """That somebody is yet to be told of an escalation, since they had a digest within the hour.

    `recipient` null: the municipality's communications unit. Gone as soon as they are told, or what
    it is about is met. `skipped` and `away` say what the letter is to say of it.
    """

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="held_back")
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    skipped = models.BooleanField(default=False)
    away = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("held back")
        verbose_name_plural = _("held back")
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "recipient"],
                nulls_distinct=False,
                name="held_back_once_for_a_reader",
            )
        ]

    def __str__(self) -> str:
        return f"{self.escalation}"
