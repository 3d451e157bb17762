"""Entering a question and saying that it is answered, against a bare Django page of one row.

The bare pages write one row into the table of obligations, or mark one as met, through the
middleware that `startproject` writes, and know nobody. Ours ask who it is and what they may, read
the policy and the calendar, write the question and what is owed for it, and the log. Both are
called through the handlers of the framework, so many requests a round.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from math import log
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path, reverse

from bench.ratios import Report, Sides, alternate, milliseconds
from bench.register_page import BARE_MIDDLEWARE
from channels.models import Channel, Platform
from governance.models import Appointment, Municipality, Obligation, Unit, User
from governance.policy.adoption import adopt_policy
from governance.policy.shipped import FOLDER
from governance.roles import Role
from governance.urls import urlpatterns as ours
from moderation.actions import Received, enter_inquiry
from moderation.models import Inquiry

REQUESTS: Final = 10
#: How many deadlines of answers are open.
SIZES: Final = (1_000, 1_000_000)
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_number = count()

_MORE = """
WITH asked AS (
    INSERT INTO moderation_inquiry (municipality_id, channel_id, kind, about, url, posted_at,
        became_aware_at, entered_by_id, entered_at, outcome, referred_to, ground, reason)
    SELECT %(municipality)s, %(channel)s, 'criticism', 'Snön', '', at, at, %(by)s, at, '', '', '',
        ''
    FROM generate_series(1, %(more)s) AS n,
        LATERAL (SELECT %(now)s::timestamptz - n %% 1000 * interval '1 minute' AS at) AS moment
    RETURNING id, municipality_id, posted_at
)
INSERT INTO governance_obligation (municipality_id, unit_id, duty, subject_type_id, subject_id,
    subject_label, path, period, policy_id, clause, says, strength, requirements, who, blocks,
    opened_at, due_on, due_at, steps, step, next_step_at, problem, waive_reason)
SELECT municipality_id, %(unit)s, 'reply', %(kind)s, id, 'Bench', '/findings/questions/', '', NULL,
    'Bemötande av kritik', 'Kritik besvaras inom 24 timmar.', 'must', '{VMD-31}',
    'responsible_person', false, posted_at, (posted_at + interval '1 day')::date,
    posted_at + interval '1 day', '[]', 0, posted_at + interval '20 hours', '', ''
FROM asked
"""


def _write_row(request: HttpRequest) -> HttpResponse:
    """A deadline, and nothing else."""
    pattern = Obligation.objects.order_by("pk")[:1].get()
    pattern.pk, pattern.period = None, f"bare {next(_number)}"
    pattern.save(force_insert=True)
    return HttpResponse("Set")


def _mark_row(request: HttpRequest, pk: int) -> HttpResponse:
    """The deadline is met."""
    Obligation.objects.filter(pk=pk).update(met_at=datetime.now(UTC), met_by=User.objects.system())
    return HttpResponse("Met")


urlpatterns = [path("bare-set", _write_row), path("bare-clear/<int:pk>", _mark_row), *ours]


def measure(report: Report) -> None:
    """Goal 16: half of the bare page's requests a second, as many with a million deadlines open."""
    channel, editor = _lay_out()
    ratios: dict[str, list[float]] = {"set": [], "clear": []}
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE):
            bare = Client()
            bare.handler.load_middleware()
        client = Client()
        client.force_login(editor, BACKEND)
        for size in SIZES:
            _open_deadlines(channel, editor, size)
            report.heading(f"Questions: {size:,} deadlines of answers open".replace(",", " "))
            for what, sides in (
                ("set", _setting(client, bare, channel)),
                ("clear", _clearing(client, bare, channel, editor)),
            ):
                _goal(report, what, sides)
                ratios[what].append(sides.ratio)
    report.heading("Questions: what the time follows")
    # against the bare page, so that how busy the machine was meanwhile does not count
    for what, (few, many) in ratios.items():
        exponent = log(many / few) / log(SIZES[1] / SIZES[0])
        report.goal(f"{what}: exponent of growth", exponent, at_most=0.1)


