"""The command that verifies the log and signs it."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from governance import checkpoint_file
from governance.models import Notice
from tests.governance.log.tampering import (
    Sign,
    act,
    as_owner_of_the_database,
    rewrite,
)
from tests.town import Town


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
