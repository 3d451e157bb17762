"""How each item of the visitor information stands on a channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext as _

from channels.actions.visitor_information import Seen
from channels.models import VisitorCheck
from channels.visitor_information import Standing

Outcome = VisitorCheck.Outcome


class VisitorInformationForm(forms.Form):
    """A question for each item; what was not looked at now is left as it stands."""

    use_required_attribute = False

    def __init__(self, found: Sequence[Standing], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.found = found
        for each in found:
            self._ask(each)

    def _ask(self, each: Standing) -> None:
        key, label = each.item.key, each.item.label
        self.fields[f"outcome_{key}"] = forms.ChoiceField(
            # the item is the heading above; who hears the question alone hears it too
            label=format_html(
                '{}<span class="visually-hidden">: {}</span>', _("How does it stand?"), label
            ),
            choices=[
                ("", _("Not looked at now")),
                (Outcome.IN_PLACE, _("In place, I have looked today")),
                (Outcome.MISSING, _("Not in place")),
                (Outcome.IMPOSSIBLE, _("The platform does not allow it")),
            ],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields[f"reason_{key}"] = forms.CharField(
            label=format_html(
                '{}<span class="visually-hidden">: {}</span>',
                _("Why the platform does not allow it"),
                label,
            ),
            max_length=300,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """A reason belongs to one answer; beside another it would be lost."""
        for _standing, outcome, reason in self.rows():
            given = self.cleaned_data
            if given.get(reason.name) and given.get(outcome.name) != Outcome.IMPOSSIBLE:
                self.add_error(
                    outcome.name,
                    _("You wrote why the platform does not allow it: choose that, or clear it."),
                )
        return self.cleaned_data

    def rows(self) -> Iterator[tuple[Standing, BoundField, BoundField]]:
        """Each item with its two fields, for the page."""
        for each in self.found:
            yield each, self[f"outcome_{each.item.key}"], self[f"reason_{each.item.key}"]

    def seen(self) -> list[Seen]:
        """What was looked at, for the verb. Call after `is_valid`."""
        given = self.cleaned_data
        return [
            Seen(key, Outcome(given[f"outcome_{key}"]), given[f"reason_{key}"])
            for key in (each.item.key for each in self.found)
            if given[f"outcome_{key}"]
        ]
