"""People, what they are appointed to, and who stands in for them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from governance.models.organisation import Municipality, Unit
from governance.roles import Role

#: The address of the actor that scheduled work is recorded under.
SYSTEM: Final = "system@uppsikt.invalid"


class DateRange(Func):
    """`daterange(from, to, '[]')`: both days included, no end where `to` is null."""

    function = "daterange"
    output_field = DateRangeField()


def in_force_on(day: date) -> Q:
    """What a dated row must satisfy to hold on `day`, both ends included."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def in_force_between(starts_on: date, ends_on: date | None) -> Q:
    """What a dated row must satisfy to hold on one of these days; `None` is no last day."""
    meanwhile = Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)
    return meanwhile if ends_on is None else meanwhile & Q(starts_on__lte=ends_on)


def name_not_shown() -> str:
    """What stands for somebody whose name is not shown and who has no title."""
    return gettext("somebody whose name is not shown")


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> Self:
        """The colleagues of `user`: people of the same municipality."""
        return self.filter(municipality__isnull=False, municipality=user.municipality_id)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User) -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person with a normalised address; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def system(self) -> User:
        """The actor that scheduled work is recorded under. Nobody can sign in as it."""
        user, _created = self.get_or_create(
            email=SYSTEM,
            defaults={"name": "Uppsikt", "title": "", "is_active": False, "password": "!"},
        )
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address.

    An installation's operator belongs to no municipality and sees no content.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("municipality"),
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Municipality.Locale.choices,
        blank=True,
        help_text=_("Empty: the municipality's own."),
    )
    name_hidden = models.BooleanField(
        _("name is not shown"),
        default=False,
        help_text=_("Protected identity. Public pages, exports and documents carry the role only."),
    )
    is_active = models.BooleanField(_("may sign in"), default=False)
    is_operator = models.BooleanField(_("operates the installation"), default=False)
    requested_at = models.DateTimeField(_("account asked for"), null=True, blank=True)
    approved_at = models.DateTimeField(_("account approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account approved by"),
    )

    objects: ClassVar[UserManager] = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case"),
            # nobody works as superuser, not even by hand in the database
            models.CheckConstraint(condition=Q(is_superuser=False), name="user_is_no_superuser"),
            models.CheckConstraint(
                condition=Q(is_operator=False) | Q(municipality__isnull=True),
                name="user_operator_sees_no_municipality",
            ),
            models.UniqueConstraint(fields=["id", "municipality"], name="user_id_and_municipality"),
        ]

    def __str__(self) -> str:
        return self.shown_name

    def get_full_name(self) -> str:
        """The name as the person reads it; others read `shown_name`."""
        return self.name

    def get_short_name(self) -> str:
        """How a letter to the person begins."""
        return self.name.split(" ")[0]

    @property
    def shown_name(self) -> str:
        """The name as others may read it: the title alone where the name is not shown."""
        if not self.name_hidden:
            return self.name
        return self.title or name_not_shown()

    @property
    def shown_title(self) -> str:
        """The title beside `shown_name`; empty where the title stands there already."""
        return "" if self.name_hidden else self.title

    @property
    def shown_in_full(self) -> str:
        """Name and title as others may read them."""
        return ", ".join(filter(None, (self.shown_name, self.shown_title)))

    @property
    def is_waiting(self) -> bool:
        """Asked for and not yet approved."""
        return self.requested_at is not None and self.approved_at is None


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, day: date) -> Self:
        """Those that hold on `day`, a date in the municipality."""
        return self.filter(in_force_on(day))


class Appointment(models.Model):
    """A role that a person holds on a unit and the units below it, from one day to another.

    For a member of a group `group` is the group's key in the policy; else it is empty.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    user = models.ForeignKey(
        User, models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    group = models.CharField(_("group"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="appointments", verbose_name=_("organisation unit")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decision = models.CharField(_("decision"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("written"))

    objects: ClassVar[models.Manager[Appointment]] = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["unit__name", "role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.GROUP_MEMBER) & ~Q(group="")
                | ~Q(role=Role.GROUP_MEMBER) & Q(group=""),
                name="appointment_in_a_group_for_its_members",
            ),
            ExclusionConstraint(
                name="appointment_held_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("group", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="appointment_by_unit_and_role")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.unit}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def in_force(self, day: date) -> Self:
        """Those that hold on `day`, a date in the municipality."""
        return self.filter(in_force_on(day))


class Absence(models.Model):
    """Days on which a person is away and a deputy acts for them. Why is nobody's business."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="absences", verbose_name=_("person")
    )
    deputy = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputises",
        verbose_name=_("deputy"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Absence]] = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(deputy=F("user")), name="absence_deputy_is_somebody_else"
            ),
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_on}–{self.ends_on}"
