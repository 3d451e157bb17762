"""Documents are PDF/A-2a and PDF/UA-1 in one file, made of their template alone."""

from __future__ import annotations

import io
import subprocess
import threading
from pathlib import Path

import pikepdf
from weasyprint import HTML

from governance import render
from tests.conformance.verapdf import verdict

PAGE = """<!doctype html><html lang="sv"><head><title>Prov</title></head>
<body><h1>Prov på åäö</h1><p>En rad.</p>{more}
<table><thead><tr><th>När</th></tr></thead><tbody><tr><td>I dag</td></tr></tbody></table>
</body></html>"""


def test_a_document_is_both_archivable_and_accessible(tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(render.pdf_of(PAGE.format(more="")))

    compliant, said = verdict(path, "2a", "ua1")

    assert compliant, said


def test_what_no_font_can_draw_is_given_by_its_number_and_never_as_an_empty_box(
    tmp_path: Path,
) -> None:
    path = tmp_path / "document.pdf"
    # the last is a letter of a private use area, which no font is asked to have
    path.write_bytes(
        render.pdf_of(PAGE.format(more="<p>Hm 🤔 👩‍👧 مرحبا Привет हिन्दी \U0010fff0</p>"))
    )

    compliant, said = verdict(path, "2a", "ua1")

    assert compliant, said
    run = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    assert "[U+10FFF0]" in run.stdout
    assert "🤔" in run.stdout


def test_the_validator_says_no_to_a_plain_pdf(tmp_path: Path) -> None:
    path = tmp_path / "plain.pdf"
    HTML(string=PAGE.format(more="")).write_pdf(path)

    compliant, said = verdict(path, "2a", "ua1")

    assert not compliant
    assert "PDFA-2A NOT compliant" in said
    assert "PDFUA-1 NOT compliant" in said


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render.pdf_of(PAGE.format(more="")) == render.pdf_of(PAGE.format(more=""))


def test_two_threads_never_make_documents_at_once() -> None:
    render.pdf_of(PAGE.format(more=""))  # takes a moment the first time
    made: list[bytes] = []
    other = threading.Thread(target=lambda: made.append(render.pdf_of(PAGE.format(more=""))))
    with render._one_at_a_time:
        other.start()
        other.join(timeout=2)
        assert made == [], "the fonts' memory is not for two threads at once"
    other.join()
    assert len(made) == 1


def test_an_address_in_an_answer_is_never_followed(tmp_path: Path) -> None:
    picture = tmp_path / "secret.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>hemlig</text></svg>')
    made = render.pdf_of(PAGE.format(more=f'<img alt="bild" src="{picture.as_uri()}">'))

    with pikepdf.open(io.BytesIO(made)) as document:
        assert "/XObject" not in document.pages[0].Resources or not dict(
            document.pages[0].Resources.XObject
        )
