"""What every test may ask for."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from governance.public_pages import forget
from scripts.system import chromium
from tests.town import Town, build

pytest_plugins = ["tests.live"]

# how long an example takes says more of the machine than of the program
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_configure() -> None:
    """Before anything is cached."""
    django_settings.CACHES["default"]["OPTIONS"] = {"pool_class": "tests.redis_pool.OnePool"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with slow tests first, so that processes beside each other end together."""
    slow = {
        item.path
        for item in items
        if any(map(item.get_closest_marker, ("worker", "browser", "slow")))
    }
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def own_folders(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> None:
    """Files and checkpoints of a test go where the test ends, unless a worker must see them."""
    if request.node.get_closest_marker("worker") is None:
        settings.MEDIA_ROOT = tmp_path / "files"
        settings.CHECKPOINT_DIR = tmp_path / "checkpoints"


@pytest.fixture(autouse=True)
def own_cache(request: pytest.FixtureRequest, settings: Settings) -> None:
    """No test reads what another left in Redis or in memory, unless a worker must see it."""
    forget()
    if request.node.get_closest_marker("worker") is None:
        prefix = f"test-{uuid4().hex}"
        settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": prefix}}


@pytest.fixture
def town(db: None) -> Town:
    """Ekby with its people, under the policy of Vårgårda."""
    return build()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine."""
    flags = ["--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
    if os.getuid() == 0:
        flags.append("--no-sandbox")  # Chromium's sandbox refuses root
    return {**browser_type_launch_args, "executable_path": chromium(), "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Swedish visitor at a desk."""
    here = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm"}
    return {**browser_context_args, **here, "viewport": {"width": 1280, "height": 900}}
