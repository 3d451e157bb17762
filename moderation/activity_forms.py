"""Input on when a channel last had a post, and on what becomes of one gone quiet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.widgets import DayInput
from moderation.actions.activity import LONGEST_REASON
from moderation.models import ActivityDecision


class LatestPostForm(forms.Form):
    """The day of the latest post."""

    on = forms.DateField(label=_("The latest post is from"), widget=DayInput)


class ActivityForm(forms.Form):
    """The decision, why, and with whom it was discussed."""

    outcome = forms.ChoiceField(
        label=_("What becomes of the channel?"),
        choices=ActivityDecision.Outcome.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why?"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
    consulted = forms.CharField(
        label=_("Discussed with"),
        help_text=_("By role, such as the nearest manager"),
        max_length=300,
        required=False,
    )
