"""Writing new obligations: one statement for one row as for thousands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import orjson
from django.db import connection, models, transaction

from governance.models import Obligation

#: Rows of one statement, whose text would else grow with a municipality's channels.
BATCH: Final = 1000


def write_new(rows: Sequence[Obligation]) -> None:
    """Insert the rows; of those that somebody else opened meanwhile, what is there stays.

    As `bulk_create(rows, ignore_conflicts=True)` does and, as there, the rows are not given their
    keys. Through the ORM a row costs four times as much: every value of it passes through the
    compiler alone.
    """
    if len(rows) <= BATCH:
        _insert(rows)
        return
    with transaction.atomic(savepoint=False):
        for begin in range(0, len(rows), BATCH):
            _insert(rows[begin : begin + BATCH])


def _insert(rows: Sequence[Obligation]) -> None:
    if not rows:
        return
    names = [field.attname for field in _columns()]
    written = orjson.dumps([{name: getattr(row, name) for name in names} for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [written.decode()])


@cache
def _columns() -> list[models.Field[Any, Any]]:
    """All but the key."""
    return [field for field in Obligation._meta.concrete_fields if not field.primary_key]


@cache
def _statement() -> str:
    table = Obligation._meta.db_table
    columns = ", ".join(str(field.column) for field in _columns())
    typed = ", ".join(f"{field.column} {field.db_type(connection)}" for field in _columns())
    return (
        f"INSERT INTO {table} ({columns})"  # noqa: S608 - names of columns, no values
        f" SELECT {columns} FROM json_to_recordset(%s) AS each ({typed}) ON CONFLICT DO NOTHING"
    )
