"""`manage.py municipality create|list`: what only the installation's operator does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.founding import Officer, found_municipality
from governance.models import Municipality, User

#: Options that are fields of Municipality, and what the help says of each.
_FACTS: Final = {
    "name": "as it is written: “Ekby kommun”",
    "country": "SE or NO",
    "locale": "the language of its pages and mails: sv, nn or en",
    "email": "the municipality's own address",
    "phone": "the switchboard",
    "website": "with https://",
    "registrar-email": "where records are asked for and checkpoints of the log are sent",
    "communications-email": "the communications unit",
}
_OPTIONAL: Final = {
    "time-zone": "an IANA name; follows from the country",
    "accent": "the colour of its graphic profile, as #0F6C7D",
}


class Command(BaseCommand):
    help = "Enters a municipality with its first person, or lists those there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="print address, name and policy of each municipality")
        create = verbs.add_parser("create", help="enter a municipality without content")
        create.add_argument("slug", metavar="SLUG", help="its address: small letters, no å ä ö")
        for name, about in _FACTS.items():
            create.add_argument(f"--{name}", required=True, help=about)
        for name, about in _OPTIONAL.items():
            create.add_argument(f"--{name}", help=about)
        create.add_argument("--officer", required=True, metavar="NAME", help="who builds it up")
        create.add_argument("--officer-email", required=True, metavar="ADDRESS")
        create.add_argument("--officer-title", default="", metavar="TITLE")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            self._list()
        else:
            self._create(options)

    def _list(self) -> None:
        for each in Municipality.objects.order_by("slug").prefetch_related("policies"):
            titles = [str(version) for version in each.policies.all()[:1]]
            self.stdout.write(f"{each.slug:<16} {each.name:<24} {titles[0] if titles else '–'}")

    def _create(self, options: dict[str, Any]) -> None:
        names = [name.replace("-", "_") for name in (*_FACTS, *_OPTIONAL)]
        facts = {name: options[name] for name in names if options[name] is not None}
        officer = Officer(options["officer"], options["officer_email"], options["officer_title"])
        try:
            municipality = found_municipality(
                officer,
                slug=options["slug"],
                by=User.objects.system(),
                now=timezone.now(),
                **facts,
            )
        except ValidationError as refused:
            faults = [
                f"  {field}: {' '.join(said)}" for field, said in refused.message_dict.items()
            ]
            raise CommandError("\n".join(["Nothing was entered.", *faults])) from None
        self.stdout.write(
            f"{municipality} is entered. {officer.name} is told by mail at {officer.email}.\n"
            f"Now adopt its guideline: manage.py policy adopt {municipality.slug} FILE "
            "--decision … --date …"
        )
