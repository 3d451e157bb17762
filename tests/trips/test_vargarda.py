"""The whole trip under Vårgårda's file, from the first word of a plan to the diary export."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from playwright.sync_api import expect

from channels.models import Channel, Plan, PlanVersion
from governance.models import AuditEntry, Escalation, Obligation
from governance.roles import Role
from governance.tasks import advance, open_due
from moderation.models import Item
from tests.conformance.verapdf import verdict
from tests.live import eventually
from tests.moderation.scenes import picture
from tests.town import STOCKHOLM, Town
from tests.trips import steps
from tests.trips.steps import LINK, Office, Visitor, body

pytestmark = [pytest.mark.browser, pytest.mark.worker]

ADDRESS = "https://www.instagram.com/ekbybibliotek"
FORM = "Blankett, Aktivitetsplan för sociala medier"
QUESTION = "Hur vet vi att vi har nått målet?"
SECRET = "ekbybibliotek / fjorton-gula-cyklar"


def person_rows(name: str, *people: Any) -> dict[str, str]:
    """Colleagues as the form's list offers them."""
    return {
        f"{name}-{number}-name": f"{person.name} ({person.email})"
        for number, person in enumerate(people)
    }


def answers(town: Town) -> dict[str, Any]:
    """Everything that the form asks, with two answers that the guideline refuses."""
    return {
        "purpose": "Nå dem som inte läser kommunens webbplats.",
        "purposes": ["better_service", "dialogue"],
        "audience": "Unga låntagare i Ekby",
        "description": "Boktips och program två gånger i veckan.",
        "goals-0-goal": "Fler unga lånar",
        "administrators-0-name": f"{town.cleo.name} ({town.cleo.email})",
        **person_rows("operators", town.dag),
        "watching_hours": "also_other_times",
        "check_interval-times": "1",
        "check_interval-per": "week",
        "publishing_interval-times": "2",
        "publishing_interval-per": "week",
        "weekly_hours": "4,5",
    }


def test_a_channel_from_its_plan_to_the_diary_under_vargardas_file(
    town: Town, office: Office, tmp_path: Path
) -> None:
    # --- the plan
    cleo = office.desk(town.cleo)
    with cleo.counting() as writing:
        steps.begin_plan(cleo, ADDRESS)
        cleo.fill(answers(town))
        steps.submit_plan(cleo)
        cleo.is_refused("administrators", FORM)
        cleo.is_refused("check_interval", "2.1 Att använda sociala medier")
        cleo.fill(person_rows("administrators", town.cleo, town.dag))
        cleo.choose("check_interval-per", "day")
        steps.submit_plan(cleo)
    plan = Plan.objects.get()
    assert plan.state == Plan.State.SUBMITTED
    print(f"\nA plan from My work to submitted, with two answers refused: {writing}")  # noqa: T201

    # --- Anna asks, Cleo mends, Anna approves, and Ola in the stead of Sten, who is away
    anna = office.desk(town.anna, office.newest_link(town.anna))
    assert anna.page.url.endswith(reverse("channels:plan", args=[plan.pk]))
    steps.return_with(anna, QUESTION)
    (returned,) = office.letters(town.cleo)
    assert QUESTION in body(returned)
    cleo.open(LINK.findall(body(returned))[0])
    cleo.sees(QUESTION)
    cleo.fill({"goals-0-indicator": "Lån av unga", "goals-0-target": "500"})
    steps.submit_plan(cleo)
    anna.open(office.newest_link(town.anna, 2))
    anna.sees("500")
    ola = steps.stands_in(town, town.sten)
    steps.approve(anna, resources="on")
    deputy = office.desk(ola, office.newest_link(ola))
    steps.approve(deputy, benefit="Biblioteket når unga som inte läser anslagstavlan.")
    plan.refresh_from_db()
    assert plan.state == Plan.State.APPROVED
    steps.assert_deputy_signed(plan, "sector_approval", town.sten)
    paper = _document(anna, plan, tmp_path)
    _assert_signed(paper, plan.current)
    copy = office.letters(town.municipality.communications_email)[-1]
    (enclosed,) = copy.iter_attachments()
    assert enclosed.get_content() == paper.read_bytes()

    # --- the account, in the admin
    channel = plan.channel
    assert channel is not None
    ben = office.desk(town.ben, office.newest_link(town.ben))
    steps.take_account_step(ben, consultation="Vi talades vid och är överens.")
    assert {each.name for each in channel.assignments.filter(role=Role.EDITOR)} == {"Dag Åberg"}
    steps.take_account_step(ben)
    ben.sees("2.2 Krav för att använda sociala medier")  # nobody holds the login yet
    holders = {
        Role.CHANNEL_OWNER: town.cleo,
        Role.CENTRAL_REGISTRAR: town.rut,
        Role.INFORMATION_OFFICER: town.ben,
    }
    steps.hand_over_access(ben, channel.pk, holders)
    steps.seal_login(cleo, channel.pk, SECRET)
    steps.look_at_login(ben, channel.pk, "Provar att inloggningen fungerar.", SECRET)
    ben.open(reverse("admin:channels_channel_account", args=[channel.pk]))
    steps.take_account_step(ben)
    steps.take_account_step(ben)
    channel.refresh_from_db()
    assert channel.state == Channel.State.OPEN

    # --- what a stranger sees
    stranger = office.visitor()
    stranger.open("/ekby/")
    stranger.follow("register:channel", "ekby", channel.slug)
    expect(stranger.page.locator(f'main a[href="{channel.url}"]').first).to_be_visible()
    assert stranger.page.context.cookies() == []

    # --- the day: a look, and a comment that must go
    cleo.open("/today/")
    with cleo.counting() as looking:
        cleo.press('#check-today button[name="channel"]')
        expect(cleo.page.locator("#check-today .row .state--done")).to_be_visible()
    assert looking.clicks == 1
    item = _removed(town, cleo, channel, office, tmp_path)

    # --- what is kept, and what leaves the house
    shot = tmp_path / "ögonblick.png"
    shot.write_bytes(picture().read())
    cleo.open(reverse("archive:take_snapshot", args=[channel.pk]))
    cleo.attach("files", shot)
    cleo.send("main form .button--main")
    _assert_exported(office.desk(town.rut), tmp_path, paper, shot, item)

    # --- and if nobody does anything more
    _assert_missed_day_is_noticed(town, office, channel)
    _assert_half_year_is_noticed(town, office, channel)


