"""Child processes: started apart from the terminal, found again by pid file, stopped as a group."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from scripts.places import ROOT, Place
from scripts.progress import TAIL, Stop


def _born(pid: int) -> str:
    """When that process began, in words that no later process of the same number repeats.

    Empty if it is gone, or dead and only waiting to be noticed.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self").exists():
            return ""
        ask = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    return "" if fields[0] == "Z" else fields[19]


def remember(place: Place, name: str, pid: int) -> None:
    """Writes the pid file of a process, with its birth, so that a stale file is recognised."""
    (place.pids / name).write_text(f"{pid} {_born(pid)}")


def forget(place: Place, name: str) -> None:
    """Takes the pid file away."""
    (place.pids / name).unlink(missing_ok=True)


def running(place: Place, name: str) -> int | None:
    """The process of that name if it is still the one that was started; drops a stale file."""
    file = place.pids / name
    try:
        number, _, born = file.read_text().partition(" ")
        if born and _born(int(number)) == born:
            return int(number)
    except (OSError, ValueError):
        pass  # never started, or the machine went down while the file was written
    forget(place, name)
    return None


def start(
    place: Place,
    name: str,
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path = ROOT,
    keep_open: Sequence[int] = (),
) -> None:
    """Starts a child in a session of its own, so that Ctrl-C reaches the launcher alone."""
    with place.log(name).open("ab") as log:
        child = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=keep_open,
        )
    remember(place, name, child.pid)


def alive(pid: int) -> bool:
    """Whether the process runs; notices the end of our own children."""
    with suppress(ChildProcessError):  # of an earlier ./dev
        os.waitpid(pid, os.WNOHANG)
    return bool(_born(pid))


def stop(place: Place, name: str, *, polite: signal.Signals, seconds: float) -> bool:
    """Asks a process to end, and ends its whole group when it does not. Says if it ran."""
    pid = running(place, name)
    if pid is None:
        return False
    os.kill(pid, polite)
    wait_for_end(pid, seconds=seconds)
    with suppress(ProcessLookupError, PermissionError):  # unless it took its children with it
        os.killpg(pid, signal.SIGKILL)
    wait_for_end(pid, seconds=5)
    forget(place, name)
    return True


def last_words(place: Place, name: str) -> str:
    """The end of a process's log, indented, for a message."""
    lines = place.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join("    " + line for line in lines[-TAIL:])


def wait_until(place: Place, name: str, ready: Callable[[], bool], *, seconds: float) -> None:
    """Waits until a process answers. Raises Stop with its last words if it dies or takes longer."""
    patience = time.monotonic() + seconds
    while not ready():
        if running(place, name) is None:
            raise Stop(f"{name} ended at its start:\n{last_words(place, name)}")
        if time.monotonic() > patience:
            raise Stop(f"{name} does not answer:\n{last_words(place, name)}")
        time.sleep(0.1)


def wait_for_end(pid: int, *, seconds: float) -> bool:
    """Whether the process ended within that time."""
    patience = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > patience:
            return False
        time.sleep(0.05)
    return True
