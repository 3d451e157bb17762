"""Requests of people who are signed in and work for a municipality."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from governance.kept import keep
from governance.models import Municipality, User

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request whose user and municipality are known, as a view behind `signed_in` gets it."""

    user: User
    municipality: Municipality
    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send strangers to the login page and back; what they had written is kept meanwhile.

    An installation's operator sees no content: Http404. Outside of this stands
    `sensitive_post_parameters`, which names what is never kept.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        municipality = request.user.municipality
        if municipality is None:
            raise Http404
        staff = cast(StaffRequest, request)
        staff.municipality = municipality
        return view(staff, *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], page)


def posted_on(
    page: str,
) -> Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]]:
    """For a view that only takes what a form on another page sends: that page's address by name.

    The page is about the same `pk`, where the view has one. GET is answered with 405.
    """

    def decorate(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
        post_only = require_POST(view)
        post_only.stands_on = page  # type: ignore[attr-defined]
        return post_only

    return decorate


def page_of(request: HttpRequest) -> str:
    """The address of the page whose form was sent, where that is another than the form's own."""
    match = request.resolver_match
    name = getattr(match.func, "stands_on", "") if match else ""
    if not match or not name:
        return ""
    return reverse(name, kwargs={"pk": match.kwargs["pk"]} if "pk" in match.kwargs else None)


def back_after_sign_in(request: HttpRequest) -> str:
    """Where to go on after signing in; what was sent is kept for that page, and the writer told."""
    page = page_of(request) or request.get_full_path()
    if request.method == "POST":
        kept = keep(request, page)
        if kept:
            messages.info(
                request, _("You were signed out. What you wrote is kept until you have signed in.")
            )
        elif kept is False:
            messages.error(
                request,
                _("You were signed out. Go back in your browser: what you wrote is still there."),
            )
    return page


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    page = back_after_sign_in(request)
    if request.headers.get("HX-Request"):
        return render(request, "_signed_out.html")
    return redirect_to_login(page)
