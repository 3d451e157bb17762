"""Checkpoints are signed notes that any tool for C2SP notes can open."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from governance.signed_note import BadNote, TreeHead, opened, pieces, seeds, sign, verifier_key

OLD, NEW = (b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
HEAD = TreeHead("uppsikt/3", 1204, sha256(b"root").digest())


def test_a_note_says_origin_size_and_root_and_opens_to_them() -> None:
    lines = sign(HEAD).split("\n")
    assert lines[:4] == ["uppsikt/3", "1204", b64encode(HEAD.root).decode(), ""]
    assert lines[4].startswith("\N{EM DASH} uppsikt/3 ")
    assert lines[5:] == [""]
    assert opened(sign(HEAD)) == HEAD


def test_somebody_who_has_only_the_verifier_key_can_verify_a_note() -> None:
    # written from the specification, without our own code
    name, key_id, key = verifier_key("uppsikt/3").split("+", 2)
    public = b64decode(key)
    assert public[:1] == b"\x01"
    assert sha256(name.encode() + b"\n" + public).digest()[:4].hex() == key_id
    text, _, signature_line = sign(HEAD).rpartition("\n\n")
    signature = b64decode(signature_line.split(" ")[2])
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{text}\n".encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1204", "1205"),
        ("uppsikt/3\n1204", "uppsikt/4\n1204"),
        ("uppsikt/3", "uppsikt/4"),
        ("1204", "01204"),
        ("\N{EM DASH}", "-"),
        ("\n\n", "\nan extension\n\n"),
    ],
)
def test_a_note_changed_anywhere_is_not_believed(old: str, new: str) -> None:
    with pytest.raises(BadNote):
        opened(sign(HEAD).replace(old, new))


def test_a_note_signed_by_another_key_is_not_believed(settings: Settings) -> None:
    settings.CHECKPOINT_KEY = OLD
    note = sign(HEAD)
    settings.CHECKPOINT_KEY = NEW
    with pytest.raises(BadNote, match="not ours"):
        opened(note)


def test_an_old_key_beside_the_new_one_still_verifies(settings: Settings) -> None:
    settings.CHECKPOINT_KEY = OLD
    note = sign(HEAD)
    settings.CHECKPOINT_KEY = f"{NEW}, {OLD}"
    assert opened(note) == HEAD
    assert sign(HEAD) != note


@pytest.mark.parametrize("key", ["", "å", b64encode(bytes(31)).decode()])
def test_a_broken_key_is_named_by_its_place_and_not_printed(settings: Settings, key: str) -> None:
    settings.CHECKPOINT_KEY = f"{OLD},{key}"
    with pytest.raises(ImproperlyConfigured) as refused:
        seeds()
    assert "key 2" in str(refused.value)
    assert OLD not in str(refused.value)


def test_notes_are_found_in_any_text_and_what_is_none_stands_between_them() -> None:
    note, later = sign(HEAD), sign(TreeHead("uppsikt/3", 1300, HEAD.root))
    text = f"From: Uppsikt\n\nPlease keep it.\n\n{note}\n{later}\nuppsikt/3\n13"
    found = list(pieces(text))
    assert found[0].strip() == "From: Uppsikt\n\nPlease keep it."
    assert found[1:3] == [note, later]
    assert found[3].strip() == "uppsikt/3\n13"
