"""Start-up checks: what must be right before anything is answered."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from governance import sealing, signed_note
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


@register("secrets")
def keys_are_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A key that cannot be read is told of before the first secret or checkpoint needs it."""
    errors: list[CheckMessage] = []
    for reading in (sealing.ring, signed_note.seeds):
        try:
            reading()
        except ImproperlyConfigured as fault:
            errors.append(Error(str(fault), id="governance.E002"))
    return errors


@register("audit")
def the_log_lies_in_no_test_database(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Only a database called test_… lets the log be emptied, so production may not be one."""
    name = str(settings.DATABASES["default"].get("NAME", ""))
    if settings.PRODUCTION and name.startswith("test_"):
        return [
            Error(
                f"The database is called {name!r}; a name beginning with test_ is for tests alone.",
                hint="There the audit log may be emptied. Choose another name.",
                id="governance.E003",
            )
        ]
    return []
