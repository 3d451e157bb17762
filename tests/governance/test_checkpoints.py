"""The log only grows, is signed, leaves the database, and tells of whoever changed it after all."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import override
from pytest_django import Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from governance import checkpoint_file, checks, merkle, tasks
from governance.audit import LogFault, checkpoint, leaf_of, record
from governance.models import AuditEntry, AuditHead, Checkpoint, Notice
from governance.models.audit import AppendOnlyError
from governance.signed_note import TreeHead, opened, sign
from governance.verification import Report, verify
from tests.town import NOW, Town

Sign = Callable[[], Checkpoint | None]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def act(town: Town, times: int = 1) -> None:
    for which in range(times):
        record("x", town.library, by=town.anna, now=NOW, which=which)


@pytest.fixture
def sign_log(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Sign:
    """Makes a checkpoint of Ekby's log, and what follows its commit."""

    def signing() -> Checkpoint | None:
        with django_capture_on_commit_callbacks(execute=True):
            return checkpoint(town.municipality, now=NOW)

    return signing


@contextmanager
def as_owner_of_the_database(table: str = "governance_auditentry") -> Iterator[Callable[..., None]]:
    """Whoever owns the tables can switch the trigger off; then only the checkpoints tell."""
    with connection.cursor() as cursor:
        # deferred constraints of the test's own rows would stand in the way of ALTER TABLE
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER only_grows")
        yield cursor.execute
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER only_grows")


def renumber_after(number: int, execute: Callable[..., None]) -> None:
    """Close the gap that a removed row left."""
    execute("UPDATE governance_auditentry SET number = number - 1 WHERE number > %s", [number])
    execute("UPDATE governance_audithead SET size = size - 1")


def rewrite(number: int, execute: Callable[..., None], title: str = "vd") -> None:
    """Change a row and its digest with it, as somebody would who knows how it is made."""
    entry = AuditEntry.objects.get(number=number)
    entry.actor_title = title
    leaf = leaf_of(entry)
    execute(
        "UPDATE governance_auditentry SET actor_title = %s, leaf = %s WHERE number = %s",
        [title, leaf, number],
    )


def only_fault(report: Report) -> str:
    assert len(report.faults) == 1, report.faults
    return report.faults[0]


