"""Requests of people who are signed in and work for a municipality."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from governance.models import Municipality, User


class StaffRequest(HttpRequest):
    """A request whose user and municipality are known, as a view behind `signed_in` gets it."""

    user: User
    municipality: Municipality
    htmx: HtmxDetails


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send strangers to the login page. An installation's operator sees no content: Http404."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        municipality = cast(User, request.user).municipality
        if municipality is None:
            raise Http404
        cast(StaffRequest, request).municipality = municipality
        return view(request, *args, **kwargs)

    return cast("Callable[..., HttpResponseBase]", login_required(checked))
