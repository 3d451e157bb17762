"""Assignments near their end: prolonged, or let end. Replacing is assigning somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.actions.administrators import refuse_one_too_many
from channels.actions.guideline import settle_guideline
from channels.actions.people import require_appointer
from channels.ending import ASSIGNMENT, open_ending
from channels.models import EditorAssignment
from governance.audit import record
from governance.errors import AgainstPolicy, NoLongerPossible
from governance.models import User
from governance.obligations import Owed, meet, meet_open
from governance.roles import Role
from governance.transitions import locked


@transaction.atomic
def prolong_assignment(
    assignment: EditorAssignment, *, ends_on: date | None, by: User, now: datetime
) -> EditorAssignment:
    """Let an assignment last longer than was written: to another last day, or to none.

    The written assignment keeps its words and says what was added, by whom and when. Raises
    NotAllowed for whoever could not have assigned the person, AgainstPolicy (field `ends_on`) for
    the day and for an administrator too many, NoLongerPossible where it has ended.
    """
    assignment = _running(assignment)
    channel, before = assignment.channel, assignment.ends_on
    require_appointer(channel, by=by, now=now)
    if before is None:
        raise AgainstPolicy(_("The assignment has no last day."), field="ends_on")
    if ends_on is not None and ends_on <= before:
        raise AgainstPolicy(_("The new last day comes after the old one."), field="ends_on")
    if assignment.role == Role.ADMINISTRATOR:
        longer = before + timedelta(days=1)
        refuse_one_too_many(channel, starts_on=longer, ends_on=ends_on, now=now)
    assignment.ends_on = ends_on
    assignment.document = f"{assignment.document}\n\n{_added(assignment, by, now)}"
    assignment.save(update_fields=["ends_on", "document"])
    meet_open(ASSIGNMENT, assignment, by=by, now=now)
    if assignment.user is not None:
        settle_guideline(channel, [assignment.user.pk], by=by, now=now)
    record(
        "editor.prolonged",
        channel,
        by=by,
        now=now,
        assignment=assignment.pk,
        before=before,
        ends_on=ends_on,
    )
    return assignment


@transaction.atomic
def let_assignment_end(assignment: EditorAssignment, *, by: User, now: datetime) -> None:
    """Say that an assignment shall end on its last day. Raises as `prolong_assignment` does, and
    NoLongerPossible where it was said before.
    """
    assignment = _running(assignment)
    require_appointer(assignment.channel, by=by, now=now)
    if assignment.ends_on is None:
        raise AgainstPolicy(_("The assignment has no last day."))
    open_ending(assignment, now=now)
    meet(Owed(ASSIGNMENT, assignment, assignment.ends_on.isoformat()), by=by, now=now)
    record(
        "editor.let_end",
        assignment.channel,
        by=by,
        now=now,
        assignment=assignment.pk,
        ends_on=assignment.ends_on,
    )


def _running(assignment: EditorAssignment) -> EditorAssignment:
    assignment = locked(assignment)
    if assignment.revoked_at is not None:
        raise NoLongerPossible(_("The assignment has ended."))
    return assignment


def _added(assignment: EditorAssignment, by: User, now: datetime) -> str:
    municipality = assignment.municipality
    with translation.override(municipality.locale):
        words = {"who": by.shown_in_full, "day": date_format(municipality.today(now))}
        if assignment.ends_on is None:
            return _("Prolonged until further notice by %(who)s on %(day)s.") % words
        words["last"] = date_format(assignment.ends_on)
        return _("Prolonged to %(last)s by %(who)s on %(day)s.") % words
