"""The main menu. Every app adds its items in `AppConfig.ready()`; each is shown to those who may.

Lower apps never learn what upper ones add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise

from governance.asked_once import asking_once

if TYPE_CHECKING:
    from governance.models import Municipality, User

Words = str | Promise


@dataclass(frozen=True)
class Item:
    """An item of the internal menu.

    `allowed` answers whether a person may use it, `count` how many things wait there for them.
    `tab` puts it in the bar at the bottom of a phone, which has room for three.
    """

    key: str
    label: Words
    url_name: str
    order: int
    allowed: Callable[[User, datetime], bool]
    count: Callable[[User, datetime], int] | None = None
    icon: str = "list"
    tab: bool = False


@dataclass(frozen=True)
class PublicItem:
    """An item of the public menu; its address takes the municipality's slug."""

    key: str
    label: Words
    url_name: str
    order: int


@dataclass(frozen=True)
class Link:
    """An item as one page shows it."""

    key: str
    label: Words
    url: str
    current: bool
    icon: str = ""
    count: int = 0
    tab: bool = False


_items: dict[str, Item] = {}
_public_items: dict[str, PublicItem] = {}


def add(item: Item) -> None:
    """Put an item in the internal menu. The same key replaces the item it had."""
    _items[item.key] = item


def add_public(item: PublicItem) -> None:
    """Put an item in the public menu. The same key replaces the item it had."""
    _public_items[item.key] = item


def links_for(user: User, path: str, now: datetime) -> list[Link]:
    """The items that `user` may use, in order; the one that `path` stands under is current."""
    with asking_once():
        return _links_for(user, path, now)


def _links_for(user: User, path: str, now: datetime) -> list[Link]:
    allowed = [item for item in _in_order(_items) if item.allowed(user, now)]
    addresses = {item.key: reverse(item.url_name) for item in allowed}
    current = _current(addresses, path)
    return [
        Link(
            item.key,
            item.label,
            addresses[item.key],
            current=item.key == current,
            icon=item.icon,
            count=item.count(user, now) if item.count else 0,
            tab=item.tab,
        )
        for item in allowed
    ]


def public_links_for(municipality: Municipality, path: str) -> list[Link]:
    """The public menu of a municipality, in order."""
    addresses = {
        item.key: reverse(item.url_name, args=[municipality.slug])
        for item in _in_order(_public_items)
    }
    current = _current(addresses, path)
    return [
        Link(item.key, item.label, addresses[item.key], current=item.key == current)
        for item in _in_order(_public_items)
    ]


def _in_order(items: dict[str, Item] | dict[str, PublicItem]) -> list:
    return sorted(items.values(), key=lambda item: item.order)


def _current(addresses: dict[str, str], path: str) -> str | None:
    """The key whose address is the longest beginning of the path."""
    above = [(len(url), key) for key, url in addresses.items() if path.startswith(url)]
    return max(above)[1] if above else None
