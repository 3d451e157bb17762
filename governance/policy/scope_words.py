"""Where a rule holds, in words of the reader's language: "on YouTube, in a library"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Unit
from governance.policy.types import Scope

#: Names that are not their key with a capital letter.
_PLATFORMS: Final[Mapping[str, str | Promise]] = {
    "youtube": "YouTube",
    "linkedin": "LinkedIn",
    "tiktok": "TikTok",
    "other": gettext_lazy("another medium"),
}
_ACCOUNTS: Final[Mapping[str, str | Promise]] = {
    "main": gettext_lazy("main account"),
    "unit": gettext_lazy("a unit's account"),
    "campaign": gettext_lazy("for a campaign"),
    "internal": gettext_lazy("internal"),
}
_PERIODS: Final[Mapping[str, str | Promise]] = {
    "crisis": gettext_lazy("in a crisis"),
    "election": gettext_lazy("before an election"),
    "season": gettext_lazy("in the season"),
}


def scope_words(scope: Scope) -> str:
    """The scope in words, the medium first; empty where it is anywhere."""
    said: list[str] = []
    if scope.platform is not None:
        name = _PLATFORMS.get(scope.platform, scope.platform.capitalize())
        said.append(_("on %(platform)s") % {"platform": name})
    if scope.account_class is not None:
        said.append(str(_ACCOUNTS[scope.account_class]))
    if scope.unit_kind is not None:
        kind = Unit.Activity(scope.unit_kind).label
        said.append(_("where the unit is: %(kind)s") % {"kind": kind})
    if scope.period is not None:
        said.append(str(_PERIODS[scope.period]))
    return ", ".join(said)
