"""Any colour of a graphic profile gives shades that can be read, in the same hue."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.accent import WHITE, Accent, NotAColour, accent, contrast, oklch

COLOURS = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06X}")

MUNICIPALITIES = {
    "Vårgårda": "#0F6C7D",
    "Volda": "#9C6BB3",
    "Värmdö": "#00548F",
    "Tyresö": "#3E7D3A",
    "Vetlanda": "#B3402E",
}


def readable(shades: Accent) -> None:
    assert contrast(shades.ink, WHITE) >= 7
    assert contrast(shades.deep, WHITE) >= 10
    assert contrast(shades.line, WHITE) >= 3
    assert contrast(shades.ink, shades.tint) >= 5.5


@given(COLOURS)
def test_every_colour_gives_shades_that_can_be_read(raw: str) -> None:
    readable(accent(raw))


@given(COLOURS)
def test_hue_is_kept_where_there_is_any(raw: str) -> None:
    before, after = oklch(raw), oklch(accent(raw).ink)
    if before.chroma < 0.03 or after.chroma < 0.03:
        return
    turned = abs(before.hue - after.hue) % (2 * pi)
    assert min(turned, 2 * pi - turned) < 0.12


@given(COLOURS)
def test_a_colour_is_darkened_and_never_lightened(raw: str) -> None:
    shades = accent(raw)
    assert contrast(shades.ink, WHITE) >= contrast(raw, WHITE) - 0.01
    assert shades.raw == raw


@pytest.mark.parametrize("raw", ["#FFFF00", "#FFFFFF", "#000000", *MUNICIPALITIES.values()])
def test_the_municipalities_colours_and_the_hardest_ones_can_be_read(raw: str) -> None:
    readable(accent(raw))


def test_the_two_colours_of_the_design_give_the_inks_it_names() -> None:
    assert accent("#0F6C7D").ink == "#006070"
    assert accent("#9C6BB3").ink == "#734488"


def test_a_colour_that_already_suffices_is_left_as_it_is() -> None:
    assert accent("#003F72").ink == "#003F72"


@pytest.mark.parametrize("text", ["", "0F6C7D", "#0F6C7", "#GGGGGG", "red", "#0F6C7D; color: red"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(NotAColour):
        accent(text)
