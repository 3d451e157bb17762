"""The reader's choice of language."""

from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from governance.language import UnknownLanguage, choose_language
from governance.models import User


@login_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Store the choice and show the page the reader came from."""
    person = cast(User, request.user)
    try:
        choose_language(request.POST.get("language", ""), by=person, now=timezone.now())
    except UnknownLanguage:
        return HttpResponseBadRequest()
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page that was read, without `?lang=`, which would outdo the choice."""
    asked = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(asked)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "lang"]
    return parts._replace(query=urlencode(kept)).geturl()
