"""The private PostgreSQL cluster: made once, reached over a unix socket by its owner alone."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import quote

from scripts import processes
from scripts.places import Place, digest_of_checkout
from scripts.progress import Stop, run
from scripts.system import postgres_bin

DATABASE = "uppsikt"
_NOBODY = "65534"
_OWN_NAMESPACE = ("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}")
_AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
_THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@cache
def _wrapper() -> tuple[str, ...]:
    """What makes PostgreSQL run although we are root, which it refuses.

    A user namespace leaves the files root's and works under any folder. Where namespaces are
    forbidden, as in many containers, the system's `postgres` user runs the server.
    """
    if os.getuid() != 0:
        return ()
    for wrapper in (_OWN_NAMESPACE, _AS_POSTGRES):
        if shutil.which(wrapper[0]):
            trial = subprocess.run([*wrapper, "true"], capture_output=True, check=False)
            if trial.returncode == 0:
                return wrapper
    raise Stop(
        "PostgreSQL refuses to run as root, user namespaces are forbidden here and there is no "
        "user `postgres` to hand over to. Run ./dev as an ordinary user, or set DATABASE_URL.",
        2,
    )


def home(place: Place) -> Path:
    """The folder of the cluster and, when another user runs it, of its socket.

    The user `postgres` cannot reach into a checkout under root's private folders, so its
    clusters lie in its own home, told apart by the checkout's path.
    """
    if _wrapper() != _AS_POSTGRES:
        return place.folder
    owner = pwd.getpwnam("postgres")
    home = Path(owner.pw_dir) / f"uppsikt-{digest_of_checkout()}-{place.name}"
    if not home.exists():
        try:
            home.mkdir(mode=0o700)
        except OSError as refused:
            raise Stop(f"{home}, the home of the database, cannot be made: {refused}.") from refused
        os.chown(home, owner.pw_uid, owner.pw_gid)
    return home


def _sockets(place: Place) -> Path:
    return home(place) if _wrapper() == _AS_POSTGRES else place.sockets


def url(place: Place) -> str:
    """The DATABASE_URL of the private cluster."""
    return f"postgres://app@/{DATABASE}?host={quote(str(_sockets(place)), safe='/')}"


def ensure_running(place: Place, *, throwaway: bool) -> None:
    """Makes the cluster if there is none, starts it if it does not run, waits for its answer.

    `throwaway` trades safety after a power cut for speed: for tests.
    """
    folder = _bin()
    data = home(place) / "pg"
    if not data.exists():
        _make(place, folder, data)
    if processes.running(place, "postgres") is None:
        _clear_leftovers(data)
        sockets = str(_sockets(place))
        settings = ["listen_addresses=", f"unix_socket_directories={_quoted(sockets)}"]
        settings += [*_THROWAWAY] if throwaway else []
        options = [part for setting in settings for part in ("-c", setting)]
        argv = [*_wrapper(), str(folder / "postgres"), "-D", str(data), *options]
        processes.start(place, "postgres", argv, _plain_environment(), cwd=data.parent)
    processes.wait_until(place, "postgres", lambda: _answers(place), seconds=60)
    _create_database(place)


def _bin() -> Path:
    folder = postgres_bin()
    if folder is None:
        raise Stop("There is no PostgreSQL server on this machine.", 2)
    return folder


def _quoted(folder: str) -> str:
    """unix_socket_directories is a list separated by commas."""
    return '"' + folder + '"'


def _plain_environment() -> dict[str, str]:
    """Without PGHOST, PGPORT and their like, which would lead astray."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _make(place: Place, folder: Path, data: Path) -> None:
    """initdb in a folder beside, renamed when whole: an interrupted run leaves no half cluster"""
    for left in data.parent.glob("pg.half.*"):
        shutil.rmtree(left, ignore_errors=True)
    half = data.with_name(f"pg.half.{os.getpid()}")  # the old one's initdb may still be at it
    options = ["-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
    run(
        "Database cluster",
        [*_wrapper(), str(folder / "initdb"), "-D", str(half), *options],
        log=place.log("initdb"),
        env=_plain_environment(),
        cwd=data.parent,
    )
    half.rename(data)


def _clear_leftovers(data: Path) -> None:
    """After a kill: ends a server we lost sight of, and drops a lock that holds for nobody.

    PostgreSQL itself takes any process of the same number for its predecessor, a stranger and
    the unburied dead of a container among them.
    """
    lock = data / "postmaster.pid"
    if not lock.exists() or not Path("/proc/self").exists():
        return
    patience = time.monotonic() + 30
    while at_work := _working_in(data):
        if time.monotonic() > patience:
            raise Stop(f"Processes {at_work} still work in {data}. End them and start again.")
        if _owner(lock) in at_work:
            os.kill(_owner(lock), signal.SIGINT)
        time.sleep(0.2)
    lock.unlink(missing_ok=True)


def _owner(lock: Path) -> int:
    try:
        return int(lock.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _working_in(data: Path) -> list[int]:
    """The processes whose working folder this is: a PostgreSQL server and its helpers."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or another user's
            if (entry / "cwd").readlink() == data.resolve():
                found.append(int(entry.name))
    return found


def _ask(place: Place, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [str(_bin() / program), "-h", str(_sockets(place)), "-U", "app", *options]
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, env=_plain_environment()
    )


def _answers(place: Place) -> bool:
    return _ask(place, "pg_isready", "-q", "-d", "postgres").returncode == 0


def _create_database(place: Place) -> None:
    if _ask(place, "psql", "-d", DATABASE, "-c", "").returncode == 0:
        return
    made = _ask(place, "createdb", "--maintenance-db=postgres", DATABASE)
    if made.returncode:
        raise Stop(f"The database cannot be made: {made.stderr.strip()}")
