"""The page that the link in a morning mail opens: the channels, and the button that records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from governance.errors import NoLongerPossible
from governance.middleware import MunicipalRequest
from governance.notices import language_of
from moderation.actions import Round, check_in_by_mail
from moderation.by_mail import Look, link_of, looks_of
from moderation.models import MorningLink


# a forger of requests lacks the signature, and no cookie that a browser adds by itself is read
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def looks(request: MunicipalRequest, key: UUID, signature: str) -> HttpResponse:
    """Only POST records: mail programs follow links, and nothing comes of it."""
    now = timezone.now()
    link = link_of(key, signature)
    if link is None:
        raise Http404
    _speak_as(link, request)
    outcome = _confirmed(link, request, now) if request.method == "POST" else None
    rows = looks_of(link, now)
    context = {
        "rows": rows,
        "waiting": [row for row in rows if row.done_at is None],
        "said": _said(outcome) if outcome else "",
        "late": _late(outcome) if outcome else "",
    }
    response = render(request, "moderation/by_mail.html", context, status=_status(rows, outcome))
    # the address is a secret: no page that is gone on to learns of it
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Language"] = translation.get_language() or ""
    return response


def _speak_as(link: MorningLink, request: MunicipalRequest) -> None:
    """In the language and at the clock of whom the mail was for; the middleware takes it back."""
    request.municipality = link.municipality
    translation.activate(request.language_link or language_of(link.person, link.municipality))
    timezone.activate(link.municipality.zone)


def _confirmed(link: MorningLink, request: HttpRequest, now: datetime) -> Round:
    """Record what was pressed: one of the channels, or all."""
    asked = request.POST.get("channel", "")
    if asked != "all" and not asked.isdecimal():
        raise Http404
    try:
        return check_in_by_mail(link, now=now, only=None if asked == "all" else {int(asked)})
    except NoLongerPossible:
        return Round()  # the page says that the link has stopped


def _status(rows: Sequence[Look], outcome: Round | None) -> int:
    if not rows:
        return 410
    return 409 if outcome is not None and not outcome.done else 200


def _said(outcome: Round) -> str:
    count = len(outcome.done)
    if not count:
        return ""
    words = ngettext(
        "%(n)s channel looked at, nothing to remark.",
        "%(n)s channels looked at, nothing to remark.",
        count,
    )
    return words % {"n": count}


def _late(outcome: Round) -> str:
    """What whoever presses twice is told: when it was done. By whom, the link tells nobody."""
    times = sorted(each.at for each in outcome.already if each.at)
    if outcome.done or not times:
        return ""
    first = time_format(timezone.localtime(times[0]), "TIME_FORMAT")
    return _("Already done at %(time)s. Nothing more was recorded.") % {"time": first}
