"""A form sent after the session has ended is kept until its writer has signed in again.

The text waits in the new, still anonymous session, for one person and one page, and is handed out
once. What a view marks by `sensitive_post_parameters` is never kept, nor is a pressed button, nor
a file. Only a browser in which somebody has been signed in before may leave anything: it carries
a signed cookie that says so, since a session's own row and cookie may be gone by then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict

_KEY: Final = "kept_form"
_COOKIE: Final = "signed_in_before"
_COOKIE_AGE: Final = 60 * 60 * 24 * 365
#: In characters. Longer than any of our forms; more is not worth a row for a day.
LONGEST: Final = 200_000
#: The token of the old session, and buttons: nothing is to happen by itself after sign-in.
BUTTONS: Final = ("act", "add-row", "take-row")
_NEVER: Final = ("csrfmiddlewaretoken", *BUTTONS)


def know_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser of whoever is signed in say later on who that was."""
    if _last_signed_in(request) == request.user.pk:
        return
    response.set_signed_cookie(
        _COOKIE,
        str(request.user.pk),
        max_age=_COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _last_signed_in(request: HttpRequest) -> int | None:
    found = request.get_signed_cookie(_COOKIE, default="", max_age=_COOKIE_AGE)
    return int(found) if found else None


def sendable(request: HttpRequest) -> QueryDict:
    """What was sent, but for what is secret and for buttons."""
    private = getattr(request, "sensitive_post_parameters", ())
    if private == "__ALL__":  # what Django's decorator writes for "all of them"
        return QueryDict()
    data = request.POST.copy()
    for name in list(data):
        if name in _NEVER or name in private or "password" in name:
            del data[name]
    return data


def keep(request: HttpRequest, page: str) -> bool | None:
    """Keep what was sent until `page` asks for it.

    False where it is too long to be kept, None where nobody was signed in in this browser before.
    """
    writer = _last_signed_in(request)
    if writer is None:
        return None
    text = sendable(request).urlencode()
    if len(text) > LONGEST:
        return False
    request.session[_KEY] = {
        "by": writer,
        "page": page,
        "data": text,
        "files": sorted(request.FILES),
    }
    return True


@dataclass
class Kept:
    """What was written on this page before its writer was signed out."""

    data: QueryDict
    #: the names of file controls in which something had been chosen
    files: list[str]
    #: where it is written again
    fields: list[BoundField] = field(default_factory=list)
    #: the fields that the page has drawn
    drawn: set[str] = field(default_factory=set)

    def again(self, bound: BoundField, value: Any) -> Callable[[], Any]:
        """The value as the field's initial one, which Django asks for when the field is drawn."""
        self.fields.append(bound)

        def ask() -> Any:
            self.drawn.add(bound.html_name)
            return value

        return ask


def kept_for(request: HttpRequest) -> Kept | None:
    """What waits for this page and this person; taken out of the session, so shown once."""
    if not hasattr(request, "_kept_form"):
        request._kept_form = _taken(request)  # type: ignore[attr-defined]
    kept: Kept | None = request._kept_form  # type: ignore[attr-defined]
    return kept


def _taken(request: HttpRequest) -> Kept | None:
    if request.method != "GET" or not request.user.is_authenticated:
        return None
    found: dict[str, Any] | None = request.session.get(_KEY)
    if found is None:
        return None
    if found["by"] != request.user.pk:  # somebody else at the same machine
        del request.session[_KEY]
        return None
    if found["page"] != request.get_full_path():
        return None
    del request.session[_KEY]
    return Kept(QueryDict(found["data"]), found["files"])
