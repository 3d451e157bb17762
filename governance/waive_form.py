"""Why a duty need not be done."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.waiving import LONGEST_REASON


class WaiveForm(forms.Form):
    """The reason, which stays on the duty for everybody who reads it."""

    reason = forms.CharField(
        label=_("Why need it not be done?"),
        help_text=_("The reason stays on the duty. Write no name."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
