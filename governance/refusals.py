"""What was refused is answered with the right page: 403 with the reason, 409 with who came first.

Views catch `AgainstPolicy` to put it beside its field. What escapes a view arrives here.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed, Refused
from governance.signed_in import page_of
from governance.typed import sent

STATUS: dict[type[Refused], int] = {NotAllowed: 403, NoLongerPossible: 409, AgainstPolicy: 422}


class RefusalMiddleware:
    """Turns a refusal that no view handled into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return refused(request, exception)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page for a refusal, with its status and what had been typed.

    `back` leads to where the person came from.
    """
    was_sent = request.method == "POST"
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    return render(
        request,
        "refused.html",
        {
            "refusal": refusal,
            "status": status,
            "clause": getattr(refusal, "clause", ""),
            "back": (page_of(request) or page_before(request)) if was_sent else "",
            "typed": sent(request) if was_sent else [],
        },
        status=status,
    )


def page_before(request: HttpRequest) -> str:
    """The page of this installation that the person came from, or empty where that is unknown."""
    home = f"{request.scheme}://{request.get_host()}"
    came_from, from_here, page = request.headers.get("Referer", "").partition(home)
    # two slashes would name another host
    safe = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/")
    return page if from_here and not came_from and safe else ""
