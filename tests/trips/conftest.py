"""What the trips may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.live import Mailbox
from tests.trips.clock import Clock
from tests.trips.steps import PATIENCE, Office


@pytest.fixture
def office(
    browser: Browser,
    browser_context_args: dict[str, Any],
    live_server: LiveServer,
    worker: Mailbox,
    settings: Settings,
) -> Iterator[Office]:
    """The pages, a real worker and a real mail server; letters link to the pages."""
    settings.BASE_URL = live_server.url
    expect.set_options(timeout=PATIENCE)
    yield Office(browser, live_server.url, worker, browser_context_args)
    for context in browser.contexts:
        context.close()


@pytest.fixture
def clock(mailoutbox: list[mail.EmailMessage]) -> Clock:
    """Beat by hand, in a test that opens what is owed itself."""
    return Clock(mailoutbox)