# --- nothing is changed ------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["governance_auditentry", "governance_checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove_a_row(
    town: Town, sign_log: Sign, table: str, statement: str
) -> None:
    act(town)
    sign_log()
    with (
        pytest.raises(IntegrityError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_the_database_refuses_truncate_unless_it_is_a_test_database(town: Town) -> None:
    act(town)
    with connection.cursor() as cursor:
        # the function reads the name of the database, so the test stands in for another name
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'governance_only_grows'")
        body = cursor.fetchone()[0]
    assert "current_database() LIKE 'test\\_%'" in body
    elsewhere = body.replace("current_database()", "'uppsikt'::text")
    with (
        pytest.raises(IntegrityError, match="TRUNCATE is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION governance_only_grows() RETURNS trigger LANGUAGE plpgsql"
            f" AS $${elsewhere}$$"
        )
        cursor.execute("TRUNCATE governance_auditentry")


def test_a_production_database_may_not_be_named_like_a_test_database(settings: Settings) -> None:
    settings.PRODUCTION = True
    assert connection.settings_dict["NAME"].startswith("test_")
    [error] = checks.the_log_lies_in_no_test_database(None)
    assert error.id == "governance.E003"
    settings.PRODUCTION = False
    assert checks.the_log_lies_in_no_test_database(None) == []


def test_a_key_that_cannot_be_read_stops_the_start(settings: Settings) -> None:
    assert checks.keys_are_whole(None) == []
    settings.CHECKPOINT_KEY, settings.CUSTODY_KEYS = "x", ["y"]
    assert [error.id for error in checks.keys_are_whole(None)] == ["governance.E002"] * 2


def test_the_model_refuses_change_before_the_database_must(town: Town, sign_log: Sign) -> None:
    act(town)
    sign_log()
    for row in (AuditEntry.objects.get(), Checkpoint.objects.get()):
        for change in (
            row.save,
            row.delete,
            type(row).objects.all().delete,
            lambda row=row: type(row).objects.update(at=NOW),
            lambda row=row: type(row).objects.bulk_update([row], ["at"]),
        ):
            with pytest.raises(AppendOnlyError):
                change()


# --- a checkpoint ------------------------------------------------------------------------------


def test_a_checkpoint_signs_size_and_root_of_the_log(town: Town, sign_log: Sign) -> None:
    act(town, 5)
    made = sign_log()
    assert made is not None
    leaves = AuditEntry.objects.order_by("number").values_list("leaf", flat=True)
    root = merkle.root(bytes(leaf) for leaf in leaves)
    head = TreeHead(f"uppsikt/{town.municipality.pk}", 5, root)
    assert opened(made.note) == head
    assert (made.size, made.root, made.at) == (5, root, NOW)


def test_a_checkpoint_lies_in_a_file_outside_the_database_for_the_program_alone(
    town: Town, sign_log: Sign
) -> None:
    act(town)
    first = sign_log()
    act(town)
    second = sign_log()
    assert first is not None
    assert second is not None
    path = checkpoint_file.path_of(town.municipality)
    assert checkpoint_file.read(town.municipality) == [first.note, second.note]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_checkpoint_goes_to_the_registrar_by_mail_in_the_municipalitys_language(
    town: Town, sign_log: Sign
) -> None:
    act(town)
    made = sign_log()
    notice = Notice.objects.get()
    assert made is not None
    assert (notice.address, notice.language) == ("registrator@ekby.example", "sv")
    assert made.note in notice.text
    assert notice.recipient is None


def test_nothing_leaves_before_the_transaction_has_committed(town: Town) -> None:
    act(town)
    checkpoint(town.municipality, now=NOW)
    assert checkpoint_file.read(town.municipality) == []


def test_a_log_without_news_gets_no_second_checkpoint_and_no_second_mail(
    town: Town, sign_log: Sign
) -> None:
    act(town)
    assert sign_log() == sign_log()
    assert (Checkpoint.objects.count(), Notice.objects.count()) == (1, 1)
    assert len(checkpoint_file.read(town.municipality)) == 1


def test_a_log_without_rows_gets_none(town: Town, sign_log: Sign) -> None:
    assert sign_log() is None


def test_a_checkpoint_goes_on_from_the_last_and_reads_only_what_is_new(
    town: Town, sign_log: Sign
) -> None:
    act(town, 5)
    sign_log()
    act(town, 2)
    leaves = AuditEntry.objects.order_by("number").values_list("leaf", flat=True)
    expected = merkle.root([bytes(leaf) for leaf in leaves])
    with as_owner_of_the_database() as execute:
        execute("UPDATE governance_auditentry SET leaf = %s WHERE number <= 5", [bytes(32)])
    made = sign_log()
    assert made is not None
    assert (made.size, made.root) == (7, expected)


def test_each_municipality_has_a_log_of_its_own(town: Town, sign_log: Sign) -> None:
    record("x", town.neighbour_unit, by=town.otto, now=NOW)
    act(town, 2)
    made = sign_log()
    assert made is not None
    assert made.size == 2
    assert verify(town.municipality).rows == 2
    assert verify(town.neighbour).rows == 1
    assert checkpoint_file.read(town.neighbour) == []


def test_a_checkpoint_that_never_reached_the_file_is_written_with_the_next(
    town: Town, sign_log: Sign
) -> None:
    act(town)
    checkpoint(town.municipality, now=NOW)  # and then the power went
    assert "is missing in the file" in only_fault(verify(town.municipality))
    act(town)
    sign_log()
    assert [opened(note).size for note in checkpoint_file.read(town.municipality)] == [1, 2]
    assert verify(town.municipality).faults == []


@pytest.mark.parametrize("written", [1, 9, 12, 40, 70, 100])
def test_a_note_that_was_cut_off_by_a_power_failure_is_made_good(
    town: Town, sign_log: Sign, written: int
) -> None:
    act(town)
    sign_log()
    act(town)
    made = checkpoint(town.municipality, now=NOW)
    assert made is not None
    path = checkpoint_file.path_of(town.municipality)
    with path.open("a") as file:
        file.write("\n" + made.note[:written])
    sign_log()
    assert checkpoint_file.read(town.municipality)[-1] == made.note
    assert verify(town.municipality).faults == []


def test_no_checkpoint_is_laid_on_top_of_a_log_that_lost_rows(town: Town, sign_log: Sign) -> None:
    act(town, 3)
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number = 2")
    with pytest.raises(LogFault, match="row 2"):
        sign_log()


def test_no_checkpoint_is_laid_on_top_of_one_that_was_changed(town: Town, sign_log: Sign) -> None:
    act(town, 3)
    sign_log()
    act(town)
    with as_owner_of_the_database("governance_checkpoint") as execute:
        execute("UPDATE governance_checkpoint SET frontier = %s", [bytes(64)])
    with pytest.raises(LogFault, match="was changed"):
        sign_log()


def test_no_checkpoint_is_laid_on_top_of_a_shortened_log(town: Town, sign_log: Sign) -> None:
    act(town, 3)
    sign_log()
    AuditHead.objects.update(size=2)
    with pytest.raises(LogFault, match="counted 3"):
        sign_log()


def test_no_second_history_is_signed_for_a_log_that_was_wound_back(
    town: Town, sign_log: Sign
) -> None:
    act(town, 2)
    sign_log()
    act(town)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number = 3")
    with as_owner_of_the_database("governance_checkpoint") as execute:
        execute("DELETE FROM governance_checkpoint WHERE size = 3")
    AuditHead.objects.update(size=2)
    act(town, 4)
    with pytest.raises(LogFault, match="lacks a checkpoint"):
        sign_log()


def test_beat_signs_every_log_each_day(
    town: Town,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    act(town)
    record("x", town.neighbour_unit, by=town.otto, now=NOW)
    daily = settings.CELERY_BEAT_SCHEDULE["daily_checkpoints"]
    assert daily["task"] == tasks.daily_checkpoints.name
    assert daily["schedule"].remaining_estimate(NOW) < timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.daily_checkpoints(at=NOW.isoformat())
    for place in (town.municipality, town.neighbour):
        assert len(checkpoint_file.read(place)) == 1
        assert verify(place).proven_to == 1


def test_a_broken_log_keeps_no_other_from_its_checkpoint_and_the_registrar_is_told(
    town: Town,
) -> None:
    act(town, 2)
    record("x", town.neighbour_unit, by=town.otto, now=NOW)
    with as_owner_of_the_database() as execute:
        execute(
            "DELETE FROM governance_auditentry WHERE number = 1 AND municipality_id = %s",
            [town.municipality.pk],
        )
    tasks.daily_checkpoints(at=NOW.isoformat())
    assert [made.municipality for made in Checkpoint.objects.all()] == [town.neighbour]
    kinds = dict(Notice.objects.values_list("address", "kind"))
    assert kinds == {
        "registrator@ekby.example": "checkpoint_refused",
        "registrator@grannby.example": "checkpoint",
    }


# --- who changed it after all ------------------------------------------------------------------


def test_an_untouched_log_is_sound_up_to_its_last_checkpoint(town: Town, sign_log: Sign) -> None:
    act(town, 5)
    sign_log()
    act(town, 4)
    sign_log()
    act(town, 2)
    report = verify(town.municipality)
    assert report.faults == []
    assert (report.rows, report.checkpoints, report.outside, report.proven_to) == (11, 2, 2, 9)
    assert report.reach == (
        "Rows 1–9 are those that were signed. Rows after 9 lie under no checkpoint that holds: "
        "they can be checked for gaps, not for rewriting."
    )


def test_an_edited_row_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 5)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("UPDATE governance_auditentry SET facts = '{\"a\": 1.5}' WHERE number = 3")
    report = verify(town.municipality)
    assert only_fault(report) == "Row 3 was changed: its digest does not fit."
    assert report.proven_to == 0


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor_id = actor_id + 1",
        "actor_name = 'y'",
        "actor_title = 'y'",
        "act = 'y'",
        "subject_type = 'y'",
        "subject_id = subject_id + 1",
        "subject_label = 'y'",
        "clause = 'y'",
        "policy_id = 1",
        'facts = \'{"earlier": "y"}\'',
    ],
)
def test_every_column_of_a_row_is_under_its_digest(town: Town, change: str) -> None:
    act(town)
    with as_owner_of_the_database() as execute:
        execute("UPDATE governance_auditentry SET " + change)  # noqa: S608 - from the list above
    assert only_fault(verify(town.municipality)) == "Row 1 was changed: its digest does not fit."


def test_a_row_edited_together_with_its_digest_is_found_by_the_checkpoint(
    town: Town, sign_log: Sign
) -> None:
    for size in (3, 3, 3):
        act(town, size)
        sign_log()
    with as_owner_of_the_database() as execute:
        rewrite(5, execute)
    report = verify(town.municipality)
    assert only_fault(report).startswith(
        "Rows 4–6 are not those that the checkpoint over 6 rows was signed for"
    )
    assert report.proven_to == 3


def test_a_rewritten_row_after_the_last_checkpoint_is_not_found_and_the_report_says_so(
    town: Town, sign_log: Sign
) -> None:
    act(town, 3)
    sign_log()
    act(town, 2)
    with as_owner_of_the_database() as execute:
        rewrite(5, execute)
    report = verify(town.municipality)
    assert report.faults == []
    assert report.proven_to == 3
    assert "Rows after 3" in report.reach


def test_a_removed_row_under_a_checkpoint_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 5)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number = 3")
    report = verify(town.municipality)
    assert only_fault(report) == "Row 3 is missing, and the checkpoint over 5 rows counts it."
    assert report.proven_to == 0


