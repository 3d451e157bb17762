"""A secret opens where it belongs and nowhere else, and never shows itself."""

import pickle
from base64 import b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from governance.sealing import CannotUnseal, Secret, context_of, is_current, reseal, seal, unseal
from tests.town import Town

OLD, NEW = (b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
HERE = b"channels.secret:1:sealed:1"


def test_what_is_sealed_opens_under_its_context() -> None:
    assert unseal(seal("lösenord".encode(), HERE), HERE).decode() == "lösenord"


def test_a_token_shows_nothing_of_what_it_holds_and_is_never_twice_the_same() -> None:
    first, second = seal(b"a planted password", HERE), seal(b"a planted password", HERE)
    assert first != second
    assert b"planted" not in first + second


def test_a_token_copied_elsewhere_does_not_open() -> None:
    with pytest.raises(CannotUnseal):
        unseal(seal(b"x", HERE), b"channels.secret:2:sealed:1")


@pytest.mark.parametrize("place", range(35))
def test_a_token_changed_anywhere_does_not_open(place: int) -> None:
    token = bytearray(seal(b"xy", HERE))
    assert len(token) == 35
    token[place] ^= 1
    with pytest.raises(CannotUnseal):
        unseal(bytes(token), HERE)


@pytest.mark.parametrize("token", [b"", b"\x01", b"\x02" + bytes(60)])
def test_what_is_no_token_is_refused(token: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unseal(token, HERE)


def test_a_new_key_seals_while_the_old_one_still_opens(settings: Settings) -> None:
    settings.CUSTODY_KEYS = [OLD]
    token = seal(b"x", HERE)
    settings.CUSTODY_KEYS = [NEW, OLD]
    assert unseal(token, HERE) == b"x"
    assert not is_current(token)
    renewed = reseal(token, HERE)
    assert is_current(renewed)
    settings.CUSTODY_KEYS = [NEW]
    assert unseal(renewed, HERE) == b"x"
    with pytest.raises(CannotUnseal, match=r"key|nyckel|nøkkel"):
        unseal(token, HERE)


@pytest.mark.parametrize("key", ["", "not base64!", b64encode(bytes(16)).decode()])
def test_a_broken_key_is_named_by_its_place_and_not_printed(settings: Settings, key: str) -> None:
    settings.CUSTODY_KEYS = [OLD, key]
    with pytest.raises(ImproperlyConfigured) as refused:
        seal(b"x", HERE)
    assert "key 2" in str(refused.value)
    assert not key or key not in str(refused.value)


def test_an_opened_secret_does_not_show_itself() -> None:
    secret = Secret(b"a planted password")
    shown = f"{secret} {secret!r} {secret!s} {secret:>20} {[secret]} %s %r" % (secret, secret)
    assert "planted" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_the_reason_for_not_opening_carries_nothing_of_the_content() -> None:
    token = seal(b"a planted password", HERE)
    with pytest.raises(CannotUnseal) as refused:
        unseal(token, b"elsewhere")
    assert refused.value.__cause__ is None
    assert "planted" not in str(refused.value)


def test_a_context_names_row_field_and_municipality(town: Town) -> None:
    own = context_of(town.library, "name")
    assert own == f"governance.unit:{town.library.pk}:name:{town.municipality.pk}".encode()
    assert own != context_of(town.school, "name")
    assert own != context_of(town.library, "kind")
