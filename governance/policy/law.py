"""The duties that follow from a country's acts, which every policy there can name under `law`.

They are no municipality's to adopt, so they stand beside the reader and not in the policy files.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from governance.policy.types import Cited, LawDuty

_FOLDER = Path(__file__).parent / "acts"


@cache
def law_of(jurisdiction: str) -> Mapping[str, LawDuty]:
    """The duties of a country (`SE`, `NO`) by id, in its policies' language."""
    content = tomllib.loads((_FOLDER / f"{jurisdiction}.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            id_: LawDuty(id=id_, source=entry["source"], says=entry["says"])
            for id_, entry in content.items()
        }
    )


def acts_of(cited: Cited) -> tuple[str, ...]:
    """The acts that it comes from, as a reader knows them: names and sections."""
    return tuple(_sources()[id_] for id_ in cited.law)


@cache
def _sources() -> Mapping[str, str]:
    """Every country's, for no two countries number a duty alike."""
    countries = (file.stem for file in _FOLDER.glob("*.toml"))
    return MappingProxyType(
        {id_: duty.source for country in countries for id_, duty in law_of(country).items()}
    )
