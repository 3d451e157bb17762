"""Where each requirement of a policy takes effect."""

from collections.abc import Iterable
from dataclasses import dataclass

from governance.policy.places import Place, places
from governance.policy.types import Policy


@dataclass(frozen=True, slots=True)
class Covered:
    """A requirement and every place that it is bound to."""

    policy: str
    id: str
    places: tuple[Place, ...]


def coverage(policies: Iterable[Policy]) -> list[Covered]:
    """Every requirement of the policies, in the order of their files."""
    found = []
    for policy in policies:
        everywhere = list(places(policy))
        for id_ in policy.requirements:
            at = tuple(place for place in everywhere if id_ in place.cited.requirements)
            found.append(Covered(policy.name, id_, at))
    return found
