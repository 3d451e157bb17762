"""The social media we know, and how the address of an account on one is written.

The list is data (`platforms.toml`); `enter` puts it into the database after every migrate, so that
a new medium needs neither a migration nor a visit to the admin. What the installation's operator
has changed there since (`actions.platforms`) stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from channels import patterns
from channels.models import Platform

KNOWN = Path(__file__).with_name("platforms.toml")
#: Ways in to the same place: the mobile site, a language's site, the login site.
_DOORS = re.compile(r"^(?:www|m|mobile|web|touch|[a-z]{2}-[a-z]{2}|[a-z]{2})\.(?=[^.]+\.[^.]+)")
LONGEST = 300
#: What ships of a platform and an operator may change; its key is for good.
FACTS: Final = (
    "name",
    "former_names",
    "category",
    "hosts",
    "patterns",
    "account_in_host",
    "visitors_posts",
    "transfer",
    "transfer_note",
    "active",
)


class AddressRefused(ValueError):  # noqa: N818 - an answer, not a fault of the program
    """The text is no address of an account. The message is for whoever wrote it."""


@dataclass(frozen=True)
class Account:
    """An account as its address tells: where, and under which name or number.

    `platform` is None where the host belongs to none that we know.
    """

    platform: Platform | None
    url: str
    handle: str = ""
    stable_id: str = ""

    @property
    def urls(self) -> frozenset[str]:
        """`url`, and as it was written while another of the platform's hosts came first."""
        known = self.platform.hosts if self.platform and not self.platform.account_in_host else []
        home = f"https://{known[0]}/" if known else ""
        if not home or not self.url.startswith(home):
            return frozenset({self.url})
        return frozenset(f"https://{host}/{self.url.removeprefix(home)}" for host in known)


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """What the program ships of each platform, by its key: every field that `FACTS` names."""
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8"))
    rows = {key: Platform(key=key, **facts) for key, facts in known.items()}
    return {key: {name: getattr(row, name) for name in FACTS} for key, row in rows.items()}


@dataclass(frozen=True)
class Difference:
    """A field in which a platform is another here than it ships; both in words."""

    label: str
    here: str
    ships: str


def differences(platform: Platform) -> list[Difference] | None:
    """Where an operator has changed what ships; None for a platform that does not ship."""
    ships = shipped().get(platform.key)
    if ships is None:
        return None
    as_shipped = Platform(key=platform.key, **ships)
    return [
        Difference(
            str(Platform._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            _in_words(platform, name),
            _in_words(as_shipped, name),
        )
        for name in platform.changed_here
        if name in FACTS
    ]


def _in_words(platform: Platform, name: str) -> str:
    value = getattr(platform, name)
    if isinstance(value, bool):
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    if isinstance(value, list):
        return ", ".join(value)
    label = getattr(platform, f"get_{name}_display", None)
    return str(label() if label else value)


def enter(apps: Apps = installed, **_signal: Any) -> None:
    """Bring the database's platforms in step with the file. Receives `post_migrate`.

    What an operator has written stays: the fields in `changed_here`, and hosts that they gave to
    another platform. `flush` sends that signal too, and without `apps`.
    """
    try:
        model = apps.get_model("channels", "Platform")
        model._meta.get_field("changed_here")
    except (LookupError, FieldDoesNotExist):  # migrated back to before there were any
        return
    there = {row.key: row for row in model._default_manager.all()}
    for key, facts in _still_free(shipped(), there.values()).items():
        row = there.setdefault(key, model(key=key))
        for name in facts.keys() - set(row.changed_here):
            setattr(row, name, facts[name])
    rows = model._default_manager
    rows.bulk_update([row for row in there.values() if row.pk], FACTS)
    rows.bulk_create([row for row in there.values() if not row.pk])


def _still_free(
    platforms: Mapping[str, Mapping[str, Any]], there: Iterable[Platform]
) -> dict[str, dict[str, Any]]:
    """What ships without the hosts that an operator gave to another platform.

    One that is left without any is left out: the operator has it under another key.
    """
    given = {
        bare(host): row.key for row in there if "hosts" in row.changed_here for host in row.hosts
    }
    free = {}
    for key, facts in platforms.items():
        hosts = [host for host in facts["hosts"] if given.get(bare(host), key) == key]
        if hosts or not facts["hosts"]:
            free[key] = {**facts, "hosts": hosts}
    return free


def recognise(text: str, platforms: Iterable[Platform]) -> Account:
    """The account at an address as somebody pasted it.

    The address comes out the one way it is always written: https, the platform's own host, no
    tracking, nothing after the account's name. Raises AddressRefused.
    """
    parts = _parts(text)
    host = _host(parts)
    path = parts.path.rstrip("/") or "/"
    for platform in platforms:
        if _speaks_at(platform, host):
            return _on(platform, host, path, parts.query)
    query = f"?{parts.query}" if parts.query else ""
    return Account(None, _bounded(f"https://{host}{path}{query}"))


def _parts(text: str) -> SplitResult:
    text = text.strip()
    if not re.match(r"^[a-z][a-z0-9+.\-]*:", text, re.IGNORECASE):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.port in (None, 80, 443)
    except ValueError:
        usable = False
    if not usable or parts.scheme.lower() not in ("http", "https") or parts.username is not None:
        raise AddressRefused(_("Write the web address as the browser shows it: https://…"))
    return parts


def host_of(text: str) -> str:
    """The host of an address, or one written by itself, as hosts are compared. Raises
    AddressRefused."""
    return _host(_parts(text))


def bare(host: str) -> str:
    """The host without what is only another way in to the same place."""
    return _DOORS.sub("", host)


def _host(parts: SplitResult) -> str:
    try:
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z][a-z0-9\-]+", host):
        raise AddressRefused(_("Write the web address as the browser shows it: https://…"))
    return host


def _speaks_at(platform: Platform, host: str) -> bool:
    if platform.account_in_host:
        return any(host == known or host.endswith(f".{known}") for known in platform.hosts)
    return bare(host) in map(bare, platform.hosts)


def _on(platform: Platform, host: str, path: str, query: str) -> Account:
    home = host if platform.account_in_host else platform.hosts[0]
    whole = f"{path}?{query}" if query else path
    for pattern in platform.patterns:
        if found := _compiled(pattern).match(whole[: patterns.LONGEST]):
            named = found.groupdict()
            number, handle = named.get("id") or "", (named.get("handle") or "").lower()
            # what a number names is told apart by case, what a name names is not
            place = _without_tracking(found, number) if number else _without_detour(found)
            return Account(platform, _bounded(f"https://{home}{place}"), handle, number)
    if platform.account_in_host and host not in platform.hosts:
        return Account(platform, _bounded(f"https://{host}/"), host.split(".")[0])
    raise AddressRefused(
        _("This is an address at %(platform)s, but not that of an account. Copy it from the page.")
        % {"platform": platform}
    )


def _without_detour(found: re.Match[str]) -> str:
    return found.group(0).replace(found.groupdict().get("drop") or "", "", 1).lower()


def _without_tracking(found: re.Match[str], number: str) -> str:
    path, separator, _query = found.group(0).partition("?")
    return f"{path}?id={number}" if separator else path


def _bounded(url: str) -> str:
    if len(url) > LONGEST:
        raise AddressRefused(_("The address is longer than %(n)d characters.") % {"n": LONGEST})
    return url


@lru_cache(maxsize=100)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
