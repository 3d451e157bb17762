"""Two people whose names are not shown act in every way; nobody else reads their names anywhere.

Cleo writes, edits, removes, captures, registers and exports; Anna approves, returns and revokes.
Then everybody else follows every link that they are given.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from archive.actions.exports import build_export, request_export
from archive.actions.snapshots import take_snapshot
from archive.actions.tray import Answer, give_back
from archive.models import Export, Snapshot
from channels.actions.custody import hand_over_login, verify_custody
from channels.actions.deciding import return_plan
from channels.actions.documents import documents_missing, render_plan
from channels.actions.people import assign_editor, revoke_editor
from channels.models import Channel, EditorAssignment, Plan
from governance import notices
from governance.actions import change_person, enter_absence
from governance.errors import NoLongerPossible
from governance.models import AuditEntry, Notice, User
from governance.roles import Role
from governance.tasks import advance, open_due
from moderation.actions import (
    answer_inquiry,
    answer_registrar,
    assess_secrecy,
    check_in,
    close,
    correct_check_in,
    correct_times,
    give_holding_reply,
    hand_to_registrar,
    inform_author,
    note_measures,
    note_off_platform,
    register_number,
    return_with_question,
)
from moderation.models import CheckIn, Item
from tests import plans_of_town as world
from tests.moderation.inquiries import asked
from tests.moderation.scenes import comment, removed
from tests.pictures import upload
from tests.town import NOW, Town, appoint, later

pytestmark = pytest.mark.slow

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: Pages on which those who keep the list of people read the names.
PEOPLE = "/admin/governance/user/"
#: Links that only change what is shown or end the walk.
NOT_FOLLOWED = ("/account/logout", "/static/", "/admin/jsi18n/", "/files/")
#: Pages of one kind that are looked at: the first in the lists.
OF_A_KIND = 4


def hide(town: Town) -> None:
    for person in (town.cleo, town.anna):
        change_person(person, name_hidden=True, by=town.ben, now=NOW)
        person.refresh_from_db()


def prepare(town: Town) -> None:
    """Telephones that lead to the person, and roles for what they will do and read."""
    User.objects.filter(pk=town.cleo.pk).update(phone="070-555 66 77")
    User.objects.filter(pk=town.anna.pk).update(phone="070-555 88 99")
    appoint(town.cleo, Role.CENTRAL_REGISTRAR, town.root)
    appoint(town.ola, Role.AUDITOR, town.root)
    for person in (town.cleo, town.anna):
        person.refresh_from_db()


def traces(town: Town) -> list[str]:
    """What would tell who it is."""
    found = [each for person in (town.cleo, town.anna) for each in (person.name, person.email)]
    return [*found, "Cleo", "555 66 77", "555 88 99"]


def act_in_every_way(town: Town) -> Channel:
    channel = world.opened(town)
    returned = world.submitted(town, address="https://www.facebook.com/ekbybokbuss")
    return_plan(
        returned,
        "operations_approval",
        digest=world.digest_of(returned),
        note="Skriv mer om målen.",
        by=town.anna,
        now=NOW,
    )
    world.draft(town, address="https://www.facebook.com/ekbylasklubb")
    verify_custody(channel.custodies.get(holder=town.cleo), by=town.cleo, now=NOW)
    assignment = assign_editor(channel, town.ola, Role.EDITOR, by=town.ben, now=NOW)
    revoke_editor(assignment, reason="Slutar.", by=town.anna, now=NOW)
    look = check_in(channel, by=town.cleo, now=NOW)
    correct_check_in(look, by=town.cleo, now=NOW, result=CheckIn.Result.NOTHING, note="Fel dag.")
    closed_case(town, channel)
    waiting_case(town, channel)
    questions(town, channel)
    take_snapshot(channel, [upload()], by=town.cleo, now=NOW)
    export_of(town)
    enter_absence(
        town.anna,
        starts_on=NOW.date(),
        ends_on=later(days=3).date(),
        deputy=town.dag,
        by=town.ben,
        now=NOW,
    )
    return channel


def closed_case(town: Town, channel: Channel) -> Item:
    item = comment(channel, town.cleo)
    removed(item, town.cleo)
    inform_author(item, text="Vi tog bort det.", by=town.cleo, now=NOW)
    note_off_platform(item, text="Hot mot personal.", by=town.cleo, now=NOW)
    note_measures(item, text="Polisanmält.", by=town.cleo, now=NOW)
    hand_to_registrar(item, by=town.cleo, now=NOW)
    return_with_question(item, "Vem såg det?", by=town.rut, now=NOW)
    answer_registrar(item, "En kollega.", by=town.cleo, now=NOW)
    assess_secrecy(item, "none", "", by=town.cleo, now=NOW)
    register_number(item, "KS 2026/17", by=town.cleo, now=NOW)
    item.refresh_from_db()
    return close(item, by=town.cleo, now=NOW)


def waiting_case(town: Town, channel: Channel) -> Item:
    item = comment(channel, town.cleo, author="nina_k")
    removed(item, town.cleo)
    hand_to_registrar(item, by=town.cleo, now=NOW)
    give_back(item, Answer(question="Vilket inlägg?"), by=town.cleo, now=NOW)
    other = comment(channel, town.cleo, author="olle_p")
    removed(other, town.cleo)
    return hand_to_registrar(other, by=town.cleo, now=NOW)


def questions(town: Town, channel: Channel) -> None:
    answer_inquiry(asked(channel, town.cleo), by=town.cleo, now=NOW)
    still = asked(channel, town.cleo)
    give_holding_reply(still, by=town.cleo, now=NOW)
    correct_times(still, posted_at=None, became_aware_at=NOW, why="Fel", by=town.cleo, now=NOW)


def export_of(town: Town) -> Export:
    day = town.municipality.today(NOW)
    export = request_export(town.root, day, day, list(Export.Kind.values), by=town.cleo, now=NOW)
    return build_export(export, now=NOW)


def write_letters() -> None:
    """Everything that becomes late until a fortnight later, told and sent."""
    for days in range(0, 15, 2):
        moment = later(days=days).isoformat()
        open_due(moment)
        advance(moment)
    notices.send_due(later(days=15))


# --- the walk ------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if value and name in ("href", "hx-get")]


def walk(user: User, doors: list[str]) -> Iterator[tuple[str, str]]:
    """Every kind of page and file that the person comes to from the doors, by links alone."""
    client = Client()
    client.force_login(user, BACKEND)
    waiting, seen = list(doors), set(doors)
    kinds = Counter(map(kind_of, doors))
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        text = "".join(read(b"".join(answer), answer.headers.get("Content-Type", "")))
        yield address, text
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        links = Links()
        links.feed(text)
        for link in links.found:
            there = urlsplit(urljoin(address, link))
            inside = there.netloc in ("", "testserver") and there.scheme in ("", "http")
            # what a query adds is the same rows, sorted or filtered
            if not inside or there.path in seen or there.path.startswith(NOT_FOLLOWED):
                continue
            seen.add(there.path)
            kind = kind_of(there.path)
            kinds[kind] += 1
            if kinds[kind] <= OF_A_KIND:
                waiting.append(there.path)


def kind_of(address: str) -> str:
    """The view behind the address; an address that leads nowhere is a kind of its own."""
    path = urlsplit(address).path
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


def read(content: bytes, kind: str) -> Iterator[str]:
    """What can be read in a page or a file, and in the files packed in it."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield name
                yield from read(package.read(name), "")
    elif content.startswith(b"%PDF"):
        argv = ["pdftotext", "-", "-"]
        yield subprocess.run(argv, input=content, capture_output=True, check=True).stdout.decode()
    else:
        yield content.decode("utf-8", "replace")


