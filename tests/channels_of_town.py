"""Channels of Ekby's, open without having been planned, and the people who look after them."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.utils.text import slugify
from guardian.shortcuts import assign_perm

from channels.actions.goals import take_up_goals
from channels.actions.personal_data import assess_processing
from channels.models import (
    Channel,
    ChannelUserObjectPermission,
    EditorAssignment,
    Goal,
    GoalFollowUp,
    PersonalDataAssessment,
    Plan,
    PlanVersion,
    Platform,
)
from governance.models import Obligation, Unit, User
from governance.obligations import Plan as Owing
from governance.obligations import open_obligations
from governance.policy.in_force import policy_for, version_in_force
from governance.roles import Role
from tests.town import NOW, Town

RIGHTS = ("check_in", "moderate", "take_snapshot", "edit_channel")
SINCE = date(2026, 1, 7)


def open_channel(
    unit: Unit, name: str = "Ekby bibliotek", *, platform: str = "facebook", **fields: Any
) -> Channel:
    """An open channel of the unit, nobody's yet; its handle and address follow from its name."""
    handle = fields.get("handle", slugify(name).replace("-", ""))
    values: dict[str, Any] = {
        "handle": handle,
        "slug": handle,
        "url": f"https://www.{platform}.com/{handle}",
        "state": Channel.State.OPEN,
        "opened_on": SINCE,
        "created_at": NOW,
    }
    return Channel.objects.create(
        municipality=unit.municipality,
        unit=unit,
        platform=Platform.objects.get(key=platform),
        name=name,
        **(values | fields),
    )


def assign(
    user: User,
    channel: Channel,
    role: Role = Role.RESPONSIBLE_PERSON,
    since: date = SINCE,
    until: date | None = None,
) -> EditorAssignment:
    """The person in the role on the channel, with the rights that go with it."""
    for right in RIGHTS:
        assign_perm(right, user, channel)
    return EditorAssignment.objects.create(
        municipality=channel.municipality,
        channel=channel,
        user=user,
        name=user.name,
        role=role,
        starts_on=since,
        ends_on=until,
        appointed_by=user,
        appointed_at=NOW,
        document="Uppdrag",
    )


def library_page(town: Town, **fields: Any) -> Channel:
    """The library's page: Cleo answers for it, Dag is an administrator."""
    channel = open_channel(town.library, **fields)
    assign(town.cleo, channel)
    assign(town.dag, channel, Role.ADMINISTRATOR)
    return channel


def watched_more_often(channel: Channel, times: int, *, by: User, now: datetime = NOW) -> Plan:
    """The channel's approved plan, which says nothing but how often a day it is looked at."""
    field = policy_for(channel.unit, now).form("plan").standing_for("check_interval")
    assert field is not None
    answers = {field.key: {"times": times, "per": "day"}}
    return approved_plan(channel, answers, by=by, now=now).plan


def with_goal(
    channel: Channel, text: str, due_on: date | None = None, *, by: User, now: datetime = NOW
) -> GoalFollowUp:
    """The one goal of the channel's approved plan, which says nothing else."""
    version = approved_plan(channel, {}, by=by, now=now)
    Goal.objects.create(version=version, position=1, text=text, due_on=due_on)
    take_up_goals(version, channel, by=by, now=now)
    return GoalFollowUp.objects.get(channel=channel)


def approved_plan(
    channel: Channel, answers: dict[str, Any], *, by: User, now: datetime = NOW
) -> PlanVersion:
    """The one version of the channel's approved plan, with these answers and no others."""
    plan = Plan.objects.create(
        municipality=channel.municipality,
        unit=channel.unit,
        author=by,
        channel=channel,
        kind="activity_plan",
        title=channel.name,
        state=Plan.State.APPROVED,
        created_at=now,
        saved_at=now,
        saved_by=by,
    )
    return PlanVersion.objects.create(
        plan=plan,
        number=1,
        content=json.dumps({"answers": answers}),
        digest="0" * 64,
        policy=version_in_force(channel.unit, now),
        submitted_by=by,
        submitted_at=now,
    )


def assessed(channel: Channel, by: User, now: datetime = NOW) -> PersonalDataAssessment:
    """What others write there, assessed as Vårgårda asks, on a medium that it leaves open."""
    return assess_processing(
        channel.municipality,
        channel.platform,
        "Andras inlägg",
        {"scope": "own_and_visitors", "reasons": "Kommunen kan dölja svar."},
        instead_of=None,
        by=by,
        now=now,
    )


def channels_of(user: User, unit: Unit, count: int) -> list[Channel]:
    """So many open channels that are the person's to look at, by few statements."""
    there = Channel.objects.count()
    platform = Platform.objects.get(key="facebook")
    channels = Channel.objects.bulk_create(
        Channel(
            municipality=unit.municipality,
            unit=unit,
            platform=platform,
            name=f"Kanal {number:03}",
            slug=f"kanal-{number:03}",
            handle=f"kanal{number:03}",
            url=f"https://www.facebook.com/kanal{number:03}",
            state=Channel.State.OPEN,
            opened_on=SINCE,
            created_at=NOW,
        )
        for number in range(there, there + count)
    )
    right = Permission.objects.get(codename="check_in", content_type__app_label="channels")
    ChannelUserObjectPermission.objects.bulk_create(
        ChannelUserObjectPermission(user=user, permission=right, content_object=channel)
        for channel in channels
    )
    return channels


def to_confirm(town: Town, *, now: datetime = NOW, **owed: Any) -> Obligation:
    """Another page of the library's, which Ben owes a word on; our routine lets him put it off."""
    channel = open_channel(town.library, "Läsecirkeln")
    values: dict[str, Any] = {"who": Role.INFORMATION_OFFICER, "period": "2026"} | owed
    plan = Owing(duty="register", subject=channel, unit=channel.unit, **values)
    open_obligations([plan], now=now)
    return Obligation.objects.about(channel).get()
