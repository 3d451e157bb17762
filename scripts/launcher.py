"""`./dev`: the one entrance. Starts the program, runs the checks, and cleans up behind itself."""

import argparse
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

from scripts import checks, environment, processes, services, system
from scripts.environment import PYTHON
from scripts.places import BENCH, FONTS, ROOT, RUN, TEST, UP, Place, private
from scripts.progress import Stop, run, say, step


def main(words: Sequence[str]) -> int:
    """Runs one command. Returns the exit code; 2 means that something must be installed first."""
    signal.signal(signal.SIGTERM, _interrupt)
    options, rest = _parser().parse_known_args(words)
    if rest and options.command not in {"test", "manage", "bench"}:
        _parser().error(f"unknown: {' '.join(rest)}")
    try:
        return int(options.act(options, rest))
    except Stop as stop:
        print(f"\n{stop}" if str(stop) else "", file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, act: object, says: str) -> argparse.ArgumentParser:
        # manage and its like hand everything on, --help too
        mine = commands.add_parser(name, help=says, allow_abbrev=False, add_help=name == "up")
        mine.set_defaults(act=act)
        return mine

    start = command("up", up, "start the program with its demo, and stop it with Ctrl-C")
    start.add_argument("--detach", action="store_true", help="leave it running; ./dev down stops")
    start.add_argument("--port", type=int, help="the web port; otherwise 8000 or a free one")
    command("down", down, "stop what ./dev up started")
    test = command("test", check, "run every check; with pytest arguments, only these tests")
    test.add_argument("--faults", action="store_true", help="the long fault simulations too")
    command("manage", manage, "Django's manage.py, beside the running program")
    command("bench", bench, "measure against the goals")
    command("messages", messages, "bring the catalogues up to date with the sources")
    command("lock", lock, "resolve requirements*.in anew")
    return parser


# --- up and down -------------------------------------------------------------------------------


def up(options: argparse.Namespace, _rest: list[str]) -> int:
    """From whatever state the machine and the checkout are in, to a program that answers."""
    with ExitStack() as ending:
        with _alone(UP):
            found = services.address(UP)
            if found:
                say("It runs already; ./dev down stops it.")
                _tell(found)
                return 0
            system.ensure("up")
            services.stop_all(UP)  # what an interrupted run left
            web = services.web_socket(options.port)
            ending.callback(_stop)  # from here on, whatever ends us
            _tell(_start(web))
        if options.detach:
            ending.pop_all()
            return 0
        return _watch()


def _start(web: socket.socket) -> str:
    environment.ensure()
    services.start_stores(UP, throwaway=False)
    services.start_mail(UP)
    env = services.environment(UP, "development")
    setup = UP.log("setup")
    run("Database tables", [*_manage("migrate"), "--verbosity", "1"], log=setup, env=env)
    _prepare_files(UP)
    if _has_demo():
        with step("Demo municipalities"):
            subprocess.run(_manage("demo"), env=env, stdout=sys.stderr, check=False)
    return services.start_program(UP, web)


def _watch() -> int:
    """Waits for Ctrl-C, or for a process to end by itself: then the exit code is 1."""
    names = [name for name in services.STOPS if processes.running(UP, name)]
    processes.remember(UP, "launcher", os.getpid())
    say("Ctrl-C stops it.")
    try:
        while True:
            for name in names:
                if processes.running(UP, name) is None:
                    say(f"{name} ended by itself:\n{processes.last_words(UP, name)}")
                    return 1
            time.sleep(1)
    except KeyboardInterrupt:
        return 0


def _stop() -> None:
    """Stops everything in reverse order. A second Ctrl-C would leave half of it running."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("Stopping …")
    say(f"Stopped: {', '.join(services.stop_all(UP, keep=['launcher'])) or 'nothing'}.")
    processes.forget(UP, "launcher")


def down(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Stops what runs; fine when nothing does."""
    stopped = services.stop_all(UP)
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def _tell(address: str) -> None:
    """The address and the demo logins: the answer, so to stdout."""
    print(f"\n  Uppsikt answers at {address}\n  Mails are kept in {UP.mail}\n")
    if not _has_demo():
        return
    env = services.environment(UP, "development")
    asked = subprocess.run(
        _manage("demo", "--logins"), env=env, stdout=subprocess.PIPE, check=False
    )
    rows: list[dict[str, str]] = json.loads(asked.stdout or "[]")
    if rows:
        table = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for line in table:
            print("  " + "  ".join(map(str.ljust, line, widths)).rstrip())
        print(flush=True)


# --- the other commands ------------------------------------------------------------------------


def check(options: argparse.Namespace, rest: list[str]) -> int:
    """Every check, or only the tests that are named."""
    with _alone(TEST):
        system.ensure("up", "test")
        services.stop_all(TEST)
        environment.ensure()
        with services.stores(TEST, throwaway=True):
            _prepare_files(TEST)
            env = services.environment(TEST, "test")
            return checks.run_all(env, faults=options.faults, chosen=rest)


def manage(_options: argparse.Namespace, rest: list[str]) -> int:
    """manage.py with the program's own database; starts the stores if they do not run."""
    system.ensure("up")
    environment.ensure()
    with services.stores(UP):
        env = services.environment(UP, "development")
        return subprocess.run([*_manage(*rest)], env=env, check=False).returncode


def bench(_options: argparse.Namespace, rest: list[str]) -> int:
    """The measurements, on a cluster of their own that keeps its promises to the disk."""
    with _alone(BENCH):
        system.ensure("up")
        services.stop_all(BENCH)
        environment.ensure()
        with services.stores(BENCH):
            _prepare_files(BENCH)
            env = services.environment(BENCH, "development")
            argv = [PYTHON, "-m", "bench", *rest]
            return subprocess.run(argv, env=env, cwd=ROOT, check=False).returncode


def messages(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Extracts the texts of the sources into locale/*/LC_MESSAGES/django.po."""
    system.ensure("up")
    environment.ensure()
    env = services.environment(UP, "development")
    run("Catalogues", [PYTHON, *checks.MAKEMESSAGES], log=UP.log("setup"), env=env, cwd=ROOT)
    return 0


def lock(_options: argparse.Namespace, _rest: list[str]) -> int:
    """New versions of the packages, within what requirements*.in allow."""
    system.ensure("up")
    environment.ensure()
    environment.lock()
    environment.ensure()
    return 0


def _has_demo() -> bool:
    return any(ROOT.glob("*/management/commands/demo.py"))


def _manage(*words: str) -> list[str]:
    return [PYTHON, str(ROOT / "manage.py"), *words]


def _prepare_files(place: Place) -> None:
    """What git does not hold and the program needs: compiled catalogues and web fonts."""
    env = services.environment(place, "development")
    log = place.log("setup")
    private(RUN / "static")  # WhiteNoise wants to see it, empty as it is outside production
    if any(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        words = _manage("compilemessages", "--ignore", ".run")
        run("Compiled catalogues", words, log=log, env=env, cwd=ROOT)
    run("Web fonts", [PYTHON, "-m", "scripts.fonts", str(FONTS)], log=log, env=env, cwd=ROOT)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """One ./dev at a time sets a copy up. Raises Stop if another is at it."""
    with (private(place.folder) / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(
                "Another ./dev is at work in this checkout. Wait for it to finish."
            ) from None
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
