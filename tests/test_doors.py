"""Every address of the installation, and who is let in.

A new address fails here until it has a row in DOORS. `public` pages answer anybody; all others
send a stranger to the login page. Where `kwargs` names something of Ekby's, Otto of the
neighbouring municipality gets 404 for it, whatever his roles at home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from archive.actions.snapshots import take_snapshot
from archive.models import Export, Snapshot
from channels.actions.custody import hand_over_login
from channels.actions.people import assign_editor
from channels.actions.planning import start_plan
from channels.models import Channel, GoalFollowUp, Plan
from governance.calendar_feeds import address_of as address_of_feed
from governance.calendar_feeds import make_feed
from governance.logo import change_logo
from governance.roles import Role
from moderation.actions import check_in, declare_crisis
from moderation.actions.reports import request_report
from moderation.models import CheckIn, DeclaredPeriod, Item, SupervisionReport
from tests.browsers import BACKEND
from tests.channels.goals_of_town import followed, recorded
from tests.channels.importing.files import begun
from tests.channels_of_town import assessed, open_channel, to_confirm
from tests.moderation.inquiries import asked
from tests.moderation.mornings import address_of, link_of_today
from tests.moderation.scenes import comment
from tests.owed_of_town import look_owed
from tests.pictures import logo, upload
from tests.plans_of_town import waiting
from tests.town import NOW, Town


@dataclass(frozen=True)
class Door:
    public: bool = False
    kwargs: Callable[[Town], dict[str, Any]] = field(default=lambda _town: {})
    #: the address is about something that belongs to Ekby
    owned: bool = False


def _channel(town: Town) -> Channel:
    return open_channel(town.library)


def _snapshot(town: Town) -> Snapshot:
    return take_snapshot(_channel(town), [upload()], by=town.ben, now=NOW)


def _export(town: Town) -> Export:
    return Export.objects.create(
        municipality=town.municipality,
        unit=town.root,
        starts_on="2026-01-01",
        ends_on="2026-03-01",
        kinds=["snapshot"],
        requested_by=town.rut,
        requested_at=NOW,
    )


def _plan(town: Town) -> Plan:
    return start_plan(town.library, by=town.cleo, now=NOW)


def _custody(town: Town) -> dict[str, Any]:
    channel = _channel(town)
    custody = hand_over_login(channel, Role.INFORMATION_OFFICER, town.ben, by=town.ben, now=NOW)
    return {"pk": channel.pk, "custody": custody.pk}


def _assignment(town: Town) -> dict[str, Any]:
    channel = _channel(town)
    assignment = assign_editor(channel, town.cleo, Role.EDITOR, by=town.ben, now=NOW)
    return {"pk": channel.pk, "assignment": assignment.pk}


def _pictures(town: Town) -> Channel:
    return open_channel(town.library, platform="instagram")


def _assessed(town: Town) -> dict[str, Any]:
    return {"key": "instagram", "pk": assessed(_pictures(town), town.ben).pk}


def _supplemented(town: Town) -> dict[str, Any]:
    channel = _pictures(town)
    return {"pk": channel.pk, "assessment": assessed(channel, town.ben).pk}


def _goal(town: Town) -> GoalFollowUp:
    return followed(waiting(town))


def _result(town: Town) -> dict[str, Any]:
    row = recorded(_goal(town), town.cleo)
    return {"pk": row.follow_up_id, "result": row.pk}


def _finding(town: Town) -> Item:
    return comment(_channel(town), town.ben)


def _look(town: Town) -> CheckIn:
    return check_in(_channel(town), by=town.ben, now=NOW)


def _morning(town: Town) -> dict[str, Any]:
    """By its signature and by nothing else."""
    link = link_of_today(_channel(town), person=town.cleo)
    return resolve(address_of(link)).kwargs


def _logo(town: Town) -> dict[str, Any]:
    place = change_logo(town.municipality, logo(), by=town.ben, now=NOW)
    return {"slug": place.slug, "pk": place.logo_id}


def _feed(town: Town) -> dict[str, Any]:
    """The same."""
    address = address_of_feed(make_feed(by=town.cleo, now=NOW))
    return resolve(address.removeprefix(settings.BASE_URL)).kwargs


def _crisis(town: Town) -> DeclaredPeriod:
    return declare_crisis([_channel(town)], why="Brand", by=town.ben, now=NOW)


def _question_door() -> Door:
    return Door(kwargs=lambda town: {"pk": asked(_channel(town), town.ben).pk}, owned=True)


def _report(town: Town) -> SupervisionReport:
    day = NOW.date()
    return request_report(town.root, day, day, by=town.ben, now=NOW)


def _import_door() -> Door:
    return Door(kwargs=lambda town: {"pk": begun(town).pk}, owned=True)


def _finding_door() -> Door:
    return Door(kwargs=lambda town: {"pk": _finding(town).pk}, owned=True)


DOORS: dict[str, Door] = {
    "moderation:findings": Door(),
    "moderation:new_finding": Door(),
    "moderation:house_rules": Door(),
    "moderation:finding": _finding_door(),
    "moderation:add_picture": _finding_door(),
    "moderation:act": _finding_door(),
    "moderation:withdraw": _finding_door(),
    "moderation:leave": _finding_door(),
    "moderation:restore": _finding_door(),
    "moderation:unable": _finding_door(),
    "moderation:author": _finding_door(),
    "moderation:papers": _finding_door(),
    "moderation:answer_registrar": _finding_door(),
    "moderation:number": _finding_door(),
    "moderation:no_number": _finding_door(),
    "moderation:evidence": Door(
        kwargs=lambda town: {"pk": _finding(town).evidence.get(file__isnull=False).pk}, owned=True
    ),
    "moderation:check_in": Door(),
    "moderation:inquiries": Door(),
    "moderation:new_inquiry": Door(),
    "moderation:inquiry": _question_door(),
    "moderation:answer_inquiry": _question_door(),
    "moderation:hold_inquiry": _question_door(),
    "moderation:refer_inquiry": _question_door(),
    "moderation:leave_unanswered": _question_door(),
    "moderation:correct_times": _question_door(),
    "moderation:activity": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "moderation:latest_post": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "moderation:periods": Door(),
    "moderation:declare_crisis": Door(),
    "moderation:declare_rest": Door(),
    "moderation:period": Door(kwargs=lambda town: {"pk": _crisis(town).pk}, owned=True),
    "moderation:correct_check_in": Door(kwargs=lambda town: {"pk": _look(town).pk}, owned=True),
    "moderation:check_ins": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "moderation:check_in_afterwards": Door(
        kwargs=lambda town: {"pk": _channel(town).pk, "day": "2026-03-01"}, owned=True
    ),
    "overview:overview": Door(),
    "overview:reports": Door(),
    "overview:report": Door(kwargs=lambda town: {"pk": _report(town).pk}, owned=True),
    "overview:unit": Door(kwargs=lambda town: {"pk": town.library.pk}, owned=True),
    "overview:channel": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:plans": Door(),
    "channels:start": Door(),
    "channels:address": Door(),
    "channels:plan": Door(kwargs=lambda town: {"pk": _plan(town).pk}, owned=True),
    "channels:write": Door(kwargs=lambda town: {"pk": _plan(town).pk}, owned=True),
    "channels:take_over": Door(kwargs=lambda town: {"pk": _plan(town).pk}, owned=True),
    "channels:withdraw": Door(kwargs=lambda town: {"pk": _plan(town).pk}, owned=True),
    "channels:document": Door(kwargs=lambda town: {"pk": _plan(town).pk, "number": 1}, owned=True),
    "channels:imports": Door(),
    "channels:import": _import_door(),
    "channels:import_file": _import_door(),
    "channels:import_carry_out": _import_door(),
    "channels:import_end": _import_door(),
    "channels:start_for": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:channels": Door(),
    "channels:channel": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:ending": Door(
        kwargs=lambda town: {"pk": _assignment(town)["assignment"]}, owned=True
    ),
    "channels:confirm": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:editors": Door(),
    "channels:editors_csv": Door(),
    "channels:editors_xlsx": Door(),
    "channels:guideline": Door(),
    "channels:editor": Door(kwargs=lambda town: {"pk": town.cleo.pk}, owned=True),
    "channels:channel_people": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:visitor_information": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:graphic_profile": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:changed_profile": Door(),
    "channels:personal_data": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:supplement": Door(kwargs=_supplemented, owned=True),
    "channels:assess": Door(kwargs=lambda town: {"key": _pictures(town).platform.key}),
    "channels:assess_again": Door(kwargs=_assessed, owned=True),
    "channels:changed_basis": Door(kwargs=lambda town: {"key": _channel(town).platform.key}),
    "channels:review": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:goals": Door(),
    "channels:goal": Door(kwargs=lambda town: {"pk": _goal(town).pk}, owned=True),
    "channels:correct_result": Door(kwargs=_result, owned=True),
    "channels:hand_over": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:verify": Door(kwargs=_custody, owned=True),
    "channels:end_custody": Door(kwargs=_custody, owned=True),
    "channels:seal": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:look": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "channels:revoke": Door(kwargs=_assignment, owned=True),
    "register:register": Door(public=True, kwargs=lambda town: {"municipality_slug": "ekby"}),
    "register:json": Door(public=True, kwargs=lambda town: {"municipality_slug": "ekby"}),
    "register:csv": Door(public=True, kwargs=lambda town: {"municipality_slug": "ekby"}),
    "register:channel": Door(
        public=True,
        kwargs=lambda town: {"municipality_slug": "ekby", "slug": _channel(town).slug},
    ),
    "archive:landing": Door(),
    "archive:tray": Door(),
    "archive:tray_finding": _finding_door(),
    "archive:take_snapshot": Door(kwargs=lambda town: {"pk": _channel(town).pk}, owned=True),
    "archive:snapshot": Door(kwargs=lambda town: {"pk": _snapshot(town).pk}, owned=True),
    "archive:snapshot_file": Door(
        kwargs=lambda town: {"pk": _snapshot(town).pk, "position": 1}, owned=True
    ),
    "archive:exports": Door(),
    "archive:export": Door(kwargs=lambda town: {"pk": _export(town).pk}, owned=True),
    "archive:export_package": Door(kwargs=lambda town: {"pk": _export(town).pk}, owned=True),
    "start": Door(public=True),  # sends everybody on to today
    "today": Door(),
    "today_counts": Door(),
    "morning:looks": Door(public=True, kwargs=_morning),
    "notices": Door(),
    "calendar": Door(),
    "calendar_feed": Door(public=True, kwargs=_feed),
    "advice": Door(),
    "compare_policy": Door(),
    "guideline_review": Door(),
    "put_off": Door(kwargs=lambda town: {"pk": to_confirm(town).pk}, owned=True),
    "duties": Door(),
    "waive": Door(kwargs=lambda town: {"pk": look_owed(town).pk}, owned=True),
    "healthz": Door(public=True),
    "account_login": Door(public=True),
    "account_logout": Door(public=True),  # a stranger is simply sent on
    "account_inactive": Door(public=True),
    "account_signup": Door(public=True),  # says that it is closed
    "account_reauthenticate": Door(),
    "account_change_password": Door(),
    "account_reset_password": Door(public=True),
    "account_reset_password_done": Door(public=True),
    "account_reset_password_from_key": Door(
        public=True, kwargs=lambda _town: {"uidb36": "1", "key": "set-password"}
    ),
    "account_reset_password_from_key_done": Door(public=True),
    "choose_language": Door(),
    "look_default": Door(public=True),
    "look": Door(public=True, kwargs=lambda town: {"slug": town.municipality.slug}),
    "logo": Door(public=True, kwargs=_logo),
}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The names of every address, with their namespace; the admin has a walk of its own."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == "admin":
                continue
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_address_has_a_row_that_says_who_is_let_in() -> None:
    assert sorted(set(addresses(get_resolver()))) == sorted(DOORS)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_stranger_sees_public_pages_and_the_login_page_only(
    name: str, town: Town, client: Client
) -> None:
    door = DOORS[name]
    answer = client.get(reverse(name, kwargs=door.kwargs(town)))
    if door.public:
        assert answer.status_code in {200, 302}, name
        assert "/account/login" not in answer.headers.get("Location", ""), name
    else:
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/account/login/"), name


@pytest.mark.parametrize("name", sorted(name for name, door in DOORS.items() if door.owned))
def test_the_other_municipality_learns_nothing_not_even_that_it_exists(
    name: str, town: Town, client: Client
) -> None:
    client.force_login(town.otto, BACKEND)
    address = reverse(name, kwargs=DOORS[name].kwargs(town))
    assert client.get(address).status_code in {404, 405}, name
    assert client.post(address).status_code in {404, 405}, name
