"""Every address that takes a form: a session that ends over it loses no word of it.

A new address that takes POST fails here until it has a row in FORMS, or stands among those that
take a pressed button or a secret and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from archive.actions.snapshots import take_snapshot
from channels.actions.custody import store_secret
from channels.models import Channel, Custody, EditorAssignment
from governance.models import AuditEntry, User
from moderation.actions import (
    check_in,
    declare_crisis,
    hand_to_registrar,
    return_with_question,
)
from moderation.models import DeclaredPeriod, Inquiry, Item
from tests import plans_of_town
from tests.browsers import client_of
from tests.channels.goals_of_town import followed, recorded
from tests.channels.importing.files import begun
from tests.channels_of_town import assessed, library_page, to_confirm
from tests.moderation.inquiries import asked
from tests.moderation.scenes import comment, picture, removed
from tests.owed_of_town import look_owed
from tests.pictures import upload
from tests.test_doors import DOORS
from tests.town import NOW, PASSWORD, Town, adopt_text, file_of

WORDS = "Halvskrivet, med åäö & <tecken>"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Form:
    """Who writes what, where it is sent, and on which page it stands."""

    who: str
    typed: dict[str, Any]
    args: Callable[[Town], Row] = field(default=lambda _town: ())
    #: the page that the form stands on, where it is another than the form's own address
    page: str = ""
    #: what is sent beside it and must not come back
    beside: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    query: str = ""


def _channel(town: Town) -> Row:
    return (library_page(town).pk,)


def _pictures(town: Town) -> Channel:
    return library_page(town, platform="instagram")


def _open_to_assess(town: Town) -> Row:
    return (_pictures(town).platform.key,)


def _to_supplement(town: Town) -> Row:
    channel = _pictures(town)
    return (channel.pk, assessed(channel, town.ben).pk)


def _opened(town: Town) -> Row:
    channel = plans_of_town.opened(town)
    store_secret(channel, "en inloggning", by=town.cleo, now=NOW)
    return (channel.pk,)


def _assignment(town: Town) -> Row:
    channel = plans_of_town.opened(town)
    return (channel.pk, EditorAssignment.objects.filter(channel=channel)[0].pk)


def _result(town: Town) -> Row:
    row = recorded(followed(plans_of_town.opened(town)), town.cleo)
    return (row.follow_up_id, row.pk)


def _finding(town: Town, **fields: Any) -> Item:
    return comment(library_page(town), town.cleo, **fields)


def _removed(town: Town) -> Item:
    item = _finding(town)
    removed(item, town.cleo, category="unlawful_threat")
    item.refresh_from_db()
    return item


def _handed(town: Town) -> Item:
    return hand_to_registrar(_removed(town), by=town.cleo, now=NOW)


def _not_demanded(town: Town) -> Item:
    return hand_to_registrar(_finding(town), by=town.cleo, now=NOW)


def _asked(town: Town) -> Item:
    item = _handed(town)
    return_with_question(item, "Vem skrev det?", by=town.rut, now=NOW)
    return item


def _row(made: Callable[[Town], Any]) -> Callable[[Town], Row]:
    return lambda town: (made(town).pk,)


def _snapshot(town: Town) -> Row:
    return (take_snapshot(library_page(town), [upload()], by=town.cleo, now=NOW).pk,)


def _crisis(town: Town) -> DeclaredPeriod:
    return declare_crisis([library_page(town)], why="Brand", by=town.ben, now=timezone.now())


def _to_rest(town: Town) -> Row:
    _under(town, "varmdo")
    return ()


def _question(town: Town, kind: str = "question") -> Inquiry:
    return asked(library_page(town), town.cleo, kind=kind)


def _sitting(who: str, typed: dict[str, Any], made: Callable[[Town], Item], **more: Any) -> Form:
    return Form(who, typed, _row(made), page="moderation:finding", **more)


def _under(town: Town, policy: str) -> None:
    content = file_of(policy).read_text(encoding="utf-8")
    adopt_text(town.municipality, content, number=2, in_force_from=date(2021, 1, 1))
    library_page(town)


def _to_acknowledge(town: Town) -> Row:
    _under(town, "ekby")
    return ()


def _to_inform(town: Town) -> Row:
    _under(town, "varmdo")
    return (town.cleo.pk,)


FINDING = {"kind": "post", "direction": "received", "author": WORDS, "text": WORDS}
FORMS: dict[str, Form] = {
    "channels:start": Form("cleo", {"address": WORDS}),
    "channels:write": Form(
        "cleo",
        {
            "purpose": WORDS,
            "goals-0-goal": WORDS,
            "goals-1-goal": "nummer två",
            "weekly_hours": "?",
        },
        _row(plans_of_town.draft),
        beside={"act": "submit", "take-row": "goals-1"},
    ),
    "channels:plan": Form(
        "anna",
        {"place": WORDS, "note": WORDS},
        _row(plans_of_town.submitted),
        beside={"act": "approve", "password": PASSWORD, "step": "operations_approval"},
    ),
    "channels:visitor_information": Form(
        "ben",
        {"reason_identity": WORDS, "outcome_visibility": "missing"},
        _channel,
        beside={"shown": "0"},
    ),
    "channels:graphic_profile": Form(
        "ben",
        {"reason_logotype": WORDS, "outcome_colours": "missing"},
        _channel,
        beside={"shown": "0"},
    ),
    "channels:changed_profile": Form("ben", {"reason": WORDS}),
    "channels:assess": Form("ben", {"processing": WORDS, "reasons": WORDS}, _open_to_assess),
    "channels:assess_again": Form(
        "ben",
        {"reasons": WORDS},
        lambda town: ("instagram", assessed(_pictures(town), town.ben).pk),
    ),
    "channels:supplement": Form("ben", {"text": WORDS}, _to_supplement),
    "channels:changed_basis": Form("ben", {"reason": WORDS}, _open_to_assess),
    "channels:review": Form("cleo", {"note": WORDS}, _opened, beside={"version": "1"}),
    "channels:goal": Form(
        "cleo",
        {"result": WORDS, "verdict": "reached", "as_of": "igår", "note": WORDS},
        _row(lambda town: followed(plans_of_town.opened(town))),
        beside={"seen": ""},
    ),
    "channels:correct_result": Form(
        "cleo", {"result": WORDS, "verdict": "reached", "note": WORDS}, _result
    ),
    "compare_policy": Form("ben", {"content": WORDS}),
    "channels:ending": Form(
        "ben",
        {"outcome": "prolong", "ends_on": "2027-01-31"},
        lambda town: (_assignment(town)[1],),
    ),
    "moderation:activity": Form(
        "cleo", {"outcome": "go_on", "reason": WORDS, "consulted": WORDS}, _channel
    ),
    "moderation:latest_post": Form(
        "cleo", {"on": "2026-02-03"}, _channel, page="moderation:activity"
    ),
    "put_off": Form(
        "ben", {"until": "2026-03-20", "reason": WORDS}, lambda town: (to_confirm(town).pk,)
    ),
    "guideline_review": Form(
        "ben", {"outcome": "stands", "note": WORDS, "decision": WORDS}, beside={"version": "1"}
    ),
    "waive": Form(
        "anna", {"reason": WORDS}, lambda town: (look_owed(town, now=timezone.now()).pk,)
    ),
    "channels:guideline": Form("cleo", {"read": "on"}, _to_acknowledge, beside={"version": "0"}),
    "channels:editor": Form("ben", {"on": "2026-02-27", "how": WORDS}, _to_inform),
    "channels:hand_over": Form(
        "ben", {"hand-where": WORDS, "hand-kind": "admin_rights"}, _channel, page="channels:channel"
    ),
    "channels:look": Form(
        "rut",
        {"look-reason": WORDS},
        _opened,
        page="channels:channel",
        beside={"look-password": PASSWORD},
    ),
    "channels:revoke": Form("ben", {"reason": WORDS}, _assignment),
    "moderation:new_finding": Form("cleo", FINDING, lambda town: _channel(town)[:0]),
    "moderation:house_rules": Form("ben", {"text": WORDS, "published_on": "2026-12-24"}),
    "moderation:act": _sitting(
        "cleo",
        {"category": "unlawful_threat", "obvious": "no", "acted_at": "2026-03-02T09:30"},
        _finding,
        beside={"decision": "remove"},
    ),
    "moderation:withdraw": _sitting(
        "cleo", {"withdraw-reason": WORDS}, lambda town: _finding(town, direction="drawn_up")
    ),
    "moderation:leave": _sitting("cleo", {"leave-reason": WORDS}, _finding),
    "moderation:unable": _sitting("cleo", {"unable-reason": WORDS, "unable-told": WORDS}, _finding),
    "moderation:restore": _sitting("cleo", {"restore-reason": WORDS}, _removed),
    "moderation:author": _sitting("cleo", {"text": WORDS}, _removed, beside={"told": "1"}),
    "moderation:author, not told": _sitting(
        "cleo",
        {"because": WORDS},
        _removed,
        beside={"not_told": "1"},
        address="moderation:author",
    ),
    "moderation:papers": _sitting(
        "cleo",
        {"measures": WORDS, "case_reference": WORDS, "belongs_to_case": "on"},
        _removed,
        beside={"close": "1"},
    ),
    "moderation:answer_registrar": _sitting("cleo", {"answer": WORDS}, _asked),
    "moderation:number": _sitting("rut", {"number": WORDS}, _handed),
    "moderation:no_number": _sitting("rut", {"no-number-reason": WORDS}, _not_demanded),
    "moderation:new_inquiry": Form(
        "cleo",
        {"about": WORDS, "kind": "media", "posted_at": "igår", "url": WORDS},
        lambda town: _channel(town)[:0],
    ),
    "moderation:refer_inquiry": Form(
        "cleo",
        {"to": WORDS},
        _row(lambda town: _question(town, "media")),
        page="moderation:inquiry",
    ),
    "moderation:leave_unanswered": Form(
        "cleo",
        {"no-answer-ground": "gone", "no-answer-reason": WORDS},
        _row(_question),
        page="moderation:inquiry",
    ),
    "moderation:correct_times": Form(
        "cleo",
        {"times-why": WORDS, "times-posted_at": "igår", "times-became_aware_at": "nyss"},
        _row(_question),
        page="moderation:inquiry",
    ),
    "moderation:declare_crisis": Form(
        "ben", {"why": WORDS, "decision": WORDS}, lambda town: _channel(town)[:0]
    ),
    "moderation:declare_rest": Form("ben", {"why": WORDS, "first": "2026-06-15"}, _to_rest),
    "moderation:period": Form("ben", {"reason": WORDS}, _row(_crisis)),
    "moderation:correct_check_in": Form(
        "cleo",
        {"note": WORDS, "result": "remark"},
        lambda town: (check_in(library_page(town), by=town.cleo, now=NOW).pk,),
    ),
    "moderation:check_in_afterwards": Form(
        "cleo", {"note": WORDS}, lambda town: (*_channel(town), "2026-03-01")
    ),
    "archive:take_snapshot": Form("cleo", {"note": WORDS, "trigger": "before_closing"}, _channel),
    "archive:snapshot": Form("rut", {"number": WORDS}, _snapshot),
    "archive:tray": Form(
        "rut", {"number": WORDS, "question": WORDS}, beside={"act": "register"}, query="item"
    ),
    "overview:reports": Form("rut", {"starts_on": "2026-01-05", "ends_on": WORDS}),
    "archive:exports": Form(
        "rut", {"starts_on": "2026-01-05", "ends_on": WORDS, "kinds": ["snapshot"]}
    ),
    "channels:imports": Form("ben", {"kind": "people"}),
    "channels:import": Form("ben", {"name": "1", "units_below": ""}, _row(begun)),
    "channels:import_carry_out": Form(
        "ben", {"due_on": "2031-01-05"}, _row(begun), page="channels:import"
    ),
    "admin:channels_channel_account": Form("ben", {"note": WORDS}, _row(plans_of_town.waiting)),
    "admin:channels_channel_change": Form(
        "ben", {"name": WORDS, "purpose": WORDS}, _row(plans_of_town.opened), beside={"_save": "1"}
    ),
    "admin:governance_unit_add": Form("ben", {"name": WORDS}),
}
#: A pressed button, a secret or a file alone: nothing that could be shown again.
NOTHING_TYPED = {
    "channels:withdraw",
    "channels:verify",
    "channels:end_custody",
    "channels:seal",
    "channels:start_for",
    "channels:confirm",
    "channels:take_over",
    "channels:import_end",
    "channels:import_file",
    "moderation:add_picture",
    "moderation:answer_inquiry",
    "moderation:check_in",
    "moderation:hold_inquiry",
    "morning:looks",
    "calendar",
    "choose_language",
}
#: allauth's own, where nobody is signed in yet or all that is asked for is a password.
ACCOUNT = {name for name in DOORS if name.startswith("account_")}


def browser(user: User) -> Client:
    """A browser in which the person has been at work."""
    client = client_of(user)
    client.get(reverse("today"))
    return client


def sign_in_again(client: Client, user: User, answer: Any) -> str:
    """On the login page that the answer leads to; where it leads from there."""
    where = answer.headers["Location"]
    assert where.startswith("/account/login/?next="), where
    after = client.post(where, {"login": user.email, "password": PASSWORD})
    assert after.headers["Location"] == unquote(where.partition("next=")[2])
    return str(after.headers["Location"])


def values_on(page: str) -> dict[str, Any]:
    """What stands in the fields of the page's forms."""
    found: dict[str, Any] = {}
    for form in html.fromstring(page).forms:
        for name in {each.name for each in form.inputs if each.name}:
            value = form.inputs[name].value
            # a newline right after <textarea> is no part of it
            text = value.removeprefix("\n") if isinstance(value, str) else value
            found[name] = sorted(text) if isinstance(text, MutableSet) else text
    return found


