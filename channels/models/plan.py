"""Plans for channels, what was submitted, and what was decided on it."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from channels.models.channel import Channel
from governance.models import Municipality, PolicyVersion, StoredFile, Unit, User
from governance.names import as_kept
from governance.roles import Role


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> Self:
        """Those of the person's own municipality."""
        return self.filter(municipality__isnull=False, municipality=user.municipality_id)


class Plan(models.Model):
    """A proposal for a channel, whatever the policy calls it.

    `answers` is the working draft, field key to answer; `revision` counts its saves, so that the
    second of two people who write at once is told of the first.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REPLACED = "replaced", _("replaced")

    #: States of a plan that was approved, whether or not another has replaced it.
    EVER_APPROVED = (State.APPROVED, State.REPLACED)

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="plans", verbose_name=_("organisation unit")
    )
    author = models.ForeignKey(
        User, models.PROTECT, related_name="plans", verbose_name=_("written by")
    )
    channel = models.ForeignKey(
        Channel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("channel"),
    )
    settles = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("Its channel was there before; the steps with the account are being taken."),
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="revisions",
        verbose_name=_("replaces"),
        help_text=_("The plan of the same channel that is in force until this one is approved."),
    )
    kind = models.CharField(_("kind"), max_length=32)
    title = models.CharField(_("title"), max_length=160)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    url = models.URLField(_("address"), max_length=300, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("saves"), default=0)
    created_at = models.DateTimeField(_("begun"))
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("saved by"))

    objects: ClassVar[models.Manager[Plan]] = PlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-saved_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "replaced")) | Q(channel__isnull=False),
                name="plan_approved_has_a_channel",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | Q(channel__isnull=False),
                name="plan_that_replaces_has_a_channel",
            ),
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(state__in=("draft", "submitted")),
                name="plan_under_way_once_for_a_channel",
            ),
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(state="approved"),
                name="plan_in_force_once_for_a_channel",
            ),
            models.UniqueConstraint(
                fields=["municipality", "url"],
                condition=Q(state="submitted") & ~Q(url=""),
                name="plan_submitted_once_for_an_address",
            ),
            # what the composite foreign key of the migrations leans on
            models.UniqueConstraint(fields=["id", "channel"], name="plan_id_and_channel"),
        ]
        indexes = [models.Index(fields=["municipality", "state"], name="plan_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def current(self) -> PlanVersion | None:
        """What was last submitted, or None before the first time."""
        return self.versions.order_by("-number").first()

    @property
    def revises(self) -> PlanVersion | None:
        """The approved version that this plan changes; None for the first plan of a channel."""
        return self.replaces.current if self.replaces else None


class PlanVersion(models.Model):
    """What was submitted, word for word; numbered on from plan to plan of a channel.

    A trigger refuses change of everything but the document that is made of it (`pdf`, `seals`).

    `content` is the canonical JSON (RFC 8785) of which `digest` is the SHA-256: what people
    approve is exactly these bytes.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("version"))
    content = models.TextField(_("content"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    submitted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted"))
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="PDF"
    )
    seals = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("seals"),
        default=list,
        blank=True,
        help_text=_("The fields of the document that carry the municipality's seal."),
    )

    class Meta:
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once_plan")
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.number}"

    @property
    def unit(self) -> Unit:
        return self.plan.unit

    @property
    def municipality(self) -> Municipality:
        return self.plan.municipality

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as they were submitted, field key to answer."""
        answers: dict[str, Any] = json.loads(self.content)["answers"]
        return answers


class Goal(models.Model):
    """A goal that a submitted plan names and, if it does, how it is measured.

    `follow_up`: the channel's goal that it words, from the day its plan was approved.
    """

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="goals")
    follow_up = models.ForeignKey(
        "channels.GoalFollowUp",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="wordings",
    )
    position = models.PositiveSmallIntegerField()
    text = models.TextField(_("goal"))
    indicator = models.CharField(_("indicator"), max_length=200, blank=True)
    target = models.CharField(_("target"), max_length=200, blank=True)
    due_on = models.DateField(_("to be reached by"), null=True, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="goal_position_once")
        ]

    def __str__(self) -> str:
        return self.text[:80]


class PlanPerson(models.Model):
    """A person whom a submitted plan names, with an account here or without."""

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="people")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=120)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("person of a plan")
        verbose_name_plural = _("people of a plan")
        ordering = ["version", "role", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "role", "position"], name="plan_person_position_once"
            ),
            models.UniqueConstraint(
                fields=["version", "role", "user"], name="plan_person_once_in_a_role"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name as it was submitted, or what others may read of it now."""
        return as_kept(self.user, self.name)


