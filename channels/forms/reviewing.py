"""What is written when a plan was looked through."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.actions.reviewing import LONGEST_NOTE


class ReviewForm(forms.Form):
    """That the plan stands, with a note."""

    note = forms.CharField(
        label=_("Note"),
        help_text=_("Who looked through it with you, and what you talked about"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