def test_a_removed_row_whose_gap_was_closed_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 2)
    sign_log()
    act(town, 3)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number = 3")
        renumber_after(3, execute)
        for number in (3, 4):
            rewrite(number, execute, "enhetschef")
    report = verify(town.municipality)
    assert only_fault(report) == "Row 5 is missing, and the checkpoint over 5 rows counts it."
    assert report.proven_to == 2
    # and with a new row in the place of the missing one the root is another
    act(town)
    assert "Rows 3–5 are not those" in only_fault(verify(town.municipality))


def test_a_gap_after_the_last_checkpoint_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 2)
    sign_log()
    act(town, 4)
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number IN (4, 5)")
    report = verify(town.municipality)
    assert only_fault(report) == "Rows 4–5 are missing."
    assert report.proven_to == 2


def test_a_missing_tail_is_found_against_the_file_outside(town: Town, sign_log: Sign) -> None:
    """Rows, checkpoint and count are wound back together; the file remembers."""
    act(town, 3)
    sign_log()
    act(town, 2)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number > 3")
    with as_owner_of_the_database("governance_checkpoint") as execute:
        execute("DELETE FROM governance_checkpoint WHERE size = 5")
    AuditHead.objects.update(size=3)
    report = verify(town.municipality)
    assert report.faults == [
        "The checkpoint over 5 rows is missing in the database.",
        "Rows 4–5 are missing, and the checkpoint over 5 rows counts them.",
    ]
    assert report.proven_to == 3


