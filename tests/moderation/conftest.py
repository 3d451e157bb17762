"""What the tests of moderation may ask for."""

import pytest

from channels.models import Channel
from tests.channels_of_town import library_page
from tests.town import Town


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's open page."""
    return library_page(town)
