"""Tables that leave the house: CSV as Nordic spreadsheets read it, and XLSX.

Nothing here decides what is written. Both are written row by row, whatever their length.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | date | None

#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDTH = 24


def cell(text: str) -> str:
    """The text as a spreadsheet may have it: what would run as a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_MARKS) else text


def write_csv(target: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write UTF-8 with BOM, semicolons and CRLF to `target`; returns how many rows.

    Days are written as `2026-03-02`. Texts that would run as a formula are made harmless.
    """
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    count = -1  # the header is no row
    for count, row in enumerate(_with(header, rows)):  # noqa: B007 - counted on the way
        writer.writerow([cell(_text(value)) for value in row])
    text.detach()
    return count


def write_xlsx(
    target: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[Value]]
) -> int:
    """Write a workbook of one sheet to `target`; returns how many rows.

    Days are days; every text is text, and one that would run as a formula once it is saved in
    another format is made harmless as well.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    count = -1
    for count, row in enumerate(_with(header, rows)):
        cells = [WriteOnlyCell(sheet, _safe(value)) for value in row]
        if count == 0:
            for each in cells:
                each.font = Font(bold=True)
        sheet.append(cells)
    book.save(target)
    return count


def _with(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
    yield header
    yield from rows


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _safe(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    return cell(ILLEGAL_CHARACTERS_RE.sub("", value))
