"""No line of a log has the part of an address that opens something."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.glogging import Logger

from governance.logs import SecretAddresses

KEY = "1f0e6ad8-6c1c-4f5e-9d0b-0d6a7f2b9c11"
SECRET = "mEaN1-secret_signature"
ADDRESS = f"/today/mail/{KEY}/{SECRET}/"


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        f"http://testserver{ADDRESS}?lang=sv",
        f"/account/password/reset/1a-{SECRET}/",
    ],
)
def test_the_secret_is_taken_out_and_the_rest_stays(address: str) -> None:
    line = logging.LogRecord("x", 20, "", 1, 'GET %s HTTP/1.1" 200', (address,), None)
    assert SecretAddresses().filter(line)
    assert SECRET not in line.getMessage()
    assert line.getMessage().endswith('HTTP/1.1" 200')
    assert address.partition(SECRET)[0] in line.getMessage()


def test_other_lines_stay_as_they_are() -> None:
    line = logging.LogRecord("x", 20, "", 1, "GET %s", ("/today/",), None)
    assert SecretAddresses().filter(line)
    assert line.getMessage() == "GET /today/"
    assert line.args == ("/today/",)


@pytest.fixture
def in_service() -> Iterator[None]:
    """The logging set up as in service, until the end of the test."""
    before = list(logging.root.handlers)
    logging.config.dictConfig(settings.LOGGING)
    yield
    logging.root.handlers = before


def test_what_is_not_found_is_logged_without_it(
    db: None, client: Client, capsys: pytest.CaptureFixture[str], in_service: None
) -> None:
    client.get(reverse("morning:looks", args=[KEY, SECRET]))
    written = capsys.readouterr().err
    assert f"Not Found: /today/mail/{KEY}/" in written
    assert SECRET not in written


def test_the_web_server_s_own_lines_are_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config()
    config.set("accesslog", "-")
    log = Logger(config)
    before = list(logging.root.handlers)
    logging.config.dictConfig(settings.LOGGING)  # as when gunicorn has loaded the program
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    asked = SimpleNamespace(headers=[("REFERER", f"https://x.example{ADDRESS}")])
    environ = {"RAW_URI": ADDRESS, "REQUEST_METHOD": "POST", "SERVER_PROTOCOL": "HTTP/1.1"}
    log.access(answer, asked, environ, timedelta(seconds=1))
    logging.root.handlers = before
    out, err = capsys.readouterr()
    assert f"/today/mail/{KEY}/" in err
    assert SECRET not in out + err
