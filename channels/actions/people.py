"""Assign people to a channel and end their assignments; rights follow in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels.actions.administrators import refuse_one_too_many, settle_administrators
from channels.actions.custody import end_access_of
from channels.actions.guideline import informed_by_plan, settle_guideline
from channels.ending import ASSIGNMENT, it_is_over, meet_followed, settle_responsible
from channels.models import Channel, ChannelUserObjectPermission, EditorAssignment, PlanVersion
from channels.rights import EVERYTHING, RIGHTS_OF
from channels.steps import ON_CHANNEL
from governance.audit import record
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import Municipality, User
from governance.obligations import meet_open
from governance.permissions import holds, reason_for, require
from governance.policy.in_force import policy_for
from governance.policy.types import NotStated, Policy, Stated
from governance.roles import Role
from governance.transitions import locked


@transaction.atomic
def assign_editor(
    channel: Channel,
    user: User,
    role: Role,
    *,
    by: User,
    now: datetime,
    purpose: str = "",
    scope: str = "",
    consulted: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> EditorAssignment:
    """Assign a colleague to the channel in writing, from today unless said otherwise.

    Where the policy names who appoints, only they may; elsewhere it takes `assign_editor`.
    Raises NotAllowed, AgainstPolicy for the person, role or dates and for an administrator too
    many, NoLongerPossible where the person holds the role already.
    """
    channel = locked(channel)
    policy = policy_for(channel.unit, now)
    rule = policy.rule("editors.appointed_by")
    require_appointer(channel, by=by, now=now)
    if user.municipality_id != channel.municipality_id or not user.is_active:
        raise AgainstPolicy(_("Choose a colleague with an account."), field="user")
    if role not in RIGHTS_OF:
        raise AgainstPolicy(_("Choose a role on the channel."), field="role")
    starts_on = starts_on or channel.municipality.today(now)
    if ends_on is not None and ends_on < starts_on:
        raise AgainstPolicy(_("The last day cannot come before the first."), field="ends_on")
    held = EditorAssignment.objects.filter(
        channel=channel, user=user, role=role, revoked_at__isnull=True
    ).first()
    if held is not None:
        raise NoLongerPossible(
            _("%(name)s is already %(role)s of this channel.")
            % {"name": user.shown_name, "role": held.get_role_display()},
            by=held.appointed_by.shown_name,
            at=held.appointed_at,
        )
    if role == Role.ADMINISTRATOR:
        refuse_one_too_many(channel, starts_on=starts_on, ends_on=ends_on, now=now)
    assignment = write_assignment(
        channel,
        role,
        name=user.shown_name,
        user=user,
        purpose=purpose or channel.purpose,
        scope=scope,
        consulted=consulted,
        starts_on=starts_on,
        ends_on=ends_on,
        by=by,
        now=now,
    )
    settle_administrators(channel, by=by, now=now)
    settle_responsible(channel, by=by, now=now)
    record(
        "editor.assigned",
        channel,
        by=by,
        now=now,
        under=rule if isinstance(rule, Stated) else None,
        assignment=assignment.pk,
        user=user.pk,
        role=role,
    )
    return assignment


def require_appointer(channel: Channel, *, by: User, now: datetime) -> None:
    """Return, or raise NotAllowed for whom the policy does not let appoint on the channel."""
    rule = policy_for(channel.unit, now).rule("editors.appointed_by")
    if isinstance(rule, Stated) and isinstance(rule.value, tuple):
        roles = [str(role) for role in rule.value if role not in ON_CHANNEL]
        if not holds(by, roles, channel.unit, now):
            raise NotAllowed(reason_for(roles, channel.unit))
        return
    require(by, "assign_editor", channel.unit, now=now)


def write_assignment(
    channel: Channel, role: Role, *, name: str, by: User, now: datetime, **terms: Any
) -> EditorAssignment:
    """The written assignment as a row, with its text, and the rights that come with it.

    For the verbs of this app; it asks nobody's permission and records nothing. `terms` are those
    of `drawn_up`.
    """
    policy = policy_for(channel.unit, now)
    assignment = drawn_up(channel, role, name=name, by=by, now=now, policy=policy, **terms)
    assignment.save()
    meet_followed(assignment, by=by, now=now)
    if assignment.user is not None:
        settle_rights(channel, [assignment.user.pk], now=now)
        informed_by_plan(assignment, now=now)
        settle_guideline(channel, [assignment.user.pk], by=by, now=now)
    return assignment


def drawn_up(
    channel: Channel,
    role: Role,
    *,
    name: str,
    by: User,
    now: datetime,
    policy: Policy,
    user: User | None = None,
    contact: str = "",
    version: PlanVersion | None = None,
    purpose: str = "",
    scope: str = "",
    consulted: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> EditorAssignment:
    """The written assignment with its text, not yet saved; it runs from today unless said so."""
    assignment = EditorAssignment(
        municipality=channel.municipality,
        channel=channel,
        version=version,
        user=user,
        name=name,
        contact=contact,
        role=role,
        purpose=purpose,
        scope=scope,
        starts_on=starts_on or channel.municipality.today(now),
        ends_on=ends_on,
        appointed_by=by,
        appointed_at=now,
        consulted=consulted,
    )
    assignment.begun = assignment.starts_on <= channel.municipality.today(now)
    assignment.document = _document(assignment, policy, now)
    return assignment


def write_many(assignments: Sequence[EditorAssignment]) -> None:
    """Save assignments to channels that nobody was assigned to before, with their rights.

    For those drawn up to begin today, a few statements whatever their number.
    """
    EditorAssignment.objects.bulk_create(assignments)
    codes = _codes()
    ChannelUserObjectPermission.objects.bulk_create(
        ChannelUserObjectPermission(
            content_object=each.channel, user=each.user, permission_id=codes[right]
        )
        for each in assignments
        if each.user is not None
        for right in sorted(RIGHTS_OF.get(each.role, frozenset()))
    )


def _codes() -> dict[str, int]:
    """The keys of the permissions on channels, by their names."""
    return dict(
        Permission.objects.filter(
            content_type=ContentType.objects.get_for_model(Channel), codename__in=EVERYTHING
        ).values_list("codename", "pk")
    )


def _document(assignment: EditorAssignment, policy: Policy, now: datetime) -> str:
    """The assignment in words, in the municipality's language."""
    municipality = assignment.channel.municipality
    with translation.override(municipality.locale):
        parts = [
            _("%(name)s is assigned to be %(role)s of %(channel)s for %(unit)s from %(day)s.")
            % {
                "name": assignment.name,
                "role": assignment.get_role_display(),
                "channel": assignment.channel,
                "unit": assignment.channel.unit,
                "day": date_format(assignment.starts_on),
            },
            _("In this the person acts as an employee of %(municipality)s and not privately.")
            % {"municipality": municipality},
        ]
        if assignment.ends_on:
            parts.append(
                _("The assignment ends on %(day)s.") % {"day": date_format(assignment.ends_on)}
            )
        if assignment.purpose:
            parts.append(_("Purpose: %(purpose)s") % {"purpose": assignment.purpose})
        if assignment.scope:
            parts.append(_("It covers: %(scope)s") % {"scope": assignment.scope})
        appointed = assignment.appointed_by
        parts.append(
            _("Appointed by %(who)s on %(day)s.")
            % {"who": appointed.shown_in_full, "day": date_format(municipality.today(now))}
        )
        if assignment.consulted:
            parts.append(_("In consultation with %(who)s.") % {"who": assignment.consulted})
        parts.append(_cited(policy))
    return "\n\n".join(part for part in parts if part)


