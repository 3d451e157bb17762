"""The worker, beat, mail and browser that other tests stand on."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import send_mail
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from governance.celery import heartbeat
from governance.health import last_heartbeat
from tests.isolation import redis_of
from tests.live import Mailbox, eventually, running_worker


@pytest.mark.worker
def test_a_task_runs_in_the_live_worker(worker: Mailbox) -> None:
    asked = time.time()
    heartbeat.delay()
    eventually(lambda: (last_heartbeat() or 0) > asked)


@pytest.mark.worker
def test_beat_sends_the_heartbeat_by_itself(transactional_db: None, mailbox: Mailbox) -> None:
    asked = time.time()
    with running_worker(mailbox.port, beat=True):
        assert (last_heartbeat() or 0) >= asked


def test_a_mail_arrives_over_smtp(mailbox: Mailbox) -> None:
    send_mail("Påminnelse", "Idag", "uppsikt@example.org", ["cleo@ekby.example"])
    [mail] = mailbox.to("cleo@ekby.example")
    assert mail["Subject"] == "Påminnelse"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_page_opens_in_chromium(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/healthz")
    assert "heartbeat" in page.inner_text("body")


@pytest.mark.django_db
def test_healthz_answers_without_a_login_and_names_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"heartbeat": None})


def test_processes_of_one_run_do_not_share_redis() -> None:
    url = "unix:///run/redis?db=3"
    assert redis_of(url, "") == redis_of(url, "gw0") == url
    assert redis_of(url, "gw1") == "unix:///run/redis?db=11"


def test_files_of_tests_lie_outside_the_checkout() -> None:
    assert Path(settings.BASE_DIR) not in Path(settings.DATA_DIR).parents
