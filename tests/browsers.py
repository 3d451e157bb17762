"""A browser that somebody of Ekby has signed in to, and what a page in it must be.

`client_of` is Django's, quick and without script; `sign_in` is Chromium's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from governance.models import User
from tests.live import peace
from tests.town import Town, build

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 360)

#: Rule and elements of each fault. Axe need not report what is in order, nor fetch the style
#: sheets once more, which only a rule outside ours asks for.
AXE = """async (rules) => {
  const options = {
    runOnly: rules, resultTypes: ["violations"], preload: { assets: ["media"] },
  };
  const { violations } = await axe.run(options);
  return violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html)]);
}"""
#: What is wider than the window.
WIDE = """() => [...document.querySelectorAll("body *")].filter((each) =>
  each.checkVisibility() && each.getBoundingClientRect().right > window.innerWidth
).map((each) => each.outerHTML.slice(0, 90))"""


@contextmanager
def standing_town(blocker: DjangoDbBlocker) -> Iterator[tuple[Town, str]]:
    """One Ekby, committed, and the address that serves it, for a whole module of tests that only
    look. Emptied at the end.
    """
    with blocker.unblock():
        server = LiveServer("localhost")
        try:
            yield build(), server.url
        finally:
            server.stop()
            connections.close_all()
            peace()
            call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=False)


def client_of(user: User, language: str = "en") -> Client:
    """Django's browser, in which the person has signed in, reading the interface in a language."""
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(user, BACKEND)
    return client


def session_of(user: User) -> str:
    """The key of a new session of the person's, who keeps their language."""
    client = Client()
    client.force_login(user, BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def enter(context: BrowserContext, address: str, session: str) -> None:
    """Chromium goes on with the session at that address."""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def sign_in(context: BrowserContext, address: str, user: User) -> None:
    """In Chromium the person has signed in."""
    enter(context, address, session_of(user))


def assert_fits(page: Page, width: int) -> None:
    """The open page, made so wide, does not scroll sideways."""
    page.set_viewport_size({"width": width, "height": 900})
    if page.evaluate("document.documentElement.scrollWidth") > width:
        raise AssertionError(f"At {width} it scrolls sideways because of {page.evaluate(WIDE)}")


def assert_accessible(page: Page, *, rules: list[str] = RULES) -> None:
    """On the open page axe finds nothing and nothing scrolls sideways, at a desk and on a phone."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        assert_fits(page, width)
        assert page.evaluate(AXE, rules) == [], width
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
