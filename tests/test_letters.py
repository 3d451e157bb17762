"""Every letter that the program can write: following its links changes nothing."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client

from channels.actions.accounts import refuse_account
from channels.actions.deciding import return_plan
from channels.actions.documents import documents_missing, render_plan
from channels.actions.taking_over import take_over_plan
from channels.waiting import ACCOUNT_STEP, APPROVAL
from governance.audit import _mail_fault, checkpoint_or_tell
from governance.founding import tell_of_account
from governance.models import Notice, User
from governance.notices import send_due
from governance.tasks import advance, open_due
from moderation.actions import declare_crisis, declare_rest
from moderation.models import DeclaredPeriod
from tests import plans_of_town as world
from tests.browsers import BACKEND
from tests.moderation.mornings import MORNING, stopped_clock, wake
from tests.town import NOW, POLICIES, Town, adopt_text, away, later

LINK = re.compile(r"https?://[^\s<>\"]+")
#: Our routine in a rest, where looks ought to be taken rather than must.
REST = """
[routine.rest]
says = "I en vila besöks kanalerna en gång i veckan."
who = "information_officer"
every_days = 7
"""
#: What a kind may be that the sources do not name outright, by the words they have for it.
UNNAMED = {
    "kind": set[str](),  # passed on; whoever calls has named it
    "owed.duty": {APPROVAL, ACCOUNT_STEP},
    "period.kind": set(DeclaredPeriod.Kind.values),
}


def kinds_written() -> set[str]:
    """The kinds that the program's sources name: the second thing said to whoever writes.

    Raises KeyError where they name one in words that stand for nobody knows what.
    """
    ours = Path(settings.BASE_DIR)
    found: set[str] = set()
    for app in apps.get_app_configs():
        if Path(app.path).parent != ours:
            continue
        for file in Path(app.path).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and len(node.args) > 2:
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    kind = node.args[1]
                    of_whom = "municipality" in {word.arg for word in node.keywords}
                    if name not in {"post", "tell", "draft"} or not of_whom:
                        continue
                    if isinstance(kind, ast.Constant):
                        found.add(str(kind.value))
                    else:
                        found |= UNNAMED[ast.unparse(kind)]
    return found


def write_every_letter(town: Town, client: Client) -> None:
    text = (POLICIES / "vargarda.toml").read_text()
    may = text.replace('key = "appoint_writers"\n', 'key = "appoint_writers"\nmay_reject = true\n')
    rests = may.replace("[monitoring.interval]\n", '[monitoring.interval]\nstrength = "should"\n')
    adopt_text(town.municipality, rests + REST, number=2, in_force_from=date(2021, 1, 1))
    channel = world.opened(town)
    declare_crisis([channel], why="Brand", until=later(hours=1), by=town.ben, now=NOW)
    summer = date(2026, 7, 1)
    declare_rest([channel], why="Sommar", first=summer, last=summer, by=town.ben, now=NOW)
    for pk in documents_missing():
        render_plan(pk, now=NOW)
    returned = world.submitted(town, address="https://www.facebook.com/ekbybokbuss")
    return_plan(
        returned,
        "operations_approval",
        digest=world.digest_of(returned),
        note="Skriv mer om målen.",
        by=town.anna,
        now=NOW,
    )
    refused = world.waiting(town, address="https://www.facebook.com/ekbylasklubb")
    refuse_account(refused, "appoint_writers", note="Två räcker.", by=town.ben, now=NOW)
    left = world.draft(town, address="https://www.facebook.com/ekbysagor")
    absence = away(town.cleo, None)
    take_over_plan(left, by=town.dag, now=NOW)
    absence.delete()
    tell_of_account(town.dag, now=NOW)
    checkpoint_or_tell(town.municipality, now=NOW)
    _mail_fault(town.municipality, NOW)
    for days in (0, 7, 14):
        moment = later(days=days).isoformat()
        open_due(moment)
        advance(moment)
    wake(MORNING)
    client.post("/account/password/reset/", {"email": town.cleo.email})


def links_of(letter: EmailMultiAlternatives) -> set[str]:
    """The addresses in its text and on its page."""
    texts = [str(letter.body), *(str(page) for page, _kind in letter.alternatives)]
    found = {link.rstrip(".,)”") for text in texts for link in LINK.findall(text)}
    return {link.removeprefix(settings.BASE_URL) for link in found if settings.BASE_URL in link}


def state() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of what they say. A session is a reader's own."""
    with connection.cursor() as cursor:
        found = {}
        for table in set(connection.introspection.table_names(cursor)) - {"django_session"}:
            rows = "count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
            cursor.execute(f'SELECT {rows} FROM "{table}" t')  # noqa: S608 - our own tables
            found[table] = cursor.fetchone()
        return found


def followed_by() -> set[tuple[str, str]]:
    """Who follows which link: each letter's reader, and a mail program that tries it for them."""
    found = set()
    for letter in mail.outbox:
        assert isinstance(letter, EmailMultiAlternatives)
        found |= {(who, link) for link in links_of(letter) for who in ("", letter.to[0])}
    return found


@pytest.mark.slow
def test_following_the_links_of_every_letter_changes_nothing(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_every_letter(town, client)
    assert kinds_written() - set(Notice.objects.values_list("kind", flat=True)) == set()
    send_due(later(days=15))
    browsers = {"": Client()}
    for user in User.objects.filter(is_active=True):
        browsers[user.email] = Client()
        browsers[user.email].force_login(user, BACKEND)
    stopped_clock(monkeypatch)(MORNING)  # the links of that morning work
    before, buttons = state(), 0
    for who, link in sorted(followed_by()):
        browser = browsers.get(who, browsers[""])
        answer = browser.get(link)
        assert answer.status_code < 500, link
        assert browser.head(link).status_code == answer.status_code, link
        buttons += b'name="channel" value="all"' in answer.content
    assert buttons == 2 * Notice.objects.filter(kind="morning").count() > 0
    assert state() == before
