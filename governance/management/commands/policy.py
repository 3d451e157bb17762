"""`manage.py policy check|explain|coverage|vocabulary|compare|adopt`: files from the outside."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.comparison import compared, comparison_lines
from governance.errors import Refused
from governance.models import Municipality, User
from governance.policy.adoption import adopt_policy
from governance.policy.coverage import coverage
from governance.policy.documentation import vocabulary
from governance.policy.faults import PolicyRefused
from governance.policy.printing import coverage_lines, explained, side_by_side
from governance.policy.reader import read
from governance.policy.shipped import shipped
from governance.policy.types import Policy

FILE_VERBS = {
    "check": "list every fault of each file, with file, key and reason",
    "explain": "print every duty in a sentence; several files stand side by side",
    "coverage": "print where each requirement takes effect",
}


class Command(BaseCommand):
    help = "Checks, explains and adopts policy files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb, about in FILE_VERBS.items():
            with_files = verbs.add_parser(verb, help=f"{about} (all shipped files, if none named)")
            with_files.add_argument("files", nargs="*", type=Path, metavar="FILE")
        verbs.add_parser("vocabulary", help="print every key and word a file can use")
        compare = verbs.add_parser(
            "compare", help="print what a file would change, in words and in what is open"
        )
        compare.add_argument("slug", metavar="SLUG", help="the municipality's address")
        compare.add_argument("file", type=Path, metavar="FILE")
        compare.add_argument(
            "--first", type=int, metavar="N", help="the first N duties only; else every one"
        )
        adopt = verbs.add_parser("adopt", help="adopt a file as a municipality's next version")
        adopt.add_argument("slug", metavar="SLUG", help="the municipality's address")
        adopt.add_argument("file", type=Path, metavar="FILE")
        adopt.add_argument("--decision", required=True, help="who decided, with the reference")
        adopt.add_argument(
            "--date", required=True, type=date.fromisoformat, help="in force from, as 2026-03-01"
        )
        adopt.add_argument(
            "--adopted-on", type=date.fromisoformat, help="the day of the decision, if another"
        )
        adopt.add_argument("--by", metavar="EMAIL", help="who enters it; else the system")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "check": self.check_files,
            "explain": self.explain,
            "coverage": self.coverage,
            "vocabulary": self.vocabulary,
            "compare": self.compare,
            "adopt": self.adopt,
        }
        verbs[options["verb"]](options)

    def check_files(self, options: dict[str, Any]) -> None:
        """Every fault of every file; ends with 1 where there is one."""
        faulty = False
        for path in options["files"] or shipped():
            try:
                policy = read(self.text_of(path), str(path))
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

    def explain(self, options: dict[str, Any]) -> None:
        """One policy in full, or several side by side."""
        policies = self.policies(options)
        lines = explained(policies[0]) if len(policies) == 1 else side_by_side(policies)
        for line in lines:
            self.stdout.write(line)

    def coverage(self, options: dict[str, Any]) -> None:
        """Requirement, kind of place, place, sentence; and how many of each kind."""
        for line in coverage_lines(coverage(self.policies(options))):
            self.stdout.write(line)

    def vocabulary(self, options: dict[str, Any]) -> None:
        """The tables of docs/vocabulary.md."""
        self.stdout.write(vocabulary())

    def compare(self, options: dict[str, Any]) -> None:
        """The version in force beside a file: rule by rule, and each open duty that changes.

        The duties are held meanwhile, and nobody can meet one; with many, choose a quiet hour.
        """
        place = self.found(Municipality, "municipality", slug=options["slug"])
        content = self.text_of(options["file"])
        try:
            with compared(
                place, content, by=User.objects.system(), now=timezone.now(), most_open=None
            ) as found:
                for line in comparison_lines(found, place, options["first"]):
                    self.stdout.write(line)
        except (PolicyRefused, Refused) as refused:
            raise CommandError(str(refused)) from refused

    def adopt(self, options: dict[str, Any]) -> None:
        """A new version in force from a day, without a deployment."""
        try:
            version = adopt_policy(
                self.found(Municipality, "municipality", slug=options["slug"]),
                self.text_of(options["file"]),
                decision=options["decision"],
                adopted_on=options["adopted_on"] or options["date"],
                in_force_from=options["date"],
                by=(
                    self.found(User, "person", email__iexact=options["by"])
                    if options["by"]
                    else User.objects.system()
                ),
                now=timezone.now(),
            )
        except (PolicyRefused, Refused) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{version.municipality}: version {version.number} holds from {version.in_force_from}."
        )

    def policies(self, options: dict[str, Any]) -> list[Policy]:
        """The named files, or the shipped ones, as policies."""
        try:
            return [read(self.text_of(path), str(path)) for path in options["files"] or shipped()]
        except PolicyRefused as refused:
            raise CommandError(str(refused)) from refused

    def text_of(self, path: Path) -> str:
        """The text of a file, or a plain message why not."""
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not UTF-8 text.") from error

    def found(self, model: Any, what: str, **by: str) -> Any:
        """The row, or a plain message that there is none."""
        row = model.objects.filter(**by).first()
        if row is None:
            raise CommandError(f"There is no {what} “{next(iter(by.values()))}”.")
        return row
