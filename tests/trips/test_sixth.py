"""The trip of a sixth municipality, whose file only the tests know: no line of code is for it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from channels.models import Channel, Decision, Plan, PlanVersion
from governance.files import open_stored
from tests import council_of_town as council
from tests.council_of_town import NAME, Place
from tests.live import eventually
from tests.trips import steps
from tests.trips.steps import LINK, Office, Visitor, body

pytestmark = [pytest.mark.browser, pytest.mark.worker]

ADDRESS = "https://www.instagram.com/ekbybibliotek"
FIRST, SECOND = "RSM 2026 § 4", "RSM 2026 § 9"
QUESTION = "Vem svarar på finska?"
OWN_CHECK = {
    "alternative-answer": "no",
    "alternative-reason": "Kommunens egen sida når inte de unga.",
    "hours_a_week": "4",
}


def card(place: Place) -> dict[str, Any]:
    """The whole card, with an administrator more than the rules allow."""
    town = place.town
    named = (town.cleo, town.dag, town.ola, place.kim)
    return {
        "message": "Boktips till unga.",
        "languages": ["sv", "fi"],
        "evenings-answer": "no",
        "evenings-reason": "Frågor väntar till nästa dag.",
        **{
            f"administrators-{number}-name": f"{each.name} ({each.email})"
            for number, each in enumerate(named)
        },
    }


def today(place: Place) -> str:
    return place.town.municipality.today(timezone.now()).isoformat()


def test_a_channel_from_its_address_to_the_register_by_way_of_a_council(
    db: None, office: Office
) -> None:
    place = council.place()
    town = place.town
    cleo, plan = _submitted(office, place)

    # --- her own check, and the unit's manager
    cleo.sees("Egenkontroll")
    steps.approve(cleo, **OWN_CHECK | {"hours_a_week": "1"})
    cleo.is_refused("hours_a_week", "2 Prova själv först")
    steps.approve(cleo, hours_a_week="4")
    anna = office.desk(town.anna)
    with anna.counting() as approving:
        anna.open(office.newest_link(town.anna))
        steps.approve(anna)
    print(f"\nA plan approved, from the link in the mail: {approving}")  # noqa: T201
    assert approving.clicks <= 1
    assert approving.fields <= 2

    # --- nobody goes round the council
    _assert_no_shortcut(office, place, plan)
    vera = office.desk(place.vera, office.newest_link(place.vera))
    vera.type("minutes", FIRST)
    vera.type("met_on", today(place))
    steps.return_with(vera, QUESTION)
    (returned,) = office.letters(town.cleo)
    for words in (QUESTION, NAME, FIRST):
        assert words in body(returned)

    # --- once more, with the answer
    cleo.open(LINK.findall(body(returned))[0])
    cleo.sees(QUESTION)
    cleo.press('[name="languages"][value="fi"]')
    steps.submit_plan(cleo)
    steps.approve(cleo, **OWN_CHECK)
    anna.open(office.newest_link(town.anna, 2))
    steps.approve(anna)
    vera.open(office.newest_link(place.vera, 2))
    vera.type("minutes", SECOND)
    vera.type("met_on", today(place))
    steps.approve(vera)
    sten = office.desk(town.sten, office.newest_link(town.sten))
    sten.sees(SECOND)
    steps.approve(sten)
    plan.refresh_from_db()
    assert plan.state == Plan.State.APPROVED
    approvals = Decision.objects.filter(version=plan.current, outcome="approved")
    assert [each.actor_name for each in approvals] == ["Anna Ek", "Vera Vik", "Sten Alm"]
    _assert_on_paper(plan)

    # --- the account, and the register
    channel = plan.channel
    assert channel is not None
    ben = office.desk(town.ben, office.newest_link(town.ben))
    steps.take_account_step(ben, url=ADDRESS)
    steps.take_account_step(ben)
    channel.refresh_from_db()
    assert channel.state == Channel.State.OPEN
    stranger = office.visitor()
    stranger.open("/ekby/")
    stranger.follow("register:channel", "ekby", channel.slug)
    expect(stranger.page.locator(f'main a[href="{channel.url}"]').first).to_be_visible()

    # --- whoever pastes the address once more is led to the channel that is there
    dag = office.desk(town.dag)
    with dag.counting() as opening:
        dag.follow("channels:plans")
        dag.follow("channels:start")
        dag.type("address", ADDRESS)
        expect(dag.page.locator("#address-said a")).to_be_visible()
        dag.send("#address-said a")
    assert dag.page.url.endswith(reverse("channels:channel", args=[channel.pk]))
    print(f"A channel that exists, found by its address from My work: {opening}")  # noqa: T201
    assert opening.clicks <= 3
    assert opening.fields == 1


def _submitted(office: Office, place: Place) -> tuple[Visitor, Plan]:
    """Cleo's plan, submitted once it names as many administrators as it may."""
    cleo = office.desk(place.town.cleo)
    with cleo.counting() as writing:
        steps.begin_plan(cleo, ADDRESS)
        cleo.fill(card(place))
        steps.submit_plan(cleo)
        cleo.is_refused("administrators", "4 Människorna")
        cleo.press('button[name="take-row"][value="administrators-3"]')
        expect(cleo.page.locator('[name="administrators-3-name"]')).to_have_count(0)
        steps.submit_plan(cleo)
    print(f"\nA plan from My work to submitted, with one answer refused: {writing}")  # noqa: T201
    plan = Plan.objects.get()
    assert plan.state == Plan.State.SUBMITTED
    return cleo, plan


def _assert_no_shortcut(office: Office, place: Place, plan: Plan) -> None:
    """The account is not entered, nor the last decision taken, before the council has met."""
    town, clause = place.town, "3 Beslut om en kanal, punkt 2"
    ben = office.desk(town.ben, reverse("admin:channels_channel_add"))
    ben.choose("unit", str(town.library.pk))
    ben.type("url", ADDRESS)
    ben.type("name", "Ekby bibliotek")
    ben.send('[name="_save"]')
    ben.sees(clause)
    sten = office.desk(town.sten, reverse("channels:plan", args=[plan.pk]))
    sten.sees(NAME)
    expect(sten.page.locator("#decision")).to_have_count(0)
    assert not Channel.objects.exists()


def _assert_on_paper(plan: Plan) -> None:
    """The document names the council, its minutes and who recorded the decision."""
    made = PlanVersion.objects.filter(plan=plan, pdf__isnull=False).select_related("pdf")
    eventually(made.exists, what="the document")
    stored = made.get().pdf
    assert stored is not None
    with open_stored(stored) as content:
        run = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=content.read(),
            capture_output=True,
            check=True,
        )
    text = " ".join(run.stdout.decode().split())
    for words in (NAME, SECOND, "Vera Vik", "Kommunens egen sida når inte de unga."):
        assert words in text
