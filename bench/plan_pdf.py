"""The plan's document against WeasyPrint alone on the same HTML, both warm.

Ours fills in the template, lays it out as PDF/A-2a and declares PDF/UA-1; the floor is given the
HTML and makes the same tagged PDF/A-2a with a stylesheet parsed once.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.ratios import Report, alternate, milliseconds
from channels.documents import Approval, Event, PlanPaper, StepAnswer
from channels.paper import Box, BoxRow, Check
from governance import render

TEMPLATE, LANGUAGE = "documents/plan.html", "sv"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def measure(report: Report) -> None:
    """At most 1.15 of the floor's time."""
    report.heading("Plan as a document: against warm WeasyPrint on the same HTML")
    context = {"paper": _paper()}
    with translation.override(LANGUAGE):
        html = render_to_string(TEMPLATE, context | {"language": LANGUAGE})
    bare = Bare()
    sides = alternate(lambda: _made(context), lambda: bare.make(html))
    report.goal("plan PDF / WeasyPrint", sides.ratio, at_most=1.15, detail=milliseconds(sides.ours))


class Bare:
    """WeasyPrint alone, warm: its stylesheet is parsed once."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.styles = CSS(filename=render.STYLES, font_config=self.fonts)

    def make(self, html: str) -> None:
        """The same tagged PDF/A-2a of the HTML, thrown away."""
        document = HTML(string=html).render(
            stylesheets=[self.styles], font_config=self.fonts, pdf_variant=render.VARIANT
        )
        document.write_pdf(pdf_variant=render.VARIANT)


def _made(context: dict[str, PlanPaper]) -> None:
    render.pdf(TEMPLATE, context, language=LANGUAGE)


def _paper() -> PlanPaper:
    """A plan as long as most: two pages."""
    text = "Nå dem som inte läser kommunens webbplats. " * 4
    person = "Anna Ek, enhetschef, 0100-10 00, anna.ek@ekby.example"
    long = [BoxRow([Box(str(number), "Fråga", [text])]) for number in range(1, 8)]
    people = [
        BoxRow([Box("7", "Administratör", [person], 3), Box("", "Administratör", [person], 3)])
    ]
    approval = Approval("Godkännande", "Ekby", AT, "enhetschef", "Anna Ek", "", "")
    return PlanPaper(
        municipality="Ekby kommun",
        logo=None,
        unit_line="Sektor kultur, Ekby bibliotek",
        title="Aktivitetsplan för sociala medier",
        subject="Instagram, Ekby bibliotek",
        number=2,
        status="Godkänd 2 mars 2026",
        made_at=AT,
        guideline="riktlinjerna",
        clause="2.2 Krav",
        policy="Riktlinjer för sociala medier, version 1",
        digest="41c9e07b" * 8,
        rows=long + people,
        step_answers=[StepAnswer("Nytta", [text], "Sektorschef, 1.3")],
        approvals=[(approval, approval)],
        history=[Event(AT, "Version 1 inlämnad", "Cleo Sjö")] * 5,
        checks=[Check("Minst två administratörer", "Blankett", "done")] * 6,
    )
