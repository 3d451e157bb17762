"""A form sent after the session has ended is kept until its writer has signed in again.

The text waits in the new, still anonymous session under the form's address and is handed to the
page once, after sign-in. Passwords are never kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from governance.models import User

_KEY: Final = "kept_form"
#: Longer than any of our forms; more is not worth keeping for a stranger.
_LONGEST: Final = 200_000
_NEVER: Final = ("csrfmiddlewaretoken", "password", "secret", "act")

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def signed_in(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sends strangers to the login page and back to this address; what they had written is kept."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(cast(SignedInRequest, request), *args, **kwargs)
        if request.method == "POST":
            _keep(request)
            if request.headers.get("HX-Request"):
                return render(request, "_signed_out.html")
        return redirect_to_login(request.get_full_path())

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], page)


def _keep(request: HttpRequest) -> None:
    data = request.POST.copy()
    for name in _NEVER:
        data.pop(name, None)
    text = data.urlencode()
    if len(text) <= _LONGEST:
        request.session[_KEY] = {"path": request.path, "data": text}


def take_kept(request: HttpRequest) -> QueryDict | None:
    """What was written at this address before signing in again, once; None where nothing was."""
    found: dict[str, Any] | None = request.session.get(_KEY)
    if found is None or found["path"] != request.path:
        return None
    del request.session[_KEY]
    return QueryDict(found["data"])