def test_a_missing_tail_without_any_checkpoint_is_found_against_the_count(town: Town) -> None:
    act(town, 3)
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number = 3")
    assert only_fault(verify(town.municipality)) == "Row 3 is missing."


def test_a_log_emptied_altogether_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 2)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry")
    report = verify(town.municipality)
    assert only_fault(report).startswith("Rows 1–2 are missing")
    assert report.rows == 0


def test_rows_that_the_count_leaves_out_are_found(town: Town) -> None:
    act(town, 3)
    AuditHead.objects.update(size=F("size") - 1)
    assert only_fault(verify(town.municipality)) == "The log's own count leaves out 1 row."
    AuditHead.objects.all().delete()
    assert "leaves out 3 rows" in only_fault(verify(town.municipality))


def test_a_checkpoint_changed_in_the_database_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 3)
    sign_log()
    with as_owner_of_the_database("governance_checkpoint") as execute:
        execute("UPDATE governance_checkpoint SET root = %s", [bytes(32)])
    report = verify(town.municipality)
    assert "says another thing than its signed note" in only_fault(report)
    assert report.proven_to == 3


def test_a_forged_note_is_found(town: Town, sign_log: Sign) -> None:
    act(town, 3)
    made = sign_log()
    assert made is not None
    path = checkpoint_file.path_of(town.municipality)
    path.write_text(path.read_text().replace("\n3\n", "\n4\n"))
    report = verify(town.municipality)
    assert "the signature does not hold" in report.faults[0]
    assert "is missing in the file" in report.faults[1]
    assert report.proven_to == 0


def test_what_is_no_note_in_the_file_is_told_of(town: Town, sign_log: Sign) -> None:
    act(town)
    sign_log()
    with checkpoint_file.path_of(town.municipality).open("a") as file:
        file.write("\nuppsikt was here\n")
    assert "not a checkpoint" in only_fault(verify(town.municipality))