def _goal(report: Report, what: str, sides: Sides) -> None:
    each = milliseconds([seconds / REQUESTS for seconds in sides.ours])
    report.goal_at_least(
        f"{what} a deadline / bare page of one row", 1 / sides.ratio, at_least=0.5, detail=each
    )


def _setting(client: Client, bare: Client, channel: Channel) -> Sides:
    address = reverse("moderation:new_inquiry")

    def enter() -> None:
        for _request in range(REQUESTS):
            sent = {"channel": channel.pk, "kind": "criticism", "about": "Snöröjning"}
            assert client.post(address, sent).status_code == 302

    def write() -> None:
        for _request in range(REQUESTS):
            assert bare.post("/bare-set").status_code == 200

    return alternate(enter, write, rounds=5)


def _clearing(client: Client, bare: Client, channel: Channel, editor: User) -> Sides:
    asked: list[Inquiry] = []
    rows: list[int] = []

    def ask() -> None:
        now = datetime.now(UTC)
        received = Received(kind="criticism", about="Snöröjning")
        asked[:] = [enter_inquiry(channel, received, by=editor, now=now) for _n in range(REQUESTS)]
        about = [Obligation.objects.about(inquiry) for inquiry in asked]
        rows[:] = [each.values_list("pk", flat=True).get() for each in about]

    def answer() -> None:
        for inquiry in asked:
            address = reverse("moderation:answer_inquiry", args=[inquiry.pk])
            assert client.post(address, {"list": "1"}).status_code == 302

    def mark() -> None:
        for pk in rows:
            assert bare.post(f"/bare-clear/{pk}").status_code == 200

    return alternate(answer, mark, before=ask, rounds=5)


def _open_deadlines(channel: Channel, editor: User, size: int) -> None:
    """So many are open, and the tables are as the database keeps them in life."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MORE,
            {
                "municipality": channel.municipality_id,
                "channel": channel.pk,
                "unit": channel.unit_id,
                "by": editor.pk,
                "kind": ContentType.objects.get_for_model(Inquiry).pk,
                "now": datetime.now(UTC) - timedelta(hours=1),
                "more": size - Obligation.objects.open().count(),
            },
        )
        for table in ("moderation_inquiry", "governance_obligation"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")  # or the disk is busy with these rows during the rounds


def _lay_out() -> tuple[Channel, User]:
    """A municipality under Värmdö's guideline, one channel, and somebody who may answer there."""
    place = Municipality.objects.create(
        slug="bench", name="Bench", country="SE", locale="sv", time_zone="Europe/Stockholm"
    )
    root = Unit.objects.create(municipality=place, name="Bench", kind=Unit.Kind.MUNICIPALITY)
    now = datetime.now(UTC)
    editor = User.objects.create(
        email="editor@bench.example", name="Editor", municipality=place, is_active=True
    )
    Appointment.objects.create(
        municipality=place,
        user=editor,
        unit=root,
        role=Role.COMMUNICATIONS_OFFICER,
        starts_on=date(2020, 1, 1),
        created_at=now,
        decided_by=editor,
    )
    adopt_policy(
        place,
        (FOLDER / "varmdo.toml").read_text(encoding="utf-8"),
        decision="KF 1/2020",
        adopted_on=date(2020, 1, 1),
        in_force_from=date(2020, 1, 1),
        by=User.objects.system(),
        now=now,
    )
    channel = Channel.objects.create(
        municipality=place,
        unit=root,
        platform=Platform.objects.get(key="facebook"),
        name="Bench",
        handle="bench",
        slug="bench",
        url="https://www.facebook.com/bench",
        state=Channel.State.OPEN,
        opened_on=date(2026, 1, 7),
        created_at=now,
    )
    return channel, editor
