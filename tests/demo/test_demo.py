"""The demo: invented people, the numbers it promises, one small municipality lived through."""

from __future__ import annotations

import itertools
import re
import tomllib
from datetime import timedelta

import pytest
from django.test import Client

from channels.models import Channel, Plan
from demo import logins, stories
from demo.load import EVENING
from demo.names import people
from demo.opening import WORDS, draft, open_channel, propose, submit, take_step
from demo.organisation import FACTS, MOBILES, PASSWORD, SLUGS, Place, build
from governance.digests import is_quiet
from governance.models import Municipality, Obligation, User
from governance.obligations import open_due
from governance.permissions import actors
from governance.policy.reader import read
from governance.policy.shipped import FOLDER
from governance.roles import Role
from moderation.models import DeclaredPeriod, Item
from tests.channels_of_town import library_page
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db

#: Channels and editors as law-and-practice has them.
NUMBERS = {
    "vargarda": (14, 28),
    "volda": (12, 18),
    "vetlanda": (38, 80),
    "varmdo": (45, 95),
    "tyreso": (60, 130),
}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_facts_hold_as_many_channels_and_editors_as_they_promise(slug: str) -> None:
    facts = tomllib.loads((FACTS / f"{slug}.toml").read_text())
    lines = facts["units"].strip().splitlines()
    accounts = [each for line in lines for each in line.split("|")[3].split(",") if each.strip()]
    assert (len(accounts), facts["editors"]) == NUMBERS[slug]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_unit_with_a_channel_has_words_of_its_own_kind(slug: str) -> None:
    facts = tomllib.loads((FACTS / f"{slug}.toml").read_text())
    lines = [line.split("|") for line in facts["units"].strip().splitlines()]
    kinds = {activity.strip() for _name, _kind, activity, channels in lines if channels.strip()}
    assert kinds <= set(WORDS[facts["locale"]])


@pytest.mark.parametrize("locale", ["sv", "nn"])
def test_no_name_comes_up_twice(locale: str) -> None:
    names = list(itertools.islice(people(locale, seed=3), 400))
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_missed_is_told_at_an_hour_at_which_mail_is_sent(slug: str) -> None:
    policy = read((FOLDER / f"{slug}.toml").read_text(), slug)
    assert not any(is_quiet(policy, key, EVENING) for key in policy.routine)


#: Kept free for books and films by Post- och telestyrelsen; and what no number begins with.
FREE = r"070-174 06 (0[5-9]|[1-9]\d)|08-465 004 \d\d|031-390 06 \d\d|00 00 00 \d\d"


def test_no_number_of_the_demo_reaches_anybody() -> None:
    theirs = [tomllib.loads((FACTS / f"{slug}.toml").read_text())["phone"] for slug in SLUGS]
    for number in itertools.chain(theirs, *MOBILES.values()):
        assert re.fullmatch(FREE, number), number
    build("volda", 1, NOW)
    assert set(User.objects.exclude(phone="").values_list("phone", flat=True)) <= set(MOBILES["NO"])


def test_only_the_printed_logins_have_a_password(client: Client) -> None:
    place = build("vargarda", 1, NOW)
    logins.give(place, NOW)
    logins.give_operator(NOW)
    printed = {row["email"] for row in logins.table()}
    usable = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert usable == printed
    assert len(printed) >= 5
    email = logins.table()[0]["email"]
    answer = client.post("/account/login/", {"login": email, "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("slug", SLUGS)
def test_channels_open_and_every_story_can_be_told_under_every_policy(slug: str) -> None:
    place = build(slug, 1, NOW)
    for account in place.accounts:
        if account.key in place.facts["storied"]:
            channel = open_channel(propose(place, account), NOW, document=False)
            assert channel.state == Channel.State.OPEN
            assert channel.assignments.filter(user__isnull=False).exists()
    now = NOW + timedelta(days=95)
    for days_ago in range(94, 0, -1):
        moment = now - timedelta(days=days_ago)
        stories.tell(place, days_ago, moment, now)
    assert set(Item.objects.values_list("state", flat=True)) == {"open", "closed"}
    assert set(Plan.objects.values_list("state", flat=True)) >= {"draft", "submitted", "approved"}


@pytest.mark.parametrize(
    ("slug", "declared", "posts"),
    [
        ("vargarda", {"crisis"}, True),
        ("volda", set(), False),
        ("vetlanda", {"rest"}, False),
        ("varmdo", {"crisis", "rest"}, False),
        ("tyreso", {"crisis"}, True),
    ],
)
def test_a_crisis_a_rest_and_a_quiet_channel_are_where_the_policy_knows_them(
    slug: str, declared: set[str], posts: bool
) -> None:
    place = build(slug, 1, NOW)
    main = next(each for each in place.accounts if each.unit.kind == "department")
    school = next(each for each in place.accounts if each.unit.activity == "school")
    storied = [each for each in place.accounts if each.key in place.facts["storied"]]
    for account in {each.key: each for each in (main, school, *storied)}.values():
        open_channel(propose(place, account), NOW, document=False)
    now = NOW + timedelta(days=92)
    for days_ago in (10, 9, 7):
        stories.tell(place, days_ago, now - timedelta(days=days_ago), now)
    open_due(now, [place.municipality])
    found = {period.kind: period for period in DeclaredPeriod.objects.all()}
    assert set(found) == declared
    assert "crisis" not in found or found["crisis"].is_over(now)
    assert "rest" not in found or found["rest"].starts_at > now
    quiet = Obligation.objects.open().filter(duty="inactivity")
    silent = next(each for each in storied if each.key == place.facts["storied"][-1])
    assert [row.subject_label for row in quiet] == ([f"{silent.name}, Facebook"] if posts else [])


def test_the_logins_are_enough_to_take_a_plan_through_its_approvals() -> None:
    place = build("vargarda", 1, NOW)
    logins.give(place, NOW)
    account = next(each for each in place.accounts if each.key == place.facts["storied"][0])
    manager, head = (
        actors(role, account.unit, NOW)[0] for role in (Role.OPERATIONS_MANAGER, Role.SECTOR_HEAD)
    )
    assert manager != head
    assert {manager.email, head.email} <= {row["email"] for row in logins.table()}


def test_a_plan_takes_its_steps_one_at_a_time() -> None:
    place = build("vargarda", 1, NOW)
    account = next(each for each in place.accounts if each.key == place.facts["storied"][0])
    plan = draft(propose(place, account), NOW)
    submit(plan, NOW + timedelta(hours=1))
    assert take_step(plan, NOW + timedelta(hours=2)) is not None
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUBMITTED
    assert take_step(plan, NOW + timedelta(hours=3)) is not None
    plan.refresh_from_db()
    assert plan.state == Plan.State.APPROVED
    assert Municipality.objects.get() == plan.municipality


def test_a_look_that_was_missed_is_written_afterwards_and_marked_so(town: Town) -> None:
    channel = library_page(town)
    open_due(NOW, [town.municipality])
    place = Place(
        town.municipality,
        {"storied": ["Ekby bibliotek facebook"]},
        town.root,
        editors={town.library.pk: [town.cleo]},
    )
    stories.look_written_afterwards(place, NOW + timedelta(hours=1))
    assert not channel.check_ins.exists(), "today is not over yet"
    stories.look_written_afterwards(place, NOW + timedelta(days=2))
    assert channel.check_ins.get().late
