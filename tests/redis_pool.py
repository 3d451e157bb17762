"""Connections to Redis that outlive a test."""

from typing import Any

from redis import ConnectionPool


class OnePool(ConnectionPool):
    """The same connections for every cache of this process that goes to the same address.

    Each test has a cache of its own, and none of them closes what it has opened.
    """

    _pools: dict[str, "OnePool"] = {}

    @classmethod
    def from_url(cls, url: str, **options: Any) -> "OnePool":
        """The pool of the address, made when it is first asked for."""
        if url not in cls._pools:
            cls._pools[url] = super().from_url(url, **options)
        return cls._pools[url]
