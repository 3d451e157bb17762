"""One maker at a time for what takes long: two workers may be sent for the same row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from zlib import crc32

from django.db import connection, models

#: The middle of what crc32 gives, which PostgreSQL's signed integers have at nought.
_MIDDLE: Final = 2**31


@contextmanager
def alone_with(row: models.Model) -> Iterator[bool]:
    """Whether nobody else is at the row: an advisory lock of PostgreSQL, held until the end.

    It belongs to the connection, so that a worker that dies lets go, and no transaction need stay
    open meanwhile. Whoever comes second gets False at once; they should read the row again.
    """
    key = [crc32(row._meta.label_lower.encode()) - _MIDDLE, row.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        obtained = bool(cursor.fetchone()[0])
    try:
        yield obtained
    finally:
        if obtained:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
