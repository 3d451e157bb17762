"""Which policy binds a unit at a moment."""

from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from governance.models.organisation import Municipality, Unit
from governance.models.policy import PolicyVersion, PolicyVersionQuerySet
from governance.policy.reader import read
from governance.policy.types import Policy


class NoPolicyInForce(Exception):  # noqa: N818 - named for what happened
    """The municipality has adopted no policy, or none that is in force yet."""


def version_in_force(place: Unit | Municipality, now: datetime) -> PolicyVersion:
    """The adopted version that binds a unit or a municipality at `now` (an aware moment).

    Its content is left in the database; `policy_of` reads it. Raises NoPolicyInForce.
    """
    municipality = place if isinstance(place, Municipality) else place.municipality
    versions = PolicyVersionQuerySet(PolicyVersion).in_force(municipality, municipality.today(now))
    version = versions.defer("content").first()
    if version is None:
        raise none_in_force(municipality)
    return version


def none_in_force(municipality: Municipality) -> NoPolicyInForce:
    """To be raised where nothing binds the municipality."""
    return NoPolicyInForce(
        _("%(municipality)s has no policy in force.") % {"municipality": municipality}
    )


def policy_of(version: PolicyVersion) -> Policy:
    """A version as typed rules. Each content is parsed once in a process."""
    return _parsed(version.digest)


def policy_for(place: Unit | Municipality, now: datetime) -> Policy:
    """The policy that binds a unit or a municipality at `now` (an aware moment).

    Raises NoPolicyInForce.
    """
    return policy_of(version_in_force(place, now))


@lru_cache(maxsize=64)
def _parsed(digest: str) -> Policy:
    """By digest and not by key, so that equal contents are one policy and no row can go stale."""
    version = PolicyVersion.objects.filter(digest=digest)[:1].get()
    return read(version.content, version.title, adopted=True)
