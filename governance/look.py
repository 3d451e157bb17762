"""The one stylesheet that is not a file: a municipality's accent and the typefaces we have.

It holds custom properties and `@font-face` only, so that the strict policy needs no inline style.
"""

from functools import lru_cache
from hashlib import sha256

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from governance import accent
from governance.models import Municipality

_SANS, _SERIF, _MONO = "Clear Sans", "Charis SIL", "Hack"

#: Typefaces that set-up builds when the machine has them: family, file, weight, style.
_FACES = (
    (_SANS, "fonts/clear-sans-regular.woff2", 400, "normal"),
    (_SANS, "fonts/clear-sans-medium.woff2", 500, "normal"),
    (_SANS, "fonts/clear-sans-bold.woff2", 700, "normal"),
    (_SERIF, "fonts/charis-regular.woff2", 400, "normal"),
    (_SERIF, "fonts/charis-italic.woff2", 400, "italic"),
    (_SERIF, "fonts/charis-bold.woff2", 700, "normal"),
    (_MONO, "fonts/hack-regular.woff2", 400, "normal"),
)


def stylesheet(raw: str) -> str:
    """The style sheet of an accent colour `#RRGGBB`. Raises accent.NotAColour."""
    shades = accent.accent(raw)
    return (
        f":root {{\n  --accent-raw: {shades.raw};\n  --accent-ink: {shades.ink};\n"
        f"  --accent-deep: {shades.deep};\n  --accent-line: {shades.line};\n"
        f"  --accent-tint: {shades.tint};\n}}\n" + typefaces()
    )


def address_of(municipality: Municipality | None) -> str:
    """Where the sheet is fetched. The digest changes with it, so that it may be kept for ever."""
    raw = municipality.accent if municipality else accent.DEFAULT
    path = reverse("look", args=[municipality.slug]) if municipality else reverse("look_default")
    return f"{path}?v={_digest(raw)}"


@lru_cache(maxsize=256)
def _digest(raw: str) -> str:
    return sha256(stylesheet(raw).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def typefaces() -> str:
    """`@font-face` for each typeface that is there; the system's stand in for the others."""
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f' font-display: swap; src: url("{staticfiles_storage.url(file)}") format("woff2"); }}\n'
        for family, file, weight, style in _FACES
        if finders.find(file) or staticfiles_storage.exists(file)
    )
