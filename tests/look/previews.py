"""Pages that show every component with words as long as real ones."""

from __future__ import annotations

from collections import namedtuple
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines

from governance.navigation import Link
from governance.widgets import ClockInput, DayInput, MomentInput

PAGES = ("work", "empty", "sign", "channel", "remove", "form", "tray")
FOLDER = Path(__file__).resolve().parent / "pages"

NAV = [
    Link("work", "Mitt arbete", "/today/", current=True, icon="list", count=6, tab=True),
    Link("channels", "Kanaler", "/channels/", current=False, icon="channel", tab=True),
    Link("plans", "Planer", "/plans/", current=False, icon="plan"),
    Link("findings", "Fynd", "/findings/", current=False, icon="flag", tab=True),
    Link("archive", "Arkiv", "/archive/", current=False, icon="archive"),
    Link("overview", "Översikt", "/overview/", current=False, icon="overview"),
    Link("rules", "Regler", "/policy/", current=False, icon="rules"),
]
PUBLIC_NAV = [
    Link("register", "Sociala medier", "/ekby/", current=True),
    Link("rules", "Regler", "/ekby/rules/", current=False),
    Link("report", "Anmäl innehåll", "/ekby/report/", current=False),
]
DIGEST = "41c9e07b5a126d0f88b3c27e194ad05577fe3b61c80e2a9df0437be6915c90fd"

Day = namedtuple("Day", "date state")
Step = namedtuple("Step", "state words who note current")


def preview(request: HttpRequest, name: str) -> HttpResponse:
    """One page of components, as somebody signed in sees it."""
    return _page(request, name, nav=NAV)


def register(request: HttpRequest, municipality_slug: str) -> HttpResponse:
    """A public page of a municipality."""
    return _page(request, "register", public_nav=PUBLIC_NAV)


def _page(request: HttpRequest, name: str, **menus: list[Link]) -> HttpResponse:
    template = engines["django"].from_string((FOLDER / f"{name}.html").read_text())
    context = {
        "user": request.user
        if request.user.is_authenticated
        else SimpleNamespace(name="Maja Lindqvist", title="Bibliotekarie", is_authenticated=True),
        "digest": DIGEST,
        "days": _year(),
        "steps": _steps(),
        "facts": [
            ("Adress", "facebook.com/ekbybibliotek"),
            ("Syfte", "Bättre service, dialog, sprida information"),
            ("Ansvarig nämnd", "Bildningsnämnden"),
            ("Bekräftad", "18 november 2025"),
        ],
        "form": _form(request),
        "page": Paginator(range(90), 30).page(2),
        "choices": [
            ("registrar", "Lämna till registrator", "Riktlinjen säger inget om detta.", True),
            ("manager", "Meddela närmaste chef om hotet", "Bara du och chefen ser det.", True),
            ("police", "Polisanmälan gjord", "", False),
        ],
        "tabs": [("Att registrera", "#", True), ("Registrerade", "#", False)],
        **menus,
    }
    return HttpResponse(template.render(context, request))


class EveryField(forms.Form):
    """One field of each kind."""

    address = forms.URLField(
        label="Adressen till kommentaren",
        help_text="Tryck på klockslaget och kopiera adressen.",
        assume_scheme="https",
    )
    channel = forms.ChoiceField(
        label="Kanal", choices=[("", "Välj"), ("1", "Ekby bibliotek på Facebook")]
    )
    ground = forms.ChoiceField(
        label="Varför ska den bort?",
        choices=[
            ("Lagen kräver borttagning", [("1", "Olaga hot"), ("2", "Hets mot folkgrupp")]),
            ("Våra publicerade regler", [("3", "Kommersiell reklam")]),
        ],
        widget=forms.RadioSelect(attrs={"wide": True}),
    )
    topics = forms.MultipleChoiceField(
        label="Syften",
        choices=[("a", "Dialog"), ("b", "Service")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    obvious = forms.BooleanField(label="Det är uppenbart", help_text="Tvekar du är det inte det.")
    picture = forms.FileField(label="Skärmbild", widget=forms.ClearableFileInput)
    day = forms.DateField(label="Dag", widget=DayInput)
    clock = forms.TimeField(label="Klockslag", widget=ClockInput, required=False)
    noticed = forms.DateTimeField(label="Blev känd", widget=MomentInput)
    count = forms.IntegerField(label="Antal", min_value=1, required=False)
    text = forms.CharField(label="Vad hände?", widget=forms.Textarea, max_length=20)
    password = forms.CharField(label="Ditt lösenord", widget=forms.PasswordInput)
    origin = forms.CharField(widget=forms.HiddenInput, required=False)


def _form(request: HttpRequest) -> EveryField:
    if "errors" not in request.GET:
        return EveryField()
    return EveryField({"address": "ingen adress", "text": "Det här är för långt för rutan"})


def _year() -> list[Day]:
    """A year of check-ins with every state in it."""
    start, today = date(2025, 1, 1), date(2025, 11, 20)
    kinds = {40: "afterwards", 92: "afterwards", 148: "missed", 199: "missed", 200: "missed"}
    days = [start + timedelta(days=number) for number in range(365)]
    return [Day(day, _kind(number, day, today, kinds)) for number, day in enumerate(days)]


def _kind(number: int, day: date, today: date, kinds: dict[int, str]) -> str:
    if day == today:
        return "today"
    if day > today:
        return "ahead"
    return "off" if number < 12 else kinds.get(number, "done")


def _steps() -> list[Any]:
    return [
        Step("done", "Inlämnad", "Anton Berg", "14 nov, 13.20", current=False),
        Step("done", "Signerad", "Sara Nyberg", "verksamhetsansvarig chef, 18 nov", current=False),
        Step("waiting", "Väntar på dig", "Karin Holmgren", "sektorschef", current=True),
        Step("none", "Därefter", "Jonas Ek", "informatör utser redaktörer", current=False),
        Step("none", "Sist", "Inloggning och register", "hos tre", current=False),
    ]
