"""Addresses that open one thing without signing in: a key that a row holds, and its signature.

The signature (HMAC-SHA256 under `SECRET_KEY`) stands in the mail alone. The notice has `UNSIGNED`
in its place and the row only its key, so that neither the database nor a page that shows what was
sent opens anything. A changed `SECRET_KEY` stops every address that was given out.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

#: What a notice has in the place of the signature.
UNSIGNED: Final = "unsigned"
_SIGNER: Final = Signer(salt="governance.signed_links")


def signed(text: str, key: UUID | None) -> str:
    """The text with the signature of the key where it says that it is unsigned."""
    if key is None:
        return text
    return text.replace(f"{key}/{UNSIGNED}", f"{key}/{_SIGNER.signature(str(key))}")


def is_signed(key: UUID, signature: str) -> bool:
    """Whether the signature is the key's own."""
    try:
        _SIGNER.unsign(f"{key}:{signature}")
    except BadSignature:
        return False
    return True
