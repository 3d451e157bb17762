"""What a goal has come to, as somebody writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from channels.actions.goals import LONGEST_NOTE, LONGEST_RESULT
from channels.models import GoalResult
from governance.widgets import DayInput


class GoalResultForm(forms.Form):
    """A result: a figure or words, how it stands, as of which day, and a note."""

    use_required_attribute = False
    result = forms.CharField(
        label=_("What has it come to?"),
        help_text=_("A figure or words, such as 430 followers"),
        max_length=LONGEST_RESULT,
        error_messages={"required": _("Write what it has come to, a figure or words.")},
    )
    verdict = forms.ChoiceField(
        label=_("How does the goal stand?"),
        choices=[(each.value, capfirst(each.label)) for each in GoalResult.Verdict],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it stands.")},
    )
    as_of = forms.DateField(
        label=_("As of"),
        widget=DayInput,
        error_messages={
            "required": _("Give the day that the result is from."),
            "invalid": _("Give a day, such as 2026-03-31."),
        },
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("How it was measured, what explains it, what you will do"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial={"as_of": today})


class CorrectionForm(GoalResultForm):
    """A result in the place of one that was wrong; the note says what was wrong."""

    def __init__(self, entry: GoalResult, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, today=entry.as_of)
        self.initial.update(result=entry.result, verdict=entry.verdict)
        self.fields["note"].label = _("What was wrong?")
        self.fields["note"].help_text = ""
        self.fields["note"].required = True
        self.fields["note"].error_messages["required"] = _("Say what was wrong.")
