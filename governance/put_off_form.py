"""What is written when a duty is put off."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.widgets import DayInput


class PutOffForm(forms.Form):
    """Until when, and why."""

    until = forms.DateField(label=_("Put off until"), widget=DayInput)
    reason = forms.CharField(label=_("Why?"), max_length=300)
