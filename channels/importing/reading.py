"""A spreadsheet or a text file with separators, as somebody uploaded it, as a table of texts.

Pure: bytes in, a table out. What spoils one cell is a fault with its line and column; what spoils
the file is `Unreadable`. A line's number is the one that a spreadsheet or an editor shows.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final

import openpyxl
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_BYTES: Final = 5 * 1024 * 1024
#: What a workbook may hold when it is unpacked: a full file of ours has some 3 MB.
MAX_UNPACKED: Final = 50 * 1024 * 1024
MAX_PARTS: Final = 500
MAX_LINES: Final = 2_000
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 5_000
#: So far down a sheet is looked; formatting that reaches to its end is not content.
_MAX_DEPTH: Final = 50_000
#: So many lines may stand above the headers.
_MAX_TITLES: Final = 20
#: Where a file of another kind says what it is.
_MARK: Final = 16
_SEPARATORS: Final = ";\t,"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"
_ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


class Unreadable(ValueError):  # noqa: N818 - an answer, not a fault of the program
    """The file cannot be read as a table. The message is for whoever uploaded it."""


#: What can be wrong with one cell, whatever column it stands in.
CELL_FAULTS: Final[dict[str, str | Promise]] = {
    "formula": gettext_lazy("A formula stands here. Copy the column and paste it as values."),
    "sign": gettext_lazy("There is a sign here that is no letter. Write the cell anew."),
    "long": gettext_lazy("The text is too long for a cell. Shorten it."),
    "error": gettext_lazy("The spreadsheet could not compute this cell."),
    "outside": gettext_lazy("This stands to the right of the last header."),
}


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell: a key of `CELL_FAULTS`. `column` counts from 0."""

    line: int
    column: int
    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number there, and its cells, as many as there are headers."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headers and lines. Blank lines are left out; `faults` are of single cells."""

    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    faults: tuple[CellFault, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The table in the shape that `from_json` takes."""
        return {
            "headers": list(self.headers),
            "lines": [[line.number, *line.cells] for line in self.lines],
            "faults": [[fault.line, fault.column, fault.what, fault.text] for fault in self.faults],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Table:
        return cls(
            headers=tuple(kept["headers"]),
            lines=tuple(Line(number, tuple(cells)) for number, *cells in kept["lines"]),
            faults=tuple(CellFault(*each) for each in kept["faults"]),
        )


#: A line as it was found: its number and its cells, of whatever type they have there.
_Found = tuple[int, list[Any]]


def read_table(content: bytes) -> Table:
    """The table in an XLSX workbook's first sheet with content, or in a CSV text.

    Which of the two it is, is told by the bytes. Raises Unreadable.
    """
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Unreadable(
            _("The file is too large. The limit is %(limit)s.")
            % {"limit": filesizeformat(MAX_BYTES)}
        )
    if content.startswith(_OLE):
        raise Unreadable(_("This is an old or a locked workbook. Save it as .xlsx or as CSV."))
    if content.startswith(_ZIP):
        return _as_table(_sheet(content))
    return _as_table(_separated(_text(content)))


# --- text with separators -----------------------------------------------------------------------


def _text(content: bytes) -> str:
    """The letters: by their mark, else UTF-8, else what Windows in western Europe writes."""
    marked = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    codec = next((name for mark, name in marked.items() if content.startswith(mark)), "")
    for each in (codec,) if codec else ("utf-8", "cp1252"):
        try:
            text = content.decode(each)
        except UnicodeDecodeError:
            continue
        if "\0" not in text[:_MARK]:  # else a picture or a program, whatever its name says
            return text
    raise Unreadable(_("The file is neither a workbook (.xlsx) nor a text with separators (CSV)."))


def _separated(text: str) -> Iterator[_Found]:
    told, separator = 0, ""
    head, _end, rest = text.partition("\n")
    if head.strip().lower().startswith("sep=") and len(head.strip()) == len("sep=") + 1:
        # a line of Excel's own, which says what separates the cells
        told, separator, text = 1, head.strip()[-1], rest
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True
    )
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Unreadable(
                _("From line %(line)d on a quotation mark is not closed, or stands in a cell.")
                % {"line": told + before + 1}
            ) from None
        if cells is None:
            return
        yield told + before + 1, list(cells)
        before = reader.line_num


def _separator(text: str) -> str:
    """The sign that stands most often in the first lines, outside quotation marks."""
    lines = [line for line in islice(io.StringIO(text), 20) if line.strip()]
    bare = "".join("".join(line.split('"')[::2]) for line in lines)
    return max(_SEPARATORS, key=bare.count)


# --- workbooks ----------------------------------------------------------------------------------


def _sheet(content: bytes) -> Iterator[_Found]:
    _require_modest(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and (rows := list(_rows(sheet))):
                return iter(rows)
    except Unreadable:
        raise
    except Exception as broken:
        # a reader met with hostile or broken bytes raises whatever it pleases
        raise Unreadable(_("The workbook cannot be opened. It may be damaged or locked.")) from (
            broken
        )
    return iter(())


def _require_modest(content: bytes) -> None:
    """Before anything is unpacked: what the workbook says it holds, which is all that is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except zipfile.BadZipFile:
        raise Unreadable(_("The workbook cannot be opened. It may be damaged or locked.")) from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(_("The workbook is too large when it is unpacked."))
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable(_("This is a package of another kind, not a workbook (.xlsx)."))


def _rows(sheet: Any) -> Iterator[_Found]:
    """The rows in which something stands. Formulas come as they are written, to be told apart."""
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if number > _MAX_DEPTH:
            raise Unreadable(_("There are too many blank lines. Delete what lies below the table."))
        cells = [_Formula(cell.value) if cell.data_type == "f" else cell.value for cell in row]
        if any(not _is_blank(cell) for cell in cells):
            yield number, cells


class _Formula(str):
    """A cell that is computed, as it is written."""


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


# --- the table ----------------------------------------------------------------------------------


def _as_table(found: Iterable[_Found]) -> Table:
    rows = ((number, cells) for number, cells in found if any(not _is_blank(c) for c in cells))
    kept = list(islice(rows, MAX_LINES + _MAX_TITLES + 2))
    begins = _begins(kept)
    if begins is None:
        raise Unreadable(_("Nothing stands below the headers."))
    _number, first = kept[begins]
    headers = _headers(first)
    if len(headers) > MAX_COLUMNS:
        raise Unreadable(_("There are more than %(n)d columns.") % {"n": MAX_COLUMNS})
    if len(kept) - begins - 1 > MAX_LINES:
        raise Unreadable(_("There are more than %(n)d lines. Divide the file.") % {"n": MAX_LINES})
    faults: list[CellFault] = []
    lines = [_line(number, cells, headers, faults) for number, cells in kept[begins + 1 :]]
    return Table(headers, tuple(lines), tuple(faults))


def _begins(rows: list[_Found]) -> int | None:
    """Where the headers stand: a title may stand above them, alone in its line."""
    for place, (_number, cells) in enumerate(rows[:_MAX_TITLES]):
        if sum(not _is_blank(cell) for cell in cells) > 1 and place + 1 < len(rows):
            return place
    return 0 if len(rows) > 1 else None


def _headers(cells: list[Any]) -> tuple[str, ...]:
    texts = [" ".join(str(cell or "").replace("\0", "").split())[:100] for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(
        text or _("Column %(n)d") % {"n": place} for place, text in enumerate(texts, start=1)
    )


def _line(number: int, cells: list[Any], headers: tuple[str, ...], faults: list[CellFault]) -> Line:
    """The cells under the headers as texts; what cannot be taken as it is becomes a fault."""
    texts = []
    for place, cell in enumerate(cells):
        text, refused = _cell(cell)
        if place >= len(headers) and text:
            refused = "outside"
        if refused:
            faults.append(CellFault(number, min(place, len(headers)), refused, text[:80]))
            text = ""
        texts.append(text)
    texts += [""] * (len(headers) - len(texts))  # a line that ends early lacks its last cells
    return Line(number, tuple(texts[: len(headers)]))


def _cell(cell: Any) -> tuple[str, str]:
    """The cell as text, and the key of what is wrong with it, or nothing."""
    match cell:
        case None:
            return "", ""
        case _Formula():
            return str(cell), "formula"
        case datetime() if cell.time() == time():
            return cell.date().isoformat(), ""
        case date() | time():
            return cell.isoformat(), ""
        case float() if cell.is_integer():
            return str(int(cell)), ""
        case str():
            return _written(cell)
    return str(cell), ""


def _written(text: str) -> tuple[str, str]:
    text = text.replace("\xa0", " ").replace("\ufeff", "").replace("\r\n", "\n").strip()
    if any(sign < " " and sign not in "\n\r\t" for sign in text):
        return "".join(
            sign if sign >= " " else "\N{REPLACEMENT CHARACTER}" for sign in text
        ), "sign"
    if len(text) > MAX_CELL:
        return text, "long"
    if text.startswith("="):
        return text, "formula"
    return text, "error" if text in _ERRORS else ""
