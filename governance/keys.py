"""Secret keys as the environment gives them: 32 bytes each, in base64."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured
from django.views.decorators.debug import sensitive_variables

KEY_SIZE = 32


@sensitive_variables()
def keys_in(setting: str, texts: Iterable[str]) -> list[bytes]:
    """The keys in their order.

    Raises ImproperlyConfigured for one that cannot be read, by its place and without its text.
    """
    keys = []
    for position, text in enumerate(texts, start=1):
        try:
            key = b64decode(text.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_SIZE:
            raise ImproperlyConfigured(f"{setting}: key {position} is not 32 bytes in base64.")
        keys.append(key)
    return keys
