"""Files as municipalities have them: texts with separators, workbooks, and one with every fault."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

from channels.actions.importing import begin_import
from channels.models import Import
from tests.town import NOW, Town

HEADERS = (
    "Plattform",
    "Länk",
    "Kontonamn",
    "Enhet",
    "Syfte",
    "Ansvarig",
    "Ansvarigs e-post",
    "Kontakt e-post",
    "Startdatum",
)


def csv_of(rows: Iterable[Sequence[Any]], separator: str = ";") -> bytes:
    """The rows as UTF-8 text, every cell in quotation marks."""
    cells = (separator.join(f'"{cell}"' for cell in row) for row in rows)
    return "\r\n".join(cells).encode()


def workbook_of(rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows in the first sheet of a workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def channel(**said: str) -> list[str]:
    """One line under HEADERS; what is not said is as for a page of the library's."""
    usual = {
        "platform": "Facebook",
        "url": "https://www.facebook.com/ekbybibliotek",
        "name": "Biblioteket",
        "unit": "Ekby bibliotek",
        "purpose": "Berätta om böcker",
        "responsible": "",
        "responsible_email": "",
        "contact_email": "",
        "opened_on": "2019-05-03",
    }
    return list((usual | said).values())


def begun(town: Town) -> Import:
    """A file of two channels that Ben has uploaded and not brought in."""
    content = csv_of([HEADERS, *many(2)])
    return begin_import(
        town.municipality, "channels", content, name="kanaler.csv", by=town.ben, now=NOW
    )


def many(count: int) -> list[list[str]]:
    """So many channels without a fault, each with its own address."""
    platforms = {"Facebook": "https://www.facebook.com/ekby", "X": "https://x.com/ekby"}
    names = list(platforms)
    return [
        channel(
            platform=names[number % 2],
            url=f"{platforms[names[number % 2]]}{number}",
            name=f"Konto {number}",
            unit=("Ekby bibliotek", "Ekbackens skola", "Sektor kultur")[number % 3],
            responsible="Cleo Sjö" if number % 4 == 0 else "",
            responsible_email="cleo.sj@ekby.example" if number % 4 == 0 else "",
        )
        for number in range(count)
    ]


#: What is wrong with a line, by what is said of it.
FAULTY: dict[str, dict[str, str]] = {
    "not that of an account": {"url": "https://www.linkedin.com/in/cleo-sjo"},
    "as the browser shows it": {"url": "inte en adress"},
    "More than one address": {"url": "https://x.com/ekby, https://x.com/ekby2"},
    "The address is one at Instagram": {"url": "https://www.instagram.com/ekby"},
    "does not tell the platform": {"url": "https://ekbybloggen.example/", "platform": ""},
    "No platform of this name": {"url": "", "platform": "Lunarstorm"},
    "More than one platform": {"url": "", "platform": "Facebook och Instagram"},
    "Write the address, or": {"url": "", "platform": ""},
    "There is no unit of this name": {"unit": "Nedlagda enheten", "url": "https://x.com/nedlagd"},
    "This is empty and is needed": {"unit": "", "url": "https://x.com/utan"},
    "This is no e-mail address": {"contact_email": "fråga växeln", "url": "https://x.com/epost"},
    "Write the day as": {"opened_on": "våren 2015", "url": "https://x.com/dag"},
    "The day lies ahead": {"opened_on": "2031-01-01", "url": "https://x.com/framtid"},
    "A formula stands here": {"purpose": "=HYPERLINK(A1)", "url": "https://x.com/formel"},
    "a sign here that is no letter": {"name": "Bib\x00lio", "url": "https://x.com/nul"},
    "too long for a cell": {"purpose": "x" * 5_001, "url": "https://x.com/lang"},
    "longer than 120": {"name": "x" * 121, "url": "https://x.com/langt"},
}


def with_every_fault(count: int) -> tuple[bytes, dict[int, str]]:
    """A file of so many channels, and on which line what is wrong."""
    rows, wrong = many(count), {}
    for place, (words, said) in enumerate(FAULTY.items()):
        at = 3 + place * 7
        usual = {"platform": "X"} if said.get("url", "").startswith("https://x.com") else {}
        rows[at] = channel(**(usual | said))
        wrong[at + 2] = words
    rows[150] = rows[11]
    wrong[152] = "The same channel stands on line 13"
    return csv_of([HEADERS, *rows]), wrong
