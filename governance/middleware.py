"""In which language and time zone a page is answered, and of which municipality it speaks."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from governance.kept import know_browser
from governance.models import Municipality

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


class MunicipalRequest(HttpRequest):
    """A request as the pages see it."""

    municipality: Municipality | None
    #: the language chosen by `?lang=`, or empty
    language_link: str


def refuse_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """No address asks for text with NUL in it, which PostgreSQL cannot even compare: 400."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return get_response(request)

    return middleware


class LanguageMiddleware:
    """The person's choice wins, the municipality's own language is the default.

    Where no municipality is known, as on the page to sign in, the browser's own wish decides.
    A choice is `?lang=` in the address (strangers carry it from link to link, so that public
    pages need no cookie) or the language stored on the signed-in person. `request.municipality`
    is the one whose public page is asked for, else the signed-in person's, else None.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: MunicipalRequest) -> HttpResponse:
        request.municipality = getattr(request.user, "municipality", None)
        request.language_link = _chosen(request)
        with translation.override(_language(request)), timezone.override(_zone(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            if _home(request) is None:
                patch_vary_headers(response, ["Accept-Language"])
        return response

    def process_view(
        self, request: MunicipalRequest, _view: Callable, _args: tuple, kwargs: dict[str, Any]
    ) -> None:
        """On a municipality's public pages its language and zone are the default."""
        slug = kwargs.get("municipality_slug")
        if slug is None or slug == getattr(request.municipality, "slug", None):
            return
        request.municipality = Municipality.objects.filter(slug=slug).first()
        translation.activate(_language(request))
        timezone.activate(_zone(request))


class PersonalMiddleware:
    """What somebody signed in is answered is theirs alone, and their browser is known again.

    Such a page is asked for anew each time, yet stays with the browser's "back", where a
    half-filled form survives; files and opened logins are stored nowhere, as their views say.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            know_browser(request, response)
            if not response.has_header("Cache-Control"):
                patch_cache_control(response, private=True, no_cache=True)
        return response


def _chosen(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else ""


def _language(request: MunicipalRequest) -> str:
    own = getattr(request.user, "language", "")
    home = _home(request)
    default = home.locale if home else translation.get_language_from_request(request)
    return request.language_link or own or default


def _home(request: MunicipalRequest) -> Municipality | None:
    """The municipality that is spoken of, else the person's: an address may name none there is."""
    return request.municipality or getattr(request.user, "municipality", None)


def _zone(request: MunicipalRequest) -> tzinfo:
    return request.municipality.zone if request.municipality else timezone.get_default_timezone()