def sent_by(form: Form, town: Town, case: str) -> tuple[str, str]:
    """The address that the form is sent to, and the page that it stands on."""
    args = form.args(town)
    address = reverse(form.address or case, args=args)
    if form.query:
        address += f"?{form.query}=finding-{_handed(town).pk}"
    return address, reverse(form.page, args=args[:1]) if form.page else address


def test_every_address_that_takes_a_form_is_walked(town: Town) -> None:
    walked = {form.address or name for name, form in FORMS.items()}
    client = browser(town.ola)
    for name in sorted(DOORS.keys() - walked - NOTHING_TYPED - ACCOUNT):
        with transaction.atomic():
            answer = client.post(reverse(name, kwargs=DOORS[name].kwargs(town)))
            transaction.set_rollback(True)
        assert answer.status_code == 405, f"{name} takes POST: what becomes of a half-filled form?"


@pytest.mark.parametrize("case", sorted(FORMS))
def test_a_half_filled_form_is_there_again_after_signing_in(case: str, town: Town) -> None:
    form = FORMS[case]
    user = getattr(town, form.who)
    address, page = sent_by(form, town, case)
    client = browser(user)
    Session.objects.all().delete()
    logged = AuditEntry.objects.count()

    answer = client.post(address, form.typed | form.beside)
    kept = str(client.session["kept_form"])
    assert PASSWORD not in kept
    assert sign_in_again(client, user, answer) == page
    shown = client.get(page)

    assert shown.status_code == 200
    text = shown.content.decode()
    assert "What you had written is here again" in text
    assert "What you had written</h2>" not in text, "all of it has its place"
    values = values_on(text)
    for name, value in form.typed.items():
        assert values[name] == value, name
    assert PASSWORD not in text
    assert AuditEntry.objects.count() == logged, "nothing has been done by itself"
    assert WORDS not in str(values_on(client.get(page).content.decode())), "only once"


