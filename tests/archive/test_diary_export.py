"""The diary export: which records, every column of them, and what happens when workers fail."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from archive.actions.exports import (
    build_export,
    download_export,
    exports_waiting,
    request_export,
)
from archive.actions.snapshots import take_snapshot
from archive.models import Export
from archive.records import Period, count_records, rows
from archive.tasks import make_export, make_waiting_exports
from channels.actions.deciding import return_plan
from channels.actions.planning import submit_plan
from channels.models import Channel
from governance.alone import alone_with
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.files import _path, open_stored
from governance.models import AuditEntry, StoredFile
from moderation.actions import Removal, assess_secrecy, hide, register_number, restore, withdraw
from moderation.models import Item
from tests.channels_of_town import library_page, open_channel
from tests.live import Mailbox, eventually
from tests.moderation.scenes import comment, picture, removed
from tests.pictures import upload
from tests.plans_of_town import anna_approves, approved, digest_of, fresh, sten_approves, submitted
from tests.town import NOW, Town, at, build, later, unit

DAY = NOW.date()
COLUMNS = [
    "Diary number",
    "Date",
    "Received or drawn up",
    "Counterpart",
    "Subject",
    "Kind of record",
    "Channel",
    "Address",
    "Received",
    "Became aware",
    "Acted",
    "Category",
    "Ground",
    "Secrecy",
    "Paragraph",
    "Responsible",
    "Files with SHA-256",
]


def asked(town: Town, *kinds: str, starts: date = DAY, ends: date = DAY, where: Any = None) -> Any:
    return request_export(
        where or town.root, starts, ends, kinds or ["removal"], by=town.rut, now=NOW
    )


def made(town: Town, *kinds: str, **given: Any) -> Export:
    return build_export(asked(town, *kinds, **given), now=NOW)


def opened(export: Export) -> zipfile.ZipFile:
    assert export.package is not None, export.problem
    return zipfile.ZipFile(open_stored(export.package))


def table(export: Export) -> list[dict[str, str]]:
    """The rows of the table by the English names of the columns."""
    text = opened(export).read("diary.csv").decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]


def period(town: Town, starts: date = DAY, ends: date = DAY, where: Any = None) -> Period:
    return Period.of(where or town.root, starts, ends)


def removed_at(town: Town, channel: Channel, moment: datetime, **fields: Any) -> Item:
    item = comment(channel, town.cleo, now=moment, **fields)
    removed(item, town.cleo, now=moment)
    return item


# --- every column ------------------------------------------------------------------------------


def test_a_removal_fills_every_column(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo, posted_at=at("2026-03-01", "22:10"))
    removed(item, town.cleo, now=later(minutes=14))
    register_number(item, "BN 2026/17", by=town.rut, now=later(hours=1))
    (row,) = table(made(town))
    image = item.evidence.get(file__isnull=False).file
    assert image is not None
    assert row["Diary number"] == "BN 2026/17"
    assert row["Date"] == row["Acted"] == "2026-03-02 09.14"
    assert row["Counterpart"] == "bengt_o_71"
    assert row["Channel"] == "Ekby bibliotek, Facebook"
    assert row["Address"] == "https://www.facebook.com/ekby/posts/8842"
    assert (row["Received"], row["Became aware"]) == ("2026-03-01 22.10", "2026-03-02 09.00")
    assert "hot" in row["Category"]
    assert "Brottsbalken 4 kap. 5 §" in row["Ground"]
    assert (row["Secrecy"], row["Paragraph"]) == ("", "")
    assert row["Responsible"] == "Cleo Sjö, bibliotekarie"
    assert row["Files with SHA-256"].endswith(f"/{image.name} ({image.sha256})")
    assert item.number in row["Subject"]
    assert "Ekby bibliotek" in row["Subject"]
    assert row["Received or drawn up"] != ""
    assert row["Kind of record"] != ""


def test_our_own_withdrawn_post_is_drawn_up_and_has_no_counterpart(
    town: Town, channel: Channel
) -> None:
    item = comment(channel, town.cleo, direction="drawn_up", author="biblioteket")
    withdraw(item, because="Fel tid.", by=town.cleo, now=NOW)
    theirs = removed_at(town, channel, NOW)
    first, second = table(made(town))
    assert (first["Counterpart"], first["Received"]) == ("", "")
    assert first["Received or drawn up"] != second["Received or drawn up"]
    assert second["Counterpart"] == theirs.author
    assert "Fel tid" not in str(first), "free text stays in the case"


@pytest.mark.parametrize("mark", ["to_assess", "secret"])
def test_who_wrote_it_is_blank_and_marked_where_it_is_or_may_be_secret(
    town: Town, channel: Channel, mark: str
) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="confidential")
    if mark == "secret":
        assess_secrecy(item, "secret", "OSL 25 kap. 1 §", by=town.rut, now=NOW)
    export = made(town)
    (row,) = table(export)
    assert (row["Counterpart"], row["Address"]) == ("", "")
    assert row["Secrecy"] != ""
    assert row["Paragraph"] == ("OSL 25 kap. 1 §" if mark == "secret" else "")
    assert row["Category"] not in row["Subject"]
    assert b"bengt_o_71" not in opened(export).read("diary.csv")


def test_what_a_registrar_has_cleared_names_who_wrote_it(town: Town, channel: Channel) -> None:
    item = comment(channel, town.cleo)
    removed(item, town.cleo, category="confidential")
    assess_secrecy(item, "none", "", by=town.rut, now=NOW)
    (row,) = table(made(town))
    assert (row["Counterpart"], row["Secrecy"]) == ("bengt_o_71", "")


def test_somebody_whose_name_is_not_shown_stands_there_by_title(
    town: Town, channel: Channel
) -> None:
    removed_at(town, channel, NOW)
    town.cleo.name_hidden = True
    town.cleo.save(update_fields=["name_hidden"])
    export = made(town)
    assert table(export)[0]["Responsible"] == "bibliotekarie"
    assert "Cleo" not in opened(export).read("diary.csv").decode()


@pytest.mark.parametrize("author", ["Åsa Ärlig Öman", "😀 Kalle 👩‍👧", "שלום", "مرحبا", 'A; "B"'])
def test_any_name_comes_out_as_it_went_in(town: Town, channel: Channel, author: str) -> None:
    removed_at(town, channel, NOW, author=author)
    assert table(made(town))[0]["Counterpart"] == author


@pytest.mark.parametrize("author", ['=HYPERLINK("x")', "+46", "-1", "@bengt"])
def test_a_name_that_a_spreadsheet_would_run_is_text(
    town: Town, channel: Channel, author: str
) -> None:
    removed_at(town, channel, NOW, author=author)
    assert table(made(town))[0]["Counterpart"] == f"'{author}"


def test_pictures_that_nobody_may_keep_are_in_no_package(
    town: Town,
    channel: Channel,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    same = (9, 9, 9)
    kept_twice = comment(channel, town.cleo, picture=picture(colour=same))
    gone = comment(channel, town.cleo, picture=picture(colour=same))
    removed(kept_twice, town.cleo)
    with django_capture_on_commit_callbacks(execute=True):
        removed(gone, town.cleo, category="child_abuse_image")
    assert gone.evidence.filter(erased_at__isnull=False).exists()
    export = made(town)
    assert export.state == Export.State.READY, export.problem
    assert [name for name in opened(export).namelist() if name.startswith("files/")] == []


# --- which records -----------------------------------------------------------------------------


def test_the_last_act_tells_what_was_done_and_what_is_shown_again_is_left_out(
    town: Town, channel: Channel
) -> None:
    hidden = comment(channel, town.cleo)
    hide(hidden, Removal(category="unlawful_threat", obvious=True), by=town.cleo, now=NOW)
    removed(hidden, town.cleo, now=later(minutes=5))
    back = comment(channel, town.cleo)
    restore(removed(back, town.cleo), because="Fel.", by=town.cleo, now=later(minutes=5))
    comment(channel, town.cleo)
    (row,) = table(made(town))
    assert hidden.number in row["Subject"]
    assert row["Acted"] == "2026-03-02 09.05"


def test_midnight_is_the_municipalitys_own_also_when_the_clocks_change(
    town: Town, channel: Channel
) -> None:
    """29 March 2026 has 23 hours in Sweden, from 23.00 UTC to 22.00 UTC."""
    for moment in (
        at("2026-03-28", "23:59:59"),
        at("2026-03-29", "00:00:00"),
        at("2026-03-29", "23:59:59"),
        at("2026-03-30", "00:00:00"),
    ):
        removed_at(town, channel, moment)
    day = date(2026, 3, 29)
    found = [row.acted for row in rows(period(town, day, day), ["removal"])]
    assert [f"{moment:%H.%M.%S}" for moment in found if moment] == ["00.00.00", "23.59.59"]


def test_a_board_has_the_records_of_the_units_below_it(town: Town, channel: Channel) -> None:
    other_board = unit(town.root, "Socialnämnden", "board")  # type: ignore[arg-type]
    removed_at(town, channel, NOW)
    elsewhere = open_channel(other_board, "Stödet")
    removed(comment(elsewhere, town.ben), town.ben)
    for where, number in ((town.root, 2), (town.board, 1), (town.library, 1), (town.school, 0)):
        assert count_records(period(town, where=where), ["removal"]) == {"removal": number}, where


def test_another_municipality_is_absent(town: Town, channel: Channel) -> None:
    theirs = open_channel(town.neighbour_unit, "Grannby bibliotek")
    removed(comment(theirs, town.otto), town.otto)
    assert count_records(period(town), ["removal"]) == {"removal": 0}
    with pytest.raises(NotAllowed):
        request_export(town.neighbour_unit, DAY, DAY, ["removal"], by=town.rut, now=NOW)


def test_the_counts_agree_with_the_rows_of_every_kind(town: Town, channel: Channel) -> None:
    removed_at(town, channel, NOW)
    take_snapshot(channel, [upload()], by=town.cleo, now=NOW)
    kinds = ["removal", "snapshot", "plan"]
    counts = count_records(period(town), kinds)
    assert counts == {"removal": 1, "snapshot": 1, "plan": 0}
    export = made(town, *kinds)
    assert (export.total, export.done, len(table(export))) == (2, 2, 2)


def test_a_plan_without_a_document_gets_it_before_the_package_is_made(town: Town) -> None:
    plan = approved(town)
    version = plan.versions.get()
    assert version.pdf is None
    export = made(town, "plan")
    version.refresh_from_db()
    assert version.pdf is not None, export.problem
    (row,) = table(export)
    place, _, digest = row["Files with SHA-256"].rpartition(" ")
    package = opened(export)
    assert package.read(place).startswith(b"%PDF")
    assert sha256(package.read(place)).hexdigest() == version.pdf.sha256 == digest.strip("()")
    files = json.loads(package.read("manifest.json"))["files"]
    assert {each["path"]: each["sha256"] for each in files}[place] == version.pdf.sha256


def test_a_version_that_was_returned_is_no_approved_plan(town: Town) -> None:
    plan = anna_approves(submitted(town), town)
    return_plan(
        plan, "sector_approval", digest=digest_of(plan), note="Varför?", by=town.sten, now=NOW
    )
    plan = fresh(plan)
    submit_plan(plan, revision=plan.revision, by=town.cleo, now=NOW)
    sten_approves(anna_approves(fresh(plan), town), town)
    assert plan.versions.count() == 2
    assert count_records(period(town), ["plan"]) == {"plan": 1}


@pytest.mark.parametrize("who", ["cleo", "ben", "ola", "otto"])
def test_only_registrars_ask_for_one_and_take_it(town: Town, channel: Channel, who: str) -> None:
    export = made(town)
    with pytest.raises(NotAllowed):
        request_export(town.root, DAY, DAY, ["removal"], by=getattr(town, who), now=NOW)
    with pytest.raises(NotAllowed):
        download_export(export, by=getattr(town, who), now=NOW)
    download_export(export, by=town.rut, now=NOW)
    assert AuditEntry.objects.filter(act="export.downloaded").count() == 1


def test_days_in_the_wrong_order_and_no_kind_are_refused(town: Town) -> None:
    with pytest.raises(AgainstPolicy):
        asked(town, starts=date(2026, 3, 3), ends=DAY)
    with pytest.raises(AgainstPolicy):
        request_export(town.root, DAY, DAY, [], by=town.rut, now=NOW)


# --- workers -----------------------------------------------------------------------------------


def test_what_a_worker_left_half_done_is_finished_by_the_next(town: Town, channel: Channel) -> None:
    removed_at(town, channel, NOW)
    export = asked(town)
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, done=1)
    assert build_export(export, now=NOW).state == Export.State.READY
    assert len(table(export)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_package() -> None:
    town = build()
    removed_at(town, library_page(town), NOW)
    export = asked(town)
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        build_export(Export.objects.get(pk=export.pk), now=NOW)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    eventually(lambda: exports_waiting() == [], what="the package")  # a live one may be the third
    export.refresh_from_db()
    assert export.state == Export.State.READY
    assert StoredFile.objects.filter(content_type="application/zip").count() == 1
    assert AuditEntry.objects.filter(act="export.made").count() == 1


def test_a_package_too_large_to_keep_makes_it_fail_with_the_reason(
    town: Town, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.files.MAX_PACKAGE_BYTES", 100)
    removed_at(town, channel, NOW)
    export = made(town)
    assert (export.state, export.package) == (Export.State.FAILED, None)
    assert export.problem
    assert not AuditEntry.objects.filter(act="export.made").exists()


def test_a_damaged_file_makes_it_fail_with_the_reason(town: Town, channel: Channel) -> None:
    item = removed_at(town, channel, NOW)
    file = item.evidence.get(file__isnull=False).file
    assert file is not None
    place = _path(file.municipality_id, file.sha256)
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(bytes(content))
    export = made(town)
    assert (export.state, export.package) == (Export.State.FAILED, None)
    assert file.name in export.problem
    with pytest.raises(NoLongerPossible):
        download_export(export, by=town.rut, now=NOW)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_it_when_it_is_asked_for(town: Town, worker: Mailbox) -> None:
    removed_at(town, library_page(town), NOW)
    export = asked(town)

    def ready() -> bool:
        export.refresh_from_db()
        return export.state not in (Export.State.WAITING, Export.State.RUNNING)

    eventually(ready, what="the package")
    assert export.state == Export.State.READY, export.problem
    assert table(export)[0]["Counterpart"] == "bengt_o_71"


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_beat_makes_what_a_killed_worker_left(town: Town, worker: Mailbox) -> None:
    def none_waits() -> bool:
        return exports_waiting() == []

    removed_at(town, library_page(town), NOW)
    left, lost, ready = asked(town), asked(town), asked(town)
    eventually(none_waits, what="the packages")
    unmade = {"package": None, "finished_at": None}
    Export.objects.filter(pk=left.pk).update(state=Export.State.RUNNING, **unmade)
    Export.objects.filter(pk=lost.pk).update(state=Export.State.WAITING, **unmade)
    assert exports_waiting() == [left.pk, lost.pk]
    make_waiting_exports.delay()
    eventually(none_waits, what="the packages made again")
    entries = AuditEntry.objects.filter(act="export.made")
    told = list(entries.order_by("number").values_list("subject_id", flat=True))
    assert sorted(told[:3]) == [left.pk, lost.pk, ready.pk]
    assert sorted(told[3:]) == [left.pk, lost.pk]
    schedule = settings.CELERY_BEAT_SCHEDULE.values()
    assert make_waiting_exports.name in [each["task"] for each in schedule]


@pytest.mark.django_db(transaction=True)
def test_a_worker_leaves_alone_what_another_is_making() -> None:
    town = build()
    removed_at(town, library_page(town), NOW)
    export = asked(town)

    def another_worker() -> None:
        make_export(export.pk)
        connection.close()

    with alone_with(export) as alone:
        assert alone
        other = threading.Thread(target=another_worker)
        other.start()
        other.join()
    assert exports_waiting() == [export.pk]

    def made_now() -> bool:
        make_export(export.pk)  # or a live worker has it at this moment, and is left alone
        return exports_waiting() == []

    eventually(made_now, what="the package")
