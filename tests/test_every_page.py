"""Every page that somebody signed in can see, in Chromium: axe, labels, keyboard, widths.

A new address fails here until it has a row in PAGES, or stands among those that are no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from archive.actions.snapshots import take_snapshot
from archive.models import Export, Snapshot
from channels.actions.custody import store_secret
from channels.models import (
    Channel,
    Custody,
    EditorAssignment,
    GoalFollowUp,
    GoalResult,
    PersonalDataAssessment,
    Plan,
)
from governance.actions import enter_absence
from governance.models import Obligation
from governance.open_hours import close_day, set_office_hours
from governance.permissions import OPERATE
from governance.roles import Role
from moderation.actions import (
    answer_inquiry,
    check_in,
    correct_times,
    declare_crisis,
    give_holding_reply,
    hand_to_registrar,
)
from moderation.models import CheckIn, DeclaredPeriod, Inquiry, Item, MorningLink
from tests import plans_of_town
from tests.browsers import assert_accessible, assert_fits, enter, session_of, standing_town
from tests.channels.goals_of_town import followed, recorded
from tests.channels.importing.files import begun
from tests.channels_of_town import assessed, to_confirm
from tests.moderation.inquiries import asked
from tests.moderation.mornings import address_of, link_of_today
from tests.moderation.scenes import comment, picture, removed
from tests.owed_of_town import look_owed
from tests.pictures import upload
from tests.plans_revised import changed, changed_and_submitted
from tests.test_doors import DOORS
from tests.town import PASSWORD, Town, appoint, later, operator, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)

#: Answers to a button, fragments, downloads, data and style sheets.
NO_PAGES = {
    "channels:address",
    "channels:document",
    "channels:editors_csv",
    "channels:editors_xlsx",
    "channels:hand_over",
    "channels:import_carry_out",
    "channels:import_end",
    "channels:import_file",
    "channels:look",
    "channels:confirm",
    "channels:start_for",
    "channels:take_over",
    "channels:seal",
    "channels:verify",
    "choose_language",
    "calendar_feed",
    "archive:export_package",
    "archive:snapshot_file",
    "archive:tray_finding",
    "healthz",
    "start",
    "today_counts",
    "logo",
    "look",
    "look_default",
    "moderation:act",
    "moderation:latest_post",
    "moderation:add_picture",
    "moderation:author",
    "moderation:check_in",
    "moderation:declare_rest",  # the page of declare_crisis, for policies that have rests
    "moderation:evidence",
    "moderation:leave",
    "moderation:no_number",
    "moderation:number",
    "moderation:papers",
    "moderation:answer_inquiry",
    "moderation:answer_registrar",
    "moderation:correct_times",
    "moderation:hold_inquiry",
    "moderation:leave_unanswered",
    "moderation:refer_inquiry",
    "moderation:restore",
    "moderation:unable",
    "moderation:withdraw",
    "overview:report",
    "register:csv",
    "register:json",
}


#: Whoever keeps what is the same for every municipality; of none of them.
OPERATOR = "operator"
LOGIN = "bibliotek@ekby.example / korrekt-häst-batteri-häftapparat-och-ett-mycket-långt-lösenord"
SIGNED_IN = ("anna", "ben", "cleo", "ola", "rut", "sten")


@dataclass(frozen=True)
class Scene:
    """Ekby with something of everything, and where it answers."""

    town: Town
    address: str
    channel: Channel
    waiting: Channel
    draft: Plan
    submitted: Plan
    changed: Plan
    standing: Plan
    revision: Plan
    assessment: PersonalDataAssessment
    finding: Item
    handed: Item
    contested: Item
    result: GoalResult
    morning: MorningLink
    owed: Obligation


Arguments = Callable[[Scene], tuple[Any, ...]]


@dataclass(frozen=True)
class View:
    """Who looks, and at which row. Nobody: a stranger."""

    who: str = "cleo"
    args: Arguments = field(default=lambda _scene: ())


PAGES: dict[str, View] = {
    "today": View(),
    "advice": View(),
    "compare_policy": View("ben"),
    "guideline_review": View("ben"),
    "put_off": View("ben", lambda s: (s.owed.pk,)),
    "notices": View("ben"),
    "duties": View("anna"),
    "waive": View(
        "anna",
        lambda s: (look_owed(s.town, now=timezone.now()).pk,),
    ),
    "calendar": View(),
    "channels:plans": View("anna"),
    "channels:start": View(),
    "channels:plan": View("anna", lambda s: (s.submitted.pk,)),
    "channels:write": View("cleo", lambda s: (s.draft.pk,)),
    "channels:withdraw": View("cleo", lambda s: (s.draft.pk,)),
    "channels:channels": View(),
    "channels:channel": View("ben", lambda s: (s.channel.pk,)),
    "channels:visitor_information": View("ben", lambda s: (s.channel.pk,)),
    "channels:graphic_profile": View("ben", lambda s: (s.channel.pk,)),
    "channels:changed_profile": View("ben"),
    "channels:personal_data": View("ben", lambda s: (s.waiting.pk,)),
    "channels:assess": View("ben", lambda _s: ("instagram",)),
    "channels:assess_again": View("ben", lambda s: ("instagram", s.assessment.pk)),
    "channels:supplement": View("ben", lambda s: (s.waiting.pk, s.assessment.pk)),
    "channels:changed_basis": View("ben", lambda _s: ("instagram",)),
    "channels:review": View("cleo", lambda s: (s.channel.pk,)),
    "channels:goals": View("ben"),
    "channels:goal": View("cleo", lambda s: (_goal(s).pk,)),
    "channels:correct_result": View("cleo", lambda s: (_goal(s).pk, s.result.pk)),
    "channels:editors": View("ben"),
    "channels:editor": View("ben", lambda s: (s.town.cleo.pk,)),
    "channels:channel_people": View("ben", lambda s: (s.channel.pk,)),
    "channels:guideline": View("cleo"),
    "channels:imports": View("ben"),
    "channels:import": View("ben", lambda s: (begun(s.town).pk,)),
    "channels:end_custody": View(
        "ben", lambda s: (s.channel.pk, Custody.objects.filter(channel=s.channel)[0].pk)
    ),
    "channels:ending": View(
        "ben", lambda s: (EditorAssignment.objects.filter(channel=s.channel)[0].pk,)
    ),
    "channels:revoke": View(
        "ben", lambda s: (s.channel.pk, EditorAssignment.objects.filter(channel=s.channel)[0].pk)
    ),
    "register:register": View("", lambda _s: ("ekby",)),
    "register:channel": View("", lambda s: ("ekby", s.channel.slug)),
    "morning:looks": View("", lambda s: (s.morning.key, _signature(s))),
    "moderation:findings": View(),
    "moderation:new_finding": View(),
    "moderation:house_rules": View("ben"),
    "moderation:finding": View("cleo", lambda s: (s.finding.pk,)),
    "moderation:inquiries": View("cleo"),
    "moderation:new_inquiry": View("cleo"),
    "moderation:inquiry": View("cleo", lambda _s: (Inquiry.objects.open()[0].pk,)),
    "moderation:activity": View("cleo", lambda s: (s.channel.pk,)),
    "moderation:periods": View("ben"),
    "moderation:declare_crisis": View("ben"),
    "moderation:period": View("ben", lambda _s: (DeclaredPeriod.objects.all()[0].pk,)),
    "moderation:check_ins": View("cleo", lambda s: (s.channel.pk,)),
    "moderation:correct_check_in": View("cleo", lambda _s: (CheckIn.objects.all()[0].pk,)),
    "moderation:check_in_afterwards": View(
        "cleo", lambda s: (s.channel.pk, (timezone.now() - timedelta(days=2)).date().isoformat())
    ),
    "overview:overview": View("ben"),
    "overview:reports": View("ben"),
    "overview:unit": View("anna", lambda s: (s.town.library.pk,)),
    "overview:channel": View("cleo", lambda s: (s.channel.pk,)),
    "archive:take_snapshot": View("cleo", lambda s: (s.channel.pk,)),
    "archive:snapshot": View("rut", lambda _s: (Snapshot.objects.all()[0].pk,)),
    "archive:exports": View("rut"),
    "archive:landing": View("rut"),
    "archive:tray": View("rut"),
    "archive:export": View("rut", lambda _s: (Export.objects.all()[0].pk,)),
    "account_login": View(""),
    "account_logout": View(),
    "account_inactive": View(""),
    "account_signup": View(""),
    "account_reauthenticate": View(),
    "account_change_password": View(),
    "account_reset_password": View(""),
    "account_reset_password_done": View(""),
    "account_reset_password_from_key": View("", lambda _s: ("1", "set-password")),
    "account_reset_password_from_key_done": View(""),
}


def _signature(scene: Scene) -> str:
    return str(resolve(address_of(scene.morning)).kwargs["signature"])


def _goal(scene: Scene) -> GoalFollowUp:
    return scene.result.follow_up


def _more(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """Other sides of the same pages: name, who looks, address."""
    findings = reverse("moderation:findings")
    account = "admin:channels_channel_account"
    yield "closed findings", "cleo", f"{findings}?state=closed"
    questions = reverse("moderation:inquiries")
    yield "answered questions", "cleo", f"{questions}?state=closed"
    closed = Inquiry.objects.filter(outcome="answered")[0]
    yield (
        "a question that was answered",
        "cleo",
        reverse("moderation:inquiry", args=[closed.pk]),
    )
    yield (
        "a finding with the registrar",
        "rut",
        reverse("moderation:finding", args=[scene.handed.pk]),
    )
    yield "a channel that waits", "cleo", reverse("channels:channel", args=[scene.waiting.pk])
    plan = "channels:plan"
    yield "a plan with its writer", "cleo", reverse(plan, args=[scene.submitted.pk])
    yield "a plan that was changed", "sten", reverse(plan, args=[scene.changed.pk])
    yield "an approved plan", "ola", reverse(plan, args=[scene.channel.plans.get().pk])
    yield "a plan that was replaced", "ola", reverse(plan, args=[scene.standing.replaces_id])
    yield "a plan whose approvals stand", "ola", reverse(plan, args=[scene.standing.pk])
    yield "a change to take over", "cleo", reverse("channels:write", args=[scene.revision.pk])
    changing = scene.revision.channel_id
    yield "a channel whose plan is changed", "cleo", reverse("channels:channel", args=[changing])
    yield "no plans", "ola", reverse("channels:plans")
    yield "withdrawing what waits", "cleo", reverse("channels:withdraw", args=[scene.submitted.pk])
    yield "an account that is not ours", "", "/ekby/?check=instagram.com/ekbybiblo"
    yield "an empty register", "", "/grannby/"
    yield "a step with an account", "ben", reverse(account, args=[scene.waiting.pk])
    yield "an open account", "ben", reverse(account, args=[scene.channel.pk])
    yield "the work of a registrar", "rut", reverse("today")
    yield "the work of a communicator", "ben", reverse("today")
    yield "the administration", "ben", reverse("admin:index")
    platform = reverse("admin:channels_platform_change", args=[scene.channel.platform_id])
    yield "a platform as a municipality reads it", "ben", platform
    yield "the administration of an operator", OPERATOR, reverse("admin:index")
    yield "new accounts", "ben", f"{reverse('admin:channels_channel_changelist')}?account=new"
    yield "a page that is not there", "cleo", "/findings/999999/"
    yield "a public page that is not there", "", "/ekby/finns-inte/"
    yield "a page that one may not see", "ola", f"{reverse('admin:login')}?next=/admin/"


MORE = [
    "closed findings",
    "answered questions",
    "a question that was answered",
    "a finding with the registrar",
    "a channel that waits",
    "a plan with its writer",
    "a plan that was changed",
    "an approved plan",
    "a plan that was replaced",
    "a plan whose approvals stand",
    "a change to take over",
    "a channel whose plan is changed",
    "no plans",
    "withdrawing what waits",
    "an account that is not ours",
    "an empty register",
    "a step with an account",
    "an open account",
    "the work of a registrar",
    "the work of a communicator",
    "the administration",
    "a platform as a municipality reads it",
    "the administration of an operator",
    "new accounts",
    "a page that is not there",
    "a public page that is not there",
    "a page that one may not see",
]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """One town for all the pages, since looking changes nothing. Emptied again at the end."""
    with standing_town(django_db_blocker) as (town, address):
        yield _furnished(town, address)


def _furnished(town: Town, address: str) -> Scene:
    now = timezone.now()
    channel = plans_of_town.opened(town, now=now)
    store_secret(channel, LOGIN, by=town.cleo, now=now)
    waiting = plans_of_town.waiting(
        town, now=now, medium="instagram", address="https://www.instagram.com/ekbybibliotek"
    )
    finding = comment(channel, town.cleo, now=now)
    handed = comment(channel, town.cleo, now=now, picture=picture(colour=(9, 9, 9)))
    removed(handed, town.cleo, now=now)
    hand_to_registrar(handed, by=town.cleo, now=now)
    check_in(channel, by=town.cleo, now=now)
    take_snapshot(channel, [upload()], by=town.cleo, now=now)
    declare_crisis([channel], why="Översvämning", by=town.ben, now=now)
    late = asked(channel, town.cleo, posted=later(now, days=-2), now=now, kind="media")
    give_holding_reply(late, by=town.cleo, now=now)
    moved = asked(channel, town.cleo, posted=now, url="https://www.facebook.com/ekby/posts/1")
    correct_times(moved, posted_at=None, became_aware_at=now, why="Fel dag", by=town.cleo, now=now)
    answer_inquiry(asked(channel, town.cleo, posted=now), by=town.cleo, now=now)
    today = town.municipality.today(now)
    Export.objects.create(
        municipality=town.municipality,
        unit=town.root,
        starts_on=today,
        ends_on=today,
        kinds=["snapshot"],
        requested_by=town.rut,
        requested_at=now,
    )
    for role in (Role.AUDITOR, Role.CENTRAL_REGISTRAR):
        appoint(town.ben, role, town.root)
    person(town.municipality, "Nina Ny", "vikarie")
    first, last = date(2036, 5, 5), date(2036, 5, 9)
    enter_absence(town.cleo, starts_on=first, ends_on=last, by=town.ben, now=now)
    close_day(town.municipality, date(2036, 6, 5), name="Ekbydagen", by=town.ben, now=now)
    set_office_hours(town.library, [1, 6], time(10), time(18), by=town.ben, now=now)
    links = {"medium": "x", "address": "https://x.com/ekbybibliotek"}
    other = {"medium": "youtube", "address": "https://www.youtube.com/@ekbybibliotek"}
    fourth = {"medium": "linkedin", "address": "https://www.linkedin.com/company/ekby"}
    fifth = plans_of_town.opened(town, now=now, **fourth)
    standing = changed_and_submitted(fifth, town, now=now, weekly_hours=6, **fourth)
    revision = changed(fifth, town, by=town.dag, now=now, purpose="Nyheter", **fourth)
    enter_absence(town.dag, starts_on=today, ends_on=today, by=town.ben, now=now)
    third = {"medium": "tiktok", "address": "https://www.tiktok.com/@ekbybibliotek"}
    return Scene(
        town=town,
        address=address,
        channel=channel,
        waiting=waiting,
        draft=plans_of_town.draft(town, now=now, **links),
        submitted=plans_of_town.submitted(town, now=now, **other),
        changed=plans_of_town.second_version(town, now=later(now, hours=-4), **third),
        standing=standing,
        revision=revision,
        assessment=assessed(waiting, town.ben, now),
        finding=finding,
        handed=handed,
        contested=comment(channel, town.cleo, now=now, picture=picture(colour=(1, 2, 3))),
        result=recorded(followed(channel), town.cleo, now),
        morning=link_of_today(channel, fifth, person=town.cleo),
        owed=to_confirm(town),
    )


@pytest.fixture(scope="module")
def browsers(scene: Scene, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """The person's own browser, signed in; an empty name is a stranger's."""
    pages: dict[str, Page] = {}
    # made here, since what a test writes is taken back at its end
    sessions = {who: session_of(getattr(scene.town, who)) for who in SIGNED_IN}
    sessions[OPERATOR] = session_of(operator())

    def page_of(who: str) -> Page:
        if who not in pages:
            context = browser.new_context(locale="sv-SE")
            context.set_default_timeout(30_000)
            if who:
                enter(context, scene.address, sessions[who])
            pages[who] = context.new_page()
        return pages[who]

    yield page_of
    for page in pages.values():
        page.context.close()


# --- what is asked of every page ----------------------------------------------------------------

#: What is marked as hidden and stands there all the same.
SHOWN_THOUGH_HIDDEN = """() => [...document.querySelectorAll("[hidden]")].filter((each) =>
  each.checkVisibility()).map((each) => each.outerHTML.slice(0, 90))"""
#: Controls for people that have no label, in words or as a picture with a text in its place. A
#: placeholder is none.
UNLABELLED = """() => [...document.querySelectorAll("input, select, textarea")].filter((each) =>
  each.type !== "hidden" && each.type !== "submit" && each.checkVisibility() &&
  ![...each.labels].some((label) =>
    label.textContent.trim() || label.querySelector("img[alt]")?.alt) &&
  !each.getAttribute("aria-label") &&
  !document.getElementById(each.getAttribute("aria-labelledby"))?.textContent.trim()
).map((each) => each.outerHTML.slice(0, 120))"""

#: Marks whatever Tab should reach, of a group of radio buttons one, and notes what it does reach.
WATCH = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const reachable = all.filter((each) => {
    if (each.disabled || each.type === "hidden" || each.tabIndex < 0) return false;
    if (!each.checkVisibility({ visibilityProperty: true }) || !each.offsetParent) return false;
    if (each.type !== "radio") return true;
    const group = all.filter((other) => other.type === "radio" && other.name === each.name &&
      other.form === each.form);
    return each === (group.find((other) => other.checked) ?? group[0]);
  });
  window.missed = new Set(reachable);
  document.addEventListener("focusin", (event) => window.missed.delete(event.target));
  document.body.focus();
  const dates = document.querySelectorAll("[type=date], [type=time], [type=datetime-local]");
  return reachable.length + 6 * dates.length + 20;
}"""
MISSED = "() => [...window.missed].map((each) => each.outerHTML.slice(0, 120))"


