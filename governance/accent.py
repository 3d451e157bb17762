"""One raw colour of a municipality's graphic profile becomes the few shades the screens use.

Everything is computed in OKLCH (Björn Ottosson, 2020): hue is kept, lightness is lowered until
the contrast passes, chroma gives way only where the screen cannot show it. Contrast is that of
WCAG 2.2: from 1 to 21.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from math import atan2, cos, hypot, sin
from typing import NamedTuple

DEFAULT = "#0F6C7D"
WHITE = "#FFFFFF"

INK_CONTRAST = 7.0  # links, buttons, selection, on white and white on it
DEEP_CONTRAST = 10.0  # print
LINE_CONTRAST = 3.0  # lines and other graphics
INK_ON_TINT_CONTRAST = 5.5

_STEP = 0.008
_TINT_LIGHTNESS = 0.955
_TINT_CHROMA = 0.014


class NotAColour(ValueError):  # noqa: N818 - reads as what it is
    """The text is not a colour written as # and six hexadecimal digits."""


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma 0 to about 0.33, hue in radians."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True)
class Accent:
    """Shades as `#RRGGBB`; `raw` is the municipality's own colour, shown untouched."""

    raw: str
    ink: str
    deep: str
    line: str
    tint: str


@lru_cache(maxsize=256)
def accent(raw: str) -> Accent:
    """The shades of one colour, `#RRGGBB`. Raises NotAColour."""
    colour = oklch(raw)
    ink = _darkened(colour, INK_CONTRAST)
    return Accent(
        raw=raw.upper(),
        ink=ink,
        deep=_darkened(colour, DEEP_CONTRAST),
        line=_darkened(colour, LINE_CONTRAST),
        tint=_tint(colour, ink),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def oklch(colour: str) -> Oklch:
    """A colour `#RRGGBB` in OKLCH. Raises NotAColour."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, hypot(a, b), atan2(b, a))


def _darkened(colour: Oklch, wanted: float) -> str:
    """The lightest shade, not lighter than the colour itself, with that contrast on white."""
    for step in count():
        shade = _shown(colour._replace(lightness=max(colour.lightness - step * _STEP, 0.0)))
        if contrast(shade, WHITE) >= wanted:
            return shade
    raise AssertionError("unreachable: black has a contrast of 21")


def _tint(colour: Oklch, ink: str) -> str:
    for step in count():
        lightness = min(_TINT_LIGHTNESS + step * _STEP, 1.0)
        shade = _shown(Oklch(lightness, min(colour.chroma, _TINT_CHROMA), colour.hue))
        if contrast(ink, shade) >= INK_ON_TINT_CONTRAST:
            return shade
    raise AssertionError("unreachable: white under ink has a contrast of at least 7")


def _shown(colour: Oklch) -> str:
    """The colour as `#RRGGBB`, with as much of its chroma as the screen can show."""
    low, high = 0.0, colour.chroma
    if not _fits(_to_linear(colour)):
        for _ in range(20):
            middle = (low + high) / 2
            if _fits(_to_linear(colour._replace(chroma=middle))):
                low = middle
            else:
                high = middle
        colour = colour._replace(chroma=low)
    return "#" + "".join(f"{_encoded(channel):02X}" for channel in _to_linear(colour))


def _to_linear(colour: Oklch) -> tuple[float, float, float]:
    a, b = colour.chroma * cos(colour.hue), colour.chroma * sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _fits(channels: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)


def _encoded(linear: float) -> int:
    channel = min(max(linear, 0.0), 1.0)
    shown = 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
    return round(shown * 255)


def _linear(colour: str) -> tuple[float, float, float]:
    digits = colour.removeprefix("#")
    if len(digits) != 6 or digits == colour:
        raise NotAColour(colour)
    try:
        channels = [value / 255 for value in bytes.fromhex(digits)]
    except ValueError as error:
        raise NotAColour(colour) from error
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
