"""The clock of a reply, set and cleared, against a bare Django page of one row.

The bare pages write one row into the table of obligations, or mark one as met, through the
middleware that `startproject` writes, and know nobody. The clock's pages go through the same and
do what the product does between a comment and its deadline: they read the comment and its channel,
the policy in force, the calendars of the units and the routine, reckon the due moment and the
steps, and write the row, or meet what is open of the comment.

Beside it, without a goal, the whole of it as an editor meets it: our middleware, signing in, the
form, what the person may, the question itself and the log. All are called through the handlers of
the framework, so many requests a round.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from governance.obligations import Ground
from governance.policy.adoption import adopt_policy
from governance.policy.shipped import FOLDER
from governance.roles import Role
from governance.urls import urlpatterns as ours
from moderation.actions import Received, enter_inquiry
from moderation.models import Inquiry
from moderation.replies import open_clocks, stop_clocks

REQUESTS: Final = 10
#: Each is over within milliseconds, of which the disk takes a good part, now more and now less.
ROUNDS: Final = 41
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


# --- what is asked for ---------------------------------------------------------------------------


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


#: The comment with what its clock asks for of channel and unit, and with the municipality.
_READ = Inquiry.objects.select_related("channel__unit", "channel__platform", "municipality").only(
    *("about", "kind", "posted_at", "became_aware_at"),
    *("municipality__country", "municipality__time_zone", "municipality__locale"),
    "municipality__general_reply_days",
    *("channel__name", "channel__account_class"),
    *("channel__platform__key", "channel__platform__name"),
    *("channel__unit__activity", "channel__unit__municipality"),
)


def _set_clock(request: HttpRequest, pk: int) -> HttpResponse:
    """What is owed of a comment is opened."""
    now = datetime.now(UTC)
    asked = _READ.get(pk=pk)
    open_clocks(asked, Ground.binding(asked.municipality, now), now)
    return HttpResponse("Set")


def _clear_clock(request: HttpRequest, pk: int) -> HttpResponse:
    """The comment has its answer."""
    stop_clocks(Inquiry.objects.get(pk=pk), by=User.objects.system(), now=datetime.now(UTC))
    return HttpResponse("Met")


urlpatterns = [
    path("bare-set", _write_row),
    path("bare-clear/<int:pk>", _mark_row),
    path("clock-set/<int:pk>", _set_clock),
    path("clock-clear/<int:pk>", _clear_clock),
    *ours,
]


# --- the measure ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """Who asks, and where."""

    channel: Channel
    editor: User
    bare: Client
    signed_in: Client


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
        stage = Stage(channel, editor, bare, client)
        for size in SIZES:
            _open_deadlines(channel, editor, size)
            report.heading(f"Replies: {size:,} deadlines of answers open".replace(",", " "))
            for what, clock, page in (
                ("set", _setting(stage), _entering(stage)),
                ("clear", _clearing(stage), _answering(stage)),
            ):
                ratios[what].append(clock.ratio)
                report.goal_at_least(
                    f"{what} a deadline / bare page of one row",
                    1 / clock.ratio,
                    at_least=0.5,
                    detail=_each(clock),
                )
                report.note(f"the editor's whole page: {1 / page.ratio:.2f}; {_each(page)}")
    report.heading("Replies: what the time follows")
    # against the bare page, so that how busy the machine was meanwhile does not count
    for what, (few, many) in ratios.items():
        exponent = log(many / few) / log(SIZES[1] / SIZES[0])
        report.goal(f"{what}: exponent of growth", exponent, at_most=0.1)


def _each(sides: Sides) -> str:
    return milliseconds([seconds / REQUESTS for seconds in sides.ours])


def _asked(stage: Stage) -> list[Inquiry]:
    """So many comments whose clocks run."""
    now, received = datetime.now(UTC), Received(kind="criticism", about="Snöröjning")
    entered = (
        enter_inquiry(stage.channel, received, by=stage.editor, now=now) for _n in range(REQUESTS)
    )
    return list(entered)


def _rows_of(asked: list[Inquiry]) -> list[int]:
    found = (Obligation.objects.about(each).values_list("pk", flat=True).get() for each in asked)
    return list(found)


def _setting(stage: Stage) -> Sides:
    asked: list[Inquiry] = []

    def ask() -> None:
        asked[:] = _asked(stage)
        Obligation.objects.filter(pk__in=_rows_of(asked))._raw_delete(using="default")

    def start() -> None:
        for inquiry in asked:
            assert stage.bare.post(f"/clock-set/{inquiry.pk}").status_code == 200

    def write() -> None:
        for _request in range(REQUESTS):
            assert stage.bare.post("/bare-set").status_code == 200

    sides = alternate(start, write, before=ask, rounds=ROUNDS)
    start()  # of those whose clocks were taken away for the last of the bare rounds
    assert Obligation.objects.about(asked[-1]).open().count() == 1
    return sides


def _clearing(stage: Stage) -> Sides:
    asked: list[Inquiry] = []
    rows: list[int] = []

    def ask() -> None:
        asked[:] = _asked(stage)
        rows[:] = _rows_of(asked)

    def stop() -> None:
        for inquiry in asked:
            assert stage.bare.post(f"/clock-clear/{inquiry.pk}").status_code == 200

    def mark() -> None:
        for pk in rows:
            assert stage.bare.post(f"/bare-clear/{pk}").status_code == 200

    sides = alternate(stop, mark, before=ask, rounds=ROUNDS)
    ask()
    stop()
    assert not Obligation.objects.open().filter(pk__in=rows).exists()
    return sides


def _entering(stage: Stage) -> Sides:
    address = reverse("moderation:new_inquiry")
    sent = {"channel": stage.channel.pk, "kind": "criticism", "about": "Snöröjning"}

    def enter() -> None:
        for _request in range(REQUESTS):
            assert stage.signed_in.post(address, sent).status_code == 302

    def write() -> None:
        for _request in range(REQUESTS):
            assert stage.bare.post("/bare-set").status_code == 200

    return alternate(enter, write, rounds=3)


def _answering(stage: Stage) -> Sides:
    asked: list[Inquiry] = []
    rows: list[int] = []

    def ask() -> None:
        asked[:] = _asked(stage)
        rows[:] = _rows_of(asked)

    def answer() -> None:
        for inquiry in asked:
            address = reverse("moderation:answer_inquiry", args=[inquiry.pk])
            assert stage.signed_in.post(address, {"list": "1"}).status_code == 302

    def mark() -> None:
        for pk in rows:
            assert stage.bare.post(f"/bare-clear/{pk}").status_code == 200

    return alternate(answer, mark, before=ask, rounds=3)


# --- what is there -------------------------------------------------------------------------------


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
