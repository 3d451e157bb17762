"""What the trips have in common: people at their own browsers, and the steps that they take.

Controls are found by their names in the form, so that a trip runs in any language of the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from channels.models import Decision, Plan
from governance.models import User
from governance.roles import Role
from governance.tasks import send_notices
from tests.live import Mailbox, eventually
from tests.town import PASSWORD, Town, away

#: The machine may be busy; nothing here waits longer than it must.
PATIENCE = 60_000
LINK = re.compile(r"https?://\S+")


@dataclass
class Effort:
    """What something costs the person who does it."""

    clicks: int = 0
    fields: int = 0
    loads: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.clicks + other.clicks, self.fields + other.fields, self.loads + other.loads
        )

    def __str__(self) -> str:
        return f"{self.clicks} clicks, {self.fields} fields, {self.loads} page loads"


@dataclass
class Visitor:
    """Somebody at a browser of their own, with cookies of their own."""

    page: Page
    address: str
    effort: Effort = field(default_factory=Effort)

    def open(self, path: str) -> None:
        """Go to a path, or to a whole address as it stands in a mail."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        self.effort.loads += 1

    def press(self, what: str | Locator) -> None:
        """Click something that stays on the page."""
        self.found(what).click()
        self.effort.clicks += 1

    def send(self, what: str | Locator) -> None:
        """Click a link or a button that leads to a page, and wait for that page."""
        with self.page.expect_navigation():
            self.press(what)
        self.effort.loads += 1

    def follow(self, view: str, *args: object) -> None:
        """Click the first link of the page that leads to the view."""
        url = reverse(view, args=args)
        # with what an address may carry on, but not to the pages beneath it
        leads = ", ".join(
            f'a[href{rest}"]:visible' for rest in (f'="{url}', f'^="{url}?', f'^="{url}#')
        )
        self.send(self.page.locator(leads).first)

    def type(self, name: str, text: str) -> None:
        """Write into the field of that name."""
        self.page.locator(f'[name="{name}"]:visible').first.fill(text)
        self.effort.fields += 1

    def attach(self, name: str, path: Path) -> None:
        """Choose a file for the field of that name."""
        self.page.locator(f'[name="{name}"]').set_input_files(path)
        self.effort.fields += 1

    def choose(self, name: str, value: str = "on") -> None:
        """Take one of the offered answers: of a list, a row of buttons, or a box to tick."""
        control = self.page.locator(f'[name="{name}"]')
        if control.first.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        else:
            self.page.locator(f'[name="{name}"]:is([value="{value}"], :not([value]))').check()
        self.effort.clicks += 1

    def fill(self, values: Mapping[str, Any]) -> None:
        """Answer every question of a form; a text is written, a choice is taken."""
        for name, value in values.items():
            for each in value if isinstance(value, list) else [value]:
                self._answer(name, each)

    def _answer(self, name: str, value: str) -> None:
        control = self.page.locator(f'[name="{name}"]').first
        row = re.fullmatch(r"(.+)-\d+-[a-z]+", name)
        if row and not control.count():
            self.press(f'button[name="add-row"][value="{row[1]}"]')
        kind = control.evaluate("each => each.tagName === 'SELECT' ? 'select' : each.type")
        if kind in {"select", "radio", "checkbox"}:
            if kind != "select" or control.input_value() != value:
                self.choose(name, value)
        elif value and kind != "hidden" and control.input_value() != value:
            self.type(name, value)

    def forge(self, path: str, **data: str) -> int:
        """Send what no page offers this visitor; the status of the answer."""
        token = self.page.locator('[name="csrfmiddlewaretoken"]').first.input_value()
        where = self.address + path
        form: dict[str, Any] = {"csrfmiddlewaretoken": token, **data}
        return self.page.request.post(where, form=form, headers={"Referer": where}).status

    def found(self, what: str | Locator) -> Locator:
        """The thing on the page, however it was said."""
        return self.page.locator(what) if isinstance(what, str) else what

    def sees(self, text: str) -> None:
        """The text stands on the page, for people to see."""
        expect(self.page.locator("body")).to_contain_text(text, use_inner_text=True)

    def is_refused(self, name: str, clause: str) -> None:
        """Beside the field of that name stands what is wrong with it, and the clause."""
        expect(self.page.locator(f"#id_{name}_error")).to_contain_text(clause)

    @contextmanager
    def counting(self) -> Iterator[Effort]:
        """What is done meanwhile, counted apart."""
        before, self.effort = self.effort, Effort()
        meanwhile = self.effort
        try:
            yield meanwhile
        finally:
            self.effort = before + meanwhile


@dataclass
class Office:
    """The browsers, the worker's mailbox and the address at which everything answers."""

    browser: Browser
    address: str
    mailbox: Mailbox
    context: dict[str, Any]

    def visitor(self) -> Visitor:
        """A stranger without cookies."""
        context = self.browser.new_context(**self.context)
        context.set_default_timeout(PATIENCE)
        return Visitor(context.new_page(), self.address)

    def desk(self, user: User, path: str = "/today/") -> Visitor:
        """The person, who opens a page, is asked to sign in, and does."""
        visitor = self.visitor()
        visitor.open(path)
        sign_in(visitor, user)
        return visitor

    def letters(
        self, user: User | str, count: int = 1, *, at: str | None = None
    ) -> list[EmailMessage]:
        """What a person has got in the post once so many letters are there; the worker sends.

        `at` moves the clock of the sending, for what was written with the clock moved.
        """
        to = user if isinstance(user, str) else user.email
        send_notices.delay(at=at)
        return eventually(
            lambda: found if len(found := self.mailbox.to(to)) >= count else [],
            seconds=180,
            what=f"letter {count} to {to}",
        )

    def newest_link(self, user: User, count: int = 1) -> str:
        """The one link of the newest letter."""
        (link,) = LINK.findall(body(self.letters(user, count)[-1]))
        return str(link)


