"""When offices are open: days on which they are closed, and the hours of a week."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from governance.models.organisation import Municipality, Unit


class ClosedDay(models.Model):
    """A day on which the municipality, or one unit with those below it, is closed.

    The national holidays need not be entered.
    """

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="closed_days", verbose_name=_("municipality")
    )
    unit = models.ForeignKey(
        Unit,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="closed_days",
        verbose_name=_("organisation unit"),
        help_text=_("Empty: the whole municipality is closed."),
    )
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "unit", "day"],
                name="closed_day_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class OfficeHours(models.Model):
    """On which days of the week, and from when until when, a unit and those below it work.

    What a unit has itself goes before what stands above it; without any, Monday to Friday, 8 to 17.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="office_hours", verbose_name=_("municipality")
    )
    unit = models.OneToOneField(
        Unit, models.CASCADE, related_name="office_hours", verbose_name=_("organisation unit")
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.choices),
        verbose_name=_("days of the week"),
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1, weekdays__contained_by=list(range(1, 8))),
                name="office_hours_have_days_of_the_week",
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")), name="office_opens_before_it_closes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.opens:%H:%M}–{self.closes:%H:%M}"
