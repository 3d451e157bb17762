"""The duties that follow from a country's acts, which every policy there can name under `law`.

They are no municipality's to adopt, so they stand beside the reader and not in the policy files.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from governance.policy.types import LawDuty

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
