"""Asking once what one page asks many times: what somebody's appointments are, what waits for them.

Every number in the menu asks that again, and so does the page below it. While a page is read the
answer stays the same, for reading changes nothing; where something is written nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

T = TypeVar("T")

_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """While this lasts, `once` asks once for each key. Only for what reads and does not write."""
    if _answers.get() is not None:
        yield  # within another, whose answers hold
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers: kept under the key while `asking_once` lasts, else asked each time.

    The key names the question and everything that the answer depends on.
    """
    kept = _answers.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]  # type: ignore[no-any-return]


def reading_asks_once(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: a request that only reads asks everything once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with asking_once():
            return get_response(request)

    return middleware
