"""A form sent after the session has ended is kept until its writer has signed in again.

The text waits in the new, still anonymous session under the form's address and is handed to the
page once, after sign-in. What a view marks by `sensitive_post_parameters` is never kept.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, QueryDict

_KEY: Final = "kept_form"
#: Longer than any of our forms; more is not worth keeping for a stranger.
_LONGEST: Final = 200_000
#: The token of the old session, and the button: nothing is to happen by itself after sign-in.
_NEVER: Final = ("csrfmiddlewaretoken", "act")


def keep(request: HttpRequest) -> None:
    """Keep what was sent, but for what is secret, until the page asks for it."""
    private = getattr(request, "sensitive_post_parameters", ())
    if private == "__ALL__":  # what Django's decorator writes for "all of them"
        return
    data = request.POST.copy()
    for name in (*_NEVER, *private):
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