def names_read(town: Town, user: User, doors: list[str]) -> list[tuple[str, str]]:
    """Where the person comes upon a trace of the two, outside the list of people."""
    words = traces(town)
    return [
        (address, word)
        for address, text in walk(user, doors)
        for word in words
        # at the beginning of a word: four letters may stand within a token of a form by chance
        if re.search(rf"\b{re.escape(word)}", unescape(text)) and not address.startswith(PEOPLE)
    ]


def doors_of(town: Town, channel: Channel) -> list[str]:
    """Where one begins: the menus, and pages that only their own people are led to."""
    doors = ["/today/", "/channels/", "/plans/", "/findings/", "/archive/", "/admin/"]
    doors += [reverse("register:register", args=["ekby"]), reverse("archive:exports")]
    doors += [reverse("register:json", args=["ekby"]), reverse("register:csv", args=["ekby"])]
    doors += [reverse("moderation:check_ins", args=[channel.pk])]
    doors += [reverse("moderation:finding", args=[each.pk]) for each in Item.objects.all()]
    doors += [reverse("archive:snapshot", args=[each.pk]) for each in Snapshot.objects.all()]
    doors += [reverse("channels:plan", args=[each.pk]) for each in Plan.objects.all()]
    doors += [reverse("channels:write", args=[each.pk]) for each in Plan.objects.all()]
    doors += [
        reverse("channels:revoke", args=[channel.pk, each.pk])
        for each in EditorAssignment.objects.all()
    ]
    doors += [
        reverse("channels:end_custody", args=[channel.pk, each.pk])
        for each in channel.custodies.all()
    ]
    return [*doors, reverse("admin:channels_channel_account", args=[channel.pk])]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_name_that_is_not_shown_is_read_by_nobody_else_anywhere(when: str, town: Town) -> None:
    prepare(town)
    if when == "before":
        hide(town)
    channel = act_in_every_way(town)
    for plan in Plan.objects.filter(state=Plan.State.APPROVED):
        assert plan.current is not None
        render_plan(plan.current.pk, now=NOW)
    if when == "after":
        hide(town)
        for pk in documents_missing():
            render_plan(pk, now=later(minutes=1))
        Export.objects.update(package=None, state=Export.State.FAILED)
        export_of(town)
    doors = doors_of(town, channel)
    readers = {"before": (town.ben, town.sten), "after": (town.rut, town.ola)}
    found = {reader.name: names_read(town, reader, doors) for reader in readers[when]}
    assert found == {reader.name: [] for reader in readers[when]}
    assert AuditEntry.objects.filter(actor_name="Cleo Sjö").exists(), "the log itself keeps it"


