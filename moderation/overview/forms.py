"""The form of asking for a document on supervision."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.models import Unit
from governance.widgets import DayInput


class ReportForm(forms.Form):
    """Which unit, and the first and last day."""

    use_required_attribute = False
    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Unit, with those below it"), queryset=Unit.objects.none(), empty_label=None
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(
        label=_("Last day"), help_text=_("A year after the first at most."), widget=DayInput
    )

    def __init__(
        self, data: Any = None, *, units: QuerySet[Unit], today: date, **more: Any
    ) -> None:
        first = {"starts_on": today.replace(month=1, day=1), "ends_on": today}
        super().__init__(data, initial=first, **more)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = units.order_by("pk")
