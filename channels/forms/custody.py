"""What is written about access to an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from channels.models import Custody
from governance.models import User
from governance.roles import Role
from governance.signing_in import is_own_password, password_again


class HandOverForm(forms.Form):
    """Who holds access from today, as what, and where it is kept."""

    use_required_attribute = False
    role = forms.ChoiceField(label=_("Held as"))
    holder = forms.ModelChoiceField(User.objects.none(), label=_("Holder"))
    kind = forms.ChoiceField(
        label=_("Kind of access"), choices=Custody.Kind.choices, widget=forms.RadioSelect
    )
    where = forms.CharField(
        label=_("Where it is kept"),
        help_text=_("A safe, an envelope, a password store. Never the login itself."),
        max_length=200,
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        roles: Sequence[Role],
        colleagues: QuerySet[User],
    ) -> None:
        super().__init__(data, prefix="hand")
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["holder"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["holder"].empty_label = _("Choose …")  # type: ignore[attr-defined]
        self.fields["kind"].initial = Custody.Kind.LOGIN


class SealForm(forms.Form):
    """The login that is to be sealed. It is never shown again in a form."""

    use_required_attribute = False
    login = forms.CharField(
        label=_("Login"),
        help_text=_("User name and password. It is sealed at once and stands in no list or log."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="seal")


class LookForm(forms.Form):
    """Why somebody needs the login, and their password once more."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Why do you need the login?"),
        help_text=_("Your name, the time and the reason are kept."),
        max_length=300,
    )

    def __init__(self, request: HttpRequest, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="look")
        self.request = request
        self.fields["password"] = password_again()

    def clean_password(self) -> str:
        """Raises ValidationError for a wrong password, and after too many of them."""
        password: str = self.cleaned_data["password"]
        if not is_own_password(self.request, password):
            raise ValidationError(_("The password is not right. The login stays sealed."))
        return password


class RevokeForm(forms.Form):
    """Why an assignment ends."""

    use_required_attribute = False
    reason = forms.CharField(label=_("Why does the assignment end?"), max_length=300)