def test_a_letter_names_nobody_whose_name_is_not_shown(town: Town) -> None:
    prepare(town)
    hide(town)
    act_in_every_way(town)
    write_letters()
    for letter in mail.outbox:
        words = [word for word in traces(town) if word not in letter.to]
        own = {town.cleo.email: town.cleo, town.anna.email: town.anna}.get(letter.to[0])
        told = f"{letter.subject} {letter.body}"
        if own is None:
            assert [word for word in words if word in told] == [], letter.subject
    assert Notice.objects.exclude(recipient__in=[town.cleo, town.anna]).exists()


def test_whoever_comes_second_is_told_the_title_of_whoever_came_first(town: Town) -> None:
    prepare(town)
    hide(town)
    channel = act_in_every_way(town)
    closed = Item.objects.get(state=Item.State.CLOSED)
    waiting = Item.objects.filter(author="olle_p").get()
    for second in (
        lambda: check_in(channel, by=town.ben, now=NOW),
        lambda: close(closed, by=town.ben, now=NOW),
        lambda: register_number(closed, "KS 2026/18", by=town.rut, now=NOW),
        lambda: hand_to_registrar(waiting, by=town.ben, now=NOW),
        lambda: hand_over_login(channel, Role.CHANNEL_OWNER, town.cleo, by=town.ben, now=NOW),
        lambda: assign_editor(channel, town.cleo, Role.ADMINISTRATOR, by=town.ben, now=NOW),
    ):
        with pytest.raises(NoLongerPossible) as refusal, transaction.atomic():
            second()
        said = f"{refusal.value.message} {refusal.value.by}"
        assert [word for word in traces(town) if word in said] == [], said


def test_nobody_finds_the_person_by_searching_for_the_name(town: Town) -> None:
    prepare(town)
    hide(town)
    act_in_every_way(town)
    client = Client()
    for reader, lists in (
        (town.ola, ["governance_auditentry"]),
        (town.ben, ["channels_plan", "channels_editorassignment", "channels_custody"]),
    ):
        client.force_login(reader, BACKEND)
        for each in lists:
            found = client.get(reverse(f"admin:{each}_changelist"), {"q": "Cleo"})
            assert found.status_code == 200
            assert found.context["cl"].result_count == 0, each
            by_title = client.get(reverse(f"admin:{each}_changelist"), {"q": "bibliotekarie"})
            assert by_title.context["cl"].result_count > 0, each


def test_who_keeps_the_list_of_people_still_reads_it(town: Town, client: Client) -> None:
    hide(town)
    client.force_login(town.ben, BACKEND)
    assert "Cleo Sjö" in client.get(PEOPLE).content.decode()
    assert str(town.cleo) == "bibliotekarie"
