"""What is written when the guideline was reviewed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.guideline_review import LONGEST_NOTE
from governance.models import GuidelineReview


class GuidelineReviewForm(forms.Form):
    """What came of the review, in words, and on what decision."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=GuidelineReview.Outcome.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Who took part, and what will be changed if anything will"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    decision = forms.CharField(
        label=_("Decision"),
        help_text=_("Its reference, if it stands in minutes or in the diary"),
        max_length=200,
        required=False,
    )
