"""What every test may ask for."""

import pytest

from tests.town import Town, build


@pytest.fixture
def town(db: None) -> Town:
    """Ekby with its people, under the policy of Vårgårda."""
    return build()
