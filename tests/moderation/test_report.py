"""The document for auditors: what was asked and done, the gaps, no more than is proven."""

from __future__ import annotations

import io
import subprocess
import threading
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from channels.models import Channel
from governance.alone import alone_with
from governance.audit import checkpoint
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.files import _path, open_stored
from governance.logo import change_logo
from governance.models import AuditEntry
from moderation.actions import reports
from moderation.actions.reports import download_report, make_report, request_report
from moderation.models import SupervisionReport
from moderation.overview import paper
from moderation.overview.paper import supervision_paper
from moderation.tasks import make_waiting_reports
from tests.browsers import client_of
from tests.channels_of_town import assign, open_channel
from tests.conformance.verapdf import verdict
from tests.moderation.scenes import logged
from tests.moderation.year_of_looks import EVENING, WHY, moment, ten_days
from tests.pictures import logo
from tests.town import LONG_AGO, Town, adopt_text, at, build, file_of, later

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 11)
State = SupervisionReport.State


@pytest.fixture
def looked(town: Town) -> Channel:
    """The library's page after ten days."""
    channel = open_channel(town.library, created_at=moment(1, "05:00"))
    assign(town.cleo, channel)
    return ten_days(town, channel)


def asked(town: Town) -> SupervisionReport:
    return request_report(town.root, FIRST, LAST, by=town.ben, now=EVENING)


def made(town: Town) -> SupervisionReport:
    return make_report(asked(town).pk, now=EVENING)


def text_of(report: SupervisionReport) -> str:
    assert report.file is not None
    run = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=open_stored(report.file).read(),
        capture_output=True,
        check=True,
    )
    return " ".join(run.stdout.decode().split())


def test_the_document_tells_what_was_asked_done_and_missed(town: Town, looked: Channel) -> None:
    town.municipality.locale = "en"
    town.municipality.save(update_fields=["locale"])

    text = text_of(made(town))

    assert "7 of 9 in time, 1 afterwards, 1 missed, 1 not yet" in text.lower()
    assert "Kanalen följs upp minst en gång om dagen." in text
    assert "2.1 Att" in text, "the clause"
    assert "Our routine, not the guideline's" in text
    assert "2026-03-10 Ekby bibliotek" in text, "the day on which nobody looked"
    assert WHY.partition(",")[0] in text
    assert "Substitute 1 0" in text
    assert "version 1" in text
    assert "authentic" not in text.lower()
    assert "Cleo" not in text, "roles, not names"


def test_the_document_is_archivable_and_accessible(
    town: Town, looked: Channel, tmp_path: Path
) -> None:
    report = made(town)
    assert report.file is not None
    path = tmp_path / "report.pdf"
    path.write_bytes(open_stored(report.file).read())

    compliant, said = verdict(path, "2a", "ua1")

    assert compliant, said
    with pikepdf.open(io.BytesIO(path.read_bytes())) as document:
        assert str(document.Root.Lang) == "sv"


def test_it_says_up_to_which_row_of_the_log_it_speaks(town: Town, looked: Channel) -> None:
    report = asked(town)
    mark = checkpoint(town.municipality, now=EVENING)
    assert mark is not None

    said = supervision_paper(report, mark, EVENING)

    assert said.mark == mark
    assert "".join(said.root_lines).replace(" ", "") == bytes(mark.root).hex()


def test_every_version_that_was_in_force_in_the_period_is_told(town: Town, looked: Channel) -> None:
    place, content = town.municipality, file_of("vargarda").read_text()
    town.municipality.policies.update(in_force_from=LONG_AGO)
    adopt_text(place, content + "\n# två", number=2, in_force_from=date(2025, 6, 1))
    adopt_text(place, content + "\n# tre", number=3, in_force_from=date(2026, 2, 1))
    adopt_text(place, content + "\n# fyra", number=4, in_force_from=date(2026, 6, 1))

    said = supervision_paper(asked(town), None, EVENING)

    assert [each.version.number for each in said.asked] == [2, 3]


def test_silence_is_told_and_nothing_is_missed_by_it(db: None) -> None:
    town = build("volda")
    open_channel(town.library, created_at=moment(1, "05:00"))

    said = supervision_paper(asked(town), None, EVENING)

    assert said.asked[0].silent
    assert said.figures.looks.missed == 0
    assert said.gaps == []


def test_gaps_beyond_what_a_document_holds_are_counted(
    town: Town, looked: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "MOST_GAPS", 1)

    said = supervision_paper(asked(town), None, EVENING)

    assert (len(said.gaps), said.gaps_in_all, said.left_out) == (1, 2, 1)


