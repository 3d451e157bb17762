"""That somebody asked the municipality something on a channel, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from channels.models import Channel
from governance.models import Municipality, Obligation, Unit, User
from moderation.models.item import Item


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def by_due(self) -> Self:
        """The open clock that is due first, first; then those without a moment, oldest first."""
        clocks = Obligation.objects.open().filter(
            subject_type=ContentType.objects.get_for_model(Inquiry), subject_id=OuterRef("pk")
        )
        first = clocks.filter(due_at__isnull=False).order_by("due_at").values("due_at")[:1]
        return self.annotate(due_at=Subquery(first)).order_by(
            F("due_at").asc(nulls_last=True), "entered_at", "pk"
        )

    def with_channels(self) -> Self:
        """With all that a list of them shows."""
        return self.select_related(
            "municipality", "channel__unit__municipality", "channel__platform", "closed_by"
        )


class Inquiry(models.Model):
    """One incoming question, criticism or error of fact. Nobody asks who wrote it.

    `item` is the finding that it is about, where there is one. What was entered stays; a wrong
    moment is put right by a `TimeCorrection`. A holding reply and what closed it are written once.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        CRITICISM = "criticism", _("criticism")
        CORRECTION = "correction", _("error of fact")
        MEDIA = "media", _("question from the media")

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("answered")
        REFERRED = "referred", _("referred")
        UNANSWERED = "unanswered", _("left without an answer")

    class Ground(models.TextChoices):
        GONE = "gone", _("It is no longer there")
        ELSEWHERE = "elsewhere", _("It has been answered elsewhere")
        MISTAKE = "mistake", _("It was entered by mistake")
        JUDGED = "judged", _("It needs no answer")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="inquiries", verbose_name=_("channel")
    )
    item = models.ForeignKey(
        Item,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inquiries",
        verbose_name=_("finding"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    about = models.CharField(_("what it is about"), max_length=120)
    url = models.URLField(_("address"), max_length=500, blank=True)
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)
    became_aware_at = models.DateTimeField(_("became known"))
    entered_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"))

    held_at = models.DateTimeField(_("holding reply given"), null=True, blank=True)
    held_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("holding reply by"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    referred_to = models.CharField(_("referred to"), max_length=200, blank=True)
    ground = models.CharField(
        _("why it needs no answer"), max_length=10, choices=Ground.choices, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects: ClassVar[models.Manager[Inquiry]] = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(about=""), name="inquiry_is_about_something"),
            models.CheckConstraint(
                condition=Q(posted_at__isnull=True) | Q(posted_at__lte=F("became_aware_at")),
                name="inquiry_is_known_after_it_was_posted",
            ),
            models.CheckConstraint(
                condition=Q(became_aware_at__lte=F("entered_at")),
                name="inquiry_is_known_before_it_is_entered",
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, held_by__isnull=True)
                | Q(held_at__gte=F("entered_at"), held_by__isnull=False)
                & (Q(closed_at__isnull=True) | Q(closed_at__gte=F("held_at"))),
                name="inquiry_holding_reply_comes_first_from_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True, closed_by__isnull=True)
                | ~Q(outcome="") & Q(closed_at__gte=F("entered_at"), closed_by__isnull=False),
                name="inquiry_is_closed_by_somebody_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="referred") & ~Q(referred_to="")
                | ~Q(outcome="referred") & Q(referred_to=""),
                name="inquiry_is_referred_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="unanswered") & ~Q(ground="") & ~Q(reason="")
                | ~Q(outcome="unanswered") & Q(ground="", reason=""),
                name="inquiry_without_answer_says_why",
            ),
            # what the composite foreign key of the corrections leans on
            models.UniqueConstraint(
                fields=["id", "municipality"], name="inquiry_id_and_municipality"
            ),
        ]
        indexes = [
            models.Index(
                fields=["municipality", "channel"],
                condition=Q(closed_at__isnull=True),
                name="inquiry_open",
            )
        ]

    def __str__(self) -> str:
        """For the log, so without the words of what somebody wrote."""
        return f"{self.channel} {self.moment}"

    @property
    def moment(self) -> str:
        """When it was posted or else became known, as first entered: the log says so for good."""
        moment = (self.posted_at or self.became_aware_at).astimezone(self.municipality.zone)
        return f"{moment:%Y-%m-%d %H:%M}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def times(self) -> Inquiry | TimeCorrection:
        """The moments that hold: the last correction's, or those first entered."""
        corrections = list(self.corrections.all())
        return corrections[-1] if corrections else self

    @property
    def received_at(self) -> datetime:
        """From when the time to answer is counted: when it was posted, or else became known.

        VMD-31 counts from when the question was received, and it is received where it is posted.
        """
        times = self.times
        return times.posted_at or times.became_aware_at


class TimeCorrection(models.Model):
    """That the moments of an inquiry were entered wrongly: the right ones. Never changed."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    inquiry = models.ForeignKey(
        Inquiry, models.PROTECT, related_name="corrections", verbose_name=_("inquiry")
    )
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)
    became_aware_at = models.DateTimeField(_("became known"))
    why = models.CharField(_("what was wrong"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("corrected by"))
    at = models.DateTimeField(_("corrected"))

    class Meta:
        verbose_name = _("correction of times")
        verbose_name_plural = _("corrections of times")
        ordering = ["inquiry", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="time_correction_says_why"),
            models.CheckConstraint(
                condition=Q(posted_at__isnull=True) | Q(posted_at__lte=F("became_aware_at")),
                name="time_correction_is_known_after_it_was_posted",
            ),
            models.CheckConstraint(
                condition=Q(became_aware_at__lte=F("at")),
                name="time_correction_is_not_in_the_future",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry} {self.at:%Y-%m-%d}"
