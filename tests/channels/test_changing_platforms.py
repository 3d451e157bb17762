"""An operator keeps the platforms: names, hosts and patterns, for every municipality at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from channels.actions.platforms import add_platform, change_platform, restore_platform
from channels.actions.register import enter_existing_channel
from channels.addresses import recognise_address
from channels.importing.known import Platforms
from channels.models import Channel, Platform
from channels.patterns import LONGEST, PatternRefused, require_usable
from channels.personal_data import assessments
from channels.platforms import AddressRefused, differences, enter, recognise, shipped
from channels.register import is_it_us, read
from governance.errors import AgainstPolicy, NoLongerPossible, NotAllowed
from governance.models import AuditEntry, User
from tests.browsers import client_of
from tests.channels_of_town import assessed, open_channel
from tests.town import NOW, Town, later, operator

pytestmark = pytest.mark.django_db

PEERTUBE: dict[str, Any] = {
    "name": "PeerTube",
    "category": "social_network",
    "hosts": ["www.tube.example"],
    "patterns": [r"/a/(?P<handle>[\w.\-]+)"],
}


@pytest.fixture
def drift(town: Town) -> User:
    return operator()


def platform(key: str) -> Platform:
    return Platform.objects.get(key=key)


def changed(key: str, by: User, **facts: Any) -> Platform:
    return change_platform(platform(key), by=by, now=NOW, **facts)


def refused(field: str, key: str, by: User, **facts: Any) -> str:
    """The words of the refusal, which stands beside that field and has changed nothing."""
    before = platform(key)
    with pytest.raises(AgainstPolicy) as caught:
        changed(key, by, **facts)
    assert caught.value.field == field
    assert (
        vars(platform(key)).items()
        >= {name: value for name, value in vars(before).items() if name != "_state"}.items()
    )
    return caught.value.message


# --- who ----------------------------------------------------------------------------------------


def test_nobody_of_a_municipality_changes_what_is_the_same_for_all(town: Town, drift: User) -> None:
    User.objects.filter(pk=drift.pk).update(is_active=False)
    drift.refresh_from_db()
    verbs: list[Callable[[User], Platform]] = [
        lambda by: changed("x", by, name="Y"),
        lambda by: add_platform(key="peertube", by=by, now=NOW, **PEERTUBE),
        lambda by: restore_platform(platform("x"), by=by, now=NOW),
    ]
    for person in (town.ben, town.otto, drift):
        for verb in verbs:
            with pytest.raises(NotAllowed, match="operates the installation"):
                verb(person)


def test_a_change_stands_in_the_log_of_every_municipality(town: Town, drift: User) -> None:
    changed("x", drift, name="Y")
    for place in (town.municipality, town.neighbour):
        entry = AuditEntry.objects.get(municipality=place, act="platform.changed")
        assert (entry.actor_id, entry.at) == (drift.pk, NOW)
        assert entry.facts == {"key": "x", "fields": ["former_names", "name"]}


def test_what_stays_the_same_is_no_change(town: Town, drift: User) -> None:
    same = platform("x")
    changed("x", drift, name=same.name, hosts=list(same.hosts))
    assert not AuditEntry.objects.filter(act="platform.changed").exists()
    assert platform("x").changed_here == []
    assert not platform("x").history.exists()


# --- another name -------------------------------------------------------------------------------


def test_a_change_of_name_keeps_the_old_one_with_its_day_and_its_author(
    town: Town, drift: User
) -> None:
    changed("x", drift, name="Everything")
    row = platform("x")
    assert (row.name, row.former_names) == ("Everything", ["Twitter", "X"])
    rename = row.renames.get()
    assert (rename.former_name, rename.by) == ("X", drift)
    assert localtime(rename.at).date() == date(2026, 3, 2)


def test_a_name_taken_back_is_no_former_name_any_more(town: Town, drift: User) -> None:
    changed("x", drift, name="Twitter")
    assert platform("x").former_names == ["X"]


def test_a_channel_is_found_by_what_its_platform_is_and_was_called(town: Town, drift: User) -> None:
    channel = open_channel(town.library, platform="tiktok", handle="ekbytt")
    changed("tiktok", drift, name="Clips")
    for words in ("TikTok", "clips"):
        assert read(town.municipality, words=words).shown == 1
        listed = client_of(town.cleo).get(reverse("channels:channels"), {"q": words})
        assert channel.name in listed.content.decode()
        assert Platforms(Platform.objects.all()).find(words) == [channel.platform]


def test_a_medium_that_is_called_by_what_it_is_gets_no_name(town: Town, drift: User) -> None:
    assert "in each reader's language" in refused("name", "blog", drift, name="Blogg")


def test_two_platforms_have_not_one_name(town: Town, drift: User) -> None:
    assert "called so" in refused("name", "x", drift, name="facebook")


# --- hosts --------------------------------------------------------------------------------------


def test_a_channel_entered_at_the_former_host_is_found_at_the_new_one(
    town: Town, drift: User
) -> None:
    channel = enter_existing_channel(
        town.library, url="https://www.tiktok.com/@ekby", name="Ekby", by=town.ben, now=NOW
    )
    changed("tiktok", drift, hosts=["www.clips.example", "www.tiktok.com", "tiktok.com"])

    for pasted in ("https://tiktok.com/@ekby", "https://clips.example/@Ekby"):
        assert recognise_address(pasted, town.municipality).used_by == channel
        assert is_it_us(pasted, town.municipality).verdict == "yes"
    with pytest.raises(AgainstPolicy, match="is at this address already"):
        enter_existing_channel(
            town.school, url="clips.example/@ekby", name="Ekby", by=town.ben, now=NOW
        )


def test_a_host_at_which_channels_are_entered_stays(town: Town, drift: User) -> None:
    enter_existing_channel(
        town.library, url="https://www.tiktok.com/@ekby", name="Ekby", by=town.ben, now=NOW
    )
    said = refused("hosts", "tiktok", drift, hosts=["tiktok.com"])
    assert said == "Channels are entered at www.tiktok.com: keep it among the hosts."
    changed("snapchat", drift, hosts=["snapchat.com"])


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("x", "www.facebook.com"),
        ("x", "m.facebook.com"),
        ("x", "ekby.wordpress.com"),
        ("blog", "facebook.com"),
        ("mastodon", "vivaldi.net"),
    ],
)
def test_two_platforms_do_not_claim_one_host(town: Town, drift: User, key: str, host: str) -> None:
    if host == "vivaldi.net":  # what lies above another's host takes it in
        changed("forum", drift, hosts=["ekby.vivaldi.net"], patterns=["/(?P<handle>ekby)"])
    said = refused("hosts", key, drift, hosts=[*platform(key).hosts, host])
    assert said.startswith(f"{host} belongs to")


def test_hosts_are_written_as_they_are_compared(town: Town, drift: User) -> None:
    changed("x", drift, hosts=["https://X.com/", "twitter.com", "x.com", "blåa.example"])
    assert platform("x").hosts == ["x.com", "twitter.com", "xn--bla-vla.example"]


@pytest.mark.parametrize(
    ("field", "facts", "words"),
    [
        ("hosts", {"hosts": ["no host"]}, "“no host” is no host"),
        ("hosts", {"hosts": []}, "Write the host that its addresses begin with"),
        ("patterns", {"patterns": []}, "Write a pattern"),
        ("patterns", {"patterns": ["/(?P<handle>x", "y"]}, "Line 1: It cannot be read"),
        ("patterns", {"patterns": [r"/(?P<handle>\w+)", r"/\w+"]}, "Line 2: It needs a group"),
    ],
)
def test_what_would_recognise_nothing_is_refused_beside_its_field(
    town: Town, drift: User, field: str, facts: dict[str, Any], words: str
) -> None:
    assert refused(field, "x", drift, **facts).startswith(words)


# --- patterns -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(?P<handle>\w+)", "begins with the slash"),
        (r"/(?P<name>\w+)", r"group \(\?P<handle>"),
        (r"/(?P<handle>(\w+)+)$", "cannot be repeated"),
        (r"/(?P<handle>(?:a|a)*)$", "cannot be repeated"),
        (r"/(?P<handle>(?:\w+){2,})$", "cannot be repeated"),
        (r"/(?P<handle>\w+)/\1", "refer back"),
        (r"/(?P<handle>\w+)/(?P=handle)", "cannot begin with"),
        (r"/(?P<handle>\w+)(?<=x)", "cannot begin with"),
        (r"/(?i:x)(?P<handle>\w+)", "cannot begin with"),
        (r"/(?P<handle>\w+\w+\w+)$", "Too many ways"),
        (r"/(?P<handle>" + "a?" * 30 + ")$", "Too many ways"),
        (r"/(?P<handle>" + "(?:a|a)" * 25 + ")$", "Too many ways"),
        (r"/(?P<handle>\w{1,400}\w{1,400}\w{1,400})$", "Too many ways"),
    ],
)
def test_a_pattern_that_may_take_long_or_names_nobody_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(PatternRefused, match=words):
        require_usable(pattern)


def test_what_ships_is_usable_itself() -> None:
    for facts in shipped().values():
        for pattern in facts["patterns"]:
            require_usable(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"/(?P<handle>\w*\w*)$",
        r"/(?P<handle>.*(?:a|a)(?:a|a)?.*)x$",
        r"/(?P<handle>" + "a?" * 11 + r"\w+)$",
    ],
)
def test_the_slowest_pattern_taken_is_quick_on_the_longest_address(
    town: Town, drift: User, pattern: str
) -> None:
    changed("x", drift, patterns=[pattern])
    hostile = "https://x.com/" + "a" * LONGEST * 20 + "!"
    begun = time.process_time()
    with pytest.raises(AddressRefused):
        recognise(hostile, [platform("x")])
    assert time.process_time() - begun < 1


# --- what is new, and what ships ----------------------------------------------------------------


def test_a_new_platform_is_recognised_everywhere(town: Town, drift: User) -> None:
    added = add_platform(key="peertube", by=drift, now=NOW, **PEERTUBE)
    account = recognise("tube.example/a/Ekby/videos", Platform.objects.all())
    assert (account.platform, account.url) == (added, "https://www.tube.example/a/ekby")
    channel = enter_existing_channel(
        town.library, url="tube.example/a/ekby", name="Ekby", by=town.ben, now=NOW
    )
    assert channel.platform == added
    assert differences(added) is None
    assert AuditEntry.objects.filter(act="platform.added").count() == 2
    with pytest.raises(NoLongerPossible, match="ships no platform"):
        restore_platform(added, by=drift, now=NOW)


def test_a_key_stands_for_one_platform(town: Town, drift: User) -> None:
    with pytest.raises(AgainstPolicy, match="with this key already"):
        add_platform(key="x", by=drift, now=NOW, **PEERTUBE)


def test_what_an_operator_changed_is_not_overwritten_and_the_rest_follows(
    town: Town, drift: User
) -> None:
    changed("tiktok", drift, name="Clips", visitors_posts="own_only")
    Platform.objects.filter(key="tiktok").update(category="forum")
    enter(apps)
    row = platform("tiktok")
    assert (row.name, row.visitors_posts, row.category) == ("Clips", "own_only", "social_network")
    assert row.changed_here == ["former_names", "name", "visitors_posts"]
    with translation.override("en"):
        found = {each.label: (each.here, each.ships) for each in differences(row) or ()}
    assert found["name"] == ("Clips", "TikTok")
    assert found["who controls visitors' posts"] == ("own posts only", "own and visitors' posts")


def test_there_is_a_way_back_to_what_ships(town: Town, drift: User) -> None:
    changed("tiktok", drift, name="Clips", patterns=[r"/(?P<handle>\w+)"])
    restore_platform(platform("tiktok"), by=drift, now=later(days=1))
    row = platform("tiktok")
    assert {name: getattr(row, name) for name in shipped()["tiktok"]} == shipped()["tiktok"]
    assert (row.changed_here, differences(row)) == ([], [])
    assert [each.former_name for each in row.renames.all()] == ["Clips", "TikTok"]
    with pytest.raises(NoLongerPossible, match="as the program ships it"):
        restore_platform(row, by=drift, now=later(days=1))


def test_a_host_that_an_operator_gave_away_stays_there_when_the_list_comes_anew(
    town: Town, drift: User
) -> None:
    changed("pinterest", drift, hosts=["www.pinterest.com", "pinterest.com"])
    add_platform(key="pins", by=drift, now=NOW, **{**PEERTUBE, "hosts": ["pinterest.se"]})
    Platform.objects.filter(key="pinterest").update(changed_here=[])
    enter(apps)
    assert platform("pinterest").hosts == ["www.pinterest.com", "pinterest.com"]
    with pytest.raises(AgainstPolicy, match="belongs to PeerTube"):
        Platform.objects.filter(key="pinterest").update(changed_here=["hosts"])
        restore_platform(platform("pinterest"), by=drift, now=NOW)


def test_assessments_are_stale_once_a_transfer_rests_on_something_else(
    town: Town, drift: User
) -> None:
    channel = open_channel(town.library, platform="instagram")
    assessed(channel, town.ben)
    changed("instagram", drift, transfer="unsettled", transfer_note="")
    [found] = assessments(town.municipality, platform("instagram"), NOW)
    assert "A transfer was said to rest on" in found.why_stale


def test_history_tells_who_made_it_look_so(town: Town, drift: User) -> None:
    changed("x", drift, transfer_note="Har prövats")
    row = platform("x").history.first()
    assert (row.transfer_note, row.history_user, row.history_date) == ("Har prövats", drift, NOW)


# --- the door -----------------------------------------------------------------------------------


def form_of(client: Client, address: str) -> dict[str, Any]:
    """What the form on the page would send as it stands."""
    form = client.get(address).context["adminform"].form
    return {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, False)
    }


def change_page(key: str) -> str:
    return reverse("admin:channels_platform_change", args=[platform(key).pk])


def test_an_operator_begins_in_the_administration_and_sees_platforms_alone(drift: User) -> None:
    client = client_of(drift)
    answer = client.get("/", follow=True)
    assert answer.resolver_match.view_name == "admin:index"
    assert [each["name"] for each in answer.context["app_list"]] == ["Channels"]
    assert [each["object_name"] for each in answer.context["app_list"][0]["models"]] == ["Platform"]
    assert "Instagram" in client.get(reverse("admin:channels_platform_changelist")).content.decode()


def test_an_operator_changes_a_platform_in_the_admin(drift: User) -> None:
    client, address = client_of(drift), change_page("x")
    sent = form_of(client, address) | {"name": "Everything", "_save": "1"}
    assert client.post(address, sent).status_code == 302
    page = client.get(address).content.decode()
    assert "Name: here “Everything”, as it ships “X”" in page
    assert "X, until" in page


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(drift: User) -> None:
    client, address = client_of(drift), change_page("x")
    sent = form_of(client, address) | {
        "patterns": "/(\\w+)+",
        "transfer_note": "Nytt",
        "_save": "1",
    }
    answer = client.post(address, sent)
    form = answer.context["adminform"].form
    assert "It needs a group" in form.errors["patterns"][0]
    assert form["patterns"].value() == "/(\\w+)+"
    assert form["transfer_note"].value() == "Nytt"


def test_an_address_can_be_tried_before_anything_is_saved(drift: User) -> None:
    client, address = client_of(drift), change_page("x")
    sent = form_of(client, address) | {
        "patterns": r"/user/(?P<handle>\w+)",
        "try_address": "twitter.com/user/Ekby",
        "_try": "1",
    }
    answer = client.post(address, sent)
    assert answer.context["adminform"].form["try_address"].help_text == (
        "X, the account ekby: https://x.com/user/ekby"
    )
    assert "/user/" not in str(platform("x").patterns)
    for tried, words in [
        ("example.org/<b>", "No platform has this host: https://example.org/&lt;b&gt;"),
        ("facebook.com/ekby", "Facebook, the account ekby"),
    ]:
        shown = client.post(address, sent | {"try_address": tried}).content.decode()
        assert words in shown
    shown = client.post(address, sent | {"try_address": "x.com/ekby"}).content.decode()
    assert "not that of an account" in shown


def test_an_operator_adds_a_platform_in_the_admin(drift: User) -> None:
    client, address = client_of(drift), reverse("admin:channels_platform_add")
    sent = form_of(client, address) | {
        "key": "peertube",
        "name": "PeerTube",
        "hosts": "www.tube.example\n\n",
        "patterns": r"/a/(?P<handle>[\w.]{1,50})",
        "_save": "1",
    }
    assert client.post(address, sent).status_code == 302
    assert platform("peertube").patterns == [r"/a/(?P<handle>[\w.]{1,50})"]


def test_the_way_back_is_a_button(drift: User) -> None:
    client, address = client_of(drift), change_page("x")
    assert "Take back" not in client.get(address).content.decode()
    changed("x", drift, name="Everything")
    assert "Take back" in client.get(address).content.decode()
    assert client.post(address, {"_restore": "1"}).status_code == 302
    assert platform("x").name == "X"


def test_whoever_keeps_the_register_reads_platforms_and_changes_none(town: Town) -> None:
    client, address = client_of(town.ben), change_page("x")
    page = client.get(address).content.decode()
    assert "Twitter" in page
    assert "Try" not in page
    for sent in ({"name": "Y", "_save": "1"}, {"_restore": "1"}, {"_try": "1"}):
        assert client.post(address, sent).status_code == 403
    assert client.get(reverse("admin:channels_platform_add")).status_code == 403
    assert Channel.objects.count() == 0
