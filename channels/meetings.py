"""Decisions of groups and boards: somebody acts for them, and says which minutes tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.models import PlanVersion
from governance.errors import AgainstPolicy
from governance.models import Unit
from governance.permissions import Grant
from governance.policy.types import Step
from governance.roles import Role


@dataclass(frozen=True)
class Meeting:
    """In which minutes a decision stands (such as "KS 2026-03-02 § 41"), and when it was taken."""

    minutes: str = ""
    on: date | None = None


def minuted(
    step: Step, version: PlanVersion, meeting: Meeting | None, grant: Grant, now: datetime
) -> dict[str, Any]:
    """What a decision carries of the meeting it was taken in; nothing for a person's own.

    Raises AgainstPolicy (with the field) without the reference or the day, and for a day on which
    this version could not have been before the meeting.
    """
    if not step.actor.in_meeting:
        return {}
    meeting = meeting or Meeting()
    minutes = meeting.minutes.strip()
    if not minutes:
        raise _refusal(step, "minutes", _("Write which minutes the decision stands in."))
    return {
        "body": _name(step, grant, version)[:120],
        "minutes": minutes,
        "met_on": _day(step, version, meeting, now),
    }


def _day(step: Step, version: PlanVersion, meeting: Meeting, now: datetime) -> date:
    """The day, neither ahead nor before the version: nobody decides on what is not there."""
    zone = version.municipality.zone
    if meeting.on is None:
        raise _refusal(step, "met_on", _("Write the day of the meeting."))
    if meeting.on > now.astimezone(zone).date():
        raise _refusal(step, "met_on", _("The meeting cannot lie ahead."))
    submitted = version.submitted_at.astimezone(zone).date()
    if meeting.on < submitted:
        said = _("This version was submitted on %(day)s, after that meeting.")
        raise _refusal(step, "met_on", said % {"day": date_format(submitted)})
    return meeting.on


def _refusal(step: Step, field: str, message: str) -> AgainstPolicy:
    return AgainstPolicy(message, clause=step.clause, field=field)


def _name(step: Step, grant: Grant, version: PlanVersion) -> str:
    """What the body is called: as the policy says, or as its own unit is."""
    if step.actor.group:
        return step.actor.group.name
    unit = Unit.objects.get(pk=grant.unit_id)
    if unit.kind == Unit.Kind.BOARD:
        return unit.name
    with translation.override(version.municipality.locale):
        return str(Role(grant.role).label).capitalize()
