"""Municipalities and their units."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from tree_queries.models import TreeNode

#: Words that an address of the installation begins with; no municipality may be called so.
RESERVED_SLUGS = frozenset(
    """
    account accounts admin api app apps archive assets channels custody data docs en export exports
    favicon files findings governance health help i18n login logout look media my new nn notices
    open-data overview people plans policy public robots rules search settings static status sv
    today units uppsikt users webhooks well-known www
    """.split()
)


def refuse_reserved_slug(value: str) -> None:
    """Raise ValidationError where the slug would hide an address of the installation."""
    if value in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” is a word that the addresses of Uppsikt use."), params={"slug": value}
        )


def require_time_zone(value: str) -> None:
    """Raise ValidationError for a name that is no IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(_("There is no time zone called “%(name)s”."), params={"name": value})


class Municipality(models.Model):  # type: ignore[django-manager-missing]
    """One municipality with its own people, units, policy and public pages."""

    class Country(models.TextChoices):
        SWEDEN = "SE", _("Sweden")
        NORWAY = "NO", _("Norway")

    class Locale(models.TextChoices):
        SWEDISH = "sv", _("Swedish")
        NYNORSK = "nn", _("Nynorsk")
        ENGLISH = "en", _("English")

    slug = models.SlugField(_("address"), unique=True, validators=[refuse_reserved_slug])
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices)
    locale = models.CharField(_("language"), max_length=2, choices=Locale.choices)
    time_zone = models.CharField(_("time zone"), max_length=40, validators=[require_time_zone])
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=40)
    website = models.URLField(_("website"))
    registrar_email = models.EmailField(
        _("the registrar's e-mail"),
        help_text=_("Where records are asked for, and where checkpoints of the log are sent."),
    )
    communications_email = models.EmailField(_("the communications unit's e-mail"))
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#0F6C7D",
        validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$", _("Write the colour as #RRGGBB."))],
    )
    logo = models.ForeignKey(
        "governance.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )
    general_reply_days = models.PositiveSmallIntegerField(
        _("days within which other correspondence is answered"),
        null=True,
        blank=True,
        help_text=_("Working days. Empty until the municipality has said so."),
    )
    register_version = models.PositiveIntegerField(default=1, editable=False)
    calendar_changed_at = models.DateTimeField(null=True, editable=False)
    """Since when what is open does not yet follow the closed days and office hours."""

    history = HistoricalRecords(excluded_fields=["register_version", "calendar_changed_at"])

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED_SLUGS)), name="municipality_slug_is_free"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the municipality's days begin and end."""
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The date in the municipality at `now` (an aware moment)."""
        return now.astimezone(self.zone).date()


class Unit(TreeNode):  # type: ignore[django-manager-missing]
    """A place in the organisation: a board, a sector, a department or a unit."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("the municipality as a whole")
        BOARD = "board", _("board")
        SECTOR = "sector", _("sector or administration")
        DEPARTMENT = "department", _("department")
        UNIT = "unit", _("unit")

    class Activity(models.TextChoices):
        GENERAL = "general", _("general")
        CULTURE = "culture", _("culture and leisure")
        LIBRARY = "library", _("library")
        MUSEUM = "museum", _("museum or art hall")
        SCHOOL = "school", _("school")
        PRESCHOOL = "preschool", _("preschool")
        CARE = "care", _("care")
        SOCIAL_SERVICES = "social_services", _("social services")
        RESCUE = "rescue", _("rescue service")
        TOURISM = "tourism", _("tourism and business")
        TECHNICAL = "technical", _("streets, water and waste")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="units", verbose_name=_("municipality")
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    activity = models.CharField(
        _("activity"), max_length=16, choices=Activity.choices, default=Activity.GENERAL
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organisation unit")
        verbose_name_plural = _("organisation units")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "parent", "name"], name="unit_name_once_under_its_parent"
            ),
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(parent__isnull=True),
                name="unit_one_root_in_a_municipality",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(kind="municipality"),
                name="unit_root_is_the_municipality",
            ),
            # what the composite foreign keys of the migrations lean on
            models.UniqueConstraint(fields=["id", "municipality"], name="unit_id_and_municipality"),
        ]

    def __str__(self) -> str:
        return self.name

    def line(self) -> list[int]:
        """Keys of the units from this one up to the root, nearest first."""
        # every question of permission asks this: the tree's own query also ranks the whole tree
        with connection.cursor() as cursor:
            cursor.execute(_LINE, [self.pk])
            return [pk for (pk,) in cursor.fetchall()]

    @property
    def unit(self) -> Unit:
        """A unit belongs to itself, so that it can be asked for like anything else."""
        return self


_LINE = """
WITH RECURSIVE line (id, parent_id, distance) AS (
    SELECT id, parent_id, 0 FROM governance_unit WHERE id = %s
    UNION ALL
    SELECT above.id, above.parent_id, distance + 1
    FROM governance_unit above JOIN line ON above.id = line.parent_id
)
SELECT id FROM line ORDER BY distance
"""
