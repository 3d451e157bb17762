"""What `./dev test` runs, in order. Every check runs; the end says which failed."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.environment import PYTHON
from scripts.places import ROOT, VENV
from scripts.progress import Stop, say

LANGUAGES = ("sv", "nn")  # the third, English, is the language of the sources
NO_TEXTS = ("tests", "scripts", "bench", "docs", "build", "locale")
MAKEMESSAGES = (
    "manage.py",
    "makemessages",
    *(word for language in LANGUAGES for word in ("--locale", language)),
    *("--add-location", "never", "--no-wrap", "--no-obsolete"),
    *(word for folder in (".run", *NO_TEXTS) for word in ("--ignore", folder)),
)


@dataclass(frozen=True)
class Check:
    """A name and either a command, or a function that returns the exit code."""

    name: str
    argv: Sequence[str] = ()
    env: Mapping[str, str] | None = None
    act: Callable[[Mapping[str, str]], int] | None = None

    def run(self, env: Mapping[str, str]) -> int:
        """The exit code; the output goes where ours goes."""
        if self.act:
            return self.act(env)
        argv = [PYTHON, *self.argv]
        return subprocess.run(
            argv, cwd=ROOT, env={**env, **(self.env or {})}, check=False
        ).returncode


def run_all(env: Mapping[str, str], *, faults: bool, chosen: Sequence[str]) -> int:
    """Runs the checks, or the tests in `chosen` alone. Returns 0 if nothing failed, else 1."""
    marks = [] if faults or "-m" in chosen else ["-m", "not faults"]
    pytest = ["-m", "pytest", *marks]
    if chosen:
        return Check("Tests", [*pytest, *chosen]).run(env)
    failed = []
    for check in [
        *_static(),
        Check("Tests", [*pytest, "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]),
    ]:
        say(f"{check.name} …")
        began = time.monotonic()
        code = check.run(env)
        result = "passed" if code == 0 else f"FAILED (exit {code})"
        say(f"{check.name}: {result} in {time.monotonic() - began:.1f} s")
        if code:
            failed.append(check.name)
    say(f"Failed: {', '.join(failed)}." if failed else "Every check passed.")
    return 1 if failed else 0


def _static() -> list[Check]:
    return [
        Check("Format", ["-m", "ruff", "format", "--check", "."]),
        Check("Lint", ["-m", "ruff", "check", "."]),
        Check("Types", ["-m", "mypy", "."]),
        Check("Import contract", [str(VENV / "bin" / "lint-imports")]),
        Check("Migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("Django's checks", ["manage.py", "check"]),
        Check(
            "Django's checks for production",
            ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            env=made_up_production(),
        ),
        Check("Catalogues", act=catalogues),
    ]


def made_up_production() -> dict[str, str]:
    """Production settings with secrets made on the spot."""
    return {
        "UPPSIKT_MODE": "production",
        "SECRET_KEY": base64.urlsafe_b64encode(os.urandom(48)).decode(),
        "CUSTODY_KEYS": base64.b64encode(os.urandom(32)).decode(),
        "CHECKPOINT_KEY": base64.b64encode(os.urandom(32)).decode(),
        "BASE_URL": "https://uppsikt.example.org",
        "ALLOWED_HOSTS": "uppsikt.example.org",
    }


def catalogues(env: Mapping[str, str], locale: Path = ROOT / "locale") -> int:
    """Whether every text of the sources stands in every catalogue, translated and not fuzzy.

    The texts are extracted anew in a copy of the sources, so that the check changes nothing.
    """
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = extracted(Path(folder), env)
        for language in LANGUAGES:
            ours = locale / language / "LC_MESSAGES" / "django.po"
            if not ours.exists():
                print(f"{ours} is not there.", file=sys.stderr)
                faults += 1
                continue
            for argv in (
                ["msgcmp", str(ours), str(fresh)],
                ["msgfmt", "--check-format", "--output-file", os.devnull, str(ours)],
            ):
                faults += subprocess.run(argv, env=dict(env), check=False).returncode != 0
    if faults:
        print("./dev messages brings the catalogues up to date.", file=sys.stderr)
    return 1 if faults else 0


def extracted(folder: Path, env: Mapping[str, str]) -> Path:
    """The template of all texts, as makemessages finds them in a copy of the sources."""
    copy = folder / "sources"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", *NO_TEXTS))
    (copy / "locale").mkdir()
    argv = [PYTHON, *MAKEMESSAGES, "--keep-pot"]
    made = subprocess.run(
        argv, cwd=copy, env=dict(env), capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise Stop(f"The texts cannot be extracted:\n{made.stderr}")
    return copy / "locale" / "django.pot"
