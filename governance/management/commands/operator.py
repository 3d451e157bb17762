"""`manage.py operator add|dismiss`: who keeps what is the same for every municipality."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.founding import dismiss_operator, enter_operator
from governance.letters import link
from governance.models import User


class Command(BaseCommand):
    help = "Enters an operator of the installation, or lets one sign in no more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add = verbs.add_parser("add", help="enter an operator; they choose a password themselves")
        add.add_argument("name", metavar="NAME")
        dismiss = verbs.add_parser("dismiss", help="let an operator sign in no more")
        for verb in (add, dismiss):
            verb.add_argument("email", metavar="ADDRESS")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "add":
            self._add(options["name"], options["email"])
        else:
            self._dismiss(options["email"])

    def _add(self, name: str, email: str) -> None:
        try:
            operator = enter_operator(
                name=name, email=email, by=User.objects.system(), now=timezone.now()
            )
        except ValidationError as refused:
            faults = [f"  {key}: {' '.join(said)}" for key, said in refused.message_dict.items()]
            raise CommandError("\n".join(["Nothing was entered.", *faults])) from None
        self.stdout.write(
            f"{operator.name} operates the installation from now on. A password is chosen at "
            f"{link('account_reset_password')} with the address {operator.email}."
        )

    def _dismiss(self, email: str) -> None:
        try:
            operator = dismiss_operator(email)
        except User.DoesNotExist:
            raise CommandError(f"No operator signs in as {email}.") from None
        self.stdout.write(f"{operator.name} signs in no more.")
