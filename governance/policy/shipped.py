"""The policy files that come with the program."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "policies"


def shipped() -> list[Path]:
    """The files, in the order of their names."""
    return sorted(FOLDER.glob("*.toml"))
