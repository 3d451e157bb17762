"""How each item of a checklist stands on a channel, and what such looks rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise as Lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.checklists import Seen
from channels.checklists import Checklist, Standing
from channels.models import ChannelCheck

Outcome = ChannelCheck.Outcome


class ChecklistForm(forms.Form):
    """A question for each item; what was not looked at now is left as it stands."""

    use_required_attribute = False

    def __init__(
        self,
        checklist: Checklist,
        found: Sequence[Standing],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.checklist = checklist
        self.found = found
        for each in found:
            self._ask(each)

    def _ask(self, each: Standing) -> None:
        key, label = each.item.key, each.item.label
        self.fields[f"outcome_{key}"] = forms.ChoiceField(
            label=_about(_("How does it stand?"), label),
            choices=[
                ("", _("Not looked at now")),
                (Outcome.IN_PLACE, _("In place, I have looked today")),
                (Outcome.MISSING, _("Not in place")),
                (self.checklist.exception, self.checklist.excepted),
            ],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields[f"reason_{key}"] = forms.CharField(
            label=_about(self.checklist.why, label), max_length=300, required=False
        )

    def clean(self) -> dict[str, Any]:
        """A reason belongs to one answer; beside another it would be lost."""
        for _standing, outcome, reason in self.rows():
            given = self.cleaned_data
            if given.get(reason.name) and given.get(outcome.name) != self.checklist.exception:
                self.add_error(
                    outcome.name,
                    _("You wrote a reason: choose “%(answer)s”, or clear it.")
                    % {"answer": self.checklist.excepted},
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


def _about(question: str | Lazy, label: str) -> SafeString:
    """The item is the heading above; who hears the question alone hears it too."""
    return format_html('{}<span class="visually-hidden">: {}</span>', question, label)


class ChangedProfileForm(forms.Form):
    """How the municipality's graphic profile has changed."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("How has the graphic profile changed?"),
        help_text=gettext_lazy("Whoever looks after a channel reads this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
