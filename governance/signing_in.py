"""How people sign in: by e-mail and password, to accounts that a communicator has approved."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models import User
from governance.permissions import operates


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-service sign-up: accounts are approved, never taken."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail and password do not belong together."),
        "enter_current_password": _("That is not your present password."),
        "incorrect_password": _("That is not your password."),
        "invalid_password_reset": _("The link no longer works."),
        "too_many_login_attempts": _("Too many attempts. Wait a while, then try again."),
        "account_inactive": _("The account is not open."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def is_safe_url(self, url: str | None) -> bool:
        """A way on after signing in stays within the installation."""
        return bool(url) and str(url).startswith("/") and bool(super().is_safe_url(url))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in": the page that follows says it well enough."""


def home_of(user: User | AnonymousUser) -> str:
    """Where somebody's work begins: an operator of the installation has none in a municipality."""
    return reverse("admin:index" if isinstance(user, User) and operates(user) else "today")


def password_again() -> forms.CharField:
    """The field of a form whose act is done in somebody's name. Its view never keeps the value."""
    return forms.CharField(
        label=_("Confirm that it is you"),
        help_text=_("Your password to Uppsikt"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def is_own_password(request: HttpRequest, password: str) -> bool:
    """Whether it is the signed-in person's. Raises ValidationError after too many wrong ones."""
    email = request.user.email  # type: ignore[union-attr]
    user = get_adapter().authenticate(request, email=email, password=password)
    return user is not None and user == request.user