def _cited(policy: Policy) -> str:
    rules = [policy.rule("editors.assignment"), policy.rule("editors.appointed_by")]
    clauses = [rule.clause for rule in rules if not isinstance(rule, NotStated)]
    if not clauses:
        return ""
    return _("%(guideline)s: %(clauses)s") % {
        "guideline": policy.guideline.title,
        "clauses": "; ".join(dict.fromkeys(clauses)),
    }


@transaction.atomic
def revoke_editor(
    assignment: EditorAssignment, *, reason: str, by: User, now: datetime
) -> EditorAssignment:
    """End an assignment; the rights that rest on it alone are gone when this returns.

    Access that the person held as this role ends too, and its gap becomes a duty; so does an
    administrator too few, where the policy says how many a channel has. Raises NotAllowed
    without `assign_editor` on the unit, AgainstPolicy without a reason, NoLongerPossible where it
    has ended.
    """
    assignment = locked(assignment)
    require(by, "assign_editor", assignment.channel.unit, now=now)
    if not reason.strip():
        raise AgainstPolicy(_("Write why the assignment ends."), field="reason")
    if assignment.revoked_at is not None and assignment.revoked_by is not None:
        name = assignment.revoked_by.shown_name
        raise NoLongerPossible(
            _("%(name)s has already ended the assignment.") % {"name": name},
            by=name,
            at=assignment.revoked_at,
        )
    return end_assignment(assignment, reason=reason, by=by, now=now)


