"""Packages that leave the house: a table, the files it names, and a manifest.

A diary export is one ZIP: `diary.csv` (UTF-8 with BOM, semicolons, CRLF, as Nordic spreadsheets
read it), `files/…`, `manifest.json` for programs, and `manifest-sha256.txt`, which
`sha256sum --check` reads. Nothing here decides what is exported.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from governance.files import CHUNK, FileDamaged, open_stored
from governance.models import StoredFile
from governance.spreadsheets import cell


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryRow:
    """One record as the diary wants to know it. Moments are aware; empty means not known."""

    diary_number: str = ""
    date: datetime
    direction: str
    counterpart: str = ""
    subject: str
    kind: str
    channel: str
    address: str = ""
    received: datetime | None = None
    became_aware: datetime | None = None
    acted: datetime | None = None
    category: str = ""
    ground: str = ""
    secrecy: str = ""
    paragraph: str = ""
    responsible: str = ""
    files: tuple[StoredFile, ...] = ()


def header() -> list[str]:
    """The names of the columns, in the language that is active."""
    return [
        _("Diary number"),
        _("Date"),
        _("Received or drawn up"),
        _("Counterpart"),
        _("Subject"),
        _("Kind of record"),
        _("Channel"),
        _("Address"),
        _("Received"),
        _("Became aware"),
        _("Acted"),
        _("Category"),
        _("Ground"),
        _("Secrecy"),
        _("Paragraph"),
        _("Responsible"),
        _("Files with SHA-256"),
    ]


class Places:
    """Gives each file of the package its own place, whatever it is called."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def of(self, file: StoredFile) -> str:
        """The file's path in the package; the same bytes under the same name lie there once."""
        folder = f"files/{file.sha256[:12]}"
        return self._taken.setdefault(f"{file.sha256} {file.name}", f"{folder}/{file.name}")


def csv_line(row: DiaryRow, places: Places) -> list[str]:
    """The row as cells: moments as `2026-03-02 09.14`, files as `path (sha256)`."""
    cells = []
    for column, value in zip(fields(row), _values(row), strict=True):
        if column.name == "files":
            text = ", ".join(f"{places.of(file)} ({file.sha256})" for file in row.files)
        elif isinstance(value, datetime):
            text = f"{value:%Y-%m-%d %H.%M}"
        else:
            text = value or ""
        cells.append(cell(text))
    return cells


def _values(row: DiaryRow) -> tuple[Any, ...]:
    # dataclasses.astuple would copy the rows of the files
    return tuple(getattr(row, column.name) for column in fields(row))


def write_diary_package(
    target: Path,
    rows: Iterable[DiaryRow],
    *,
    about: dict[str, Any],
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, int]:
    """Write the package to `target` and return how many records of each kind it holds.

    `about` goes into the manifest as it is. `progress` hears the number of rows written so far.
    Raises FileDamaged where a stored file is missing or has changed: such a package would say
    something untrue, so there is none.
    """
    counts: dict[str, int] = {}
    digests: dict[str, tuple[str, int]] = {}
    places = Places()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as package:
        table = io.StringIO(newline="")
        writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
        writer.writerow([cell(name) for name in header()])
        for done, row in enumerate(rows, start=1):
            writer.writerow(csv_line(row, places))
            counts[row.kind] = counts.get(row.kind, 0) + 1
            for file in row.files:
                if places.of(file) not in digests:
                    digests[places.of(file)] = _copy(file, package, places.of(file))
            progress(done)
        content = b"\xef\xbb\xbf" + table.getvalue().encode()
        digests["diary.csv"] = (sha256(content).hexdigest(), len(content))
        package.writestr("diary.csv", content)
        manifest = {
            **about,
            "records": counts,
            "files": [
                {"path": path, "sha256": digest, "size": size}
                for path, (digest, size) in sorted(digests.items())
            ],
        }
        package.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
        package.writestr(
            "manifest-sha256.txt",
            "".join(f"{digest}  {path}\n" for path, (digest, _size) in sorted(digests.items())),
        )
    return counts


def _copy(file: StoredFile, package: zipfile.ZipFile, path: str) -> tuple[str, int]:
    """Put the file's bytes into the package and return their digest and size."""
    digest, size = sha256(), 0
    with open_stored(file) as source, package.open(path, "w", force_zip64=True) as target:
        for piece in _pieces(source):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    if digest.hexdigest() != file.sha256:
        raise FileDamaged(_("The file “%s” is not what was stored.") % file.name)
    return digest.hexdigest(), size


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(CHUNK):
        yield piece
