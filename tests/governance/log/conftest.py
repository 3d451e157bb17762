"""What the tests of the log may ask for."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from governance.audit import checkpoint
from governance.models import Checkpoint
from tests.governance.log.tampering import Sign
from tests.town import NOW, Town


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def sign_log(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Sign:
    """Makes a checkpoint of Ekby's log, and what follows its commit."""

    def signing() -> Checkpoint | None:
        with django_capture_on_commit_callbacks(execute=True):
            return checkpoint(town.municipality, now=NOW)

    return signing
