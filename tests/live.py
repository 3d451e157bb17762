"""The living parts around a test: a Celery worker, beat, and a mail server."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from governance.celery import app, heartbeat
from governance.health import last_heartbeat
from scripts.services import free_port

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
#: Seconds that a worker may take to start.
PATIENCE = 120
#: Where the tasks wait that the worker takes, and those of tests beside it.
QUEUE, UNREAD = "celery", "unread"


def eventually(question: Callable[[], T], *, seconds: float = 180, what: str = "it") -> T:
    """Asks until the answer is true, and returns it. Fails after that many seconds."""
    patience = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < patience, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return answer


class Mailbox:
    """A mail server on a free port of its own; what it received, oldest first."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse = False  # answers every mail with a temporary error
        self.port = free_port()
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.refuse:
            return "451 Try again later"
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one person."""
        return [message for message in self.messages if address in str(message["To"])]

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mailbox]:
    """One mail server for the whole run, so that a worker process knows its port."""
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def mailbox(mail_server: Mailbox, settings: Settings) -> Mailbox:
    """An empty mailbox that receives what this process and the worker send over SMTP."""
    mail_server.messages.clear()
    mail_server.refuse = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = mail_server.port
    return mail_server


@contextmanager
def running_worker(mail_port: int, *, address: str = "", beat: bool = False) -> Iterator[Path]:
    """A Celery worker as in production, on the database of this test process; its log.

    `address` is what its mails link to. With `beat` the worker's own clock sends the periodic
    tasks too.
    """
    url = urlsplit(os.environ["DATABASE_URL"])
    env = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "BASE_URL": address or settings.BASE_URL,
    }
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        argv = [sys.executable, "-m", "celery", "-A", "governance.celery", "worker"]
        argv += ["--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"]
        argv += ["--include", "tests.worker_memory"]
        argv += ["--beat", "--schedule", f"{folder}/beat"] if beat else []
        process = subprocess.Popen(argv, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            before = time.time()
            if not beat:
                # a busy machine may start a worker more slowly than a heartbeat expires
                heartbeat.apply_async(expires=PATIENCE, queue=QUEUE)
            try:
                eventually(
                    lambda: (last_heartbeat() or 0) >= before, seconds=PATIENCE, what="a heartbeat"
                )
            except AssertionError:
                log.seek(0)
                pytest.fail(f"The worker does not answer:\n{log.read()}")
            yield Path(folder) / "log"
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="session")
def worker_log(
    django_db_setup: None, live_server: LiveServer, mail_server: Mailbox
) -> Iterator[Path]:
    """What the one worker of the run writes; it ends with the run."""
    with running_worker(mail_server.port, address=live_server.url) as log:
        yield log


@pytest.fixture
def worker(transactional_db: None, mailbox: Mailbox, worker_log: Path) -> Iterator[Mailbox]:
    """A live Celery worker without beat, and the mailbox that its mails arrive in.

    The test is transactional, because the worker sees only what is committed; and it ends when
    the worker has nothing more to do, since the tables are emptied then.
    """
    yield mailbox
    eventually(_idle, seconds=PATIENCE, what="the end of the worker's tasks")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the worker wrote stands in the report of a test that failed beside it."""
    report = yield
    log = getattr(item, "funcargs", {}).get("worker_log")
    if report.failed and log is not None:
        report.sections.append(("Log of the worker", log.read_text()[-20_000:]))
    return report


def pytest_configure() -> None:
    """Before a task is sent: what nobody asks the worker for goes where nobody reads.

    The worker of the run outlives the test that began it. What it did for a test that does not
    wait for it would go on while the tables are emptied.
    """
    app.conf.task_default_queue = UNREAD


@pytest.fixture(autouse=True)
def _the_worker_is_for_those_who_ask(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("worker") is not None:
        app.conf.task_default_queue = QUEUE
    yield
    app.conf.task_default_queue = UNREAD


@pytest.fixture(autouse=True)
def _tables_are_emptied_in_peace(request: pytest.FixtureRequest) -> Iterator[None]:
    """A request that a browser no longer waits for may still run when a test ends."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool({"transactional_db", "live_server"} & set(request.fixturenames)) or (
        marker is not None and marker.kwargs.get("transaction", False)
    )
    if commits:
        request.getfixturevalue("transactional_db")  # so that this ends before it does
    yield
    if commits:
        peace()


def peace() -> None:
    """Waits until nobody else is at work in the database."""
    eventually(_nobody_else_at_work, seconds=PATIENCE, what="the end of others' queries")


def _nobody_else_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle')"
        )
        (answer,) = cursor.fetchone()
    return bool(answer)


def _idle() -> bool:
    """Whether no task waits, is reserved or runs."""
    with app.connection_or_acquire() as broker:
        waiting = broker.default_channel.client.llen(QUEUE)
    worker = app.control.inspect(timeout=5, limit=1)
    held = [worker.active(), worker.reserved()]
    return not waiting and all(each and not any(each.values()) for each in held)


@pytest.fixture(autouse=True)
def _nothing_left_in_redis(request: pytest.FixtureRequest) -> None:
    """Counters of failed logins, cached pages and queued tasks end with the test they came from."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        cache.clear()