class Decision(models.Model):
    """What somebody decided or did in one step, signed over exactly this version. Never changed.

    Name and title are kept as they were; `instead_of` is whom a deputy acted for. `digest` is the
    version's: what the person had before them. Where a group or board decided, `body` is its name,
    `minutes` the reference of its minutes and `met_on` the day of its meeting; the person is then
    whoever acted for it.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("rejected")
        DONE = "done", _("done")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    #: Outcomes after which the next step can be taken.
    PASSED = (Outcome.APPROVED, Outcome.DONE, Outcome.NOT_APPLICABLE)

    version = models.ForeignKey(
        PlanVersion, models.PROTECT, related_name="decisions", verbose_name=_("version of the plan")
    )
    step = models.CharField(max_length=60)
    kind = models.CharField(max_length=16)
    phase = models.CharField(max_length=8)
    title = models.CharField(_("step"), max_length=200)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    actor = models.ForeignKey(
        User, models.PROTECT, related_name="decisions", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices, blank=True)
    instead_of = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("instead of"),
    )
    actor_name = models.CharField(_("name"), max_length=120)
    actor_title = models.CharField(_("title"), max_length=120, blank=True)
    body = models.CharField(_("group or board"), max_length=120, blank=True)
    minutes = models.CharField(_("reference of the minutes"), max_length=120, blank=True)
    met_on = models.DateField(_("day of the meeting"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    at = models.DateTimeField(_("when"))
    note = models.TextField(_("note"), blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    consulted = models.JSONField(_("consulted"), default=list, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    clause = models.CharField(_("clause"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "step"],
                condition=Q(outcome__in=("approved", "done", "not_applicable")),
                name="decision_passes_a_step_once",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=("returned", "rejected", "not_applicable")) | ~Q(note=""),
                name="decision_that_stops_or_skips_says_why",
            ),
            models.CheckConstraint(
                condition=Q(body="", minutes="", met_on__isnull=True)
                | ~Q(body="") & ~Q(minutes="") & Q(met_on__isnull=False),
                name="decision_of_a_body_stands_in_its_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_outcome_display()}"

    @property
    def shown_name(self) -> str:
        """Who decided, by the name they had then, or what others may read of it now."""
        return as_kept(self.actor, self.actor_name)

    @property
    def shown_title(self) -> str:
        """The title beside `shown_name`; empty where it stands there already."""
        return "" if self.actor.name_hidden else self.actor_title

    @property
    def shown_in_full(self) -> str:
        """Name and title as others may read them."""
        return ", ".join(filter(None, (self.shown_name, self.shown_title)))

    @property
    def decided_by(self) -> str:
        """Whose decision it is: the body's, or else the person's, by the shown name."""
        return self.body or self.shown_name

    @property
    def minuted(self) -> str:
        """Which body decided, in which minutes, on which day; empty for a person's decision."""
        if self.met_on is None:
            return ""
        return gettext("%(body)s, %(minutes)s, meeting on %(day)s") % {
            "body": self.body,
            "minutes": self.minutes,
            "day": date_format(self.met_on),
        }

    @property
    def signed_by(self) -> str:
        """The person with title; for a body also its minutes and that the person recorded it."""
        if not self.minuted:
            return self.shown_in_full
        return gettext("%(meeting)s, recorded by %(who)s") % {
            "meeting": self.minuted,
            "who": self.shown_in_full,
        }

    @property
    def unit(self) -> Unit:
        return self.version.plan.unit

    @property
    def municipality(self) -> Municipality:
        return self.version.plan.municipality