def assert_good(page: Page, address: str) -> None:
    """The page has no fault that axe knows, labels everywhere, and fits the narrowest phone."""
    page.goto(address)
    assert page.url == address, "it is another page that was looked at"
    assert_good_as_it_is(page)


def assert_good_as_it_is(page: Page) -> None:
    """The same of a page that the browser shows already and no address leads to."""
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate(UNLABELLED) == [], "fields without a label"
    assert page.evaluate(SHOWN_THOUGH_HIDDEN) == [], "a style shows what is hidden"
    assert_accessible(page)
    assert_fits(page, 320)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_reached_by_tab(page)


def assert_reached_by_tab(page: Page) -> None:
    """Tab goes to whatever one can do on the page; it is pressed until nothing is missed."""
    for turn in range(1, page.evaluate(WATCH) + 1):
        page.keyboard.press("Tab")
        if turn % 8 == 0 and page.evaluate(MISSED) == []:
            return
    assert page.evaluate(MISSED) == [], "Tab does not reach these"


def test_every_address_is_looked_at_or_is_no_page() -> None:
    assert sorted({*PAGES, *NO_PAGES}) == sorted(DOORS)
    assert not PAGES.keys() & NO_PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_good(name: str, scene: Scene, browsers: Callable[[str], Page]) -> None:
    view = PAGES[name]
    address = scene.address + reverse(name, args=view.args(scene))
    assert_good(browsers(view.who), address)


