"""What the tests of the archive may ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from channels.models import Channel
from governance.models import User
from tests.browsers import client_of
from tests.channels_of_town import library_page
from tests.town import Town


@pytest.fixture
def channel(town: Town) -> Channel:
    """The library's open page, with Cleo who answers for it and Dag beside her."""
    return library_page(town)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of its own for each person, who reads the interface in English."""
    return client_of
