"""The operator's form for a platform: lists with a line for each, and a place to try an address."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels.actions.platforms import require_recognisable
from channels.models import Platform
from channels.platforms import AddressRefused, recognise
from governance.admin_site import VerbForm, show_refusal
from governance.errors import AgainstPolicy

#: The button that tries an address and changes nothing.
TRY: Final = "_try"


class LinesField(forms.CharField):
    """A list of short texts, each on a line of its own."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "vLargeTextField"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> Any:
        """The lines without those that are empty."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class PlatformForm(VerbForm):
    """What is known of a platform. “Try” shows what would be recognised, and saves nothing."""

    former_names = LinesField(
        label=gettext_lazy("Former names"),
        help_text=gettext_lazy("One on each line. When you change the name, the old one is added."),
    )
    hosts = LinesField(
        label=gettext_lazy("Web hosts"),
        help_text=gettext_lazy(
            "One on each line. The first is the one that addresses are written with; www., m. and "
            "the like need no line."
        ),
    )
    patterns = LinesField(
        label=gettext_lazy("Patterns"),
        # the admin draws help as HTML
        help_text=escape(
            gettext_lazy(
                "Regular expressions of an account's path, one on each line, tried in this order. "
                "The group (?P<handle>…) is the account's name, (?P<id>…) the platform's own "
                "number; (?P<drop>…) and what follows are left out."
            )
        ),
    )
    try_address = forms.CharField(
        label=gettext_lazy("Try an address"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def is_valid(self) -> bool:
        """As every form's; where an address is only tried, nothing is done."""
        if TRY not in self.data:
            return super().is_valid()
        if not self.errors:  # asking for them reads what was entered
            self._try()
        return False

    def validate_constraints(self) -> None:
        """The verb says the same beside the field."""

    def _try(self) -> None:
        platform = self.instance
        others = list(Platform.objects.exclude(pk=platform.pk))
        try:
            require_recognisable(platform, others)
            words = _recognised(self.cleaned_data["try_address"], platform, others)
        except AgainstPolicy as refused:
            show_refusal(self, refused)
        except AddressRefused as refused:
            self.add_error("try_address", str(refused))
        else:
            self["try_address"].help_text = escape(words)


def _recognised(text: str, platform: Platform, others: list[Platform]) -> str:
    account = recognise(text, [platform, *others])
    if account.platform is None:
        return _("No platform has this host: %(url)s") % {"url": account.url}
    return _("%(platform)s, the account %(name)s: %(url)s") % {
        "platform": account.platform,
        "name": account.handle or account.stable_id,
        "url": account.url,
    }
