"""What becomes of an approved plan: the channel is entered, its people assigned, at last it opens.

Parts of other verbs, inside their transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels import facts
from channels.actions.administrators import settle_administrators
from channels.actions.checklists import open_first_look
from channels.actions.custody import open_custody_duties
from channels.actions.people import end_assignment, write_assignment
from channels.actions.register import free_slug, lock_addresses, require_free_address
from channels.answers import Answers
from channels.checklists import VISITOR_INFORMATION
from channels.models import Channel, EditorAssignment, Plan, PlanPerson, PlanVersion, Platform
from channels.platforms import Account, AddressRefused, recognise
from channels.states import CHANNEL
from channels.steps import plan_of
from governance.audit import record
from governance.errors import AgainstPolicy
from governance.models import User
from governance.policy.in_force import policy_for
from governance.policy.types import Form
from governance.public_pages import touch
from governance.roles import Role
from governance.transitions import locked, move

_OTHER = "other"
#: What the register says in the words of the plan.
_FACTS: Final = ("purpose", "audience", "description")


def enter_channel(plan: Plan, version: PlanVersion, *, now: datetime) -> Channel:
    """The channel that an approved plan describes: the one it was written for, or else a new one
    that waits for its account.

    Part of approving the plan, which records it. Raises AgainstPolicy where another channel came
    to the plan's address since it was submitted, or it is none of an account any more.
    """
    form = policy_for(plan.unit, now).form("plan")
    answers = version.answers
    municipality = plan.municipality
    lock_addresses(municipality)
    channel = locked(plan.channel) if plan.channel else _new_channel(plan, now)
    channel.unit = plan.unit
    if earlier := plan.revises:
        _follow_changes(channel, form, answers, earlier.answers)
    else:
        _take_facts(channel, form, answers)
        account = _account_of(plan)
        if account is not None:
            require_free_address(municipality, account, channel)
        _place(channel, account, form, answers)
    channel.slug = channel.slug or free_slug(municipality, channel.name, channel.platform)
    channel.save()
    if channel.state == Channel.State.OPEN:
        touch(municipality)
    return channel


def _take_facts(channel: Channel, form: Form, answers: Answers) -> None:
    for name in _FACTS:
        # what an existing channel is known by stays where the plan does not say otherwise
        setattr(channel, name, facts.text_of(form, answers, name) or getattr(channel, name))
    channel.office_hours_only = facts.office_hours_only(form, answers)


def _follow_changes(channel: Channel, form: Form, answers: Answers, before: Answers) -> None:
    """What the revised plan changes; what the register was told in the meantime stays.

    The account is the same: a plan for another one is a plan for another channel.
    """
    for name in _FACTS:
        said = facts.text_of(form, answers, name)
        if said != facts.text_of(form, before, name):
            setattr(channel, name, said)
    office_hours_only = facts.office_hours_only(form, answers)
    if office_hours_only != facts.office_hours_only(form, before):
        channel.office_hours_only = office_hours_only


def _new_channel(plan: Plan, now: datetime) -> Channel:
    municipality = plan.municipality
    return Channel(
        municipality=municipality,
        unit=plan.unit,
        name=plan.unit.name,
        language=municipality.locale,
        contact_email=municipality.email,
        contact_phone=municipality.phone,
        created_at=now,
    )


def _account_of(plan: Plan) -> Account | None:
    """The account at the plan's address; None for one that is made later."""
    if not plan.url:
        return None
    try:
        return recognise(plan.url, Platform.objects.all())
    except AddressRefused as refused:  # how the platform's addresses look has changed since
        raise AgainstPolicy(str(refused)) from None


def _place(
    channel: Channel, account: Account | None, form: Form, answers: Mapping[str, Any]
) -> None:
    """Medium and address; an account that is made later gets its address then."""
    key = facts.text_of(form, dict(answers), "platform")
    if account is not None:
        channel.url, channel.handle = account.url, account.handle
        channel.stable_id = account.stable_id
        if account.platform is not None:
            channel.platform = account.platform
    if channel.platform_id is None:
        platforms = Platform.objects.in_bulk([key or _OTHER, _OTHER], field_name="key")
        channel.platform = platforms.get(key) or platforms[_OTHER]


