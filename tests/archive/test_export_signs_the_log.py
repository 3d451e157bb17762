"""What a diary export says can later be held against the log as it was then."""

from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from archive.actions.exports import build_export, request_export
from governance import checkpoint_file
from governance.models import AuditEntry, Checkpoint
from governance.signed_note import opened
from tests.town import NOW, Town


def test_an_export_is_made_together_with_a_checkpoint_that_covers_it(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    export = request_export(
        town.board,
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        kinds=["snapshot"],
        by=town.rut,
        now=NOW,
    )
    with django_capture_on_commit_callbacks(execute=True):
        build_export(export, now=NOW)
    made = AuditEntry.objects.get(act="export.made")
    assert Checkpoint.objects.get().size == made.number
    [note] = checkpoint_file.read(town.municipality)
    assert opened(note).size == made.number
