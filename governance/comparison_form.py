"""The form of comparing a policy file: chosen, or written in place."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.policy.faults import PolicyRefused

#: Bytes; the longest file we ship has a tenth of it.
MAX_BYTES: Final = 1_000_000
#: So many faults stand beside the field at once.
MOST_FAULTS: Final = 50


class ComparisonForm(forms.Form):
    """A policy file. What was chosen is written into the text, so that it can be mended there."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("Policy file"),
        help_text=gettext_lazy("A TOML file, as docs/policies.md teaches to write it."),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )
    content = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """`content` holds the text, whichever way it came."""
        given = super().clean() or {}
        chosen = given.get("file")
        if chosen is not None:
            given["content"] = self._text_of(chosen)
        else:
            given["content"] = given.get("content", "").replace("\r\n", "\n")
        if not given["content"].strip() and not self.errors:
            self.add_error("file", _("Choose a file, or write its text."))
        # what was chosen stands in the text when the form is drawn again
        self.data = {**self.data, "content": given["content"]}
        return given

    def _text_of(self, chosen: Any) -> str:
        if chosen.size > MAX_BYTES:
            self.add_error("file", _("The file is too large to be a policy."))
            return ""
        try:
            text: str = chosen.read().decode("utf-8")
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not UTF-8 text."))
            return ""
        return text

    def refuse(self, refused: PolicyRefused) -> None:
        """The faults that `policy check` finds, beside the text."""
        for fault in refused.faults[:MOST_FAULTS]:
            self.add_error("content", f"{fault.key}: {fault.reason}")
        if len(refused.faults) > MOST_FAULTS:
            self.add_error("content", _("And more; mend these first."))
