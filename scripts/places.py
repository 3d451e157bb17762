"""Where things lie: everything that `./dev` makes is under the ignored folder `.run/`."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.progress import Stop

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
VENV = RUN / "venv"
FONTS = RUN / "fonts"
LOGS = RUN / "log"

LONGEST_SOCKET_PATH = 107  # bytes; sun_path of unix(7) without its closing zero
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


def private(folder: Path) -> Path:
    """`folder`, made if need be, open to nobody but its owner. Raises Stop if it is another's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Stop(
            f"{folder} belongs to another user. Run ./dev as that user, or make your own checkout."
        )
    folder.chmod(0o700)
    return folder


def digest_of_checkout() -> str:
    """Eight hex digits that tell this checkout from its neighbours on the same machine."""
    return hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]


@dataclass(frozen=True)
class Place:
    """One running copy: the program's own (`up`), or that of the tests or the bench."""

    name: str

    @property
    def folder(self) -> Path:
        return private(RUN / self.name)

    @property
    def sockets(self) -> Path:
        """A private folder whose sockets have paths that the kernel accepts."""
        near = self.folder / "sock"
        if len(os.fsencode(near / _LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return private(near)
        short = f"uppsikt-{os.getuid()}-{digest_of_checkout()}-{self.name}"
        return private(Path(tempfile.gettempdir()) / short)

    @property
    def pids(self) -> Path:
        return private(self.folder / "pid")

    @property
    def data(self) -> Path:
        return private(self.folder / "data")

    @property
    def mail(self) -> Path:
        return private(self.folder / "mail")

    def log(self, name: str) -> Path:
        return private(LOGS) / (f"{name}.log" if self.name == "up" else f"{self.name}-{name}.log")


UP = Place("up")
TEST = Place("test")
BENCH = Place("bench")
