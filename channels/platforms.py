"""The social media we know, and how the address of an account on one is written.

The list is data (`platforms.toml`); `enter` puts it into the database after every migrate, so that
a new medium needs neither a migration nor a visit to the admin.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.utils.translation import gettext as _

from channels.models import Platform

KNOWN = Path(__file__).with_name("platforms.toml")
#: Ways in to the same place: the mobile site, a language's site, the login site.
_DOORS = re.compile(r"^(?:www|m|mobile|web|touch|[a-z]{2}-[a-z]{2}|[a-z]{2})\.(?=[^.]+\.[^.]+)")
LONGEST = 300


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


def enter(apps: Apps = installed, **_signal: Any) -> None:
    """Bring the database's platforms in step with the file. Receives `post_migrate`.

    `flush` sends that signal too, and without `apps`.
    """
    try:
        model = apps.get_model("channels", "Platform")
    except LookupError:  # migrated back to before there were any
        return
    for key, facts in tomllib.loads(KNOWN.read_text(encoding="utf-8")).items():
        model._default_manager.update_or_create(key=key, defaults=facts)


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
    return bool({host, _DOORS.sub("", host)} & set(platform.hosts))


def _on(platform: Platform, host: str, path: str, query: str) -> Account:
    home = host if platform.account_in_host else platform.hosts[0]
    whole = f"{path}?{query}" if query else path
    for pattern in platform.patterns:
        if found := _compiled(pattern).match(whole):
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
