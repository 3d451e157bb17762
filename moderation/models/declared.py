"""That a crisis, or a rest, was declared for channels: by whom, why, from when and until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from governance.models import Municipality, PolicyVersion, User
from governance.models.ranges import MomentRange
from governance.working_time import INSTANT


def in_force_at(now: datetime) -> Q:
    """What a period, or a channel's part in it, must satisfy to hold at `now`."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


class DeclaredPeriod(models.Model):
    """A decision that tightens (crisis) or loosens (rest) how channels are looked after.

    `ends_at` is the moment planned, or null for a crisis that lasts until it is ended; ending it
    before sets the moment at which it stopped. All else stays as it was declared.
    """

    class Kind(models.TextChoices):
        CRISIS = "crisis", _("crisis")
        REST = "rest", _("rest period")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    why = models.TextField(_("why"))
    decision = models.CharField(_("decision"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    declared_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"))
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it was ended"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("declared period")
        verbose_name_plural = _("declared periods")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="declared_period_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(kind="crisis") | Q(ends_at__isnull=False),
                name="declared_period_of_rest_has_an_end",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="declared_period_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, ends_at__isnull=False)
                & ~Q(end_reason=""),
                name="declared_period_is_ended_by_somebody_with_a_reason",
            ),
            # what the composite foreign key of the channels in it leans on
            models.UniqueConstraint(
                fields=["id", "municipality"], name="declared_period_id_and_municipality"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at `now`."""
        return self.starts_at <= now and not self.is_over(now)

    @property
    def is_taken_back(self) -> bool:
        """Whether it was ended before it began, so that it never holds."""
        return self.ended_at is not None and self.ended_at < self.starts_at

    def is_over(self, now: datetime) -> bool:
        return self.is_taken_back or (self.ends_at is not None and self.ends_at <= now)

    @property
    def first_day(self) -> date:
        """The day in the municipality on which it begins."""
        return self.municipality.today(self.starts_at)

    @property
    def last_day(self) -> date | None:
        """The day of its last instant: midnight ends the day before. None while it has no end."""
        if self.ends_at is None:
            return None
        return self.municipality.today(max(self.starts_at, self.ends_at - INSTANT))


class PartQuerySet(models.QuerySet["PeriodChannel"]):
    def in_force(self, now: datetime) -> Self:
        return self.filter(in_force_at(now))

    def not_over(self, now: datetime) -> Self:
        """Those that hold at `now` or are to come."""
        return self.not_taken_back().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))

    def not_taken_back(self) -> Self:
        """Without those that ended before they began: these begin and end in one moment."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")))

    def with_channels(self) -> Self:
        """With all that planning their looks reads."""
        return self.select_related("period", "channel__unit__municipality", "channel__platform")


class PeriodChannel(models.Model):
    """A channel's part in a declared period. Kind and moments are the period's own.

    They stand here too so that the database keeps a channel from two of a kind at a time.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    period = models.ForeignKey(
        DeclaredPeriod, models.PROTECT, related_name="parts", verbose_name=_("declared period")
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="declared", verbose_name=_("channel")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=DeclaredPeriod.Kind.choices)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects: ClassVar[models.Manager[PeriodChannel]] = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel in a declared period")
        verbose_name_plural = _("channels in declared periods")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "channel"], name="declared_period_names_a_channel_once"
            ),
            ExclusionConstraint(
                name="declared_period_one_of_a_kind_at_a_time",
                expressions=[
                    ("channel", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.period}"
