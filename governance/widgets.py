"""Inputs that let the browser show its own calendar and clock."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models


class DayInput(forms.DateInput):
    """A date. The browser shows it as the reader's system does and sends ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time of day to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """A date and a time of day to the minute, in the zone of the page."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


#: For `ModelAdmin.formfield_overrides`: the browser's own inputs instead of the admin's, which
#: have no labels and need a script.
NATIVE_INPUTS: Mapping[type[models.Field], Mapping[str, Any]] = {
    models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput},
    models.DateField: {"widget": DayInput},
    models.TimeField: {"widget": ClockInput},
}
