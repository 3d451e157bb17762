"""Comparing a version in Chromium: a file chosen, compared by keyboard, good at two widths."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from governance.obligations import open_due
from tests.browsers import assert_accessible, sign_in
from tests.channels_of_town import channels_of
from tests.governance.test_comparison import THRICE
from tests.town import Town

pytestmark = pytest.mark.browser


def test_a_file_is_compared_by_keyboard_and_what_changes_is_told(
    page: Page, live_server: LiveServer, town: Town, tmp_path: Path
) -> None:
    channels_of(town.cleo, town.library, 2)
    open_due(timezone.now(), [town.municipality])
    path = tmp_path / "ny.toml"
    path.write_text(THRICE)
    sign_in(page.context, live_server.url, town.ben)
    page.goto(f"{live_server.url}/policy/compare/")
    page.set_input_files("#id_file", path)
    page.locator(".comparison .button--primary").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.locator("#rules-title").is_visible()
    assert page.locator("#id_content").input_value().strip() == THRICE.strip()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_accessible(page)
