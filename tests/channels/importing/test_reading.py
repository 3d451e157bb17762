"""A file is read as people have it, and what cannot be read says why."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from channels.importing.reading import MAX_BYTES, MAX_LINES, Table, Unreadable, read_table
from tests.channels.importing.files import csv_of, workbook_of

ROWS = [("Enhet", "Överordnad"), ("Förskolan Ängen", "Bildning"), ("Skolan", "")]


def cells(table: Table) -> list[tuple[str, ...]]:
    return [line.cells for line in table.lines]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_text_is_read_whatever_wrote_it(codec: str, separator: str) -> None:
    content = csv_of(ROWS, separator).decode().encode(codec)
    table = read_table(content)
    assert table.headers == ("Enhet", "Överordnad")
    assert cells(table) == [("Förskolan Ängen", "Bildning"), ("Skolan", "")]


def test_a_workbook_is_read_with_its_dates_and_numbers_as_people_see_them() -> None:
    midnight = datetime(2019, 5, 3)  # noqa: DTZ001 - a workbook knows no zones
    rows = [("Namn", "Dag", "Antal"), ("A", midnight, 4.0), ("B", date(2020, 1, 2), 7)]
    found = cells(read_table(workbook_of(rows)))
    assert found == [("A", "2019-05-03", "4"), ("B", "2020-01-02", "7")]


def test_lines_have_the_numbers_that_an_editor_shows() -> None:
    content = b'Sociala medier 2024\r\n\r\nEnhet;Typ\r\n"A\r\nB";x\r\n\r\n;\r\nC;y\r\n'
    table = read_table(content)
    assert table.headers == ("Enhet", "Typ")
    assert [(line.number, line.cells[0]) for line in table.lines] == [(4, "A\nB"), (8, "C")]


def test_what_excel_says_of_its_separator_is_no_header() -> None:
    table = read_table(b"sep=,\r\nEnhet,Typ\r\nA,x\r\n")
    assert table.headers == ("Enhet", "Typ")
    assert table.lines[0].number == 3


def test_ragged_lines_and_trailing_columns_are_read() -> None:
    table = read_table(b"Enhet;Typ;Omr\xe5de;;\nA\nB;x;y;;\n")
    assert table.headers == ("Enhet", "Typ", "Område")
    assert cells(table) == [("A", "", ""), ("B", "x", "y")]


def test_text_beyond_the_last_header_is_told_with_its_line() -> None:
    table = read_table(b"Enhet;Typ\nA;x\nB;y;left\n")
    assert [(fault.line, fault.what, fault.text) for fault in table.faults] == [
        (3, "outside", "left")
    ]


def test_a_formula_in_a_workbook_is_no_value() -> None:
    table = read_table(workbook_of([("Enhet", "Typ"), ("A", '=HYPERLINK("x")')]))
    assert [(fault.line, fault.column, fault.what) for fault in table.faults] == [(2, 1, "formula")]
    assert cells(table) == [("A", "")]


@pytest.mark.parametrize(
    ("cell", "what"),
    [("=1+1", "formula"), ("a\0b", "sign"), ("x" * 5001, "long"), ("#REF!", "error")],
)
def test_a_cell_that_cannot_be_taken_is_told_and_the_rest_is_read(cell: str, what: str) -> None:
    table = read_table(csv_of([("Enhet", "Typ"), ("A", cell), ("B", "y")]))
    assert [(fault.line, fault.column, fault.what) for fault in table.faults] == [(2, 1, what)]
    assert cells(table)[1] == ("B", "y")


def test_a_table_comes_back_from_json_as_it_was() -> None:
    table = read_table(csv_of([("Enhet", "Typ"), ("A", "=x"), ("B", "y")]))
    assert Table.from_json(table.as_json()) == table


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet declares an entity."""
    book = workbook_of(ROWS)
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + parts[sheet]
    return packed(parts)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"x" * (MAX_BYTES + 1), "too large"),
        (b"\xd0\xcf\x11\xe0 and so on", "old or a locked workbook"),
        (b"PK\x03\x04 and so on", "cannot be opened"),
        (packed({"word/document.xml": b"<x/>"}), "of another kind"),
        (packed({"xl/workbook.xml": b"\0" * 60_000_000}), "when it is unpacked"),
        (packed({"xl/workbook.xml": b"<x"}), "cannot be opened"),
        (with_entities(), "cannot be opened"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "neither a workbook"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "neither a workbook"),
        (b"Enhet;Typ\n", "Nothing stands below"),
        (b'Enhet;Typ\nA;"x\nB;y\n', "From line 2 on a quotation mark"),
        (csv_of([("a", "b")] * (MAX_LINES + 2)), "more than 2000 lines"),
        (csv_of([["a"] * 61, ["b"] * 61]), "more than 60 columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_table(content)


def test_a_sheet_that_claims_to_be_endless_is_read_by_what_stands_in_it() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Enhet", "Typ"])
    sheet.append(["A", "x"])
    sheet.cell(40_000, 1).value = "B"  # a long gap
    out = io.BytesIO()
    book.save(out)
    assert [line.number for line in read_table(out.getvalue()).lines] == [2, 40_000]
