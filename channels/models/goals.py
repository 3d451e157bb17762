"""What a channel is to reach by its approved plan, and what it reached, a dated row for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from channels.models.channel import Channel
from channels.models.plan import Goal, PlanVersion
from governance.models import Municipality, PolicyVersion, Unit, User


class GoalFollowUpQuerySet(models.QuerySet["GoalFollowUp"]):
    def running(self) -> Self:
        """Those that the plan in force still names."""
        return self.filter(ended_at__isnull=True)

    def with_words(self) -> Self:
        """With what a list shows of each: its wording, channel, unit and municipality."""
        return self.select_related(
            "goal", "channel__platform", "channel__unit__municipality", "channel__municipality"
        )

    def with_latest(self) -> Self:
        """With `latest`, the day of the newest result that stands, or None."""
        standing = Q(results__corrected_by__isnull=True)
        return self.annotate(latest=Max("results__as_of", filter=standing))


class GoalFollowUp(models.Model):
    """A goal of a channel, from the plan that first named it for as long as its plan does.

    `goal` is how the plan in force words it or, once it ended, the last plan that named it. What
    earlier plans said stays with their versions (`wordings`). `since`: the day it was approved.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="goals", verbose_name=_("channel")
    )
    goal = models.OneToOneField(Goal, models.PROTECT, related_name="+", verbose_name=_("goal"))
    since = models.DateField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        PlanVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version of the plan that names it no longer"),
    )

    objects: ClassVar[models.Manager[GoalFollowUp]] = GoalFollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal of a channel")
        verbose_name_plural = _("goals of channels")
        ordering = ["channel", "goal__position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="goal_is_ended_by_a_plan",
            ),
            # what the composite foreign keys of the migrations lean on
            models.UniqueConstraint(
                fields=["id", "municipality"], name="goal_follow_up_id_and_municipality"
            ),
        ]

    def __str__(self) -> str:
        return str(self.goal)

    @property
    def unit(self) -> Unit:
        return self.channel.unit


class GoalResultQuerySet(models.QuerySet["GoalResult"]):
    def standing(self) -> Self:
        """Those that no later row corrects."""
        return self.filter(corrected_by__isnull=True)

    def latest_of(self, goals: Iterable[GoalFollowUp]) -> Self:
        """The newest of each of the goals, with who recorded it."""
        rows = self.standing().filter(follow_up__in=list(goals)).select_related("by")
        newest = rows.order_by("follow_up_id", "-as_of", "-at", "-pk")
        return newest.distinct("follow_up_id")


class GoalResult(models.Model):
    """What somebody found that a goal had come to by a day, as a figure or in words.

    Never changed: a correction is a row of its own that points at what it corrects. `goal` is the
    wording it was held against, `policy` the version in force when it was recorded.
    """

    class Verdict(models.TextChoices):
        REACHED = "reached", _("reached")
        UNDER_WAY = "under_way", _("on the way")
        NOT_REACHED = "not_reached", _("not reached")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(
        GoalFollowUp, models.PROTECT, related_name="results", verbose_name=_("goal of a channel")
    )
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="+", verbose_name=_("goal"))
    result = models.CharField(_("result"), max_length=200)
    verdict = models.CharField(_("how it stands"), max_length=12, choices=Verdict.choices)
    as_of = models.DateField(_("as of"))
    note = models.TextField(_("note"), blank=True)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("recorded"))

    objects: ClassVar[models.Manager[GoalResult]] = GoalResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a goal")
        verbose_name_plural = _("results of goals")
        ordering = ["-as_of", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(result=""), name="goal_result_says_something"),
            models.UniqueConstraint(
                fields=["id", "follow_up"], name="goal_result_id_and_follow_up"
            ),
        ]
        indexes = [models.Index(fields=["follow_up", "-as_of", "-at"], name="goal_result_latest")]

    def __str__(self) -> str:
        return f"{self.follow_up}: {self.result}"

    @property
    def unit(self) -> Unit:
        return self.follow_up.unit
