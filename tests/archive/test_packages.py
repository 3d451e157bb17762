"""The package of a diary export, read as others read it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from archive.packages import DiaryRow, write_diary_package
from governance.files import FileDamaged, _path, store
from governance.models import StoredFile
from governance.spreadsheets import cell
from tests.pictures import png
from tests.town import NOW, Town


def kept(town: Town, name: str = "bild.png", colour: str = "red") -> StoredFile:
    return store(png(colour), municipality=town.municipality, name=name, by=town.cleo, now=NOW)


def row(**changes: object) -> DiaryRow:
    values: dict[str, object] = {
        "date": NOW,
        "direction": "Inkommen",
        "subject": "Borttagen kommentar",
        "kind": "borttagning",
        "channel": "Biblioteket, Facebook",
    }
    return DiaryRow(**(values | changes))  # type: ignore[arg-type]


def table(package: Path) -> list[list[str]]:
    with zipfile.ZipFile(package) as opened:
        content = opened.read("diary.csv")
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark to read å, ä and ö"
    assert content.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(content[3:].decode(), newline=""), delimiter=";"))


def test_a_row_comes_back_as_it_went_in_whatever_it_holds(tmp_path: Path) -> None:
    subject = 'Å; "ä"\r\nö – 😀 \u202eshalom שלום'
    write_diary_package(tmp_path / "p.zip", [row(subject=subject)], about={})
    assert table(tmp_path / "p.zip")[1][4] == subject


@pytest.mark.parametrize(
    "text", ["=1+1", "+46", "-2", "@bengt", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("x")']
)
def test_what_a_spreadsheet_would_run_is_text_again(text: str, tmp_path: Path) -> None:
    write_diary_package(tmp_path / "p.zip", [row(counterpart=text)], about={})
    assert table(tmp_path / "p.zip")[1][3] == f"'{text}"
    assert cell("vanlig text = ja") == "vanlig text = ja"


def test_every_file_is_in_the_package_under_the_digest_that_the_table_gives(
    town: Town, tmp_path: Path
) -> None:
    files = (kept(town), kept(town, "två bilder.png", "blue"))
    write_diary_package(tmp_path / "p.zip", [row(files=files), row(files=files[:1])], about={})
    with zipfile.ZipFile(tmp_path / "p.zip") as package:
        package.extractall(tmp_path)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "manifest-sha256.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    for path in table(tmp_path / "p.zip")[1][16].split(", "):
        name, _digest = path.rsplit(" (", 1)
        assert (tmp_path / name).is_file()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert len(manifest["files"]) == 3, "two pictures and the table; the same picture lies once"


def test_two_files_of_one_name_do_not_lie_on_top_of_each_other(town: Town, tmp_path: Path) -> None:
    files = (kept(town, "bild.png", "red"), kept(town, "bild.png", "blue"))
    write_diary_package(tmp_path / "p.zip", [row(files=files)], about={})
    with zipfile.ZipFile(tmp_path / "p.zip") as package:
        names = [name for name in package.namelist() if name.startswith("files/")]
    assert len(names) == len(set(names)) == 2


def test_a_damaged_file_stops_the_package(town: Town, tmp_path: Path) -> None:
    file = kept(town)
    place = _path(file.municipality_id, file.sha256)
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(bytes(content))
    with pytest.raises(FileDamaged):
        write_diary_package(tmp_path / "p.zip", [row(files=(file,))], about={})
