"""Steps, and how long they take. Everything goes to stderr: stdout belongs to the answer."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

BEGAN = time.monotonic()
QUIET_SECONDS = 15  # a step without a terminal says that it is still there this often
TAIL = 40


class Stop(Exception):  # noqa: N818 - a decision to stop, with the words for the user
    """Ends `./dev` with a message and an exit code: 1 it failed, 2 something must be installed."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """One line with the seconds since the start."""
    print(f"[{time.monotonic() - BEGAN:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announces a step and tells how long it took."""
    say(f"{name} …")
    began = time.monotonic()
    yield
    say(f"{name}: done in {time.monotonic() - began:.1f} s")


def run(
    name: str,
    argv: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Runs one command as a step; its output goes to `log`, its last line to the terminal.

    Raises Stop with the end of the output if the command fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with step(name), log.open("a", encoding="utf-8") as record:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
        )
        try:
            for line in _lines(process, name):
                lines.append(line)
                record.write(line + "\n")
        except BaseException:
            process.terminate()
            process.wait()
            raise
        code = process.wait()
    if code:
        tail = "\n".join("    " + line for line in lines[-TAIL:])
        raise Stop(f"{name} failed (exit {code}):\n{tail}\nThe whole output is in {log}.")


def _lines(process: subprocess.Popen[bytes], name: str) -> Iterator[str]:
    """The command's lines as they come, with a sign of life while there are none."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    terminal = sys.stderr.isatty()
    rest, last = b"", ""
    began = spoke = time.monotonic()
    waiting = selectors.DefaultSelector()
    waiting.register(pipe, selectors.EVENT_READ)
    while True:
        ready = waiting.select(timeout=1.0)
        now = time.monotonic()
        if ready:
            chunk = os.read(pipe, 65536)
            if not chunk:
                break
            *whole, rest = (rest + chunk).split(b"\n")
            for raw in whole:
                last = raw.decode(errors="replace").rstrip("\r")
                yield last
        if terminal:
            print(f"\r\033[K    {now - began:4.0f} s  {last[:66]}", end="", file=sys.stderr)
        elif now - spoke >= QUIET_SECONDS:
            spoke = now
            say(f"    still at it: {name}. {last[:66]}")
    waiting.close()
    if terminal:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if rest:
        yield rest.decode(errors="replace")