def test_the_units_add_up_to_the_whole(town: Town, looked: Channel) -> None:
    said = supervision_paper(asked(town), None, EVENING)

    (unit,) = said.units
    assert unit.name == town.library.name
    assert unit.counts == said.figures.looks
    assert [counts.owed for counts in unit.months] == [0, 0, 9]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 12)),
        (date(2025, 3, 10), date(2026, 3, 11)),
    ],
    ids=["the wrong way round", "a day to come", "more than a year"],
)
def test_a_period_that_cannot_be_is_refused(first: date, last: date, town: Town) -> None:
    with pytest.raises(AgainstPolicy) as refused:
        request_report(town.root, first, last, by=town.ben, now=EVENING)
    assert refused.value.field == "ends_on"


def test_it_takes_the_right_to_oversee_the_unit(town: Town) -> None:
    for who, unit in ((town.cleo, town.library), (town.anna, town.root), (town.otto, town.root)):
        with pytest.raises(NotAllowed):
            request_report(unit, FIRST, LAST, by=who, now=EVENING)
    assert request_report(town.library, FIRST, LAST, by=town.anna, now=EVENING)


def test_a_document_is_made_once_and_stays_as_it_was(town: Town, looked: Channel) -> None:
    report = made(town)
    again = make_report(report.pk, now=later(EVENING, days=30))

    assert again.file == report.file
    assert [each.facts["sha256"] for each in logged("report.made")] == [report.file.sha256]  # type: ignore[union-attr]


def test_what_a_worker_fell_over_is_made_at_the_next_turn(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[int] = []
    monkeypatch.setattr("moderation.tasks.make_report.delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        report = asked(town)
    make_waiting_reports()

    assert sent == [report.pk, report.pk]
    assert reports.reports_waiting() == [report.pk]


def test_a_document_that_cannot_be_made_has_failed_and_is_not_tried_for_ever(
    town: Town, tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    report = asked(town)
    settings.MEDIA_ROOT = tmp_path / "full"
    settings.MEDIA_ROOT.write_bytes(b"a file where the folder was")
    make_report(report.pk, now=EVENING)

    report.refresh_from_db()
    assert (report.state, report.problem) == (State.FAILED, "FileExistsError")
    assert reports.reports_waiting() == []
    assert "FileExistsError" in caplog.text, "with where it happened"
    page = client_of(town.ben).get("/overview/reports/").content.decode()
    assert "Could not be made" in page
    assert "hx-get" not in page


def test_a_document_whose_logo_is_gone_has_failed_with_the_files_name(town: Town) -> None:
    kept = change_logo(town.municipality, logo(), by=town.ben, now=EVENING).logo
    assert kept is not None
    _path(kept.municipality_id, kept.sha256).unlink()

    report = made(town)

    assert report.state == State.FAILED
    assert kept.name in report.problem


@pytest.mark.django_db(transaction=True)
def test_a_worker_leaves_alone_the_report_that_another_is_making() -> None:
    report = asked(build())

    def another_worker() -> None:
        make_report(report.pk, now=EVENING)
        connection.close()

    with alone_with(report) as alone:
        assert alone
        other = threading.Thread(target=another_worker)
        other.start()
        other.join()
        report.refresh_from_db()
        assert report.state == State.WAITING
    assert make_report(report.pk, now=EVENING).state == State.READY


def test_each_download_is_in_the_log(town: Town, looked: Channel) -> None:
    report = made(town)
    client = client_of(town.ben)

    answer = client.get(f"/overview/reports/{report.pk}.pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(act="report.downloaded").count() == 1
    assert client_of(town.otto).get(f"/overview/reports/{report.pk}.pdf").status_code == 404
    assert client_of(town.anna).get(f"/overview/reports/{report.pk}.pdf").status_code == 403


def test_there_is_nothing_to_download_before_it_is_made(town: Town) -> None:
    with pytest.raises(NoLongerPossible):
        download_report(asked(town), by=town.ben, now=EVENING)


def test_the_page_takes_a_period_and_lists_what_was_made(town: Town, looked: Channel) -> None:
    client = client_of(town.ben)
    sent = {"unit": town.root.pk, "starts_on": "2026-03-01", "ends_on": "2026-03-11"}

    assert client.post("/overview/reports/", sent).status_code == 302
    report = SupervisionReport.objects.get()
    assert report.state == State.WAITING
    assert "hx-get" in client.get("/overview/reports/").content.decode()
    make_report(report.pk, now=at("2026-03-12"))
    page = client.get("/overview/reports/").content.decode()
    assert f"/overview/reports/{report.pk}.pdf" in page

    refused = client.post("/overview/reports/", sent | {"ends_on": "2026-02-01"})
    assert refused.status_code == 422
    assert "The last day comes before the first." in refused.content.decode()
    assert client_of(town.cleo).get("/overview/reports/").status_code == 403