@pytest.mark.parametrize("case", ["moderation:add_picture", "archive:take_snapshot"])
def test_files_must_be_chosen_again_and_the_page_says_so(case: str, town: Town) -> None:
    made: Callable[[Town], Row] = _channel if case.startswith("archive") else _row(_finding)
    address = reverse(case, args=made(town))
    client = browser(town.cleo)
    Session.objects.all().delete()
    name = "files" if case.startswith("archive") else "picture"

    page = sign_in_again(client, town.cleo, client.post(address, {name: picture()}))

    assert "Choose the files again" in client.get(page).content.decode()


def test_a_secret_is_nowhere_after_signing_in(town: Town) -> None:
    (pk,) = _opened(town)
    client = browser(town.cleo)
    Session.objects.all().delete()
    answer = client.post(reverse("channels:seal", args=[pk]), {"seal-login": "hemligt-1234"})
    assert not any("hemligt" in str(row.get_decoded()) for row in Session.objects.all())
    page = sign_in_again(client, town.cleo, answer)
    assert page == reverse("channels:channel", args=[pk])
    assert "hemligt" not in client.get(page).content.decode()


@pytest.mark.parametrize("case", ["channels:verify", "channels:end_custody", "channels:withdraw"])
def test_a_button_pressed_after_the_session_ended_does_nothing(case: str, town: Town) -> None:
    if case == "channels:withdraw":
        args: Row = (plans_of_town.draft(town).pk,)
    else:
        channel = plans_of_town.opened(town)
        args = (channel.pk, Custody.objects.get(channel=channel, holder=town.cleo).pk)
    client = browser(town.cleo)
    Session.objects.all().delete()
    logged = AuditEntry.objects.count()
    page = sign_in_again(client, town.cleo, client.post(reverse(case, args=args), {"act": "x"}))
    assert client.get(page).status_code == 200
    assert AuditEntry.objects.count() == logged


