"""The public register of 50 channels against a bare Django page.

The bare page answers one sentence through the middleware that `startproject` writes. Ours goes
through all of our own and answers from the kept page or, where neither this process nor Redis has
one, from the database and the templates, and keeps that. Both are called as a web server calls
them (WSGI), 50 requests a round. The ratio is in requests a second.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

from bench.ratios import Report, Sides, alternate, milliseconds
from channels.models import Channel, Platform
from governance.models import Municipality, Unit
from governance.public_pages import forget
from governance.urls import urlpatterns as ours

REQUESTS, CHANNELS = 50, 50
#: What `django-admin startproject` writes.
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def _bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Bare</title><p>This is a bare page.")


urlpatterns = [path("bare-page", _bare), *ours]


def measure(report: Report) -> None:
    """At least 0.2 of the bare page's requests a second uncached, 0.6 from the cache."""
    report.heading(f"Register page: {CHANNELS} channels against a bare Django page")
    _lay_out()
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], LOGGING_CONFIG=None):
        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE):
            bare = _asker(WSGIHandler(), "/bare-page")
        page = WSGIHandler()
        uncached = alternate(_asker(page, "/bench/", _lose_the_page), bare)
        _goal(report, "uncached", uncached, 0.2)
        _goal(report, "cached", alternate(_asker(page, "/bench/"), bare), 0.6)


def _lose_the_page() -> None:
    cache.clear()
    forget()


def _goal(report: Report, what: str, sides: Sides, at_least: float) -> None:
    each = milliseconds([seconds / REQUESTS for seconds in sides.ours])
    report.goal_at_least(
        f"register {what} / bare page", 1 / sides.ratio, at_least=at_least, detail=each
    )


def _asker(
    application: WSGIApplication, address: str, before: Callable[[], object] = object
) -> Callable[[], None]:
    """Asks for the page so many times; `before` is part of each request's time."""

    said: list[str] = []

    def start(status: str, headers: object, error: object = None) -> Any:
        said.append(status)

    def ask() -> None:
        for _number in range(REQUESTS):
            before()
            environ: dict[str, Any] = {"PATH_INFO": address, "wsgi.input": io.BytesIO()}
            setup_testing_defaults(environ)
            said.clear()
            body = application(environ, start)
            length = sum(len(part) for part in body)
            body.close()  # type: ignore[attr-defined]  # a server does, and the request ends
            if not said[0].startswith("200") or not length:
                raise RuntimeError(f"{address}: {said[0]}")

    return ask


def _lay_out() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    place = Municipality.objects.create(
        slug="bench",
        name="Bänkby kommun",
        country="SE",
        locale="sv",
        time_zone=settings.TIME_ZONE,
        email="kommun@bench.example",
        phone="0100-10 00",
        website="https://bench.example/",
        registrar_email="registrator@bench.example",
        communications_email="kommunikation@bench.example",
    )
    root = Unit.objects.create(municipality=place, name=place.name, kind=Unit.Kind.MUNICIPALITY)
    sectors = [
        Unit.objects.create(
            municipality=place, parent=root, name=f"Sektor {number}", kind=Unit.Kind.SECTOR
        )
        for number in range(8)
    ]
    platforms = list(Platform.objects.filter(active=True)[:6])
    Channel.objects.bulk_create(
        Channel(
            municipality=place,
            unit=sectors[number % len(sectors)],
            platform=platforms[number % len(platforms)],
            name=f"Verksamhet {number}",
            slug=f"verksamhet-{number}",
            url=f"https://www.example.org/verksamhet{number}",
            handle=f"verksamhet{number}",
            description="Nyheter, öppettider och svar på frågor om verksamheten.",
            state=Channel.State.OPEN,
            opened_on=date(2025, 1, 1),
            last_confirmed_on=date(2026, 3, 1),
            comments_open=bool(number % 5),
            created_at=now,
        )
        for number in range(CHANNELS)
    )
