"""Input for declaring a crisis or a rest, and for ending it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.models import Channel
from governance.widgets import DayInput, MomentInput
from moderation.actions.declaring import LONGEST_WHY


class ChannelsChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return _("%(channel)s on %(platform)s") % {"channel": obj, "platform": obj.platform}


class DeclareForm(forms.Form):
    """What both have in common: which channels, why, and on what decision."""

    channels = ChannelsChoice(
        queryset=Channel.objects.none(),
        label=gettext_lazy("Channels"),
        widget=forms.CheckboxSelectMultiple(attrs={"wide": True}),
    )
    why = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    decision = forms.CharField(
        label=gettext_lazy("Decision"),
        help_text=gettext_lazy("Its reference, if it stands in minutes or in the diary"),
        max_length=200,
        required=False,
    )

    def __init__(self, channels: QuerySet[Channel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channels"].queryset = channels  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the verb takes beside the channels."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "channels"}


class CrisisForm(DeclareForm):
    """From now on, until a moment or until somebody ends it."""

    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Leave empty if nobody knows yet: then it lasts until it is ended"),
        widget=MomentInput,
        required=False,
    )
    field_order = ["channels", "why", "until", "decision"]


class RestForm(DeclareForm):
    """From one day to another, both included."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)
    field_order = ["channels", "why", "first", "last", "decision"]


class EndForm(forms.Form):
    """Why it ends before its time."""

    reason = forms.CharField(
        label=gettext_lazy("Why does it end?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
