"""The plan as a document: what it says, what it conforms to, that it never changes."""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from pytest_django import DjangoDbBlocker

from channels.actions import documents
from channels.actions.documents import render_plan
from channels.documents import PlanPaper, plan_pdf, printed
from channels.models import Plan, PlanVersion
from governance.actions import change_person
from governance.files import open_stored
from governance.logo import change_logo
from governance.models import Municipality
from tests import plans_of_town
from tests.browsers import client_of
from tests.conformance.verapdf import verdict
from tests.pictures import logo
from tests.town import NOW, Town, build, later

LONG = "Maximiliana-Konstantina Wachtmeister af Johannishus-Söderberg"


def version_of(plan: Plan) -> PlanVersion:
    version = plan.current
    assert version is not None
    return version


def text_of(content: bytes, folder: Path) -> str:
    """The text as a reader of the PDF gets it, pages parted by form feeds."""
    path = folder / "plan.pdf"
    path.write_bytes(content)
    run = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return run.stdout


@dataclass(frozen=True)
class Paper:
    content: bytes
    digest: str


@pytest.fixture(scope="module")
def paper(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Paper:
    """An approved plan on paper, made once for the tests that read it; its plan is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        version = version_of(plans_of_town.approved(build()))
        made = Paper(plan_pdf(version), version.digest)
        transaction.set_rollback(True)
    return made


def test_the_document_carries_both_approvals_and_what_exactly_was_signed(
    paper: Paper, tmp_path: Path
) -> None:
    text = text_of(paper.content, tmp_path)

    for name, title in (("Anna Ek", "enhetschef"), ("Sten Alm", "sektorschef")):
        assert name in text
        assert title in text
    assert "Ekby, " in text
    digest = paper.digest
    assert " ".join(digest[start : start + 8] for start in range(0, 32, 8)) in text
    assert plans_of_town.BENEFIT["benefit"] in " ".join(text.split())
    pages = text.count("\f")
    assert pages == 2, "the last page is not left nearly empty"
    assert all(text.count(f"{page} ({pages})") == 1 for page in range(1, pages + 1))


def test_the_document_is_archivable_and_accessible(paper: Paper, tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(paper.content)

    compliant, said = verdict(path, "2a", "ua1")

    assert compliant, said


def test_long_names_and_twelve_administrators_are_all_there(town: Town, tmp_path: Path) -> None:
    def person(number: int) -> dict[str, Any]:
        return {
            "user": None,
            "name": f"{LONG} {number}",
            "title": "enhetschef för kultur- och fritidsförvaltningens mötesplatser",
            "contact": "0100-10 01",
        }

    plan = plans_of_town.submitted(town, administrators=[person(number) for number in range(12)])
    content = plan_pdf(version_of(plan))

    text = text_of(content, tmp_path).replace("\n", " ")
    assert " ".join(text.split()).count("Wachtmeister") == 12
    compliant, said = verdict(tmp_path / "plan.pdf", "2a", "ua1")
    assert compliant, said


def test_the_document_is_made_once_and_served_from_the_store(town: Town) -> None:
    plan = plans_of_town.approved(town)
    address = f"/plans/{plan.pk}/1.pdf"
    client = client_of(town.ola)

    first = client.get(address)
    stored = render_plan(version_of(plan).pk, now=later(days=30))
    again = client.get(address)

    assert first.headers["Content-Type"] == "application/pdf"
    assert first.headers["Content-Disposition"].startswith("attachment")
    content = b"".join(first.streaming_content)  # type: ignore[attr-defined]
    assert content == b"".join(again.streaming_content)  # type: ignore[attr-defined]
    assert version_of(plan).pdf == stored


def test_a_plan_that_waits_has_no_document_yet(town: Town) -> None:
    plan = plans_of_town.submitted(town)

    assert client_of(town.cleo).get(f"/plans/{plan.pk}/1.pdf").status_code == 409
    assert client_of(town.cleo).get(f"/plans/{plan.pk}/9.pdf").status_code == 404


def test_whoever_is_not_shown_by_name_is_not_in_the_document(town: Town, tmp_path: Path) -> None:
    for someone in (town.dag, town.sten):
        someone.name_hidden = True
        someone.save(update_fields=["name_hidden"])

    text = text_of(plan_pdf(version_of(plans_of_town.approved(town))), tmp_path)

    assert "Dag Åberg" not in text
    assert "Sten Alm" not in text
    assert "Anna Ek" in text


@pytest.mark.parametrize("locale", ["sv", "nn", "en"])
def test_the_document_speaks_the_municipality_s_language(
    locale: str, db: None, tmp_path: Path
) -> None:
    town = build()
    town.municipality.locale = locale
    town.municipality.save(update_fields=["locale"])

    content = plan_pdf(version_of(plans_of_town.submitted(town)))

    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == locale


def test_a_name_hidden_while_the_document_is_being_made_is_not_in_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = PlanVersion.objects.get(plan__channel=plans_of_town.waiting(town))
    made: list[bytes] = []

    def printed_meanwhile(paper: PlanPaper, municipality: Municipality, **how: bool) -> bytes:
        made.append(printed(paper, municipality, **how))
        change_person(town.anna, name_hidden=True, by=town.ben, now=NOW)
        return made[-1]

    monkeypatch.setattr(documents, "printed", printed_meanwhile)
    kept = render_plan(version.pk, now=NOW)
    assert town.anna.name in text_of(made[0], tmp_path)
    assert town.anna.name not in text_of(open_stored(kept).read(), tmp_path)


@pytest.mark.parametrize(
    "shown", [logo(), logo((300, 420), mode="RGB"), logo((1200, 200))], ids=["wide", "tall", "long"]
)
def test_the_logo_stands_in_the_head_and_the_document_stays_archivable_and_accessible(
    town: Town, tmp_path: Path, shown: SimpleUploadedFile
) -> None:
    change_logo(town.municipality, shown, by=town.ben, now=later(days=-1))
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(version_of(plans_of_town.approved(town))))

    compliant, said = verdict(path, "2a", "ua1")
    assert compliant, said
    with pikepdf.open(path) as document:
        assert len(document.pages[0].get_images()) == 1
        figures = [each for each in document.objects if _is_figure(each)]
        assert [str(each.Alt) for each in figures] == ["Ekby kommun"]
        assert len(document.pages) == 2, "the head takes no page of its own"


def _is_figure(each: Any) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"


def test_another_logo_changes_no_document_that_was_made_before(town: Town) -> None:
    change_logo(town.municipality, logo(), by=town.ben, now=later(days=-1))
    version = version_of(plans_of_town.approved(town))
    made = plan_pdf(version)
    change_logo(town.municipality, logo(ink="#803020"), by=town.ben, now=later(days=10))
    again = version_of(Plan.objects.get(pk=version.plan_id))
    assert plan_pdf(again) == made
    change_logo(town.municipality, None, by=town.ben, now=later(days=11))
    assert plan_pdf(version_of(Plan.objects.get(pk=version.plan_id))) == made
