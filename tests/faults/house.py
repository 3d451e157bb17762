"""The machines of a simulation: a database server, Redis, a mail server and workers of its own.

They are the real programs, started as `./dev` starts them, in a folder of their own. Whatever
breaks here breaks for nobody else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts import cluster, processes, services
from scripts.places import ROOT, Place
from scripts.system import postgres_bin

PLACE: Final = Place("faults")
_READY: Final = "ready."


@contextmanager
def standing() -> Iterator[None]:
    """The database server and Redis, with an empty municipality's tables to copy."""
    cluster.ensure_running(PLACE, throwaway=True)
    services.start_redis(PLACE)
    try:
        # an earlier version may have left its own
        _postgres("dropdb", cluster.DATABASE)
        _postgres("createdb", cluster.DATABASE)
        _manage("migrate", "--verbosity", "0")
        yield
    finally:
        for name in ("redis", "postgres"):
            polite, seconds = services.STOPS[name]
            processes.stop(PLACE, name, polite=polite, seconds=seconds)


def environment(database: str = cluster.DATABASE, *, mail_port: int = 0) -> dict[str, str]:
    """What the processes of the simulation are told."""
    url = cluster.url(PLACE).replace(f"/{cluster.DATABASE}?", f"/{database}?")
    own = {
        "UPPSIKT_MODE": "test",
        "DATABASE_URL": url,
        "REDIS_URL": f"unix://{PLACE.sockets / 'redis'}?db=0",
        "DATA_DIR": str(PLACE.data),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DJANGO_SETTINGS_MODULE": "governance.settings",
    }
    return os.environ | own


def copy_database(name: str) -> None:
    """A database of that name with the tables and nothing in them."""
    _postgres("dropdb", "--if-exists", name)
    _postgres("createdb", "-T", cluster.DATABASE, name)


def restart_database() -> None:
    """The server ends with everybody's transactions, and comes back."""
    processes.stop(PLACE, "postgres", polite=signal.SIGINT, seconds=30)
    cluster.ensure_running(PLACE, throwaway=True)


def start_worker(name: str, env: Mapping[str, str]) -> None:
    """A worker as in production, which counts the tasks that it has ended. Waits until it works."""
    began = PLACE.log(name).stat().st_size if PLACE.log(name).exists() else 0
    argv = [sys.executable, "-m", "celery", "-A", "governance.celery", "worker"]
    argv += ["--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"]
    argv += ["--hostname", f"{name}@simulation", "--include", "tests.faults.telling"]
    argv += ["--without-mingle", "--without-gossip"]
    processes.start(PLACE, name, argv, env)

    def works() -> bool:
        return _READY in PLACE.log(name).read_text(errors="replace")[began:]

    processes.wait_until(PLACE, name, works, seconds=120)


def kill_worker(name: str) -> None:
    """At once, without a word."""
    processes.stop(PLACE, name, polite=signal.SIGKILL, seconds=5)


def stop_worker(name: str) -> None:
    """When it has ended what it has in hand."""
    processes.stop(PLACE, name, polite=signal.SIGTERM, seconds=30)


class PostOffice:
    """A mail server that counts what it took by its Message-ID, and may be closed and opened."""

    def __init__(self) -> None:
        self.port = services.free_port()
        self.taken: Counter[str] = Counter()
        self._server: Controller | None = None

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        self.taken[str(message_from_bytes(content)["Message-ID"])] += 1
        return "250 Kept"

    def open(self) -> None:
        """Mail is taken from now on."""
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        """Nobody answers any more."""
        if self._server is not None:
            self._server.stop()
            self._server = None


def _manage(*words: str) -> None:
    argv = [sys.executable, "manage.py", *words]
    subprocess.run(argv, cwd=ROOT, env=environment(), check=True, capture_output=True)


def _postgres(program: str, *words: str) -> None:
    folder = postgres_bin()
    assert folder is not None, "there is no PostgreSQL server on this machine"
    host = cluster.url(PLACE).partition("?host=")[2]
    argv = [str(folder / program), "-h", host, "-U", "app", *words]
    subprocess.run(argv, check=True, capture_output=True)