@pytest.mark.parametrize("name", MORE)
def test_another_side_of_a_page_is_good(
    name: str, scene: Scene, browsers: Callable[[str], Page]
) -> None:
    sides = {each: (who, address) for each, who, address in _more(scene)}
    assert sorted(sides) == sorted(MORE)
    who, address = sides[name]
    assert_good(browsers(who), scene.address + address)


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
def test_the_lists_and_forms_of_a_registered_model_are_good(
    model: Any, scene: Scene, browsers: Callable[[str], Page]
) -> None:
    where = f"{model._meta.app_label}_{model._meta.model_name}"
    changes: frozenset[str] = admin.site._registry[model].change_rights  # type: ignore[attr-defined]
    page = browsers(OPERATOR if OPERATE in changes else "ben")
    assert_good(page, scene.address + reverse(f"admin:{where}_changelist"))
    if admin.site._registry[model].add_rights:  # type: ignore[attr-defined]
        assert_good(page, scene.address + reverse(f"admin:{where}_add"))
    rows = model._default_manager.all()
    if any(each.name == "municipality" for each in model._meta.fields):
        rows = rows.filter(municipality=scene.town.municipality)
    row = rows.filter(pk=scene.town.municipality.pk) if where.endswith("municipality") else rows
    assert_good(page, scene.address + reverse(f"admin:{where}_change", args=[row[0].pk]))


