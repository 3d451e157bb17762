"""A person's calendar feed: the page on which they make and revoke it, and the feed itself."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.calendar_feeds import (
    address_of,
    calendar_of,
    feed_of,
    make_feed,
    owner_of,
    revoke_feed,
)
from governance.signed_in import StaffRequest, signed_in

#: In the session from a press of the button until the page it leads to has shown the address.
SHOW = "show_calendar_address"


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: StaffRequest) -> HttpResponse:
    """The person's own address: shown once when it is made or asked for, not by itself."""
    if request.method == "POST":
        _done(request, request.POST.get("act", ""))
        return redirect("calendar")
    feed = feed_of(request.user)
    shown = request.session.pop(SHOW, False)
    context = {"feed": feed, "address": address_of(feed) if feed and shown else ""}
    return render(request, "account/calendar.html", context)


def _done(request: StaffRequest, act: str) -> None:
    now = timezone.now()
    if act == "revoke":
        revoke_feed(by=request.user, now=now)
        messages.success(request, _("The address no longer works."))
    if act == "make":
        make_feed(by=request.user, now=now)
    request.session[SHOW] = act in ("make", "show")


@require_safe
def calendar_feed(request: HttpRequest, key: UUID, signature: str) -> HttpResponseBase:
    """What waits for whom the address belongs to; 304 where the calendar program has it."""
    person = owner_of(key, signature)
    if person is None or person.municipality is None:
        raise Http404
    content = calendar_of(person, person.municipality, timezone.now())
    etag = quote_etag(sha256(content).hexdigest())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Content-Disposition"] = 'inline; filename="uppsikt.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response
