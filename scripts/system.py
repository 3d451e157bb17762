"""What the machine must have: looked for by use, never by package name, and installed by apt."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scripts.places import ROOT
from scripts.progress import Stop, say

PACKAGES = ROOT / "scripts" / "packages.txt"
FONT_FILES = {
    "fonts-clear-sans": "ClearSans-Regular.ttf",
    "fonts-sil-charis": "CharisSIL-Regular.ttf",
    "fonts-hack": "Hack-Regular.ttf",
    "fonts-symbola": "Symbola_hint.ttf",
    "fonts-dejavu-core": "DejaVuSans.ttf",
}
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
#: The one without windows first: a page costs it a fraction of the time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: float(path.parts[-3]))
    if newest:
        return newest[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def font_file(name: str) -> Path | None:
    """The installed font with that file name."""
    return next((path for folder in FONT_FOLDERS for path in folder.rglob(name)), None)


def chromium() -> str | None:
    """The browser of the tests: `CHROMIUM` if it says so, otherwise the one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM)), None)


def _loads(library: str) -> bool:
    if sys.platform != "linux":
        return True  # the trial import of WeasyPrint tells
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _font(name: str) -> bool:
    return font_file(name) is not None


def _has(program: str) -> bool:
    return shutil.which(program) is not None


PROBES: dict[str, Callable[[], bool]] = {
    "python3": lambda: sys.version_info >= (3, 11),
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
    "postgresql": lambda: bool(os.environ.get("DATABASE_URL")) or postgres_bin() is not None,
    "redis-server": lambda: bool(os.environ.get("REDIS_URL")) or _has("redis-server"),
    "gettext": lambda: _has("msgfmt") and _has("xgettext"),
    "tzdata": lambda: Path("/usr/share/zoneinfo/Europe/Oslo").exists(),
    "libpango-1.0-0": lambda: _loads("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": lambda: _loads("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": lambda: _loads("libharfbuzz-subset.so.0"),
    "chromium-headless-shell": lambda: chromium() is not None,
    "poppler-utils": lambda: _has("pdftotext") and _has("pdftoppm"),
    "default-jdk-headless": lambda: _has("java") and _has("javac"),
    "libjaxb-java": lambda: Path("/usr/share/java/jaxb-runtime.jar").exists(),
    **{package: partial(_font, name) for package, name in FONT_FILES.items()},
}


def packages(*kinds: str) -> list[str]:
    """The packages of those kinds (`up`, `test`, `nice`), in the order of the list."""
    rows = [line.split() for line in PACKAGES.read_text(encoding="utf-8").splitlines()]
    return [row[1] for row in rows if len(row) == 2 and row[0] in kinds]


def missing(*kinds: str) -> list[str]:
    """Which of these packages' programs, libraries and fonts are not there."""
    return [package for package in packages(*kinds) if not PROBES[package]()]


def ensure(*kinds: str) -> None:
    """Installs what is missing; nothing when all is there.

    Raises Stop with exit code 2 when this user may not install. Fonts alone are never a reason
    to install: pages then use the fonts of the system.
    """
    needed = missing(*kinds)
    if needed:
        install([*needed, *missing("nice")])
        still = missing(*kinds)
        if still:
            raise Stop(f"Installed, and still not usable: {', '.join(still)}.", 2)
    fonts = missing("nice")
    if fonts:
        say(f"Pages use the system's fonts: {', '.join(fonts)} not installed.")


def install(names: list[str]) -> None:
    """Has apt install packages. Raises Stop: 2 when this user may not, 1 when apt fails."""
    code = subprocess.run(["sh", str(ROOT / "scripts" / "apt.sh"), *names], check=False).returncode
    if code == 2:
        raise Stop("", 2)  # the script has told which line to run
    if code:
        raise Stop(f"apt-get ended with exit code {code}.")
