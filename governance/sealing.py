"""Secrets sealed with a key that the database never sees (AES-256-GCM).

A token is `version (1) | key id (4) | nonce (12) | ciphertext and tag`. What it belongs to (the
context) is authenticated with it, so a token copied to another row, field or municipality does
not open there. The first of `settings.CUSTODY_KEYS` seals, all of them open; docs/audit.md says
how a key is rotated.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from governance.keys import keys_in

VERSION = b"\x01"
KEY_ID_SIZE, NONCE_SIZE, TAG_SIZE = 4, 12, 16
HEADER_SIZE = len(VERSION) + KEY_ID_SIZE


class CannotUnseal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """The token is damaged, belongs elsewhere, or its key is no longer in the ring.

    The message never carries any of the content.
    """


class Secret(bytes):
    """An opened secret: bytes that do not show themselves in logs, tracebacks or messages."""

    def __repr__(self) -> str:
        return "<Secret>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        # no cache, session or task message may carry it
        raise TypeError("a Secret is not to be pickled")


def context_of(row: models.Model, field: str) -> bytes:
    """What a token of this row's field belongs to. The row must have been saved.

    Model, primary key, field and municipality, so that a copied token opens nowhere else.
    """
    if row.pk is None:
        raise ValueError("a row has no context before it is saved")
    municipality_id = row.municipality.pk  # type: ignore[attr-defined]
    return f"{row._meta.label_lower}:{row.pk}:{field}:{municipality_id}".encode()


@sensitive_variables()
def seal(plaintext: bytes, context: bytes) -> bytes:
    """The token that opens to `plaintext` under the same context. Never twice the same."""
    key_id, key = next(iter(ring().items()))
    header, nonce = VERSION + key_id, os.urandom(NONCE_SIZE)
    return header + nonce + AESGCM(key).encrypt(nonce, bytes(plaintext), header + context)


@sensitive_variables()
def unseal(token: bytes, context: bytes) -> Secret:
    """What was sealed under this context. Raises CannotUnseal."""
    token = bytes(token)
    if len(token) < HEADER_SIZE + NONCE_SIZE + TAG_SIZE or not token.startswith(VERSION):
        raise CannotUnseal(_("What is kept here is no sealed secret."))
    header, nonce = token[:HEADER_SIZE], token[HEADER_SIZE : HEADER_SIZE + NONCE_SIZE]
    key = ring().get(_key_id_of(token))
    if key is None:
        raise CannotUnseal(_("The key that sealed this secret is no longer in the key ring."))
    try:
        return Secret(
            AESGCM(key).decrypt(nonce, token[HEADER_SIZE + NONCE_SIZE :], header + context)
        )
    except InvalidTag:
        # `from None`: a chained exception would show this frame to whoever prints it
        raise CannotUnseal(_("The secret is damaged or belongs to something else.")) from None


def is_current(token: bytes) -> bool:
    """Whether the token is sealed with the key that seals today."""
    return _key_id_of(bytes(token)) == next(iter(ring()))


def reseal(token: bytes, context: bytes) -> bytes:
    """The same secret under the key that seals today. Raises CannotUnseal."""
    return seal(unseal(token, context), context)


def _key_id_of(token: bytes) -> bytes:
    return token[len(VERSION) : HEADER_SIZE]


@sensitive_variables()
def ring() -> dict[bytes, bytes]:
    """Key id to key, the sealing one first. Raises ImproperlyConfigured for a broken key."""
    return {
        sha256(b"uppsikt key id\x00" + key).digest()[:KEY_ID_SIZE]: key
        for key in keys_in("CUSTODY_KEYS", settings.CUSTODY_KEYS)
    }