def test_a_colleague_at_the_same_machine_does_not_read_it(town: Town) -> None:
    channel = library_page(town)
    address = reverse("moderation:check_in_afterwards", args=[channel.pk, "2026-03-01"])
    client = browser(town.cleo)
    Session.objects.all().delete()
    page = sign_in_again(client, town.dag, client.post(address, {"note": WORDS}))
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Halvskrivet" not in answer.content.decode()
    assert "kept_form" not in client.session


def test_what_has_no_place_on_the_page_any_more_is_shown_to_copy(town: Town) -> None:
    """While Cleo signed in again Dag had taken the comment away."""
    item = _finding(town)
    client = browser(town.cleo)
    Session.objects.all().delete()
    answer = client.post(reverse("moderation:leave", args=[item.pk]), {"leave-reason": WORDS})
    removed(item, town.dag)
    page = client.get(sign_in_again(client, town.cleo, answer)).content.decode()
    assert "leave-reason" not in page
    assert "What you had written</h2>" in page
    assert "Halvskrivet, med åäö &amp; &lt;tecken&gt;" in page


def test_what_the_late_one_wrote_stands_on_the_refusal_with_its_label(town: Town) -> None:
    """Nobody but the reader sees it, and no password is repeated."""
    item = _finding(town)
    removed(item, town.dag)
    client = browser(town.cleo)
    late = client.post(reverse("moderation:leave", args=[item.pk]), {"leave-reason": WORDS})
    assert late.status_code == 409
    page = late.content.decode()
    assert "<dt>Why</dt><dd>Halvskrivet, med åäö &amp; &lt;tecken&gt;</dd>" in page
    assert f'href="{reverse("moderation:finding", args=[item.pk])}"' in page


def test_a_signature_that_comes_too_late_keeps_its_words_and_no_password(town: Town) -> None:
    plan = plans_of_town.submitted(town)
    plans_of_town.anna_approves(plan, town)
    client = browser(town.anna)
    sent = {
        "step": "operations_approval",
        "digest": plans_of_town.digest_of(plan),
        "act": "approve",
        "resources": "on",
        "place": WORDS,
        "password": PASSWORD,
    }
    late = client.post(reverse("channels:plan", args=[plan.pk]), sent)
    assert late.status_code == 409, late.content.decode()
    page = late.content.decode()
    assert "<dt>Place</dt><dd>Halvskrivet" in page
    assert PASSWORD not in page
    assert "<dt>Confirm that it is you" not in page


def test_a_login_that_comes_too_late_is_not_repeated(town: Town) -> None:
    channel = library_page(town)
    client = browser(town.ola)
    refused = client.post(
        reverse("channels:seal", args=[channel.pk]), {"seal-login": "hemligt lösenord 1234"}
    )
    assert refused.status_code == 403
    assert "hemligt" not in refused.content.decode()
