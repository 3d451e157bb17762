"""`manage.py reseal`: the step of a key rotation after which the old custody key can go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from channels.actions.custody import reseal_secret
from channels.models import Secret
from governance.models import User
from governance.sealing import CannotUnseal


class Command(BaseCommand):
    help = (
        "Seals every login in safe keeping under the first of CUSTODY_KEYS. Can be run again at "
        "any time. Ends with an exit status other than 0 where a login does not open."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        done, locked_away = 0, []
        system, now = User.objects.system(), timezone.now()
        for secret in Secret.objects.select_related("channel__municipality").order_by("pk"):
            try:
                done += reseal_secret(secret, by=system, now=now)
            except CannotUnseal:
                channel = secret.channel
                locked_away.append(f"{channel.municipality.slug}/{channel.slug}")
        self.stdout.write(f"Sealed anew: {done}.")
        if locked_away:
            raise CommandError(
                "No key in CUSTODY_KEYS opens the login of: " + ", ".join(locked_away) + ". "
                "Keep the old key; these logins must be asked for and stored again."
            )
