"""The trips under the other four files: the same pages, led where each file leads them.

In each, a plan is returned once, a deputy decides once, and somebody tries a shortcut.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from channels.models import Channel, Plan
from governance.models import Acknowledgement, Obligation, User
from governance.roles import Role
from moderation.models import Action
from tests.moderation.scenes import picture
from tests.plans_of_town import digest_of
from tests.town import PASSWORD, Town
from tests.trips import steps
from tests.trips.places import place
from tests.trips.plans import filled_plan
from tests.trips.steps import LINK, Office, Visitor, body

pytestmark = [pytest.mark.browser, pytest.mark.worker]

QUESTION = "Hur vet vi att vi har nått målet?"
ADDRESS = "https://www.instagram.com/ekbybibliotek"


def colleague(role: Role) -> User:
    """Whoever holds the role in Ekby."""
    return User.objects.get(appointments__role=role, municipality__slug="ekby")


def submitted(office: Office, town: Town, *people: User) -> tuple[Visitor, Plan]:
    """Cleo fills in whatever the file asks, and submits."""
    cleo = office.desk(town.cleo)
    steps.begin_plan(cleo, ADDRESS)
    plan = Plan.objects.get()
    cleo.fill(filled_plan(plan, *people))
    steps.submit_plan(cleo)
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUBMITTED
    return cleo, plan


def approved(plan: Plan) -> Channel:
    """The channel to which the approved plan has led."""
    plan.refresh_from_db()
    assert plan.state == Plan.State.APPROVED
    assert plan.channel is not None
    return plan.channel


def take_shortcut(visitor: Visitor, plan: Plan, step: str) -> int:
    """Try to approve out of turn, although the page offers nothing."""
    visitor.open(reverse("channels:plan", args=[plan.pk]))
    expect(visitor.page.locator("#decision")).to_have_count(0)
    return visitor.forge(
        reverse("channels:plan", args=[plan.pk]),
        act="approve",
        step=step,
        digest=digest_of(plan),
        place="Ekby",
        password=PASSWORD,
    )


def returned(office: Office, reader: Visitor, author: Visitor, town: Town) -> None:
    """The reader asks; the author hears, mends and submits anew."""
    steps.return_with(reader, QUESTION)
    (letter,) = [each for each in office.letters(town.cleo) if QUESTION in body(each)]
    (link,) = LINK.findall(body(letter))
    steps.mend(author, link, "Lån av unga, 500 före årets slut.")


def assert_open(channel: Channel, office: Office) -> None:
    """The channel is open, and a stranger finds it."""
    channel.refresh_from_db()
    assert channel.state == Channel.State.OPEN
    stranger = office.visitor()
    stranger.open("/ekby/")
    stranger.follow("register:channel", "ekby", channel.slug)
    expect(stranger.page.locator(f'main a[href="{channel.url}"]').first).to_be_visible()


def test_volda_clears_and_approves_and_removes_on_three_grounds_only(
    db: None, office: Office, tmp_path: Path
) -> None:
    town = place("volda")
    cleo, plan = submitted(office, town, town.cleo)
    expect(cleo.page.locator("html")).to_have_attribute("lang", "nn")
    disa = colleague(Role.DEPARTMENT_MANAGER)
    ben = office.desk(town.ben)
    assert take_shortcut(ben, plan, "approval") == 409
    steps.approve(office.desk(disa, office.newest_link(disa)))
    ben.open(office.newest_link(town.ben))
    ola = steps.stands_in(town, disa)
    returned(office, ben, cleo, town)
    steps.approve(office.desk(ola, office.newest_link(ola)))
    ben.open(office.newest_link(town.ben, 2))
    ben.sees("Ola Rönn")
    steps.approve(ben)
    steps.assert_deputy_signed(plan, "clearance", disa)
    channel = approved(plan)
    ben.open(office.newest_link(town.ben, 3))
    ben.sees("Godkjenn kontoen")
    steps.take_account_step(ben)
    assert_open(channel, office)

    cleo.open("/today/")
    assert cleo.page.locator("#check-today").count() == 0, "Volda has no daily look"
    shot = tmp_path / "kommentar.png"
    shot.write_bytes(picture().read())
    steps.take_up_comment(
        cleo, channel.pk, shot, author="ola", text="Kommunen gjer ein dårleg jobb."
    )
    offered = cleo.page.locator('[name="category"]')
    assert "off_topic" not in offered.evaluate_all("all => all.map(each => each.value)")
    # nor by anybody who sends what the page does not offer
    offered.first.evaluate("each => { each.value = 'off_topic' }")
    steps.remove_as(cleo, "off_topic")
    assert not Action.objects.exists()
    cleo.open(cleo.page.url.removesuffix("act/"))
    steps.remove_as(cleo, "personal_attack")
    assert Action.objects.get().category == "personal_attack"


def test_tyreso_approves_takes_the_notice_and_enters_it_in_the_register(
    db: None, office: Office
) -> None:
    town = place("tyreso")
    ulla, hanna = colleague(Role.UNIT_COMMUNICATOR), colleague(Role.HEAD_OF_COMMUNICATIONS)
    cleo, plan = submitted(office, town, town.dag)
    anna = office.desk(town.anna, office.newest_link(town.anna))
    ola = steps.stands_in(town, town.anna)
    returned(office, anna, cleo, town)
    at_olas = office.desk(ola, office.newest_link(ola))
    steps.approve(at_olas, goals_met="on", resources_met="on")
    steps.assert_deputy_signed(plan, "manager_approval", town.anna)
    channel = approved(plan)
    at_ullas = office.desk(ulla, office.newest_link(ulla))
    steps.take_account_step(at_ullas)
    steps.take_account_step(at_ullas)
    at_ullas.sees("Uppstart av ny kanal")  # nobody has access yet
    steps.hand_over_access(at_ullas, channel.pk, {Role.UNIT_COMMUNICATOR: ulla})
    at_ullas.open(reverse("admin:channels_channel_account", args=[channel.pk]))
    steps.take_account_step(at_ullas)
    at_hannas = office.desk(hanna, office.newest_link(hanna))
    expect(at_hannas.page.locator('button[name="refuse"]')).to_be_visible()
    steps.take_account_step(at_hannas)
    assert_open(channel, office)


def test_vetlanda_reconciles_decides_and_lets_communications_create_the_account(
    db: None, office: Office
) -> None:
    town = place("vetlanda")
    cleo, plan = submitted(office, town, town.cleo)
    anna = office.desk(town.anna)
    assert take_shortcut(anna, plan, "manager_decision") == 409
    ben = office.desk(town.ben, office.newest_link(town.ben))
    steps.approve(ben, outcome="Vi är överens om upplägget.")
    anna.open(office.newest_link(town.anna))
    ola = steps.stands_in(town, town.anna)
    returned(office, anna, cleo, town)
    ben.open(office.newest_link(town.ben, 2))
    steps.approve(ben, outcome="Målet går nu att mäta.")
    steps.approve(office.desk(ola, office.newest_link(ola)), readiness="on")
    steps.assert_deputy_signed(plan, "manager_decision", town.anna)
    channel = approved(plan)
    stranger = office.visitor()
    stranger.open("/ekby/")
    assert ADDRESS not in stranger.page.content(), "nothing is live before the account is"
    ben.open(office.newest_link(town.ben, 3))
    steps.take_account_step(ben, url=ADDRESS)
    steps.take_account_step(ben)
    assert_open(channel, office)


def test_varmdo_gives_notice_assigns_and_registers_its_editors(db: None, office: Office) -> None:
    town = place("varmdo")
    rolf = colleague(Role.UNIT_REGISTRAR)
    cleo, plan = submitted(office, town, town.cleo)
    assert str(plan) in str(office.letters(town.ben)[0]["Subject"])
    anna = office.desk(town.anna, office.newest_link(town.anna))
    returned(office, anna, cleo, town)
    ola = steps.stands_in(town, town.anna)
    at_olas = office.desk(ola, office.newest_link(town.anna, 2))
    steps.approve(at_olas, informed="on")
    steps.assert_deputy_signed(plan, "manager_assignment", town.anna)
    channel = approved(plan)
    at_olas.open(office.newest_link(ola))
    steps.take_account_step(at_olas)
    at_olas.is_refused("consultation", "Godkännande och registrering av redaktörer")
    steps.take_account_step(
        at_olas,
        consulted_communications_officer=str(town.ben.pk),
        consultation="Vi talades vid och är överens.",
    )
    at_rolfs = office.desk(rolf, office.newest_link(rolf))
    ben = office.desk(town.ben)
    steps.hand_over_access(ben, channel.pk, {Role.UNIT_REGISTRAR: rolf})
    at_rolfs.open(reverse("admin:channels_channel_account", args=[channel.pk]))
    steps.take_account_step(at_rolfs)
    ben.open(reverse("admin:channels_channel_account", args=[channel.pk]))
    steps.take_account_step(ben)
    assert_open(channel, office)
    assert "Cleo Sjö" in {each.name for each in channel.assignments.all()}
    known = Acknowledgement.objects.get(user=town.cleo)
    assert (known.kind, known.by) == ("informed", ola), "said at the approval, not asked again"
    assert not Obligation.objects.open().filter(duty="informing").exists()
