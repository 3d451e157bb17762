"""Makes the web fonts: WOFF2 with the letters of our languages, out of the installed fonts.

Runs in the program's environment: `python -m scripts.fonts FOLDER`.
"""

import sys
from pathlib import Path

from scripts.system import font_file

FONTS = {
    "clear-sans-regular": "ClearSans-Regular.ttf",
    "clear-sans-medium": "ClearSans-Medium.ttf",
    "clear-sans-bold": "ClearSans-Bold.ttf",
    "charis-regular": "CharisSIL-Regular.ttf",
    "charis-italic": "CharisSIL-Italic.ttf",
    "charis-bold": "CharisSIL-Bold.ttf",
    "hack-regular": "Hack-Regular.ttf",
}
# Latin with its accents, Sámi's letters among them; dashes, quotes, signs; arrows, ticks
LETTERS = "U+0020-007E,U+00A0-017F,U+01B7,U+01E4-01EF,U+0292,U+2010-2026,U+2030,U+2039-203A,"
LETTERS += "U+20AC,U+2190-2193,U+2212,U+2260,U+2264-2265,U+2713"


def make(source: Path, target: Path) -> None:
    """Writes the subset of one font, whole or not at all."""
    from fontTools import subset  # takes a second, and most starts have nothing to make

    half = target.with_suffix(".half")
    subset.main(
        [
            str(source),
            f"--output-file={half}",
            "--flavor=woff2",
            f"--unicodes={LETTERS}",
            "--layout-features=kern,liga,tnum,lnum,onum,mark,mkmk,ccmp,locl",
            "--desubroutinize",
        ]
    )
    half.rename(target)


def main(folder: Path) -> None:
    """Makes those that are not there yet. A font that is not installed is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file_name in FONTS.items():
        target = folder / f"{name}.woff2"
        source = font_file(file_name)
        if source and not target.exists():
            make(source, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "fonts")
