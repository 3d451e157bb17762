"""The forms of signing in, in our words: allauth's do not exist in Nynorsk."""

from typing import Any

from allauth.account import forms as account
from django import forms
from django.utils.translation import gettext_lazy as _


def _worded(field: forms.Field, label: Any, help_text: Any = "") -> None:
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class LoginForm(account.LoginForm):
    """E-mail, password, and whether the browser stays signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["login"], _("E-mail"))
        _worded(self.fields["password"], _("Password"))
        _worded(self.fields["remember"], _("Stay signed in on this device"))


class ReauthenticateForm(account.ReauthenticateForm):
    """The password once more, before something is signed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["password"], _("Your password to Uppsikt"))


class ChangePasswordForm(account.ChangePasswordForm):
    """The old password and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["oldpassword"], _("Your present password"))
        _worded(self.fields["password1"], _("New password"), _("At least twelve characters."))
        _worded(self.fields["password2"], _("New password, once more"))


class ResetPasswordForm(account.ResetPasswordForm):
    """The address that the link goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["email"], _("E-mail"))


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    """The new password twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self.fields["password1"], _("New password"), _("At least twelve characters."))
        _worded(self.fields["password2"], _("New password, once more"))
