"""Start-up checks: what must be right before anything is answered."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from governance.policy.faults import PolicyRefused
from governance.policy.reader import read
from governance.policy.shipped import shipped


@register("policy")
def shipped_policies_are_whole(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every fault of every shipped policy file is an error."""
    errors: list[CheckMessage] = []
    for path in shipped():
        try:
            read(path.read_text(encoding="utf-8"), path.name)
        except PolicyRefused as refused:
            errors += [Error(str(fault), id="governance.E001") for fault in refused.faults]
    return errors
