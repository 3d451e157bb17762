"""Whoever changed the log after all is found out, and how far the proof reaches is said."""

import shutil

import pytest
from django.db.models import F

from governance import checkpoint_file
from governance.audit import record
from governance.models import AuditHead
from governance.signed_note import TreeHead, opened, sign
from governance.verification import verify
from tests.governance.log.tampering import (
    Sign,
    act,
    as_owner_of_the_database,
    only_fault,
    renumber_after,
    rewrite,
)
from tests.town import NOW, Town


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