def _document(reader: Visitor, plan: Plan, folder: Path) -> Path:
    """The PDF that the worker has made of the approved plan, downloaded from its page."""
    version = plan.current
    assert version is not None
    made = PlanVersion.objects.filter(pk=version.pk, pdf__isnull=False)
    eventually(made.exists, what="the document")
    reader.open(reverse("channels:plan", args=[plan.pk]))
    link = reverse("channels:document", args=[plan.pk, version.number])
    with reader.page.expect_download() as downloading:
        reader.press(f'a.button[href="{link}"]')
    path = folder / "plan.pdf"
    downloading.value.save_as(path)
    return path


def _assert_signed(paper: Path, version: PlanVersion | None) -> None:
    """Both approvals stand on the paper, and what exactly they are of; and it can be archived."""
    assert version is not None
    run = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    )
    text = " ".join(run.stdout.split())
    signed = list(version.decisions.filter(kind="approve").order_by("at"))
    assert [each.actor_name for each in signed] == ["Anna Ek", "Ola Rönn"]
    for each in signed:
        assert each.actor_name in text
        assert each.actor_title in text
        at = each.at.astimezone(STOCKHOLM)
        with translation.override("sv"):
            assert f"Ekby, {date_format(at)}" in text
            assert time_format(at) in text
    halves = [version.digest[:32], version.digest[32:]]
    for half in halves:
        assert " ".join(half[start : start + 8] for start in range(0, 32, 8)) in text
    compliant, said = verdict(paper, "2a")
    assert compliant, said