def test_a_note_of_another_municipality_proves_nothing_here(town: Town, sign_log: Sign) -> None:
    act(town)
    sign_log()
    record("x", town.neighbour_unit, by=town.otto, now=NOW)
    shutil.copy(checkpoint_file.path_of(town.municipality), checkpoint_file.path_of(town.neighbour))
    report = verify(town.neighbour)
    assert "belongs to another log" in only_fault(report)
    assert report.proven_to == 0


def test_two_roots_signed_for_one_size_are_found(town: Town, sign_log: Sign) -> None:
    act(town)
    made = sign_log()
    assert made is not None
    other = sign(TreeHead(opened(made.note).origin, 1, bytes(32)))
    report = verify(town.municipality, kept=[other])
    assert "signed with different roots" in only_fault(report)
    assert report.proven_to == 0


def test_a_lost_file_is_told_of_and_nothing_counts_as_proven(town: Town, sign_log: Sign) -> None:
    act(town)
    sign_log()
    act(town)
    sign_log()
    checkpoint_file.path_of(town.municipality).unlink()
    report = verify(town.municipality)
    assert "2 checkpoints are missing in the file" in only_fault(report)
    assert report.proven_to == 0
    assert "No row lies under a checkpoint that holds" in report.reach


# --- the command -------------------------------------------------------------------------------


def run(*words: str) -> str:
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


def test_the_command_says_plainly_what_it_found_and_how_far_it_can_speak(
    town: Town, sign_log: Sign
) -> None:
    act(town, 2)
    sign_log()
    act(town)
    said = run("verify", "ekby")
    assert "Ekby kommun (ekby): 3 rows, 1 checkpoints, 1 in " in said
    assert "sound. Rows 1–2 are those that were signed. Rows after 2" in said
    assert "Grannby" not in said
    assert "Grannby" in run("verify")


def test_the_command_fails_where_the_log_is_not_sound(town: Town, sign_log: Sign) -> None:
    act(town, 2)
    sign_log()
    with as_owner_of_the_database() as execute:
        execute("UPDATE governance_auditentry SET act = 'y' WHERE number = 1")
    out = StringIO()
    with pytest.raises(CommandError, match="not sound: ekby"):
        call_command("audit", "verify", stdout=out)
    assert "FAULT  Row 1 was changed" in out.getvalue()


def test_the_command_holds_the_registrars_mail_against_the_log(
    town: Town, sign_log: Sign, tmp_path: Path
) -> None:
    """Database and file are rewritten together by somebody with both; the mail remembers."""
    act(town, 2)
    sign_log()
    mail = tmp_path / "mail.txt"
    mail.write_text(Notice.objects.get().text)
    assert "sound" in run("verify", "ekby", "--note", os.fspath(mail))

    with as_owner_of_the_database() as execute:
        rewrite(2, execute)
    with as_owner_of_the_database("governance_checkpoint") as execute:
        execute("DELETE FROM governance_checkpoint")
    checkpoint_file.path_of(town.municipality).unlink()
    assert "sound" in run("verify", "ekby")
    with pytest.raises(CommandError, match="not sound"):
        run("verify", "ekby", "--note", os.fspath(mail))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["verify", "nowhere"], "no municipality 'nowhere'"),
        (["verify", "ekby", "--note", "/nowhere"], "cannot be read"),
        (["verify", "--note", __file__], "exactly one municipality"),
        (["verify", "ekby", "--note", __file__], "no checkpoint in"),
    ],
)
def test_the_command_says_what_it_cannot_use(town: Town, words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(*words)


def test_the_command_makes_checkpoints_and_prints_the_key_that_verifies_them(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    act(town)
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(CommandError, match="Not done for ekby"),
    ):
        run("checkpoint")  # the test's transaction has not committed, so the file is not written
    said = run("checkpoint")
    [note] = checkpoint_file.read(town.municipality)
    assert note in said
    assert f"verifier key: uppsikt/{town.municipality.pk}+" in said
    assert "grannby: nothing was recorded yet" in said


def test_the_command_makes_no_checkpoint_of_a_broken_log(town: Town) -> None:
    act(town, 2)
    with as_owner_of_the_database() as execute:
        execute("DELETE FROM governance_auditentry WHERE number = 1")
    with pytest.raises(CommandError, match="ekby"):
        run("checkpoint", "ekby")


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_be_emptied() -> None:
    """What Django does between tests like this one; where it did not work, all would fail."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE governance_auditentry, governance_checkpoint")
