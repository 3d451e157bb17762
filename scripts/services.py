"""The processes of a running copy, in the order they start; they stop in the reverse order."""

import json
import os
import shutil
import signal
import socket
import time
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

from scripts import cluster, processes
from scripts.environment import PYTHON
from scripts.places import FONTS, Place
from scripts.progress import Stop, step

STOPS = {  # name: how it is asked to end, and how long it may take
    "postgres": (signal.SIGINT, 30),  # "fast": does not wait for clients
    "redis": (signal.SIGTERM, 10),
    "mail": (signal.SIGTERM, 5),
    "web": (signal.SIGTERM, 15),
    "worker": (signal.SIGTERM, 30),  # finishes the task in hand
    "launcher": (signal.SIGTERM, 90),  # ./dev up in another terminal, which stops all the others
}
#: Other settings than ours; and each process would compile all of the program anew.
_NOT_HANDED_ON = ("DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")
FIRST_PORT = 8000
HOST = "127.0.0.1"


def web_socket(wanted: int | None) -> socket.socket:
    """A listening socket on `wanted`, otherwise on 8000, otherwise on any free port.

    It is handed to the web server open, so that no other copy can take the port in between.
    Raises Stop if `wanted` is taken.
    """
    for port in [wanted] if wanted is not None else [FIRST_PORT, 0]:
        web = socket.socket()
        web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            web.bind((HOST, port))
            web.listen(512)
        except (OSError, OverflowError):
            web.close()
        else:
            return web
    raise Stop(f"Port {wanted} cannot be had. Choose another, or leave --port out for a free one.")


def free_port() -> int:
    """A port that nobody uses at this moment, for a server that cannot take an open socket."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(place: Place, mode: str) -> dict[str, str]:
    """What every process of that copy is told; DATABASE_URL and REDIS_URL from outside win."""
    env = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
    env |= {
        "UPPSIKT_MODE": mode,
        "DATABASE_URL": os.environ.get("DATABASE_URL") or cluster.url(place),
        "REDIS_URL": os.environ.get("REDIS_URL") or _redis_url(place),
        "DATA_DIR": str(place.data),
        "FONT_DIR": str(FONTS),
        "PYTHONUNBUFFERED": "1",
    }
    for variable, name in {"EMAIL_URL": "mail", "BASE_URL": "web"}.items():
        if processes.running(place, name):
            env[variable] = _address_file(place, name).read_text()
    return env


def _address_file(place: Place, name: str) -> Path:
    return place.folder / f"{name}.address"


def address(place: Place) -> str | None:
    """Where the running copy answers; None unless all of it runs."""
    whole = all(processes.running(place, name) for name in ("mail", "web", "worker"))
    return _address_file(place, "web").read_text() if whole else None


def start_stores(place: Place, *, throwaway: bool) -> None:
    """PostgreSQL and Redis, as far as the environment does not point elsewhere."""
    if not os.environ.get("DATABASE_URL"):
        with step("PostgreSQL"):
            cluster.ensure_running(place, throwaway=throwaway)
    if not os.environ.get("REDIS_URL"):
        with step("Redis"):
            start_redis(place)


@contextmanager
def stores(place: Place, *, throwaway: bool = False) -> Iterator[None]:
    """PostgreSQL and Redis for the length of a block: what ran before it stays, the rest stops."""
    before = {name for name in STOPS if processes.running(place, name)}
    try:
        start_stores(place, throwaway=throwaway)
        yield
    finally:
        stop_all(place, keep=before)


def stop_all(place: Place, *, keep: Collection[str] = ()) -> list[str]:
    """Stops what runs, the last started first. Returns the names, in that order."""
    stopped = []
    for name, (polite, seconds) in reversed(STOPS.items()):
        if name not in keep and processes.stop(place, name, polite=polite, seconds=seconds):
            stopped.append(name)
    return stopped


def _redis_socket(place: Place) -> Path:
    return place.sockets / "redis"


def _redis_url(place: Place) -> str:
    return f"unix://{quote(str(_redis_socket(place)))}?db=0"


def start_redis(place: Place) -> None:
    path = _redis_socket(place)
    if processes.running(place, "redis") is None:
        path.unlink(missing_ok=True)
        program = shutil.which("redis-server")
        if program is None:
            raise Stop("There is no Redis server on this machine.", 2)
        options = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "dir": str(place.folder),
            "save": "",  # what must survive stands in PostgreSQL
            "databases": "64",  # each process of the tests has its own
        }
        argv = [part for name, value in options.items() for part in (f"--{name}", value)]
        processes.start(place, "redis", [program, *argv], os.environ)
    processes.wait_until(place, "redis", lambda: _redis_answers(path), seconds=20)


def _redis_answers(path: Path) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as client:
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def start_mail(place: Place) -> None:
    """A mail server that sends nothing on: every mail becomes a file in the `mail` folder."""
    if processes.running(place, "mail") is None:
        port = free_port()
        _address_file(place, "mail").write_text(f"smtp://{HOST}:{port}")
        handler = ["-c", "scripts.mail_folder.MailFolder", str(place.mail)]
        argv = [PYTHON, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{port}", *handler]
        processes.start(place, "mail", argv, os.environ)
        processes.wait_until(place, "mail", lambda: _accepts(port), seconds=30)


def _accepts(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex((HOST, port)) == 0


def start_program(place: Place, web: socket.socket) -> str:
    """Starts web, worker and beat, and waits until all three answer. Returns the address."""
    port = int(web.getsockname()[1])
    base = f"http://localhost:{port}"
    _address_file(place, "web").write_text(base)
    env = environment(place, "development") | {"BASE_URL": base}
    began = time.time()
    _start_web(place, web, env)
    worker = ["worker", "--beat", "--pool", "threads", "--concurrency", "4", "--loglevel", "INFO"]
    worker += ["--schedule", str(place.folder / "beat"), "--hostname", "worker@localhost"]
    processes.start(
        place, "worker", [PYTHON, "-m", "celery", "--app", "governance.celery", *worker], env
    )
    with step("Web server"):
        processes.wait_until(place, "web", lambda: bool(_health(port)), seconds=90)
    with step("Worker and beat"):
        processes.wait_until(place, "worker", lambda: _heartbeat(port) >= began, seconds=90)
    return base


def _start_web(place: Place, web: socket.socket, env: Mapping[str, str]) -> None:
    options = ["--bind", f"fd://{web.fileno()}", "--worker-class", "gthread", "--workers", "2"]
    options += ["--threads", "4", "--no-control-socket", "--access-logfile", "-"]
    argv = [PYTHON, "-m", "gunicorn", *options, "governance.wsgi:application"]
    processes.start(place, "web", argv, env, keep_open=[web.fileno()])
    web.close()


def _health(port: int) -> dict[str, object]:
    """What the program says of itself; empty while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
            return dict(json.load(answer))
    except (OSError, ValueError, HTTPException):
        return {}


def _heartbeat(port: int) -> float:
    """When a task that beat sent last ran in the worker, in seconds since 1970."""
    return float(str(_health(port).get("heartbeat") or 0))
