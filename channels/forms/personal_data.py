"""The policy's questions on a processing, what a channel adds, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.forms.plan import QuestionsForm
from channels.models import LocalSupplement, PersonalDataAssessment
from channels.personal_data import BASES, Asked
from governance.policy.types import Form
from governance.widgets import DayInput

#: Words of a basis, as the form offers them.
_BASES: Final = [(each.value, each.label) for each in BASES]


class AssessmentForm(QuestionsForm):
    """The name of the processing, unless it is assessed again, the policy's questions, and the day
    on which it is to be made again."""

    def __init__(
        self,
        form: Form,
        last: PersonalDataAssessment | None,
        data: Mapping[str, Any] | None = None,
        *,
        next_review: date | None = None,
    ) -> None:
        super().__init__(form.fields, data=data, answers=last.answers if last else None, under=form)
        self.fields["review_on"] = forms.DateField(
            label=_("When is it to be made again?"),
            help_text=_("From that day it is asked for again. Leave empty if nothing is planned."),
            widget=DayInput,
            required=False,
            initial=next_review,
        )
        if last is None:
            self.fields["processing"] = forms.CharField(
                label=_("Which processing is it?"),
                help_text=_("Such as “Questions from visitors” or “Pictures from events”."),
                max_length=120,
            )
            self.order_fields(["processing"])


class SupplementForm(forms.Form):
    """What differs on the channel; the exemption where the policy knows one."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("What differs on this channel?"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    exempt = forms.BooleanField(
        label=_("It is artistic or literary creation, and the exemption applies"), required=False
    )
    reasons = forms.CharField(
        label=_("Why the exemption applies"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        asked: Asked,
        last: LocalSupplement | None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        names = ("text", "exempt", "reasons")
        super().__init__(data, initial={name: getattr(last, name, None) for name in names})
        if asked.exemption is None:
            del self.fields["exempt"], self.fields["reasons"]
        elif not asked.exemption_needs_reasons:
            del self.fields["reasons"]


class ChangedBasisForm(forms.Form):
    """What a platform's assessments rest on, and how it has changed."""

    use_required_attribute = False

    basis = forms.ChoiceField(
        label=_("What has changed?"), choices=_BASES, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("How has it changed?"),
        help_text=_("Whoever looks after a channel there reads this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