def assign_named_people(
    plan: Plan, version: PlanVersion, channel: Channel, *, by: User, now: datetime
) -> None:
    """Assign those whom the approved plan names, but for writers who are still to be appointed."""
    appointed_later = any(
        step.kind == "appoint" for step in policy_for(plan.unit, now).steps_in("account")
    )
    running = EditorAssignment.objects.filter(channel=channel, revoked_at__isnull=True)
    held = set(running.values_list("role", "user"))
    for person in version.people.select_related("user"):
        if person.role == Role.EDITOR and appointed_later:
            continue
        # at a channel that was there before, somebody may be what the plan names them
        if person.user_id is None or (person.role, person.user_id) not in held:
            assign_person(person, channel, by=by, now=now)


def follow_named_people(
    plan: Plan, version: PlanVersion, channel: Channel, *, by: User, now: datetime
) -> None:
    """`assign_named_people`, and of a revised plan also: end the assignments of those whom the
    plan it replaces named in a role in which this one does not."""
    assign_named_people(plan, version, channel, by=by, now=now)
    if plan.revises is None:
        return
    gone = _named(plan.revises) - _named(version)
    running = EditorAssignment.objects.filter(channel=channel, revoked_at__isnull=True)
    for each in running.select_related("channel", "user"):
        if facts.holder(each.role, each.user_id, each.name) in gone:
            reason = _("The plan that was approved on %(day)s does not name them any more.") % {
                "day": date_format(channel.municipality.today(now))
            }
            end_assignment(each, reason=reason, by=by, now=now)
    settle_administrators(channel, by=by, now=now)
    open_custody_duties([channel], now=now)


def _named(version: PlanVersion) -> set[facts.Holder]:
    return {facts.holder(each.role, each.user_id, each.name) for each in version.people.all()}


def writers_to_appoint(channel: Channel) -> list[PlanPerson]:
    """The writers whom the approved plan names and who are not yet appointed."""
    plan = plan_of(channel)
    version = plan.current if plan else None
    if version is None:
        return []
    there = EditorAssignment.objects.filter(
        Q(version=version) | Q(revoked_at__isnull=True), channel=channel, role=Role.EDITOR
    )
    names = set(there.values_list("user", "name"))
    return [
        person
        for person in version.people.filter(role=Role.EDITOR).select_related("user")
        if (person.user_id, person.name) not in names
    ]


def assign_person(
    person: PlanPerson, channel: Channel, *, by: User, now: datetime, consulted: str = ""
) -> EditorAssignment:
    """Assign somebody whom the plan names, as what it names them."""
    return write_assignment(
        channel,
        Role(person.role),
        name=person.name,
        contact=person.contact,
        user=person.user,
        version=person.version,
        purpose=channel.purpose,
        consulted=consulted,
        by=by,
        now=now,
    )


def open_channel(channel: Channel, *, by: User, now: datetime) -> None:
    """Open a channel whose account is in order: it enters the register, and its duties begin.

    Missing access is owed from now on, and the first look at the visitor information; what else the
    policy asks of an open channel is opened by beat, since the apps that know of it come after this
    one. Raises NoLongerPossible where the channel does not wait.
    """
    today = channel.municipality.today(now)
    # one that was there before may have been open for long, and visitors have seen it
    is_new = channel.opened_on is None
    channel.opened_on, channel.last_confirmed_on = channel.opened_on or today, today
    channel.save(update_fields=["opened_on", "last_confirmed_on"])
    move(channel, "open", table=CHANNEL, by=by, now=now)
    touch(channel.municipality)
    open_custody_duties([channel], now=now)
    if is_new:
        open_first_look(channel, VISITOR_INFORMATION, now)
    record("channel.opened", channel, by=by, now=now)
