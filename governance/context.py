"""What every page may use: the municipality, the menus, the moment, the languages."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from governance import logo, navigation
from governance.look import address_of
from governance.typed import Typed, not_drawn

#: Each language under its own name, so that it is found by those who need it.
_OWN_NAMES = {"sv": "Svenska", "nn": "Nynorsk", "en": "English"}


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for `base.html` and `public_base.html`. Menus cost queries only where shown."""
    municipality = getattr(request, "municipality", None)
    now = timezone.now()
    return {
        "municipality": municipality,
        "now": now,
        "look": address_of(municipality),
        "logo": logo.address_of(municipality),
        "nav": SimpleLazyObject(lambda: _nav(request, now)),
        "public_nav": SimpleLazyObject(lambda: _public_nav(request, municipality)),
        "languages": _languages(),
        "not_drawn": SimpleLazyObject(lambda: _not_drawn(request)),
    }


def _nav(request: HttpRequest, now: Any) -> list[navigation.Link]:
    user = getattr(request, "user", None)  # refused early: a host not ours, a cookie unreadable
    if user is None or not user.is_authenticated:
        return []
    return navigation.links_for(user, request.path, now)


def _not_drawn(request: HttpRequest) -> list[Typed]:
    return not_drawn(request) if hasattr(request, "user") else []


def _public_nav(request: HttpRequest, municipality: Any) -> list[navigation.Link]:
    return navigation.public_links_for(municipality, request.path) if municipality else []


def _languages() -> list[dict[str, Any]]:
    current = translation.get_language()
    return [
        {
            "code": code,
            "name": name,
            "current": code == current,
        }
        for code, name in _OWN_NAMES.items()
    ]
