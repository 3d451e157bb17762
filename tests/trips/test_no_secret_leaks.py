"""A password is planted as a channel's login; after the trip it is found nowhere."""

from __future__ import annotations

import io
import logging
import subprocess
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from archive.actions.exports import request_export
from archive.actions.snapshots import take_snapshot
from archive.models import Export
from channels.models import Channel, Secret, SecretLook
from governance.audit import checkpoint_or_tell
from governance.roles import Role
from governance.tasks import advance, open_due
from tests import plans_of_town
from tests.live import eventually
from tests.pictures import upload
from tests.town import Town
from tests.trips import steps
from tests.trips.steps import Office

pytestmark = [pytest.mark.browser, pytest.mark.worker]

PLANTED = "Plommonsten7391GungarTyst"
LOGIN = f"ekbybibliotek {PLANTED}"


def spellings(word: str) -> list[bytes]:
    """The word as it could lie somewhere: plain, in hex as in a dump of bytes, in base64."""
    plain = word.encode()
    found = [plain, plain.hex().encode(), plain.hex().upper().encode(), word.encode("utf-16-le")]
    for start in range(3):  # where the word begins within three bytes decides how base64 spells it
        whole = b64encode(b"." * start + plain)
        found.append(whole[4 if start else 0 : -4])
    return found


def test_a_planted_password_is_found_nowhere(
    town: Town,
    office: Office,
    worker_log: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = plans_of_town.waiting(town, now=timezone.now())
    _hand_in_and_look(town, office, channel)
    _let_everything_be_written(town, office, channel)
    found = [
        (place, spelling)
        for place, content in _everything(office, worker_log, caplog.text)
        for spelling in spellings(PLANTED)
        if spelling in content
    ]
    assert found == []


def test_the_search_would_find_it(town: Town, office: Office, worker_log: Path) -> None:
    town.library.name = f"Biblioteket {PLANTED}"
    town.library.save()
    cache.set("somewhere", PLANTED)
    office.mailbox.messages.clear()
    places = {
        place
        for place, content in _everything(office, worker_log, "")
        if any(each in content for each in spellings(PLANTED))
    }
    assert places == {"database", "redis"}
    for start in range(3):
        hidden = b64encode(b"x" * start + PLANTED.encode() + b"yz")
        assert any(each in hidden for each in spellings(PLANTED)), start


def _hand_in_and_look(town: Town, office: Office, channel: Channel) -> None:
    """The login is sealed, looked at, refused, and sent after the session has ended."""
    ben = office.desk(town.ben)
    holders = {Role.CHANNEL_OWNER: town.cleo, Role.INFORMATION_OFFICER: town.ben}
    steps.hand_over_access(ben, channel.pk, holders)
    cleo = office.desk(town.cleo)
    steps.seal_login(cleo, channel.pk, LOGIN)
    steps.look_at_login(ben, channel.pk, "Provar inloggningen.", LOGIN)
    # a reason is missing: the page comes back and shows nothing
    ben.open(reverse("channels:channel", args=[channel.pk]))
    ben.press('details:has([name="look-reason"]) summary')
    ben.send('form:has([name="look-reason"]) .button--primary')
    ben.is_refused("look-reason", "")
    # the login is far too long: it is refused and not sent back to the page
    steps.seal_login(cleo, channel.pk, LOGIN)
    cleo.open(reverse("channels:channel", args=[channel.pk]))
    cleo.press('details:has([name="seal-login"]) summary')
    cleo.page.locator('[name="seal-login"]').evaluate("each => each.removeAttribute('maxlength')")
    cleo.type("seal-login", LOGIN * 200)
    cleo.send('form:has([name="seal-login"]) .button--primary')
    cleo.is_refused("seal-login", "")
    assert PLANTED not in cleo.page.content()
    # and once more, when Cleo has been signed out in between
    cleo.open(reverse("channels:channel", args=[channel.pk]))
    cleo.press('details:has([name="seal-login"]) summary')
    cleo.type("seal-login", LOGIN)
    session = [each for each in cleo.page.context.cookies() if each["name"] == "csrftoken"]
    cleo.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    assert session, "only the session is gone"
    cleo.send('form:has([name="seal-login"]) .button--primary')
    expect(cleo.page.locator('[name="login"]')).to_be_visible()
    assert Secret.objects.count() == 1
    assert SecretLook.objects.count() == 1


def _let_everything_be_written(town: Town, office: Office, channel: Channel) -> None:
    """A snapshot, an export made by the worker, reminders, letters and a checkpoint."""
    now = timezone.now()
    channel.refresh_from_db()
    Channel.objects.filter(pk=channel.pk).update(state=Channel.State.OPEN, opened_on=now.date())
    channel.refresh_from_db()
    take_snapshot(channel, [upload()], by=town.ben, now=now)
    today = town.municipality.today(now)
    export = request_export(
        town.root, today, today, [Export.Kind.SNAPSHOT, Export.Kind.PLAN], by=town.rut, now=now
    )
    ready = Export.objects.filter(pk=export.pk, state=Export.State.READY)
    eventually(ready.exists, what="the export")
    open_due.delay()
    advance.delay()
    checkpoint_or_tell(town.municipality, now=now)
    office.letters(town.anna)


def _everything(office: Office, worker_log: Path, web_log: str) -> Iterator[tuple[str, bytes]]:
    """Every place where something is written down, with what is written there."""
    yield "database", _dump()
    yield "sessions", "".join(str(each.get_decoded()) for each in Session.objects.all()).encode()
    yield "redis", _redis()
    yield "log of the worker", worker_log.read_bytes()
    yield "log of the web", web_log.encode()
    for letter in office.mailbox.messages:
        yield f"letter {letter['Subject']}", letter.as_bytes()
        for part in letter.walk():
            yield f"letter {letter['Subject']}", _bytes(part.get_payload(decode=True))
    for folder in (Path(settings.DATA_DIR), Path(settings.CHECKPOINT_DIR)):
        for path in folder.rglob("*"):
            if path.is_file():
                yield from _opened(path.name, path.read_bytes())


def _dump() -> bytes:
    """The whole database, the tables of the histories among the rest."""
    given = connection.settings_dict
    argv = ["pg_dump", "--host", given["HOST"], "--username", given["USER"], given["NAME"]]
    argv += ["--port", str(given["PORT"])] if given["PORT"] else []
    environment = {"PGPASSWORD": given["PASSWORD"] or "", "PATH": "/usr/bin:/bin"}
    return subprocess.run(argv, capture_output=True, check=True, env=environment).stdout


def _redis() -> bytes:
    """Every key of the database and its value, in whatever form it is kept."""
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    read = {b"string": client.get, b"hash": client.hgetall, b"set": client.smembers}
    read |= {
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    return b"\n".join(
        key + b" " + _bytes(read[client.type(key)](key)) for key in client.scan_iter()
    )


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else repr(value).encode()


def _opened(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The file as it lies, and what is packed inside it."""
    yield name, content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for each in package.namelist():
                yield from _opened(f"{name}: {each}", package.read(each))
    if content.startswith(b"%PDF"):
        text = subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
        )
        yield f"{name} as text", text.stdout
