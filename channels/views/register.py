"""The public register: no sign-in, no cookie, nothing that tells who reads it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from channels import register as reading
from channels.models import Channel
from channels.visitor_information import filled
from governance.models import Municipality
from governance.policy.in_force import NoPolicyInForce, policy_for
from governance.policy.types import Policy, Stated
from governance.public_pages import for_everybody


@require_safe
@for_everybody
def register(request: HttpRequest, municipality_slug: str) -> HttpResponse:
    """Every channel, open and closed; searched and filtered by address, so without JavaScript."""
    municipality = _municipality(request)
    words = request.GET.get("q", "").strip()
    platform = request.GET.get("platform", "")
    unit = request.GET.get("unit", "")
    check = request.GET.get("check", "").strip()
    found = reading.read(
        municipality,
        words=words,
        platform=platform,
        unit=int(unit) if unit.isdecimal() else None,
    )
    context = {
        "register": found,
        "today": municipality.today(timezone.now()),
        "q": words,
        "platform": platform,
        "unit": unit,
        "check": check,
        "answer": reading.is_it_us(check, municipality) if check else None,
        "rules": _rules(municipality),
        # resolved once, not once a row
        "base": reverse("register:register", args=[municipality.slug]),
        "carried": f"?lang={chosen}" if (chosen := getattr(request, "language_link", "")) else "",
    }
    return render(request, "public/register.html", context)


@require_safe
@for_everybody
def channel(request: HttpRequest, municipality_slug: str, slug: str) -> HttpResponse:
    """One channel: that it is ours, what it is for, which rules hold there."""
    municipality = _municipality(request)
    rows = Channel.objects.filter(municipality=municipality).in_register()
    found = rows.select_related("platform", "unit").filter(slug=slug).first()
    if found is None:
        raise Http404
    context = {"channel": found, "rules": _rules(municipality, found)}
    return render(request, "public/channel.html", context)


@require_safe
@for_everybody
def register_json(request: HttpRequest, municipality_slug: str) -> HttpResponse:
    """The register as JSON, free to use."""
    municipality = _municipality(request)
    data = {"municipality": municipality.name, "channels": reading.open_data(municipality)}
    return _open(JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1}))


@require_safe
@for_everybody
def register_csv(request: HttpRequest, municipality_slug: str) -> HttpResponse:
    """The register for a spreadsheet, free to use."""
    municipality = _municipality(request)
    table = reading.as_csv(reading.open_data(municipality))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    name = f"{municipality.slug}-register.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    """Open data may be read by any page of anybody's."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _municipality(request: HttpRequest) -> Municipality:
    """The one whose page is asked for, found by the language middleware, or Http404."""
    found: Municipality | None = getattr(request, "municipality", None)
    if found is None:
        raise Http404
    return found


def _rules(municipality: Municipality, channel: Channel | None = None) -> dict[str, Any]:
    """What visitors must be told: what is removed, and under which clause.

    On a channel's page also the prescribed texts, filled with its contacts.
    """
    try:
        policy = policy_for(municipality, timezone.now())
    except NoPolicyInForce:
        return {}
    rule = policy.removal.default
    return {
        "says": rule.says if isinstance(rule, Stated) else "",
        "clause": rule.clauses[0] if isinstance(rule, Stated) and rule.clauses else "",
        "texts": _texts(policy, channel) if channel else [],
        "removed": [
            each for each in policy.categories if each.status in ("mandatory", "permitted")
        ],
        "document": policy.guideline.title,
    }


def _texts(policy: Policy, channel: Channel) -> list[str]:
    return [
        filled(text.text, channel)
        for text in policy.texts.values()
        if text.use == "visitor_information" and text.text
    ]