def body(letter: EmailMessage) -> str:
    """The text of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def sign_in(visitor: Visitor, user: User) -> None:
    """With e-mail and password, on the page that asks for them."""
    visitor.type("login", user.email)
    visitor.type("password", PASSWORD)
    visitor.send("main form .button--main")


# --- a plan ------------------------------------------------------------------------------------


def begin_plan(visitor: Visitor, address: str) -> None:
    """From any page of Uppsikt: paste an address, see that it is recognised, begin to write."""
    visitor.follow("channels:plans")
    visitor.follow("channels:start")
    visitor.type("address", address)
    expect(visitor.page.locator("#address-said")).to_contain_text(address)
    visitor.send("main form .button--main")


def submit_plan(visitor: Visitor) -> None:
    """Press the button; what comes back is the plan, or the form with what is wrong."""
    visitor.send('button.button[name="act"][value="submit"]')


def approve(visitor: Visitor, place: str = "Ekby", **answers: str) -> None:
    """Answer the step's own questions, say where, confirm with the password, sign."""
    visitor.fill(answers)
    if visitor.page.locator('[name="place"]').count():
        visitor.type("place", place)
    if visitor.page.locator('#decision [name="password"]').count():
        visitor.type("password", PASSWORD)
    visitor.send("#decision .button--main")


def return_with(visitor: Visitor, question: str) -> None:
    """Give the plan back with a question."""
    visitor.press("#decision summary")
    visitor.type("note", question)
    visitor.send('button[name="act"][value="return"]')


def mend(visitor: Visitor, letter: str, words: str) -> None:
    """Come back by the letter's link, write something better, submit anew."""
    visitor.open(letter)
    text = visitor.page.locator("main form textarea:visible").first
    visitor.type(text.get_attribute("name") or "", words)
    submit_plan(visitor)


def stands_in(town: Town, absent: User) -> User:
    """Ola, in the stead of somebody who is away these days."""
    today = town.municipality.today(timezone.now()).isoformat()
    away(absent, town.ola, today, today)
    return town.ola


def assert_deputy_signed(plan: Plan, step: str, absent: User) -> None:
    """The decision says who was away."""
    decision = Decision.objects.get(step=step, outcome__in=Decision.PASSED, version=plan.current)
    assert (decision.actor.name, decision.instead_of) == ("Ola Rönn", absent)


# --- an account, in the admin ------------------------------------------------------------------


def take_account_step(visitor: Visitor, **answers: str) -> None:
    """What the step asks, and the button that the policy names."""
    visitor.fill(answers)
    visitor.send(".submit-row .default")


def hand_over_access(visitor: Visitor, channel: int, holders: Mapping[Role, User]) -> None:
    """Put on record, in the admin, who holds the login as what."""
    for role, holder in holders.items():
        visitor.open(reverse("admin:channels_channel_account", args=[channel]))
        visitor.follow("admin:channels_custody_add")
        visitor.choose("role", role)
        visitor.choose("holder", str(holder.pk))
        visitor.choose("kind", "login")
        visitor.send('[name="_save"]')


# --- a comment ---------------------------------------------------------------------------------


def take_up_comment(
    visitor: Visitor, channel: int, picture: Path, *, author: str, text: str
) -> None:
    """From the menu: what was found on the channel, with a picture of it."""
    visitor.follow("moderation:findings")
    visitor.follow("moderation:new_finding")
    visitor.choose("channel", str(channel))
    visitor.type("author", author)
    visitor.type("text", text)
    visitor.attach("picture", picture)
    visitor.send("main form .button--main")


def remove_as(visitor: Visitor, category: str) -> None:
    """Say on which ground it was taken away."""
    visitor.press(f'label:has([name="category"][value="{category}"])')
    if visitor.page.locator('[name="obvious"]').count():
        visitor.choose("obvious", "yes")
    visitor.send('button[name="decision"][value="remove"]')


# --- a login -----------------------------------------------------------------------------------


def seal_login(visitor: Visitor, channel: int, login: str) -> None:
    """Hand in the login itself, on the channel's page."""
    visitor.open(reverse("channels:channel", args=[channel]))
    visitor.press('details:has([name="seal-login"]) summary')
    visitor.type("seal-login", login)
    visitor.send('form:has([name="seal-login"]) .button--primary')


def look_at_login(visitor: Visitor, channel: int, reason: str, login: str) -> None:
    """Say why, see the login once, leave."""
    visitor.open(reverse("channels:channel", args=[channel]))
    visitor.press('details:has([name="look-reason"]) summary')
    visitor.type("look-reason", reason)
    visitor.type("look-password", PASSWORD)
    visitor.send('form:has([name="look-reason"]) .button--primary')
    expect(visitor.page.locator(".login")).to_have_text(login)
    visitor.send(visitor.page.locator("main .button--primary"))
