"""What becomes of an approved plan: the channel is entered, its people assigned, at last it opens.

Parts of other verbs, inside their transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels import facts
from channels.actions.custody import open_custody_duties
from channels.actions.people import write_assignment
from channels.actions.register import free_slug, lock_addresses, require_free_address
from channels.models import Channel, EditorAssignment, Plan, PlanPerson, PlanVersion, Platform
from channels.platforms import recognise
from channels.states import CHANNEL
from governance.audit import record
from governance.models import User
from governance.policy.in_force import policy_for
from governance.policy.types import Form
from governance.public_pages import touch
from governance.roles import Role
from governance.transitions import move

_OTHER = "other"


def enter_channel(plan: Plan, version: PlanVersion, *, now: datetime) -> Channel:
    """The channel that an approved plan describes, waiting for its account.

    Part of approving the plan, which records it. Raises AgainstPolicy where another channel came
    to the plan's address since it was submitted.
    """
    form = policy_for(plan.unit, now).form("plan")
    answers = version.answers
    municipality = plan.municipality
    channel = Channel(
        municipality=municipality,
        unit=plan.unit,
        name=plan.unit.name,
        purpose=facts.text_of(form, answers, "purpose"),
        audience=facts.text_of(form, answers, "audience"),
        description=facts.text_of(form, answers, "description"),
        office_hours_only=facts.office_hours_only(form, answers),
        language=municipality.locale,
        contact_email=municipality.email,
        contact_phone=municipality.phone,
        created_at=now,
    )
    lock_addresses(municipality)
    if plan.url:
        require_free_address(municipality, plan.url, channel=channel)
    _place(channel, plan, form, answers)
    channel.slug = free_slug(municipality, channel.name, channel.platform)
    channel.save()
    return channel


def _place(channel: Channel, plan: Plan, form: Form, answers: Mapping[str, Any]) -> None:
    """Medium and address; an account that is made later gets its address then."""
    key = facts.text_of(form, dict(answers), "platform")
    if plan.url:
        account = recognise(plan.url, Platform.objects.all())
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
    for person in version.people.select_related("user"):
        if person.role == Role.EDITOR and appointed_later:
            continue
        assign_person(person, channel, by=by, now=now)


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

    Missing access is owed from now on; what else the policy asks of an open channel is opened by
    beat, since the apps that know of it come after this one. Raises NoLongerPossible where the
    channel does not wait.
    """
    today = channel.municipality.today(now)
    channel.opened_on, channel.last_confirmed_on = today, today
    channel.save(update_fields=["opened_on", "last_confirmed_on"])
    move(channel, "open", table=CHANNEL, by=by, now=now)
    touch(channel.municipality)
    open_custody_duties([channel], now=now)
    record("channel.opened", channel, by=by, now=now)
