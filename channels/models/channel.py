"""The media and the municipality's channels on them."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from governance.models import Municipality, Unit, User

#: Media that have no name of their own: they are called by what they are, as the reader says it.
_CALLED: Final = {
    "blog": _("Blog"),
    "podcast": _("Podcast"),
    "forum": _("Forum"),
    "wiki": _("Wiki"),
    "other": _("Another medium"),
}


def called(key: str, name: str) -> str:
    """What the platform of that key and name is called in the language of the moment."""
    return str(_CALLED.get(key, name))


def on_platform_called(words: str) -> Q:
    """The channels on a platform that is called so, or once was."""
    return Q(platform__name__icontains=words) | Q(platform__former_names__icontains=words)


class Platform(models.Model):
    """A social medium, the same for every municipality of the installation."""

    class Category(models.TextChoices):
        """The nine kinds of medium of VGD-58; none for what fits no kind."""

        WIKI = "wiki", _("wiki")
        BLOG = "blog", _("blog")
        BLOG_SEARCH = "blog_search", _("blog search engine")
        MICROBLOG = "microblog", _("microblog")
        SOCIAL_BOOKMARKS = "social_bookmarks", _("social bookmarks")
        SOCIAL_NETWORK = "social_network", _("social network")
        SOCIAL_NEWS = "social_news", _("social news")
        FORUM = "forum", _("internet forum")
        LOCATION = "location", _("location-based network")

    class Control(models.TextChoices):
        """Whose posts an account holder there can take away or hide."""

        OWN_ONLY = "own_only", _("own posts only")
        OWN_AND_VISITORS = "own_and_visitors", _("own and visitors' posts")
        ASSESS = "assess", _("has to be assessed")

    class Transfer(models.TextChoices):
        """What a transfer of personal data to the company's country rests on."""

        NONE = "none", _("stays in the EEA")
        ADEQUACY = "adequacy", _("adequacy decision")
        UNSETTLED = "unsettled", _("has to be assessed")

    key = models.SlugField(_("key"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    former_names = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("former names")
    )
    category = models.CharField(_("category"), max_length=16, choices=Category.choices, blank=True)
    hosts = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        verbose_name=_("web hosts"),
        help_text=_("The first is the one that addresses are written with."),
    )
    patterns = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        verbose_name=_("patterns"),
        help_text=_("Of an account's path; the group called handle is its name there."),
    )
    account_in_host = models.BooleanField(
        _("accounts have hosts of their own"), default=False, help_text=_("As blogs often have.")
    )
    visitors_posts = models.CharField(
        _("who controls visitors' posts"),
        max_length=16,
        choices=Control.choices,
        default=Control.ASSESS,
    )
    transfer = models.CharField(
        _("transfer of personal data"),
        max_length=10,
        choices=Transfer.choices,
        default=Transfer.UNSETTLED,
    )
    transfer_note = models.CharField(_("note on the transfer"), max_length=200, blank=True)
    active = models.BooleanField(_("offered for new channels"), default=True)
    changed_here = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        editable=False,
        help_text=_("The fields in which an operator's word holds, and not what ships."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(patterns=[], account_in_host=False) | ~Q(hosts=[]),
                name="platform_recognised_by_hosts",
            )
        ]

    def __str__(self) -> str:
        return called(self.key, self.name)

    @property
    def has_name_of_its_own(self) -> bool:
        """Whether it is called by a name, and not by what it is in the reader's words."""
        return self.key not in _CALLED


class PlatformRename(models.Model):
    """That a platform got another name: what it was called until then, and who entered it."""

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="renames")
    former_name = models.CharField(_("former name"), max_length=60)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a platform's name")
        verbose_name_plural = _("changes of platforms' names")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.platform}: {self.former_name}"


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, user: User) -> Self:
        """Those of the person's own municipality."""
        return self.filter(municipality__isnull=False, municipality=user.municipality_id)

    def in_register(self) -> Self:
        """What the public register shows: open and closed ones that are not internal."""
        return self.filter(state__in=(Channel.State.OPEN, Channel.State.CLOSED)).exclude(
            account_class=Channel.AccountClass.INTERNAL
        )


class Channel(models.Model):
    """One account or page on a social medium through which a unit speaks.

    `municipality` stands beside `unit` so that the database can hold the two together.
    """

    class AccountClass(models.TextChoices):
        MAIN = "main", _("main account")
        UNIT = "unit", _("a unit's account")
        CAMPAIGN = "campaign", _("for a campaign")
        INTERNAL = "internal", _("internal")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for its account to be approved")
        OPEN = "open", _("open")
        REFUSED = "refused", _("never opened")
        CLOSED = "closed", _("closed")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="channels", verbose_name=_("municipality")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="channels", verbose_name=_("organisation unit")
    )
    platform = models.ForeignKey(
        Platform, models.PROTECT, related_name="channels", verbose_name=_("platform")
    )
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address in the register"), max_length=80)
    url = models.URLField(_("address"), max_length=300, blank=True)
    handle = models.CharField(_("name on the platform"), max_length=100, blank=True)
    stable_id = models.CharField(
        _("the platform's own number"),
        max_length=100,
        blank=True,
        help_text=_("Stays the same when the account changes its name."),
    )
    purpose = models.TextField(_("purpose"), blank=True)
    audience = models.TextField(_("audience"), blank=True)
    description = models.TextField(_("description for the public"), blank=True)
    account_class = models.CharField(
        _("kind of account"),
        max_length=10,
        choices=AccountClass.choices,
        default=AccountClass.UNIT,
    )
    comments_open = models.BooleanField(_("visitors can comment"), default=True)
    office_hours_only = models.BooleanField(_("watched in office hours only"), default=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Municipality.Locale.choices, blank=True
    )
    contact_email = models.EmailField(_("e-mail for the public"), blank=True)
    contact_phone = models.CharField(_("telephone for the public"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("entered"))
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_because = models.TextField(_("why it was closed"), blank=True)
    last_confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)

    objects: ClassVar[models.Manager[Channel]] = ChannelQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name"]
        permissions = [
            ("check_in", _("Can confirm that the channel was looked at")),
            ("moderate", _("Can reply, hide and remove on the channel")),
            ("take_snapshot", _("Can upload snapshots of the channel")),
            ("edit_channel", _("Can change what the register says of the channel")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "url"],
                condition=Q(state__in=("waiting", "open")) & ~Q(url=""),
                name="channel_address_once_in_use",
            ),
            models.UniqueConstraint(fields=["municipality", "slug"], name="channel_slug_once"),
            models.CheckConstraint(
                condition=~Q(state="open") | (Q(opened_on__isnull=False) & ~Q(url="")),
                name="channel_open_has_an_address_and_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_on__isnull=False),
                name="channel_closed_on_a_day",
            ),
            # what the composite foreign keys of the migrations lean on
            models.UniqueConstraint(
                fields=["id", "municipality"], name="channel_id_and_municipality"
            ),
        ]
        indexes = [models.Index(fields=["municipality", "state"], name="channel_by_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """With its platform: several channels of a unit mostly have one name."""
        return f"{self.name}, {self.platform}"


class ChannelUserObjectPermission(UserObjectPermissionBase):
    """What one person may do with one channel; written by the actions on assignments."""

    content_object = models.ForeignKey(Channel, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("right on a channel")
        verbose_name_plural = _("rights on channels")


class ChannelGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian asks for a table for groups too; ours stays empty."""

    content_object = models.ForeignKey(Channel, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("a group's right on a channel")
        verbose_name_plural = _("groups' rights on channels")
