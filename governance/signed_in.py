"""Requests of people who are signed in and work for a municipality."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from governance.kept import keep
from governance.models import Municipality, User
from governance.refusals import page_before

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


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        keep(request)
    if request.headers.get("HX-Request"):
        return render(request, "_signed_out.html")
    # what can only be posted to has no page of its own to come back to
    page = page_before(request) if request.method == "POST" else ""
    return redirect_to_login(page or request.get_full_path())
