"""The Python environment: a venv that holds exactly what the hashed lock names."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from scripts.places import LOGS, ROOT, RUN, VENV, private
from scripts.progress import Stop, run, say, step

LOCK = ROOT / "requirements-dev.txt"
INSTALLED = VENV / "installed"  # the digest of the lock that the venv holds; written last
PYTHON = str(VENV / "bin" / "python")


def ensure() -> None:
    """Makes the venv, or mends it, until it holds what the lock names. Does nothing if it does."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == wanted and _works():
        return
    log = private(LOGS) / "packages.log"
    INSTALLED.unlink(missing_ok=True)
    if not _works():
        with step("Python environment"):
            shutil.rmtree(VENV, ignore_errors=True)
            private(RUN)
            venv.create(VENV, with_pip=True)
    _sync(log)
    _try_weasyprint(log)
    INSTALLED.write_text(wanted)


def _works() -> bool:
    """Whether an earlier, perhaps interrupted run left a venv with a Python and a pip in it."""
    if not Path(PYTHON).exists():
        return False
    trial = [PYTHON, "-c", "import pip, sys; sys.exit(sys.prefix == sys.base_prefix)"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def _sync(log: Path) -> None:
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes", "-r"]
    uv = [PYTHON, "-m", "uv", "pip", "sync", "--python", PYTHON, "--require-hashes"]
    uv.append("--compile-bytecode")  # once here, not in every process where none may be written
    only_uv = VENV / "uv.txt"
    only_uv.write_text(_entry("uv"))
    try:
        run("Package installer", [*pip, str(only_uv)], log=log)
        run("Python packages", [*uv, str(LOCK)], log=log, env=_uv_environment())
    except Stop as failure:
        say(f"{failure}\nTrying pip, which is slower and knows more networks.")
        run("Python packages, by pip", [*pip, str(LOCK)], log=log)


def _entry(name: str) -> str:
    """One package of the lock, with its hashes."""
    lines = iter(LOCK.read_text(encoding="utf-8").splitlines())
    first = next(line for line in lines if line.startswith(f"{name}=="))
    found = [first]
    while found[-1].endswith("\\"):
        found.append(next(lines))
    return "\n".join(found) + "\n"


def _uv_environment() -> dict[str, str]:
    """uv asks the index that pip is configured for; it does not read pip's configuration itself."""
    config = [PYTHON, "-m", "pip", "config", "list"]
    listed = subprocess.run(config, capture_output=True, text=True, check=False).stdout
    settings = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    for origin in (":env:", "install", "global"):
        index = settings.get(f"{origin}.index-url", "").strip("'\"")
        if index:
            return {"UV_DEFAULT_INDEX": index} | os.environ
    return dict(os.environ)


def _try_weasyprint(log: Path) -> None:
    """WeasyPrint finds its libraries only when it is imported, so it is imported."""
    try:
        run("Trial of the PDF maker", [PYTHON, "-c", "import weasyprint"], log=log)
    except Stop as failure:
        raise Stop(f"{failure}\nInstall Pango 1.44 or newer and start again.", 2) from failure


def lock() -> None:
    """Resolves requirements*.in anew into the hashed locks, for every Python from 3.11 on."""
    compile_ = [PYTHON, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--upgrade"]
    options = ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    command = ["--custom-compile-command", "./dev lock"]
    for name, constraint in (
        ("requirements", []),
        ("requirements-dev", ["-c", "requirements.txt"]),
    ):
        run(
            f"Locking {name}.in",
            [*compile_, *options, *command, *constraint, f"{name}.in", "-o", f"{name}.txt"],
            log=private(LOGS) / "packages.log",
            env=_uv_environment(),
            cwd=ROOT,
        )
