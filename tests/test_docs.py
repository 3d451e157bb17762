"""The pages of documentation name what there is: links, paths, commands, settings, components."""

from __future__ import annotations

import re
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from governance.templatetags.look import register
from scripts.launcher import _parser

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
OURS = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The headings of a page as a link names them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def verbs(parser: ArgumentParser) -> dict[str, ArgumentParser]:
    """The subcommands of a command; empty if it has none."""
    found = [each for each in parser._actions if isinstance(each, _SubParsersAction)]
    return dict(found[0].choices) if found else {}


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r'(?:\]\(|src=")([^)"]+)[)"]', text):
        if link.startswith("https://"):
            continue
        path, _hash, anchor = link.partition("#")
        there = (page.parent / path) if path else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


@every_page
def test_every_path_that_is_named_is_there(page: Path) -> None:
    # what a running copy makes is not there before it runs
    folders = "|".join(
        path.name for path in ROOT.iterdir() if path.is_dir() and path.name != ".run"
    )
    text = page.read_text(encoding="utf-8")
    for path in re.findall(rf"`((?:{folders})/[\w./*-]*)`", text):
        assert list(ROOT.glob(path.rstrip("/"))), path


def test_every_page_is_reached_from_the_first() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if page.name not in first] == []


@every_page
def test_every_command_of_dev_is_one(page: Path) -> None:
    named = set(re.findall(r"\./dev ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named <= verbs(_parser()).keys()


def test_every_command_of_dev_is_explained() -> None:
    rows = set(re.findall(r"^\| `\./dev ([a-z]+)", read("operations.md"), re.MULTILINE))
    assert rows == verbs(_parser()).keys()


@every_page
def test_every_command_of_the_program_is_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = get_commands()
    for name, verb in re.findall(r"(?:manage\.py|dev manage) ([a-z]+)(?: ([a-z]+)\b)?", text):
        assert name in known, name
        if known[name] in OURS and verb:
            command = load_command_class(known[name], name)
            assert verb in verbs(command.create_parser("manage.py", name)), f"{name} {verb}"


def test_every_command_of_ours_is_explained_with_its_verbs() -> None:
    rows = dict(re.findall(r"^\| `manage\.py ([a-z]+)(.*?)\|", read("operations.md"), re.MULTILINE))
    ours = {name: app for name, app in get_commands().items() if app in OURS}
    assert rows.keys() == ours.keys()
    for name, app in ours.items():
        parser = load_command_class(app, name).create_parser("manage.py", name)
        assert set(re.findall(r"(?<!-)\b[a-z]+\b", rows[name])) == verbs(parser).keys(), name


def test_no_setting_is_explained_that_nobody_reads() -> None:
    production = read("operations.md").partition("\n## Production\n")[2]
    table = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", production, re.MULTILINE)
    named = {name for row in table for name in re.findall(r"[A-Z_]+", row)}
    source = (ROOT / "governance" / "settings.py").read_text(encoding="utf-8")
    assert {name for name in named if f'"{name}"' not in source} == set()
    assert len(named) > 10


def test_every_tag_and_component_of_the_screens_is_there() -> None:
    text = read("screens.md")
    tags = re.findall(r"`\{% (\w+)", text.partition("## Tags")[2].partition("## Components")[0])
    assert tags
    assert set(tags) <= register.tags.keys()
    for name in re.findall(r"\\\|(\w+) \}\}", text):
        assert name in register.filters, name
    listed = text.partition("## Components")[2].partition("Give `only`")[0]
    for component in re.findall(r"`([a-z_]+)`", listed):
        assert (ROOT / "templates" / "components" / f"{component}.html").exists(), component


def test_every_stylesheet_is_explained_and_there() -> None:
    section = read("screens.md").partition("## Stylesheets")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z-]+\.css)`", section))
    sheets = {sheet.name for sheet in (ROOT / "static" / "css").glob("*.css")}
    assert named == {name for name in sheets if not name.startswith("pages-")}
