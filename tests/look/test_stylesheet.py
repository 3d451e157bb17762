"""The municipality's colours reach the page as a file, never as an inline style."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from governance import look
from governance.models import Municipality
from tests.town import Town

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STYLES = sorted((settings.BASE_DIR / "static" / "css").glob("*.css"))


def test_the_sheet_carries_the_municipalitys_shades_and_may_be_kept(
    town: Town, client: Client
) -> None:
    Municipality.objects.filter(pk=town.municipality.pk).update(accent="#9C6BB3")
    answer = client.get(reverse("look", args=[town.municipality.slug]))
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--accent-raw: #9C6BB3" in answer.content.decode()
    assert "--accent-ink: #734488" in answer.content.decode()
    assert not answer.cookies


def test_the_address_changes_with_the_colour(town: Town) -> None:
    before = look.address_of(town.municipality)
    town.municipality.accent = "#9C6BB3"
    assert look.address_of(town.municipality) != before


@pytest.mark.django_db
def test_a_municipality_that_does_not_exist_has_no_sheet(client: Client) -> None:
    assert client.get(reverse("look", args=["nowhere"])).status_code == 404


def test_a_typeface_that_is_not_there_is_left_to_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = (("Clear Sans", "fonts/not-there.woff2", 400, "normal"),)
    monkeypatch.setattr(look, "_FACES", missing)
    look.typefaces.cache_clear()
    try:
        assert look.typefaces() == ""
    finally:
        look.typefaces.cache_clear()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_an_inline_style_or_script(template: Path) -> None:
    if template.parent.name in {"documents", "mail"}:
        return  # printed or mailed, not served; mail programs read no style sheets
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_the_stylesheets_of_a_page_stay_small() -> None:
    ours = [sheet for sheet in STYLES if not sheet.name.startswith("admin")]
    sent = [len(gzip.compress(sheet.read_bytes())) for sheet in ours]
    assert sum(sent) < 20_000


@pytest.mark.parametrize("sheet", STYLES, ids=lambda path: path.name)
def test_no_text_is_set_smaller_than_fourteen(sheet: Path) -> None:
    if sheet.name == "print.css":
        return
    for size in re.findall(r"font(?:-size)?:[^;]*?([\d.]+)rem", sheet.read_text()):
        assert float(size) >= 0.875, (sheet.name, size)
