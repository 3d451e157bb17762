"""Public pages, kept between readers for as long as nothing that they show has changed.

A page is kept in Redis with the stamp under which it was made: which municipality, the version of
its register, and the day there. The stamp that holds is asked of the database. Each process
believes what it found for a second, so that a change shows within that time everywhere, and a
thousand readers in that second cost neither the database nor Redis anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, cast

from django.apps import apps
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from redis.exceptions import RedisError

from governance.models import Municipality
from governance.models.organisation import RESERVED_SLUGS

if TYPE_CHECKING:
    from collections.abc import Iterator

P = ParamSpec("P")

#: Seconds for which a process believes that a page still holds.
BELIEVED: Final = 1.0
#: Seconds for which a page that nobody asks for lies in Redis.
KEPT: Final = 60 * 60 * 24
#: How many pages a process holds, some tens of kilobytes each.
_HELD: Final = 256
#: Who carries one of these may be shown something else.
_PERSONAL: Final = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
#: The query strings of kept pages: none, or one of the languages. A search is not kept.
_QUERIES: Final = {"": "", **{f"lang={code}": code for code, _name in settings.LANGUAGES}}
_MADE_OF: Final = frozenset((".html", ".css", ".js", ".svg", ".mo", ".py", ".toml"))

log = logging.getLogger(__name__)


def touch(municipality: Municipality) -> None:
    """Note that the public pages changed: in a second no kept one of them is served any more."""
    Municipality.objects.filter(pk=municipality.pk).update(
        register_version=F("register_version") + 1
    )
    transaction.on_commit(forget)


def for_everybody(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a public page be kept by anybody, and asked after anew; a reader's own by them alone."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        scope = "private" if _is_personal(request) else "public"
        patch_cache_control(response, no_cache=True, **{scope: True})
        return response

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], page)


def forget() -> None:
    """Let this process believe nothing; Redis and the database are asked again."""
    _believed.clear()


class KeptPageMiddleware:
    """Answers strangers from the kept pages, before sessions, sign-in and views have their turn.

    Kept is what a view marks as `Cache-Control: public` below a municipality's own address. The
    headers of the middleware further out, the content security policy among them, are not kept
    but written on each answer as always.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = _place(request)
        if place is None:
            return self.get_response(request)
        request.get_host()  # a host that is not ours is refused here as everywhere
        asked = monotonic()
        page = _kept(place, asked)
        if page is None:
            response = self.get_response(request)
            if response.status_code != 200 or not _is_public(response):
                return response
            page = _keep(place, request, response, asked)
        return page.answer(request)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page is kept, and of which municipality."""

    slug: str
    path: str
    language: str

    @property
    def key(self) -> str:
        return f"public-page:{_release()}:{self.path}:{self.language}"


@dataclass(frozen=True, slots=True)
class _Page:
    """An answer as the middleware further in left it. Without a stamp it is never kept."""

    stamp: str
    headers: dict[str, str]
    content: bytes

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page; 304 where the reader has it already; for HEAD what stands over it."""
        content = b"" if request.method == "HEAD" else self.content
        response = HttpResponse(content, headers=self.headers)
        etag = self.headers["ETag"]
        return get_conditional_response(request, etag=etag, response=response) or response


def _place(request: HttpRequest) -> _Place | None:
    """The place of what is asked for; None where it is not kept or the reader is no stranger."""
    if request.method not in ("GET", "HEAD"):
        return None
    language = _QUERIES.get(request.META.get("QUERY_STRING", ""))
    path = request.path_info
    slug = path[1:].partition("/")[0]
    if language is None or not slug or slug in RESERVED_SLUGS:
        return None
    if _is_personal(request):
        return None
    return _Place(slug, path, language)


def _is_personal(request: HttpRequest) -> bool:
    return any(name in request.COOKIES for name in _PERSONAL)


def _is_public(response: HttpResponse) -> bool:
    return "public" in response.headers.get("Cache-Control", "") and not response.cookies


def _kept(place: _Place, asked: float) -> _Page | None:
    """The kept page, if its stamp still holds."""
    believed = _believed.get(place)
    if believed is not None and asked < believed[0]:
        return believed[1]
    page: _Page | None = None
    with _without_redis_too():
        page = cache.get(place.key)
    if page is None or page.stamp != _stamp_of(place.slug):
        return None
    _believe(place, page, asked)
    return page


def _keep(place: _Place, request: HttpRequest, response: HttpResponse, asked: float) -> _Page:
    """Keep the answer under the stamp of the municipality, which was read before the rest."""
    content = response.content
    headers = dict(response.items())
    headers["ETag"] = quote_etag(sha256(content).hexdigest()[:32])
    headers["Content-Length"] = str(len(content))
    municipality: Municipality | None = getattr(request, "municipality", None)
    if municipality is None or municipality.slug != place.slug:
        return _Page("", headers, content)
    page = _Page(_stamp(municipality), headers, content)
    with _without_redis_too():
        cache.set(place.key, page, KEPT)
    _believe(place, page, asked)
    return page


def _believe(place: _Place, page: _Page, asked: float) -> None:
    if len(_believed) >= _HELD:
        _believed.clear()
    _believed[place] = (asked + BELIEVED, page)


def _stamp_of(slug: str) -> str:
    """The stamp by the database; empty where nobody is called so."""
    columns = ("time_zone", "register_version")
    municipality = Municipality.objects.only(*columns).filter(slug=slug).first()
    return _stamp(municipality) if municipality else ""


def _stamp(municipality: Municipality) -> str:
    today = municipality.today(timezone.now())
    return f"{municipality.pk}:{municipality.register_version}:{today}"


#: What this process believes, and until when on its own clock.
_believed: dict[_Place, tuple[float, _Page]] = {}


@lru_cache(maxsize=1)
def _release() -> str:
    """A digest of what the pages are made of, so that a new release reads none of the old ones."""
    base: Path = settings.BASE_DIR
    ours = [path for app in apps.get_app_configs() if (path := Path(app.path)).parent == base]
    digest = sha256()
    for folder in (base / "templates", base / "static", base / "locale", *ours):
        for path in sorted(folder.rglob("*")):
            if path.suffix in _MADE_OF:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _without_redis_too() -> Iterator[None]:
    """The pages are there for the public also while Redis is not: then each is made anew."""
    try:
        yield
    except RedisError as error:
        log.warning("Public pages are not kept: %s", error)
