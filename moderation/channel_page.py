"""What moderation adds to a channel's page: the year of looks, and words for its acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels import page
from channels.models import Channel
from channels.scope import scope_of
from governance.models import User
from governance.policy.in_force import policy_for
from governance.policy.types import Stated
from moderation.year import year_of


def looks(channel: Channel, user: User, now: datetime) -> Mapping[str, Any] | None:
    """The section's context; None where the policy asks for no looks or the page is not open yet.

    Any colleague may read it.
    """
    rule = policy_for(channel.unit, now).rule("monitoring.interval", scope_of(channel))
    if not isinstance(rule, Stated) or channel.opened_on is None:
        return None
    return {"year": year_of(channel, channel.municipality.today(now).year, now), "rule": rule}


def add() -> None:
    """Put them on the page."""
    page.add_section(page.Section("looks", 10, "moderation/_year.html", looks))
    page.add_acts({"channel.checked": _("Looked at")}, icon="check")
    page.add_acts({"channel.check_in_corrected": _("A look was corrected")}, icon="edit")
