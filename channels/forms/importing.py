"""The forms of bringing in a file: the file, its columns, the day by which plans are owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from channels.importing.columns import COLUMNS, Kind
from channels.models import Import
from governance.models import Unit
from governance.widgets import DayInput


class FileForm(forms.Form):
    """A file. What it is is told by its content, where it is taken in."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A workbook (.xlsx) or a text with separators (CSV). The first line with several"
            " words is taken for the headers."
        ),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def content(self) -> bytes:
        """The file's bytes. Call after `is_valid`."""
        content: bytes = self.cleaned_data["file"].read()
        return content


class UploadForm(FileForm):
    """A file, and what its lines are."""

    kind = forms.ChoiceField(
        label=_("What the lines are"),
        choices=[
            (Kind.UNITS, _("Units, each with the one above it")),
            (Kind.PEOPLE, _("People, with their unit and role")),
            (Kind.CHANNELS, _("Channels, with their unit")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("kind", "file")


class ColumnsForm(forms.Form):
    """Which column of the file is which, and where units that are missing are made."""

    use_required_attribute = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        begun: Import,
        headers: Sequence[str],
        units: QuerySet[Unit],
    ) -> None:
        super().__init__(data)
        self.begun = begun
        choices = [("", _("Not in the file")), *((str(n), name) for n, name in enumerate(headers))]
        for column in COLUMNS[begun.kind]:
            self.fields[column.key] = forms.ChoiceField(
                label=str(column.label), choices=choices, required=False
            )
            self.initial[column.key] = str(begun.mapped.get(column.key, ""))
        if begun.kind != Kind.UNITS:
            self.fields["units_below"] = forms.ModelChoiceField(
                units,
                label=_("Units that are missing"),
                help_text=_(
                    "A unit stays where it is made. With a file of units each has its place."
                ),
                empty_label=_("Are told as faults"),
                initial=begun.units_below,
                required=False,
            )
            self.fields["units_below"].label_from_instance = _made_below  # type: ignore[attr-defined]

    def mapped(self) -> dict[str, int]:
        """Column key to place in the file. Call after `is_valid`."""
        chosen = {each.key: self.cleaned_data[each.key] for each in COLUMNS[self.begun.kind]}
        return {key: int(place) for key, place in chosen.items() if place}

    def units_below(self) -> Unit | None:
        """The unit below which missing ones are made, or None."""
        return self.cleaned_data.get("units_below")


def _made_below(unit: Unit) -> str:
    return str(_("Are made below %(unit)s")) % {"unit": unit}


class CarryOutForm(forms.Form):
    """The day by which the plans of the channels are to be approved."""

    use_required_attribute = False
    due_on = forms.DateField(
        label=_("The plans are to be approved by"),
        help_text=_("Whoever answers for a channel is reminded of it."),
        widget=DayInput,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, kind: str) -> None:
        super().__init__(data)
        if kind != Kind.CHANNELS:
            del self.fields["due_on"]

    def due(self) -> date | None:
        """The day, for channels. Call after `is_valid`."""
        return self.cleaned_data.get("due_on")
