"""A custody key is changed: every login is sealed anew, and the old key can go."""

from base64 import b64encode
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from channels.models import Secret
from governance.models import AuditEntry
from governance.sealing import context_of, is_current, seal, unseal
from tests.channels_of_town import open_channel
from tests.town import NOW, Town

OLD, NEW = (b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


@pytest.fixture
def secret(town: Town, settings: Settings) -> Secret:
    """The library's login, sealed under the old key, with the new key put first since."""
    settings.CUSTODY_KEYS = [OLD]
    channel = open_channel(town.library)
    secret = Secret.objects.create(channel=channel, token=b"", stored_by=town.cleo, stored_at=NOW)
    secret.token = seal(b"a planted password", context_of(secret, "token"))
    secret.save()
    settings.CUSTODY_KEYS = [NEW, OLD]
    return secret


def run() -> str:
    out = StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue()


def test_after_resealing_the_login_opens_without_the_old_key(
    secret: Secret, settings: Settings
) -> None:
    assert "Sealed anew: 1." in run()
    settings.CUSTODY_KEYS = [NEW]
    secret.refresh_from_db()
    assert unseal(bytes(secret.token), context_of(secret, "token")) == b"a planted password"
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.subject_label) == ("secret.resealed", "Ekby bibliotek")
    assert (secret.stored_at, entry.facts) == (NOW, {})


def test_resealing_twice_changes_nothing_the_second_time(secret: Secret) -> None:
    run()
    secret.refresh_from_db()
    token = bytes(secret.token)
    assert "Sealed anew: 0." in run()
    secret.refresh_from_db()
    assert bytes(secret.token) == token
    assert AuditEntry.objects.count() == 1


def test_a_login_that_no_key_opens_is_named_and_left_as_it_is(
    secret: Secret, settings: Settings
) -> None:
    settings.CUSTODY_KEYS = [NEW]
    with pytest.raises(CommandError, match="ekby/ekbybibliotek"):
        run()
    secret.refresh_from_db()
    assert not is_current(bytes(secret.token))
    assert not AuditEntry.objects.exists()
