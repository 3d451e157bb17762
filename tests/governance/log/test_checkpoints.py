"""The log is signed, and the signature leaves the database."""

from datetime import timedelta

import pytest
from pytest_django import Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from governance import checkpoint_file, merkle, tasks
from governance.audit import LogFault, checkpoint, record
from governance.models import AuditEntry, AuditHead, Checkpoint, Notice
from governance.signed_note import TreeHead, opened
from governance.verification import verify
from tests.governance.log.tampering import Sign, act, as_owner_of_the_database, only_fault
from tests.town import NOW, Town


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
