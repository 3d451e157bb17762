"""What people wrote to the municipality, what was kept of it, and what was done about it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.models import Channel
from governance.models import Municipality, PolicyVersion, StoredFile, Unit, User


class ItemSeries(models.Model):
    """How many findings a municipality has had in a year. Its lock makes the numbers gapless."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("series of findings")
        verbose_name_plural = _("series of findings")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "year"], name="item_series_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.year}: {self.size}"


class HouseRules(models.Model):
    """One published version of the rules for visitors. Never changed: a new one is published.

    `categories` are the codes of the policy's categories that the rules name.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="house_rules")
    version = models.PositiveIntegerField(_("version"))
    published_on = models.DateField(_("published on"))
    text = models.TextField(_("text"))
    categories = ArrayField(
        models.CharField(max_length=40), default=list, verbose_name=_("what they name")
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("published rules")
        verbose_name_plural = _("published rules")
        ordering = ["municipality", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "version"], name="house_rules_version_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="house_rules_have_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.version}"


class ItemQuerySet(models.QuerySet["Item"]):
    def open(self) -> Self:
        return self.filter(state=Item.State.OPEN)

    def to_register(self) -> Self:
        """Those that wait for the registrar; not those that the editor has a question about."""
        unanswered = Question.objects.filter(item=OuterRef("pk"), answered_at__isnull=True)
        return self.filter(
            ~Exists(unanswered), handed_over_at__isnull=False, registered_at__isnull=True
        )


class Item(models.Model):
    """A finding: something written on a channel that somebody took a stand on, and its case.

    Who wrote it and what stands here and nowhere else; the log knows the number.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        POST = "post", _("post")
        MESSAGE = "message", _("direct message")
        REVIEW = "review", _("review")

    class Direction(models.TextChoices):
        RECEIVED = "received", _("received: somebody else wrote it")
        DRAWN_UP = "drawn_up", _("drawn up: we wrote it")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("case", "open")
        CLOSED = "closed", pgettext_lazy("case", "closed")

    class Secrecy(models.TextChoices):
        NONE = "none", _("none")
        TO_ASSESS = "to_assess", _("to be assessed")
        SECRET = "secret", _("secret")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="items", verbose_name=_("channel")
    )
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    url = models.URLField(_("address"), max_length=500, blank=True)
    author = models.CharField(_("who wrote it"), max_length=200, blank=True)
    text = models.TextField(_("what it says"), blank=True)
    describe_only = models.BooleanField(_("no picture of it may be kept"), default=False)
    posted_at = models.DateTimeField(_("posted"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    became_aware_at = models.DateTimeField(_("became known"))
    found_by = models.ForeignKey(
        User, models.PROTECT, related_name="items", verbose_name=_("found by")
    )
    entered_at = models.DateTimeField(_("entered"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)

    off_platform_note = models.TextField(_("note kept outside the medium"), blank=True)
    measures = models.CharField(_("police report or other measures"), max_length=300, blank=True)
    belongs_to_case = models.BooleanField(_("belongs to a case"), default=False)
    case_reference = models.CharField(_("the case it belongs to"), max_length=80, blank=True)
    handed_over_at = models.DateTimeField(_("handed to the registrar"), null=True, blank=True)
    handed_over_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    diary_number = models.CharField(_("diary number"), max_length=80, blank=True)
    unregistered_because = models.CharField(
        _("why it need not be registered"), max_length=300, blank=True
    )
    secrecy = models.CharField(
        _("secrecy"), max_length=9, choices=Secrecy.choices, default=Secrecy.NONE
    )
    secrecy_paragraph = models.CharField(_("paragraph"), max_length=120, blank=True)
    registered_at = models.DateTimeField(_("registration decided"), null=True, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager[Item]] = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-year", "-sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "year", "sequence"], name="item_number_once"
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("became_aware_at")),
                name="item_is_known_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(became_aware_at__lte=F("entered_at")),
                name="item_is_known_before_it_is_entered",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="item_is_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(diary_number="") | Q(unregistered_because=""),
                name="item_is_registered_or_need_not_be",
            ),
            models.CheckConstraint(
                condition=Q(diary_number="", unregistered_because="", registered_at__isnull=True)
                | (~Q(diary_number="") | ~Q(unregistered_because=""))
                & Q(registered_at__isnull=False, registered_by__isnull=False),
                name="item_registration_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(secrecy="secret") & ~Q(secrecy_paragraph="")
                | ~Q(secrecy="secret") & Q(secrecy_paragraph=""),
                name="item_secret_by_a_paragraph",
            ),
            # what the composite foreign keys of the migrations lean on
            models.UniqueConstraint(fields=["id", "municipality"], name="item_id_and_municipality"),
        ]
        indexes = [
            models.Index(fields=["municipality", "state"], name="item_by_state"),
            models.Index(
                fields=["municipality", "handed_over_at"],
                condition=Q(handed_over_at__isnull=False, registered_at__isnull=True),
                name="item_to_register",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As people write it: 2026-0412."""
        return f"{self.year}-{self.sequence:04}"

    @property
    def unit(self) -> Unit:
        return self.channel.unit


class Question(models.Model):
    """What the registrar asked the editor before deciding, and the answer. One at a time."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    item = models.ForeignKey(
        Item, models.PROTECT, related_name="questions", verbose_name=_("finding")
    )
    text = models.CharField(_("question"), max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("registrar's question")
        verbose_name_plural = _("registrar's questions")
        ordering = ["item", "asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="question_is_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(answered_at__isnull=True),
                name="question_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.asked_at:%Y-%m-%d}"

    @property
    def unit(self) -> Unit:
        return self.item.channel.unit


class Evidence(models.Model):
    """A copy of what was written, taken before it went: a picture, or its words.

    `sha256` is of the file's bytes or of the words in UTF-8. Who looked at it when is the log's
    to tell. `erased_at`: the picture was of what nobody may keep, and its bytes are gone.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    item = models.ForeignKey(
        Item, models.PROTECT, related_name="evidence", verbose_name=_("finding")
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    words = models.TextField(_("words"), blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    taken_at = models.DateTimeField(_("kept"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["item", "taken_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "sha256"], name="evidence_once"),
            models.CheckConstraint(
                condition=Q(file__isnull=False, words="") | Q(file__isnull=True) & ~Q(words=""),
                name="evidence_is_a_picture_or_words",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(file__isnull=False),
                name="evidence_erased_was_a_picture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.sha256[:8]}"

    @property
    def unit(self) -> Unit:
        return self.item.channel.unit


class ActionQuerySet(models.QuerySet["Action"]):
    def standing(self) -> Self:
        """What no later entry takes back, itself no such entry."""
        return self.filter(reversed_by__isnull=True, reverses__isnull=True)


class Action(models.Model):
    """What was done with a finding, on what ground, under which version of which rule.

    A legal act is not undone: `reverses` makes an entry the correction of another.
    `became_aware_at` is the finding's, kept here so that the database holds the order of time.
    """

    class Decision(models.TextChoices):
        HIDE = "hide", _("hidden")
        REMOVE = "remove", _("removed")
        WITHDRAW = "withdraw", _("withdrawn by us")
        LEAVE = "leave", _("left as it is")
        RESTORE = "restore", _("shown again")
        UNABLE = "unable", _("could not be taken away")

    #: After these, visitors no longer see it.
    TAKEN_AWAY = (Decision.HIDE, Decision.REMOVE, Decision.WITHDRAW)

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    item = models.ForeignKey(
        Item, models.PROTECT, related_name="actions", verbose_name=_("finding")
    )
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices)
    category = models.CharField(_("category"), max_length=40, blank=True)
    category_label = models.CharField(_("category in words"), max_length=200, blank=True)
    ground = models.CharField(_("ground"), max_length=12, blank=True)
    statute = models.CharField(_("section of the act"), max_length=200, blank=True)
    clause = models.CharField(_("clause"), max_length=200, blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("policy version")
    )
    house_rules = models.ForeignKey(
        HouseRules,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published rules"),
    )
    obvious = models.BooleanField(_("obvious"), null=True, blank=True)
    reason = models.TextField(_("why"), blank=True)
    told = models.CharField(_("who was told"), max_length=300, blank=True)
    without_copy_because = models.CharField(
        _("why no copy was kept first"), max_length=300, blank=True
    )
    became_aware_at = models.DateTimeField(_("became known"))
    acted_at = models.DateTimeField(_("done"))
    by = models.ForeignKey(
        User, models.PROTECT, related_name="moderations", verbose_name=_("done by")
    )
    recorded_at = models.DateTimeField(_("entered"))
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("corrects"),
    )

    informed_at = models.DateTimeField(_("author told"), null=True, blank=True)
    informed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    informed_text = models.TextField(_("what the author was told"), blank=True)
    not_informed_because = models.CharField(
        _("why the author was not told"), max_length=300, blank=True
    )

    objects: ClassVar[models.Manager[Action]] = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of moderation")
        verbose_name_plural = _("acts of moderation")
        ordering = ["item", "acted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acted_at__gte=F("became_aware_at")),
                name="action_comes_after_it_was_known",
            ),
            models.CheckConstraint(
                condition=Q(acted_at__lte=F("recorded_at")), name="action_is_not_in_the_future"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=("hide", "remove")) | ~Q(category=""),
                name="action_of_removal_has_a_category",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=("withdraw", "leave", "restore")) | ~Q(reason=""),
                name="action_without_category_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(decision="unable") | ~Q(reason="") & ~Q(told=""),
                name="action_unable_says_why_and_who_was_told",
            ),
            models.CheckConstraint(
                condition=Q(decision="restore", reverses__isnull=False)
                | ~Q(decision="restore") & Q(reverses__isnull=True),
                name="action_restore_corrects_another",
            ),
            models.CheckConstraint(
                condition=Q(not_informed_because="") | Q(informed_text=""),
                name="action_author_was_told_or_not",
            ),
            models.CheckConstraint(
                condition=Q(informed_at__isnull=True, informed_text="", not_informed_because="")
                | Q(informed_at__isnull=False, informed_by__isnull=False),
                name="action_author_was_told_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.decision}"

    @property
    def unit(self) -> Unit:
        return self.item.channel.unit

    @property
    def took_away(self) -> bool:
        """Whether visitors no longer saw it afterwards."""
        return self.decision in self.TAKEN_AWAY
