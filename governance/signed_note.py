"""Checkpoints as signed notes: the forms C2SP `tlog-checkpoint` and `signed-note`, Ed25519.

    uppsikt/3
    1204
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — uppsikt/3 Az3grlgtzPICa5OS8npVmf1Myq…

The lines say whose log it is, how many rows it has and the root of the tree over them. The first
of the keys in `settings.CHECKPOINT_KEY` (separated by commas) signs, all of them verify.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from governance.keys import keys_in

ED25519 = b"\x01"
_NOTE = re.compile(
    r"(?P<text>(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/]{43}=)\n)"
    r"\n— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]{91}=)\n"
)


class BadNote(Exception):  # noqa: N818 - an answer, not a fault of the program
    """What stands there is no note of ours, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Whose log, how many rows, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes


def sign(head: TreeHead) -> str:
    """The signed note for a tree head."""
    text = f"{head.origin}\n{head.size}\n{b64encode(head.root).decode()}\n"
    key = _keys()[0]
    signature = _key_id(head.origin, key) + key.sign(text.encode())
    return f"{text}\n— {head.origin} {b64encode(signature).decode()}\n"


def opened(note: str) -> TreeHead:
    """What a note says, once its signature has been verified. Raises BadNote."""
    found = _NOTE.fullmatch(note)
    if found is None or found["name"] != found["origin"]:
        raise BadNote("not a checkpoint in the form of a signed note")
    signature, root = b64decode(found["signature"]), b64decode(found["root"])
    for key in _keys():
        if signature.startswith(_key_id(found["origin"], key)):
            try:
                key.public_key().verify(signature[4:], found["text"].encode())
            except InvalidSignature:
                raise BadNote("the signature does not hold") from None
            return TreeHead(found["origin"], int(found["size"]), root)
    raise BadNote("signed with a key that is not ours")


def pieces(text: str) -> Iterator[str]:
    """The notes that stand in a text and, between them, whatever is none but blank lines."""
    at = 0
    for found in _NOTE.finditer(text):
        yield from filter(str.strip, (text[at : found.start()], found[0]))
        at = found.end()
    yield from filter(str.strip, (text[at:],))


def is_note(piece: str) -> bool:
    """Whether it has the form of a note. `opened` says whether it is one of ours."""
    return _NOTE.fullmatch(piece) is not None


def verifier_key(origin: str) -> str:
    """The public key with which anybody verifies notes of this origin (C2SP `vkey`)."""
    key = _keys()[0]
    public = b64encode(ED25519 + key.public_key().public_bytes_raw()).decode()
    return f"{origin}+{_key_id(origin, key).hex()}+{public}"


def seeds() -> list[bytes]:
    """The secret seeds, the signing one first. Raises ImproperlyConfigured for a broken one."""
    return keys_in("CHECKPOINT_KEY", settings.CHECKPOINT_KEY.split(","))


def _keys() -> list[Ed25519PrivateKey]:
    return [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds()]


def _key_id(name: str, key: Ed25519PrivateKey) -> bytes:
    public = key.public_key().public_bytes_raw()
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
