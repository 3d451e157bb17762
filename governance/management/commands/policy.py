"""`manage.py policy check|explain|coverage|vocabulary|adopt`: policy files from the outside."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.policy.documentation import vocabulary
from governance.policy.faults import PolicyRefused
from governance.policy.reader import read
from governance.policy.shipped import shipped
from governance.policy.types import Policy


class Command(BaseCommand):
    help = "Checks, explains and adopts policy files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb, about in {
            "check": "list every fault of each file, with file, key and reason",
        }.items():
            verb_parser = verbs.add_parser(verb, help=about)
            verb_parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        verbs.add_parser("vocabulary", help="print every key and word a file can use")

    def handle(self, *args: Any, **options: Any) -> None:
        act: Callable[[dict[str, Any]], None] = getattr(self, f"_{options['verb']}")
        act(options)

    def _check(self, options: dict[str, Any]) -> None:
        faulty = False
        for path in options["files"] or shipped():
            try:
                policy = self._read(path)
            except PolicyRefused as refused:
                faulty = True
                for fault in refused.faults:
                    self.stderr.write(str(fault))
            else:
                self.stdout.write(
                    f"{path}: {policy.guideline.title}: {len(policy.requirements)} requirements, "
                    f"{len(policy.rules)} rules, {len(policy.silent)} silences. No fault."
                )
        if faulty:
            sys.exit(1)

    def _vocabulary(self, options: dict[str, Any]) -> None:
        self.stdout.write(vocabulary())

    def _read(self, path: Path) -> Policy:
        try:
            return read(path.read_text(encoding="utf-8"), str(path))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not UTF-8 text.") from error
