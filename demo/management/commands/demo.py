"""`manage.py demo`: load the demo municipalities, or print who can sign in to them."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo import logins
from demo.load import load
from demo.organisation import PASSWORD
from governance.models import Municipality


class Command(BaseCommand):
    help = "Loads five invented municipalities, or prints their logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the logins as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["logins"]:
            self.stdout.write(json.dumps(logins.table(), ensure_ascii=False, indent=2))
            return
        if Municipality.objects.filter(slug="vargarda").exists():
            self.stdout.write("The demo is loaded already.")
            return
        load(say=self._say)
        for row in logins.table():
            self.stdout.write(
                f"{row['municipality']:<18} {row['role']:<30} {row['email']:<46} {PASSWORD}"
            )

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
