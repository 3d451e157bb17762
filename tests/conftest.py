"""What every test may ask for."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.town import Town, build


@pytest.fixture(autouse=True)
def own_folders(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> None:
    """Files and checkpoints of a test go where the test ends, unless a worker must see them."""
    if request.node.get_closest_marker("worker") is None:
        settings.MEDIA_ROOT = tmp_path / "files"
        settings.CHECKPOINT_DIR = tmp_path / "checkpoints"


@pytest.fixture
def town(db: None) -> Town:
    """Ekby with its people, under the policy of Vårgårda."""
    return build()
