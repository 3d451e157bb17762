"""Takes the pictures of the README anew, from a running program with its demo.

    ./dev up --detach
    ./dev manage demo --logins | .run/venv/bin/python -m scripts.pictures http://localhost:8000

Signs in with the demo's logins, so it changes nothing but the moment of their last visit. Each
picture becomes a palette of 128 colours, as small as it can be without showing it.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from scripts.places import ROOT
from scripts.progress import Stop
from scripts.system import chromium

FOLDER = ROOT / "docs" / "pictures"
MUNICIPALITY = "vargarda"
DESK, PHONE = (1280, 860), (390, 844)
COLOURS = 128
HEAVIEST = 150_000  # bytes


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, the title of their role, and the way to the page."""

    name: str
    title: str
    way: Callable[[Page], object]
    size: tuple[int, int] = DESK


def _at(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def _first(path: str, link: str, *, holding: str = "") -> Callable[[Page], object]:
    """The first page that `path` links to whose address is like `link` and which holds a part."""

    def way(page: Page) -> None:
        page.goto(path)
        addresses = page.eval_on_selector_all(
            "main a[href]", "links => links.map(a => a.getAttribute('href'))"
        )
        for address in dict.fromkeys(each for each in addresses if re.fullmatch(link, each)):
            page.goto(address)
            if not holding or page.locator(holding).count():
                return
        raise Stop(f"No page like {link} behind {path} has {holding or 'anything'}.")

    return way


PICTURES = (
    Picture("register", "", _at(f"/{MUNICIPALITY}/")),
    Picture("today", "bibliotekarie", _at("/today/")),
    Picture("phone", "bibliotekarie", _at("/today/"), PHONE),
    Picture("finding", "bibliotekarie", _first("/findings/", r"/findings/\d+/")),
    Picture("plan", "sektorschef", _first("/plans/", r"/plans/\d+/", holding="[name=digest]")),
    Picture("accounts", "informatör", _at("/admin/channels/channel/?account=new")),
    Picture("tray", "central registrator", _at("/archive/tray/")),
)


def take(base: str, logins: list[dict[str, str]]) -> None:
    """Every picture, one browser session for each person. Raises Stop where one cannot be."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ["--disable-gpu", "--font-render-hinting=none"]
    flags += ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=flags)
        for title, pictures in groupby(PICTURES, key=lambda each: each.title):
            _as_person(browser, base, _login(logins, title), list(pictures))
        browser.close()


def _login(logins: list[dict[str, str]], title: str) -> dict[str, str] | None:
    """The demo's person with that title; None for the public."""
    ours = (row for row in logins if row["email"].endswith(f"@{MUNICIPALITY}.example"))
    found = next((row for row in ours if row["role"].startswith(title)), None)
    if title and found is None:
        raise Stop(f"The demo of {MUNICIPALITY} has no {title}.")
    return found if title else None


def _as_person(
    browser: Browser, base: str, login: dict[str, str] | None, pictures: list[Picture]
) -> None:
    context = browser.new_context(
        base_url=base, locale="sv-SE", timezone_id="Europe/Stockholm", color_scheme="light"
    )
    page = context.new_page()
    if login:
        page.goto("/account/login/")
        page.fill("[name=login]", login["email"])
        page.fill("[name=password]", login["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/today/**")
    for picture in pictures:
        width, height = picture.size
        page.set_viewport_size(ViewportSize(width=width, height=height))
        picture.way(page)
        page.evaluate("document.fonts.ready")
        _keep(picture.name, page.screenshot(animations="disabled", caret="hide"))
    context.close()


def _keep(name: str, png: bytes) -> None:
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    small = whole.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    small.save(path, optimize=True)
    weight = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {weight // 1000} kB", file=sys.stderr)
    if weight > HEAVIEST:
        raise Stop(f"{path.name} is heavier than {HEAVIEST // 1000} kB.")


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"), json.load(sys.stdin))
