"""A table's lines under the register's columns, and what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from channels.importing.columns import COLUMNS, Column, Mapped
from channels.importing.reading import CELL_FAULTS, CellFault, Table

#: A column as long as this holds whole texts, whose lines are kept.
_TEXT = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, or worth saying, on a line. `column` is named as the file names it."""

    line: int
    place: int
    column: str
    message: str
    text: str = ""


@dataclass
class Row:
    """One line's texts by column key, and where each stands in the file."""

    number: int
    texts: dict[str, str]
    table: Table
    mapped: Mapped
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def __getitem__(self, key: str) -> str:
        return self.texts.get(key, "")

    def fault(self, key: str, message: str) -> None:
        """Say what is wrong with the line, at the column of that key."""
        self.faults.append(self._said(key, message))

    def remark(self, key: str, message: str) -> None:
        """Say what hinders nothing and should be known."""
        self.remarks.append(self._said(key, message))

    def _said(self, key: str, message: str) -> Fault:
        place = self.mapped.get(key, -1)
        header = self.table.headers[place] if place >= 0 else ""
        return Fault(self.number, place, header, message, self[key][:80])

    def is_faulty_at(self, key: str) -> bool:
        """Whether something has been said against that cell."""
        return any(each.place == self.mapped.get(key) for each in self.faults)

    def email(self, key: str) -> str:
        """The e-mail in that column in small letters; a fault, and nothing, if it is none."""
        text = self[key].removeprefix("mailto:").lower()
        if text:
            try:
                validate_email(text)
            except ValidationError:
                self.fault(key, _("This is no e-mail address."))
                return ""
        return text


def rows_of(kind: str, table: Table, mapped: Mapped) -> Iterator[Row]:
    """The lines, with the faults of their cells, of what is too long and of what is lacking."""
    columns = [each for each in COLUMNS[kind] if each.key in mapped]
    places = set(mapped.values())
    by_line: dict[int, list[CellFault]] = defaultdict(list)
    for cell in table.faults:
        by_line[cell.line].append(cell)
    for line in table.lines:
        texts = {each.key: _tidy(each, line.cells[mapped[each.key]]) for each in columns}
        row = Row(line.number, texts, table, mapped)
        row.faults += [
            _of_cell(cell, table)
            for cell in by_line[line.number]
            if cell.column in places or cell.what == "outside"
        ]
        for column in columns:
            _check_length(row, column)
        if any(texts.values()) or row.faults:
            yield row


def _of_cell(cell: CellFault, table: Table) -> Fault:
    header = table.headers[cell.column] if cell.column < len(table.headers) else ""
    return Fault(cell.line, cell.column, header, str(CELL_FAULTS[cell.what]), cell.text)


def _tidy(column: Column, text: str) -> str:
    return text if column.longest > _TEXT else " ".join(text.split())


def _check_length(row: Row, column: Column) -> None:
    text = row[column.key]
    if len(text) > column.longest:
        row.fault(
            column.key, _("The text is longer than %(n)d characters.") % {"n": column.longest}
        )
    elif column.required and not text and not row.is_faulty_at(column.key):
        row.fault(column.key, _("This is empty and is needed."))
