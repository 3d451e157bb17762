"""Read by pytest before the settings: each process of a run has its own Redis database and files.

`pytest -n 2` runs processes named gw0, gw1 beside each other. pytest-django gives each its own
database; this does the same for what is not in the database.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

STRIDE = 8  # so that neighbours on one Redis, whose numbers are close, stay apart


def redis_of(url: str, process: str) -> str:
    """`unix:///sock?db=3` becomes db 3 for gw0 and for a run without processes, 11 for gw1."""
    number = int(process.removeprefix("gw") or 0)
    return re.sub(r"(?<=db=)\d+$", lambda found: str(int(found[0]) + STRIDE * number), url)


_folder = Path(tempfile.mkdtemp(prefix="uppsikt-test-"))
_process = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ["DATA_DIR"] = str(_folder)
os.environ["REDIS_URL"] = redis_of(os.environ.get("REDIS_URL", ""), _process)
# Playwright runs an event loop in the thread of the tests, whose queries Django would refuse
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Takes the files of the run away."""
    shutil.rmtree(_folder, ignore_errors=True)
