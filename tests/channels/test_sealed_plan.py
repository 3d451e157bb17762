"""The municipality's seal on the plan's document, as readers elsewhere see it."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import LazySettings
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus

from channels.actions.documents import render_plan
from channels.models import PlanVersion
from governance.files import open_stored
from governance.models import AuditEntry, StoredFile
from governance.seal import can_seal, validation_context
from governance.seal_trial import make_authority
from tests.browsers import client_of
from tests.conformance.verapdf import verdict
from tests.plans_of_town import waiting
from tests.town import NOW, Town

S = TypeVar("S")
#: What may have come after a seal: the next seal, and what is needed to verify it later.
ALLOWED = (ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
APPROVALS = ["operations_approval", "sector_approval"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seals") / "trial"
    make_authority(folder, [("ekby", "Ekby kommun")])
    return folder


@pytest.fixture
def seals(authority: Path, settings: LazySettings) -> Iterator[None]:
    settings.SEAL_DIR = authority
    settings.TIMESTAMP_URL = ""
    yield


def document(town: Town) -> tuple[StoredFile, bytes]:
    version = PlanVersion.objects.get(plan__channel=waiting(town))
    kept = render_plan(version.pk, now=NOW)
    with open_stored(kept) as stored:
        return kept, stored.read()


def standing(content: bytes) -> list[PdfSignatureStatus]:
    """What pyHanko says of each approval's seal."""
    *seals, _stamp = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return [apart(validate_pdf_signature, each) for each in seals]


def apart(validate: Callable[..., S], seal: EmbeddedPdfSignature) -> S:
    """Asked in a thread, for pyHanko runs an event loop, as the browser tests do in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(validate, seal, validation_context()).result()


@pytest.mark.usefixtures("seals")
def test_each_approval_is_sealed_in_its_order_and_readers_elsewhere_agree(
    town: Town, tmp_path: Path
) -> None:
    _kept, content = document(town)
    path = tmp_path / "plan.pdf"
    path.write_bytes(content)
    seals = PdfFileReader(io.BytesIO(content)).embedded_signatures
    assert [each.field_name for each in seals[:-1]] == APPROVALS
    for seal, person in zip(seals[:-1], (town.anna, town.sten), strict=True):
        assert seal.sig_object["/Name"] == town.municipality.name
        assert person.name in seal.sig_object["/Reason"]
    for said in standing(content):
        assert (said.intact, said.valid, said.trusted) == (True, True, True)
        assert said.modification_level in ALLOWED
    stamp = apart(validate_pdf_timestamp, seals[-1])
    assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
    run = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False)
    assert run.stdout.count("Signature is Valid") == len(APPROVALS)
    complies, said_of_archive = verdict(path, "2a", "ua1")
    assert complies, said_of_archive


@pytest.mark.usefixtures("seals")
def test_one_changed_letter_breaks_the_seals(town: Town) -> None:
    _kept, content = document(town)
    at = content.index(b"/Title")
    changed = content[: at + 1] + b"t" + content[at + 2 :]
    assert [said.intact for said in standing(changed)] == [False, False]


@pytest.mark.usefixtures("seals")
def test_the_document_says_whose_seal_it_is_and_the_log_says_which(
    town: Town, tmp_path: Path
) -> None:
    kept, content = document(town)
    path = tmp_path / "plan.pdf"
    path.write_bytes(content)
    run = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    assert "nobody's personal signature" in " ".join(run.stdout.split())
    entry = AuditEntry.objects.get(act="plan.document_made")
    assert (entry.facts["seals"], entry.facts["sha256"]) == (APPROVALS, kept.sha256)


@pytest.mark.usefixtures("seals")
def test_the_plan_s_page_attests_no_more_than_is_so(town: Town) -> None:
    kept, _content = document(town)
    plan = PlanVersion.objects.get(pdf=kept).plan
    page = client_of(town.anna).get(f"/plans/{plan.pk}/").content.decode()
    assert "once for each approval" in page
    assert "nobody&#x27;s personal signature" in page
    assert kept.sha256[:8] in page


@pytest.mark.usefixtures("seals")
def test_a_name_that_is_not_shown_stands_in_no_seal(town: Town) -> None:
    town.sten.name_hidden = True
    town.sten.save(update_fields=["name_hidden"])
    _kept, content = document(town)
    assert town.sten.name.encode() not in content
    assert town.sten.name.encode("utf-16-be") not in content


def test_without_a_seal_the_document_is_made_and_claims_none(
    town: Town, settings: LazySettings, tmp_path: Path
) -> None:
    settings.SEAL_DIR = tmp_path
    assert not can_seal(town.municipality)
    _kept, content = document(town)
    assert not PdfFileReader(io.BytesIO(content)).embedded_signatures
    assert AuditEntry.objects.get(act="plan.document_made").facts["seals"] == []


def test_the_trial_authority_keeps_what_it_made(authority: Path) -> None:
    before = {path.name: path.read_bytes() for path in authority.iterdir()}
    make_authority(authority, [("ekby", "Ekby kommun")])
    assert {path.name: path.read_bytes() for path in authority.iterdir()} == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in authority.iterdir())
