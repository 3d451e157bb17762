"""`manage.py audit verify` and `manage.py audit checkpoint`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from governance import checkpoint_file, signed_note
from governance.audit import LogFault, checkpoint
from governance.models import Municipality
from governance.verification import Report, verify


class Command(BaseCommand):
    help = (
        "Verifies the audit log against its rows and checkpoints, or makes a checkpoint. "
        "Ends with an exit status other than 0 where something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verifying = verbs.add_parser("verify", help="every row, every gap, every checkpoint")
        verifying.add_argument(
            "--note",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a text with checkpoints kept elsewhere, such as the registrar's mail; "
            "needs exactly one municipality",
        )
        making = verbs.add_parser("checkpoint", help="sign the log as it is now")
        for verb in (verifying, making):
            verb.add_argument(
                "municipality", nargs="*", metavar="SLUG", help="none: every municipality"
            )

    def handle(self, *_args: Any, **options: Any) -> None:
        places = _municipalities(options["municipality"])
        # a console has no reader's language; the same words wherever it is run
        with override("en"):
            if options["verb"] == "verify":
                self._verify(places, options["note"])
            else:
                self._checkpoint(places)

    def _verify(self, places: Sequence[Municipality], files: Sequence[Path]) -> None:
        if files and len(places) != 1:
            raise CommandError("--note needs exactly one municipality.")
        kept = [note for file in files for note in _notes_in(file)]
        reports = [verify(place, kept=kept) for place in places]
        for report in reports:
            self._print(report)
        unsound = [report.municipality.slug for report in reports if report.faults]
        if unsound:
            raise CommandError(f"The audit log is not sound: {', '.join(unsound)}.")

    def _print(self, report: Report) -> None:
        place = report.municipality
        self.stdout.write(
            f"{place.name} ({place.slug}): {report.rows} rows, {report.checkpoints} checkpoints, "
            f"{report.outside} in {checkpoint_file.path_of(place)}"
        )
        for fault in report.faults:
            self.stdout.write(f"  FAULT  {fault}")
        self.stdout.write(f"  {'faults found' if report.faults else 'sound'}. {report.reach}")

    def _checkpoint(self, places: Sequence[Municipality]) -> None:
        failed = []
        for place in places:
            try:
                made = checkpoint(place, now=timezone.now())
            except LogFault as fault:
                self.stdout.write(f"{place.slug}: no checkpoint, {fault}")
                failed.append(place.slug)
                continue
            if made is None:
                self.stdout.write(f"{place.slug}: nothing was recorded yet")
                continue
            if made.note not in checkpoint_file.read(place):
                self.stdout.write(f"{place.slug}: not written to the file outside the database")
                failed.append(place.slug)
            key = signed_note.verifier_key(checkpoint_file.origin_of(place))
            self.stdout.write(f"{place.slug}: {made.size} rows\n{made.note}verifier key: {key}\n")
        if failed:
            raise CommandError(f"Not done for {', '.join(failed)}.")


def _municipalities(slugs: Sequence[str]) -> list[Municipality]:
    found = Municipality.objects.order_by("slug")
    if not slugs:
        return list(found)
    known = {place.slug: place for place in found.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in known:
            raise CommandError(f"There is no municipality {slug!r}.")
    return [known[slug] for slug in dict.fromkeys(slugs)]


def _notes_in(file: Path) -> list[str]:
    try:
        pieces = signed_note.pieces(file.read_text(errors="replace"))
    except OSError as fault:
        raise CommandError(f"{file} cannot be read: {fault.strerror}.") from fault
    notes = [piece for piece in pieces if signed_note.is_note(piece)]
    if not notes:
        raise CommandError(f"There is no checkpoint in {file}.")
    return notes