def _removed(town: Town, cleo: Visitor, channel: Channel, office: Office, folder: Path) -> Item:
    """A comment with somebody's health in it: kept, removed, registered, and only then closed."""
    shot = folder / "kommentar.png"
    shot.write_bytes(picture(colour=(20, 90, 160)).read())
    clause = "4.4 Registrering, bevarande och gallring"
    with cleo.counting() as removing:
        steps.take_up_comment(
            cleo, channel.pk, shot, author="bengt_o_71", text="Hon i disken är sjuk i nerverna."
        )
        steps.remove_as(cleo, "confidential")
        cleo.send('button[name="told"]')
        cleo.send('button[name="close"]')
    print(f"A comment from My work to removed and handed over: {removing}")  # noqa: T201
    item = Item.objects.get()
    assert item.state == Item.State.OPEN
    cleo.sees(clause)
    rut = office.desk(town.rut)
    rut.follow("archive:tray_finding", item.pk)
    rut.type("number", "KS 2026/117")
    rut.send('button[name="act"][value="register"]')
    cleo.open(reverse("moderation:finding", args=[item.pk]))
    cleo.send('button[name="close"]')
    item.refresh_from_db()
    assert (item.state, item.diary_number) == (Item.State.CLOSED, "KS 2026/117")
    return item


def _assert_exported(rut: Visitor, folder: Path, paper: Path, shot: Path, item: Item) -> None:
    """Rut asks, the worker makes, Rut downloads: the rows, the files, and the log knows."""
    rut.follow("archive:landing")
    rut.follow("archive:exports")
    rut.send('button[name="count"]')
    rut.send('button[name="make"]')
    expect(rut.page.locator("#progress .state--done")).to_be_visible()
    with rut.page.expect_download() as downloading:
        rut.press("#progress .button--main")
    path = folder / "diary.zip"
    downloading.value.save_as(path)
    with zipfile.ZipFile(path) as package:
        table = package.read("diary.csv").decode("utf-8-sig")
        for line in package.read("manifest-sha256.txt").decode().splitlines():
            digest, name = line.split("  ", 1)
            assert sha256(package.read(name)).hexdigest() == digest, name
    rows = list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))
    for kept in (paper, shot):
        digest = sha256(kept.read_bytes()).hexdigest()
        assert [row for row in rows if digest in row[16]], kept.name
    taken = AuditEntry.objects.get(act="export.downloaded")
    assert taken.actor_name == "Rut Asp"
    assert taken.facts["sha256"] == sha256(path.read_bytes()).hexdigest()


# --- with the clock moved -----------------------------------------------------------------------


def _at(day: date, clock: str = "09:00") -> str:
    return datetime.combine(day, time.fromisoformat(clock), STOCKHOLM).isoformat()


def _assert_missed_day_is_noticed(town: Town, office: Office, channel: Channel) -> None:
    """Tomorrow nobody looks: the day after, those hear of it whom the routine names first."""
    tomorrow = town.municipality.today(timezone.now()) + timedelta(days=1)
    open_due.delay(at=_at(tomorrow))
    owed = Obligation.objects.filter(duty="check_in", due_on=tomorrow, subject_id=channel.pk)
    told = Escalation.objects.filter(obligation__in=owed, handled_at__isnull=False)
    eventually(owed.exists, what="tomorrow's look")
    office.mailbox.messages.clear()
    morning = _at(tomorrow + timedelta(days=1))
    advance.delay(at=morning)
    eventually(
        told.filter(who="administrator").exists,
        what="the missed day",
    )
    for administrator in (town.cleo, town.dag):
        assert channel.name in body(office.letters(administrator, at=morning)[-1])
    assert not office.mailbox.to(town.ola.email)


def _assert_half_year_is_noticed(town: Town, office: Office, channel: Channel) -> None:
    """In the last month of the next half-year the responsible are reminded of its snapshot."""
    today = town.municipality.today(timezone.now())
    last = date(today.year, 12, 31) if today.month <= 6 else date(today.year + 1, 6, 30)
    open_due.delay(at=_at(last - timedelta(days=40)))
    owed = Obligation.objects.filter(duty="snapshot", due_on=last, subject_id=channel.pk)
    eventually(owed.exists, what="the snapshot of the half-year")
    office.mailbox.messages.clear()
    month_before = _at(last - timedelta(days=29))
    advance.delay(at=month_before)
    eventually(
        Escalation.objects.filter(obligation__in=owed, handled_at__isnull=False).exists,
        what="the reminder of the snapshot",
    )
    link = reverse("archive:take_snapshot", args=[channel.pk])
    assert link in body(office.letters(town.cleo, at=month_before)[-1])