def end_assignment(
    assignment: EditorAssignment, *, reason: str, by: User, now: datetime
) -> EditorAssignment:
    """What `revoke_editor` does once it is permitted. For the verbs of this app."""
    assignment.revoked_at, assignment.revoked_by = now, by
    assignment.revoke_reason = reason.strip()[:300]
    assignment.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    if assignment.user is not None:
        settle_rights(assignment.channel, [assignment.user.pk], now=now)
        end_access_of(assignment.user, assignment.channel, by=by, now=now)
        settle_guideline(assignment.channel, [assignment.user.pk], by=by, now=now)
    meet_open(ASSIGNMENT, assignment, by=by, now=now)
    settle_administrators(assignment.channel, by=by, now=now)
    settle_responsible(assignment.channel, by=by, now=now)
    record(
        "editor.revoked",
        assignment.channel,
        by=by,
        now=now,
        assignment=assignment.pk,
        user=assignment.user_id,
        role=assignment.role,
    )
    return assignment


def settle_rights(channel: Channel, users: Iterable[int], *, now: datetime) -> None:
    """Bring the rights of these people on the channel in step with their assignments in force."""
    users = set(users)
    codes = _codes()
    in_force = EditorAssignment.objects.filter(channel=channel, user__in=users).in_force(
        channel.municipality.today(now)
    )
    deserved = {
        (user, codes[right])
        for user, role in in_force.values_list("user_id", "role")
        for right in RIGHTS_OF.get(role, frozenset())
    }
    rows = ChannelUserObjectPermission.objects.filter(content_object=channel, user__in=users)
    held = {(user, code): pk for pk, user, code in rows.values_list("pk", "user", "permission")}
    rows.filter(pk__in=[pk for pair, pk in held.items() if pair not in deserved]).delete()
    ChannelUserObjectPermission.objects.bulk_create(
        (
            ChannelUserObjectPermission(content_object=channel, user_id=user, permission_id=code)
            for user, code in deserved - held.keys()
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def settle_dated_rights(*, now: datetime) -> int:
    """Begin assignments whose first day has come, end those whose last day has passed.

    For beat; returns how many. A missed run is caught up with, a double run does nothing.
    """
    system = User.objects.system()
    settled = 0
    for municipality in Municipality.objects.all():
        day = municipality.today(now)
        waiting = EditorAssignment.objects.select_for_update(of=("self",), no_key=True).filter(
            municipality=municipality, revoked_at__isnull=True
        )
        rows = waiting.filter(
            Q(begun=False, starts_on__lte=day) | Q(ends_on__lt=day)
        ).select_related("channel__municipality", "channel__unit")
        for assignment in rows:
            _settle(assignment, day, by=system, now=now)
            settled += 1
    return settled


def _settle(assignment: EditorAssignment, day: date, *, by: User, now: datetime) -> None:
    ended = assignment.ends_on is not None and assignment.ends_on < day
    assignment.begun = True
    if ended:
        assignment.revoked_at, assignment.revoked_by = now, by
        assignment.revoke_reason = _("The time it was given for is over.")
    assignment.save(update_fields=["begun", "revoked_at", "revoked_by", "revoke_reason"])
    if assignment.user is not None:
        settle_rights(assignment.channel, [assignment.user.pk], now=now)
        if ended:
            end_access_of(assignment.user, assignment.channel, by=by, now=now)
            settle_guideline(assignment.channel, [assignment.user.pk], by=by, now=now)
    if ended:
        it_is_over(assignment, by=by, now=now)
    settle_administrators(assignment.channel, by=by, now=now)
    settle_responsible(assignment.channel, by=by, now=now)
    record(
        "editor.expired" if ended else "editor.begun",
        assignment.channel,
        by=by,
        now=now,
        assignment=assignment.pk,
        user=assignment.user_id,
        role=assignment.role,
    )
