"""The checkpoints outside the database: one file for each municipality, which only grows.

The file holds the signed notes one after the other, an empty line between. It is opened for
appending only, so an operator may lay an append-only attribute or a write-once store under it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path

from django.conf import settings

from governance.files import private_folder, sync_folder
from governance.models import Municipality
from governance.signed_note import is_note, pieces


def origin_of(municipality: Municipality) -> str:
    """The name of the municipality's log in its notes. By number: its address may change."""
    return f"uppsikt/{municipality.pk}"


def path_of(municipality: Municipality) -> Path:
    """Where the municipality's notes lie."""
    return Path(settings.CHECKPOINT_DIR) / f"municipality-{municipality.pk}.notes"


def read(municipality: Municipality) -> list[str]:
    """The notes in the file, oldest first; none where there is no file.

    What is no note stands in the list too, for the reader of the list to judge. Only a note that
    a power failure cut off, and that was then written again whole, is left out.
    """
    path = path_of(municipality)
    if not path.exists():
        return []
    found = list(pieces(path.read_text(errors="replace")))
    return [
        piece
        for piece, after in zip_longest(found, found[1:], fillvalue="")
        if is_note(piece) or not after.startswith(piece.strip())
    ]


def append(municipality: Municipality, notes: Iterable[str]) -> None:
    """Add those of the notes that the file lacks, and wait until they are on the disk."""
    path = path_of(municipality)
    private_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        present = set(read(municipality))
        missing = [note for note in notes if note not in present]
        if missing:
            # the first line break ends what a power failure may have cut off
            file.write(("\n" + "\n".join(missing)).encode())
            file.flush()
            os.fsync(file.fileno())
            sync_folder(path.parent)