def test_the_page_of_an_opened_login_is_good(scene: Scene, browsers: Callable[[str], Page]) -> None:
    page = browsers("cleo")
    page.goto(scene.address + reverse("channels:channel", args=[scene.channel.pk]))
    page.locator('details:has([name="look-reason"]) summary').click()
    page.fill('[name="look-reason"]', "Kontot måste svara i kväll.")
    page.fill('[name="look-password"]', PASSWORD)
    with page.expect_navigation():
        page.locator('form:has([name="look-reason"]) .button--primary').click()
    assert page.locator(".login").inner_text() == LOGIN
    assert_good_as_it_is(page)


def test_the_page_that_shows_what_the_late_one_wrote_is_good(
    scene: Scene, browsers: Callable[[str], Page]
) -> None:
    page = browsers("cleo")
    first = page.context.new_page()
    for each in (first, page):
        each.goto(scene.address + reverse("moderation:finding", args=[scene.contested.pk]))
        each.locator('details:has([name="leave-reason"]) summary').click()
        each.fill('[name="leave-reason"]', "Det är en åsikt.\nDen får stå.")
    for each in (first, page):
        with each.expect_navigation():
            each.locator('form:has([name="leave-reason"]) .button').click()
    first.close()
    assert "Den får stå." in page.locator(".typed").inner_text()
    assert_good_as_it_is(page)


def test_the_page_of_our_own_faults_is_good(scene: Scene, browsers: Callable[[str], Page]) -> None:
    page, address = browsers(""), f"{scene.address}/fel/"
    page.route(
        address,
        lambda route: route.fulfill(
            body=render_to_string("500.html"), status=500, content_type="text/html; charset=utf-8"
        ),
    )
    assert_good(page, address)


def test_the_main_forms_are_sent_by_keyboard_alone(
    scene: Scene, browsers: Callable[[str], Page]
) -> None:
    page = browsers("cleo")
    page.goto(scene.address + reverse("channels:start"))
    page.locator("#id_address").focus()
    page.keyboard.type("https://www.tiktok.com/@boktipsekby")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/write/")
    with page.expect_navigation():
        page.locator("#id_audience").focus()
        _tab_to(page, 'button.button[value="submit"]')
        page.keyboard.press("Enter")
    assert page.locator("[data-errors]").count() == 1, "what is missing is told"


def _tab_to(page: Page, selector: str) -> None:
    for _turn in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{selector}')"):
            return
    pytest.fail(f"Tab does not reach {selector}")
